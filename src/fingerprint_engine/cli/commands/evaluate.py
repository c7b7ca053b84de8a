"""``evaluate DIR``: error rates of the engine on a folder of prints, and a page that shows them."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from fingerprint_engine.cli.arguments import (
    add_extractor,
    add_image_rules,
    add_workers,
    extraction,
    image_rules,
    whole_number,
)
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, OutputError, in_options
from fingerprint_engine.cli.outputs import add_overwrite, check_new, make_folder, output_errors, write_atomically
from fingerprint_engine.cli.protection import add_keys, keys_of
from fingerprint_engine.errors import InputError
from fingerprint_engine.evaluation import Plan, format_table, plan_evaluation
from fingerprint_engine.reports import JOURNAL_NAME, Evaluation, evaluation_page, require_reports, run_evaluation

SEED = 19795
PAGE_NAME = "report.html"
MAX_NAMED = 5
"""Names in one message."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    text = "images FINGER_IMPRESSION.png, or a CSV list with the columns path, finger, impression and, if wanted, ppi"
    parser.add_argument("folder", type=Path, metavar="DIR", help=text)
    text = "all (default), fvc, or a CSV file with the columns probe and reference: names of images"
    parser.add_argument("--protocol", default="all", metavar="NAME", help=text)
    text = "compare with the prints of this folder or list instead, as of another sensor"
    parser.add_argument("--against", type=Path, metavar="DIR", help=text)
    text = "folder of scores.csv, report.html and what a stopped run goes on with (default: evaluation-output)"
    parser.add_argument("--output", type=Path, default=Path("evaluation-output"), metavar="DIR", help=text)
    add_overwrite(parser, "scores and a report, of any run,")
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)
    add_keys(parser, expects=False)
    text = "replicates of the bootstrap; 0 for no intervals (default 500)"
    parser.add_argument("--replicates", type=whole_number(0, 100_000), default=500, metavar="N", help=text)
    text = "how many of the worst comparisons of each kind to draw (default 5)"
    parser.add_argument("--errors", type=whole_number(0, 100), default=5, metavar="N", help=text)
    text = "leave all prints out of the page, for a page that goes to others"
    parser.add_argument("--no-prints", action="store_true", help=text)
    parser.add_argument(
        "--no-page", action="store_true", help="scores and rates only; needs neither Jinja nor matplotlib"
    )


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Extract, compare, write the score file, and say what it holds."""
    if not arguments.no_page:
        require_reports()
    if arguments.replicates == 1:
        raise InputError("--replicates: expected 0 for no intervals, or 2 and more, got 1")
    output: Path = arguments.output
    if output.exists() and not output.is_dir():
        raise OutputError(f"--output {output}: expected a folder, found a file")
    is_ours = (output / JOURNAL_NAME).is_file()  # whether it is of this run is seen when its templates are there
    if not arguments.no_page:
        check_new(output / PAGE_NAME, overwrite=arguments.overwrite or is_ours)
    plan = plan_evaluation(arguments.folder, protocol=arguments.protocol, against=arguments.against)
    _note_single_fingers(plan, console)
    parameters = extraction(arguments)
    make_folder(output)
    with output_errors(output), console.bars() as show:
        evaluation = run_evaluation(
            plan,
            output,
            rng=np.random.default_rng(SEED) if arguments.replicates else None,
            replicates=arguments.replicates or 2,
            workers=arguments.workers,
            parameters=parameters,
            progress=show,
            overwrite=arguments.overwrite,
            keys=keys_of(arguments),
            **image_rules(arguments),
        )
    for path, why in evaluation.failures:
        console.note(f"no template: {path}: {in_options(why).removeprefix(f'invalid image: {path}: ')}")
    if evaluation.compared.damaged_rows:
        console.note(f"note: {evaluation.compared.damaged_rows} damaged or unfinished rows were made again")
    page = None
    if not arguments.no_page:
        page = output / PAGE_NAME
        text = evaluation_page(evaluation, errors_shown=arguments.errors, with_prints=not arguments.no_prints)
        write_atomically(page, text.encode(), overwrite=arguments.overwrite or evaluation.compared.goes_on)
    _say(evaluation, page, console)
    return ExitCode.FAILURE_TO_EXTRACT if evaluation.failures else ExitCode.SUCCESS


def _note_single_fingers(plan: Plan, console: Console) -> None:
    single = plan.single_fingers
    if single:
        names = ", ".join(single[:MAX_NAMED]) + (" …" if len(single) > MAX_NAMED else "")
        console.note(f"note: fingers with one impression give no mated pair: {len(single)} ({names})")


def _say(evaluation: Evaluation, page: Path | None, console: Console) -> None:
    for line in format_table([evaluation.report]).splitlines():
        console.text(line)
    if evaluation.searches is not None:
        for name, rate in evaluation.searches.rates().items():
            console.text(f"  {name}: {100 * rate:.2f} %")
    console.text(f"  scores: {evaluation.scores}")
    if page is not None:
        console.text(f"  report: {page}")
    console.document(evaluation.as_dict() | {"report": None if page is None else str(page)})
