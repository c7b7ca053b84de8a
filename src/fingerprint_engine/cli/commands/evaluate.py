"""``evaluate DIR``: error rates of the engine on a folder of prints, and a page that shows them."""

from __future__ import annotations

import argparse
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
    Plan,
    Report,
    Searches,
    format_table,
    plan_evaluation,
    read_scores,
    report,
    score_table,
    searches,
    write_scores,
)
from fingerprint_engine.visualization import require_plots

SEED = 19795
MAX_NAMED = 5
"""Names in one message."""


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Extract, compare, write the score file, and say what it holds."""
    if not arguments.no_page:
        require_plots()
    if arguments.replicates == 1:
        raise InputError("--replicates: expected 0 for no intervals, or 2 and more, got 1")
    plan = plan_evaluation(arguments.folder, protocol=arguments.protocol, against=arguments.against)
    images, pairs = plan.images, plan.pairs
    _note_single_fingers(plan, console)
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


def _note_single_fingers(plan: Plan, console: Console) -> None:
    single = plan.single_fingers
    if single:
        names = ", ".join(single[:MAX_NAMED]) + (" …" if len(single) > MAX_NAMED else "")
        console.note(f"note: fingers with one impression give no mated pair: {len(single)} ({names})")


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
