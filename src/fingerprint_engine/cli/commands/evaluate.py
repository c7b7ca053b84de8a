"""``evaluate DIR``: error rates of the engine on a folder of prints, and a page that shows them."""

from __future__ import annotations

import argparse
import dataclasses
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.evaluation_report import Timing, search_rows, write_page
from fingerprint_engine.cli.evaluation_run import compare_kept, extract_kept
from fingerprint_engine.cli.exit_codes import ExitCode, OutputError, in_options
from fingerprint_engine.cli.outputs import make_folder, output_errors, write_atomically
from fingerprint_engine.cli.prints import extraction, image_rules
from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation import (
    ListedImage,
    Pairs,
    Report,
    Sample,
    Searches,
    all_pairs,
    cross_pairs,
    format_table,
    fvc_pairs,
    read_image_list,
    read_pair_list,
    read_samples,
    read_scores,
    report,
    score_table,
    searches,
    write_scores,
)
from fingerprint_engine.evaluation.protocol import IMAGE_SUFFIXES
from fingerprint_engine.visualization import require_plots

SEED = 19795
MOST_NAMED = 5
"""Names in one message."""


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Extract, compare, write the score file, and say what it holds."""
    if not arguments.no_page:
        require_plots()
    if arguments.replicates == 1:
        raise InputError("--replicates: expected 0 for no intervals, or 2 and more, got 1")
    images, pairs = _plan(arguments)
    genuine = int(pairs.is_genuine.sum())
    if not 0 < genuine < len(pairs):
        raise InputError(
            f"pairs: expected mated and non-mated pairs, found {genuine} mated and {len(pairs) - genuine} non-mated; "
            "fingers need two impressions each, and there must be two fingers"
        )
    _note_lonely(images, console)
    rules, parameters, output = image_rules(arguments), extraction(arguments), arguments.output
    if output.exists() and not output.is_dir():
        raise OutputError(f"--output {output}: expected a folder, found a file")
    make_folder(output)
    extracted = extract_kept(images, output / "templates", rules, arguments.workers, console, parameters)
    failed = extracted.has_failed
    for image, why in zip(images, extracted.outcomes, strict=True):
        if isinstance(why, str):
            console.note(f"no template: {image.path}: {in_options(why).removeprefix(f'invalid image: {image.path}: ')}")
    samples = [image.sample for image in images]
    with output_errors(output):
        journal, seconds = compare_kept(extracted, pairs, repr(samples), output / "scores.journal", console)
        write_scores(output / "scores.csv", score_table(samples, pairs, journal.score, failed))
    if (failed[pairs.probe] | failed[pairs.reference]).all():
        raise InputError(
            f"{arguments.folder}: no pair could be compared: {int(failed.sum())} of {len(images)} images gave no "
            f"template, the first because of: {next(str(why) for why in extracted.outcomes if isinstance(why, str))}"
        )

    table = read_scores(output / "scores.csv")  # from the file, not from memory: whoever has it gets the same figures
    rng = np.random.default_rng(SEED) if arguments.replicates else None
    summary = report(arguments.folder.name, table, rng, replicates=arguments.replicates or 2)
    found = searches(table)
    if not arguments.no_page:
        each_ms = 1e3 * extracted.seconds / extracted.made if extracted.made else float("nan")
        timing = Timing(each_ms, 1e6 * seconds, arguments.workers)
        title = f"Evaluation of {arguments.folder.name}"
        text = write_page(title, images, extracted, table, summary, found, timing, rules, arguments.errors)
        write_atomically(output / "report.html", text.encode(), overwrite=True)
    _say(summary, found, output, console, has_page=not arguments.no_page)
    return ExitCode.FAILURE_TO_EXTRACT if failed.any() else ExitCode.SUCCESS


def _plan(arguments: argparse.Namespace) -> tuple[list[ListedImage], Pairs]:
    """The images and which of them to compare."""
    images = _images(arguments.folder)
    samples = [image.sample for image in images]
    if arguments.against is not None:
        if arguments.protocol != "all":
            raise InputError("--against compares every print of one set with every print of the other: no --protocol")
        other = [
            dataclasses.replace(image, sample=Sample(image.sample.finger, f"{image.sample.impression}/against"))
            for image in _images(arguments.against)
        ]
        return [*images, *other], cross_pairs(samples, [image.sample for image in other])
    if arguments.protocol == "all":
        return images, all_pairs(samples)
    if arguments.protocol == "fvc":
        return images, fvc_pairs(samples)
    pairs = Path(arguments.protocol)
    if pairs.suffix.lower() != ".csv" and not pairs.exists():
        raise InputError(f"--protocol: expected all, fvc or a CSV file of pairs, found {arguments.protocol!r}")
    return images, read_pair_list(pairs, images)


def _images(source: Path) -> list[ListedImage]:
    """Images of a folder, or of a CSV list."""
    if source.suffix.lower() == ".csv" and not source.is_dir():
        return read_image_list(source)
    try:
        return [ListedImage(sample, path) for sample, path in read_samples(source)]
    except InputError as error:
        names = _misnamed(source)
        shown = f"; see {', '.join(names[:MOST_NAMED])}" + (" …" if len(names) > MOST_NAMED else "") if names else ""
        raise InputError(f"{source}: {error}{shown}") from None


def _misnamed(folder: Path) -> list[str]:
    """Images of a folder that stand for no sample, or for one that another file stands for too."""
    if not folder.is_dir():
        return []
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)
    stems = Counter(path.stem for path in paths)
    nameless = [path.name for path in paths if not all(path.stem.rpartition("_"))]
    return nameless or [path.name for path in paths if stems[path.stem] > 1]


def _note_lonely(images: Sequence[ListedImage], console: Console) -> None:
    """Fingers with one impression have no mated pair; they still serve as strangers."""
    fingers = [image.sample.finger for image in images]
    lonely = sorted({finger for finger in fingers if fingers.count(finger) == 1})
    if lonely:
        names = ", ".join(lonely[:MOST_NAMED]) + (" …" if len(lonely) > MOST_NAMED else "")
        console.note(f"note: fingers with one impression give no mated pair: {len(lonely)} ({names})")


def _say(summary: Report, found: Searches | None, output: Path, console: Console, *, has_page: bool) -> None:
    document: dict[str, Any] = summary.as_dict()
    for line in format_table([summary]).splitlines():
        console.text(line)
    document["identification"] = None
    if found is not None:
        rows = search_rows(found)
        for name, rate in rows:
            console.text(f"  {name}: {100 * rate:.2f} %")
        document["identification"] = {
            "searches": len(found),
            "references": found.references,
            "cmc": [float(rate) for rate in found.cmc()],
            "fnir_at_fpir": {limit: found.fnir_at_fpir(float(limit)) for limit in ("0.1", "0.01", "0")},
        }
    document["scores"] = str(output / "scores.csv")
    document["report"] = str(output / "report.html") if has_page else None
    console.text(f"  scores: {document['scores']}")
    if has_page:
        console.text(f"  report: {document['report']}")
    console.document(document)
