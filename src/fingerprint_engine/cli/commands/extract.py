"""``extract IMAGES --output DIR``: a template file of each image or print in a record; what fails is counted."""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from pathlib import Path

from fingerprint_engine.bulk import ExtractionFailure, extract_many
from fingerprint_engine.cli.arguments import (
    add_extractor,
    add_image_rules,
    add_recursive,
    add_workers,
    extraction,
    image_rules,
    image_rules_for,
)
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, OutputError, UsageError, exit_code_of_items, in_options
from fingerprint_engine.cli.facts import resolution_facts
from fingerprint_engine.cli.outputs import check_new, make_folder, output_errors
from fingerprint_engine.cli.protection import add_keys, keys_of
from fingerprint_engine.intake import FilePrint, ImageRules, files_in, is_record, prints_in, with_resolution
from fingerprint_engine.keys import StationKey
from fingerprint_engine.pipeline import PipelineParameters

SUFFIX = ".fpt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    text = (
        "images, or records with prints in them: image records, minutiae records, ANSI/NIST transactions; folders and "
        "patterns of them"
    )
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help=text)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder of the templates; is created")
    add_recursive(parser)
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)
    add_keys(parser, expects=False)
    text = "key of the capture station that signs the templates (`keys station` makes it)"
    parser.add_argument("--station", type=Path, metavar="FILE", help=text)
    parser.add_argument("--overwrite", action="store_true", help="replace templates that are there already")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Extract all images, write the templates as they come and list what failed."""
    parameters, keys = extraction(arguments), keys_of(arguments)
    station = None if arguments.station is None else StationKey.from_file(arguments.station)
    resolutions = dict(map(with_resolution, files_in(arguments.images, recursive=arguments.recursive)))
    records = {path for path in resolutions if is_record(path)}
    images = [path for path in resolutions if path not in records]
    targets = _targets(list(resolutions), arguments.output)
    make_folder(arguments.output)
    codes: list[ExitCode] = []
    todo: list[Path] = []
    for path in images:
        try:
            check_new(targets[path], overwrite=arguments.overwrite)
            todo.append(path)
        except OutputError as error:
            codes.append(refused_output(console, path, error))

    written = doubtful = 0
    reasons: Counter[str] = Counter()
    waiting = [(str(path), path, resolutions[path]) for path in todo]
    outcomes = extract_many(waiting, workers=arguments.workers, parameters=parameters, **image_rules(arguments))
    plain = ((path, targets[path], outcome) for path, (_, outcome) in zip(todo, outcomes, strict=True))
    inside = (
        (path, targets[path].with_stem(f"{path.stem}-{found.name}") if found.name else targets[path], found.outcome)
        for path in resolutions
        if path in records
        for found in _inside(path, image_rules_for(arguments, resolutions[path]), parameters, console)
    )
    everything = itertools.chain(console.progress(plain, total=len(todo), label="extract"), inside)
    for path, target, outcome in everything:
        if isinstance(outcome, ExtractionFailure):
            reasons[outcome.reason.value] += 1
            codes.append(ExitCode.FAILURE_TO_EXTRACT)
            detail = in_options(outcome.detail.removeprefix(f"{path}: "))
            console.note(f"{path}: {outcome.reason.value}: {detail}")
            failure = {"reason": outcome.reason.value, "detail": detail}
            console.document({"image": str(path), "outcome": "failure to extract", **failure})
            continue
        try:
            with output_errors(target):
                outcome.save(target, overwrite=arguments.overwrite, keys=keys, station=station)
        except OutputError as error:
            codes.append(refused_output(console, path, error))
            continue
        written += 1
        found = {"template": str(target), "minutiae": len(outcome), "quality": outcome.quality}
        found |= resolution_facts(outcome)
        doubtful += outcome.resolution_finding is not None
        console.document({"image": str(path), "outcome": "template", **found, "bytes": len(outcome.to_bytes())})

    refused = codes.count(ExitCode.OUTPUT)
    console.text(f"{written} templates written to {arguments.output}")
    if doubtful:
        console.text(f"{doubtful} of doubtful resolution: see the warnings")
    for reason, count in sorted(reasons.items()):
        console.text(f"{count} failed: {reason}")
    if refused:
        console.text(f"{refused} not written")
    summary = {
        "written": written,
        "doubtful_resolution": doubtful,
        "failed": dict(sorted(reasons.items())),
        "refused": refused,
    }
    console.document({"summary": summary | {"exit_code": int(exit_code_of_items(codes))}})
    return exit_code_of_items(codes)


def _inside(path: Path, rules: ImageRules, parameters: PipelineParameters, console: Console) -> tuple[FilePrint, ...]:
    """The prints of a record, after what is to be said about it."""
    found = prints_in(path, ppi=rules["ppi"], polarity=rules["polarity"], parameters=parameters, limits=rules["limits"])
    for warning in found.warnings:
        console.note(f"warning: {path}: {warning}")
    for loss in found.losses:
        console.note(f"{path}: lost: {loss}")
    if found.last_day is not None:
        console.note(f"{path}: to be deleted by {found.last_day} (2.092): give it to whoever enrols the templates")
    return found.prints


def _targets(images: list[Path], folder: Path) -> dict[Path, Path]:
    """The template file of each image; two images must not share one."""
    by_target: dict[Path, Path] = {}
    for image in images:
        target = folder / f"{image.stem}{SUFFIX}"
        other = by_target.setdefault(target, image)
        if other is not image:
            raise UsageError(
                f"{image} and {other} would both be written to {target}; extract them to different folders"
            )
    return {image: target for target, image in by_target.items()}


def refused_output(console: Console, image: object, error: OutputError) -> ExitCode:
    """Say that a template was not written."""
    console.note(str(error))
    console.document({"image": str(image), "outcome": "refused", "detail": str(error)})
    return ExitCode.OUTPUT
