"""``demo``: the main job from end to end on synthetic samples, with pictures of why."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from typing import Any

from fingerprint_engine.bulk import ExtractionFailure, extract_many
from fingerprint_engine.cli.commands.demo.pictures import NAMES, Answer, draw_pictures
from fingerprint_engine.cli.commands.demo.plan import Plan, find_samples, make_plan
from fingerprint_engine.cli.commands.registry.custody_day import tell_custody_day
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, OutputError
from fingerprint_engine.cli.outputs import add_overwrite, check_new, make_folder
from fingerprint_engine.errors import InputError, MissingExtra
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.storage.reading import is_gallery
from fingerprint_engine.intake.warming import warm_up
from fingerprint_engine.matching import compare_many, verify
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS
from fingerprint_engine.synthesis import SampleRecord
from fingerprint_engine.template import Template
from fingerprint_engine.visualization import require_plots, score_in_words

MAX_FMR = 1e-4
MAX_FPIR = 1e-3
GALLERY_NAME = "demo.gallery"
Templates = dict[str, Template]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    text = "folder of the samples (default: data/samples, here or in the clone)"
    parser.add_argument("--samples", type=Path, metavar="DIR", help=text)
    text = "where pictures and templates go (default: demo-output)"
    parser.add_argument("--output", type=Path, default=Path("demo-output"), metavar="DIR", help=text)
    text = "a day in custody with synthetic people instead: admission, visiting room, roll-call, release, erasure"
    parser.add_argument("--custody", action="store_true", help=text)
    text = "language of the day in custody: en (default), es, fr, it or pt"
    parser.add_argument("--language", choices=("en", "es", "fr", "it", "pt"), default="en", help=text)
    add_overwrite(parser, "pictures")


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Extract, verify, enrol, identify, draw; or a day in custody."""
    DEFAULT_PARAMETERS.reading.extractor()  # what cannot be used leaves no folder behind
    if arguments.custody:
        make_folder(arguments.output)
        console.document(tell_custody_day(arguments.output, arguments.language, console))
        return ExitCode.SUCCESS
    plan = make_plan(find_samples(arguments.samples))
    make_folder(arguments.output)
    overwrite = arguments.overwrite or is_gallery(arguments.output / GALLERY_NAME)  # pictures of an earlier demo
    for name in NAMES:
        check_new(arguments.output / name, overwrite=overwrite)
    console.text("0. Preparing; the first run on a machine compiles.")
    started = time.perf_counter()
    with console.bar("prepare") as show:
        warm_up(progress=lambda _, done, total: show(done, total))
    console.text(f"   ready after {time.perf_counter() - started:.1f} s")

    templates, failures = _extract(plan, console)
    answers = _verify(plan, templates, console)
    found = _identify(plan, templates, arguments.output / GALLERY_NAME, console)
    pictures = _draw(plan, templates, answers, arguments.output, console, overwrite=overwrite)
    console.document(
        {
            "samples": len(plan.samples),
            "templates": len(templates),
            "failures_to_extract": failures,
            "verify": {
                name: {"probe": probe, "is_match": answer.is_match, "score": answer.score, "fmr": answer.fmr}
                for name, (probe, answer) in answers.items()
            },
            "identify": found,
            "gallery": str(arguments.output / GALLERY_NAME),
            "pictures": [str(path) for path in pictures],
        }
    )
    return ExitCode.SUCCESS


def _extract(plan: Plan, console: Console) -> tuple[Templates, dict[str, str]]:
    """Templates by file name, and why there is none."""
    paths = [(sample.file, plan.folder / sample.file) for sample in plan.samples]
    templates: Templates = {}
    failures: dict[str, str] = {}
    started = time.perf_counter()
    for name, outcome in console.progress(extract_many(paths), total=len(paths), label="extract"):
        if isinstance(outcome, ExtractionFailure):
            failures[name] = str(outcome)
        else:
            templates[name] = outcome
    elapsed_s = time.perf_counter() - started
    average_ms = 1000.0 * elapsed_s / len(paths)
    console.text(
        f"1. Extracted {len(templates)} templates of {len(paths)} synthetic samples, {average_ms:.0f} ms each:"
    )
    kinds = {sample.file: sample.kind for sample in plan.samples}
    for kind, total in Counter(kinds.values()).items():
        made = sum(kinds[name] == kind for name in templates)
        console.text(f"   {made} of {total}: {kind}")
    for name, reason in failures.items():
        console.text(f"   {name} ({kinds[name]}): {reason}")
    for name in [*(sample.file for sample in plan.enrolled), *(sample.file for sample in plan.probes)]:
        if name not in templates:
            raise InputError(f"samples: expected a template of {plan.folder / name}, got: {failures[name]}")
    return templates, failures


def _verify(plan: Plan, templates: Templates, console: Console) -> dict[str, Answer]:
    """One pair of one finger, and of the pairs with other fingers the most similar one."""
    reference, mate, *others = plan.enrolled[0].file, *(sample.file for sample in plan.probes)
    scores = compare_many(templates[reference], [templates[name] for name in others])
    other = others[int(scores.argmax())]
    console.text(f"2. Verified at one false match in {1 / MAX_FMR:,.0f} comparisons:")
    answers: dict[str, Answer] = {}
    most_similar = f"the most similar of {len(others)} other fingers"
    for name, probe, truth in (("mated", mate, "same finger"), ("non_mated", other, most_similar)):
        answer = verify(templates[probe], templates[reference], max_fmr=MAX_FMR)
        says = "match" if answer.is_match else "no match"
        console.text(f"   {probe} against {reference} ({truth}): {says}, {score_in_words(answer.score, answer.fmr)}")
        answers[name] = Answer(probe, answer)
    return answers


def _identify(plan: Plan, templates: Templates, path: Path, console: Console) -> list[dict[str, Any]]:
    """Enrol all fingers but one, then search for every finger."""
    keys = {_key(sample): templates[sample.file] for sample in plan.enrolled}
    found = []
    rows = []
    with Gallery.open(path) as gallery:
        foreign = [key for key in gallery if key not in keys]
        if foreign:
            raise OutputError(f"{path}: expected the demo's gallery, found {len(foreign)} other prints; try --output")
        for key in gallery:  # of an earlier run, and maybe of an earlier release
            gallery.remove(key)
        gallery.enrol_many(keys.items())
        gallery.compact()
        for sample in plan.probes:
            answer = gallery.identify(templates[sample.file], max_fpir=MAX_FPIR)
            mate = _key(sample)
            truth = mate if mate in keys else "not enrolled"
            best = answer.candidates[0] if answer.candidates else None
            candidate = (best.key, best.score) if best else ("", "")
            rows.append((sample.file, truth, answer.outcome.value, *candidate))
            found.append({"probe": sample.file, "truth": truth} | answer.as_dict())
    console.text(f"3. Enrolled {len(keys)} fingers in {path}, one impression each, and searched for other impressions:")
    console.text()
    console.table(("probe", "truth", "outcome", "best candidate", "score"), rows)
    console.text()
    return found


def _draw(
    plan: Plan, templates: Templates, answers: dict[str, Answer], output: Path, console: Console, *, overwrite: bool
) -> list[Path]:
    """Pictures, unless matplotlib is absent."""
    try:
        require_plots()
    except MissingExtra as error:
        console.text(f"4. No pictures: {error}")
        return []
    drawn = draw_pictures(plan, templates, answers, output, overwrite=overwrite)
    pictures = list(console.progress(drawn, total=len(NAMES), label="draw"))
    console.text("4. Wrote pictures:")
    for path in pictures:
        console.text(f"   {path}")
    return pictures


def _key(sample: SampleRecord) -> str:
    return f"finger {sample.finger}"
