"""``compare-all FILES``: scores of all prints with each other, as a table."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from fingerprint_engine.cli.arguments import (
    add_extractor,
    add_image_rules,
    add_recursive,
    extraction,
    image_rules_for,
)
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, exit_code_of, exit_code_of_items, message_of
from fingerprint_engine.cli.outputs import add_overwrite, check_new, output_errors
from fingerprint_engine.cli.protection import add_keys, keys_of
from fingerprint_engine.errors import EmptyInput, FingerprintEngineError
from fingerprint_engine.evaluation import ScoreMatrix, score_matrix
from fingerprint_engine.intake import files_in, read_print, with_resolution
from fingerprint_engine.matching import compare_many
from fingerprint_engine.template import Template

MAX_SHOWN = 20
"""Pairs on the screen, the most alike first; the file has all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    text = "images, templates, or folders and patterns of them"
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=text)
    text = "write all pairs: probe, reference, score, fmr"
    parser.add_argument("--csv", type=Path, metavar="FILE", help=text)
    add_overwrite(parser, "a file")
    add_recursive(parser)
    add_image_rules(parser)
    add_keys(parser, expects=False)
    add_extractor(parser)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Read all, compare each pair once, and show the most alike."""
    if arguments.csv is not None:
        check_new(arguments.csv, overwrite=arguments.overwrite)
    files = files_in(arguments.files, recursive=arguments.recursive)
    templates, codes = _templates(files, arguments, console)
    if not templates:
        raise EmptyInput("expected at least one print, got none")
    matrix = score_matrix(templates, compare_many)
    if arguments.csv is not None:
        with output_errors(arguments.csv):
            matrix.save(arguments.csv, overwrite=arguments.overwrite)
    _tell(matrix, arguments.csv, console)
    code = exit_code_of_items(codes)
    pairs = len(templates) * (len(templates) - 1) // 2
    summary = {"prints": len(templates), "pairs": pairs, "csv": str(arguments.csv) if arguments.csv else None}
    console.document({"summary": summary | {"failed": len(codes), "exit_code": int(code)}})
    return code


def _templates(
    files: list[Path], arguments: argparse.Namespace, console: Console
) -> tuple[dict[str, Template], list[ExitCode]]:
    """Templates by the names of their files, and a code for each file that gave none."""
    templates: dict[str, Template] = {}
    codes: list[ExitCode] = []
    parameters, keys, seen = extraction(arguments), keys_of(arguments), Counter[str]()
    for file in console.progress(files, total=len(files), label="read"):
        path, ppi = with_resolution(file)
        seen[str(path)] += 1
        name = str(path) if seen[str(path)] == 1 else f"{path} ({seen[str(path)]})"
        try:
            read = read_print(path, parameters=parameters, keys=keys, **image_rules_for(arguments, ppi))
            templates[name] = read.template
        except (FingerprintEngineError, OSError) as error:
            codes.append(exit_code_of(error))
            message = message_of(error)
            console.note(message if str(path) in message else f"{path}: {message}")
            console.document({"file": str(path), "error": type(error).__name__, "detail": message})
    return templates, codes


def _tell(matrix: ScoreMatrix, csv: Path | None, console: Console) -> None:
    rows = sorted(matrix.rows(), key=lambda row: -row[2])
    for probe, reference, score, fmr in rows if console.as_json else ():
        console.document({"probe": probe, "reference": reference, "score": score, "fmr": fmr})
    console.table(("score", "probe", "reference"), [(score, a, b) for a, b, score, _ in rows[:MAX_SHOWN]])
    console.text()
    more = f", the {MAX_SHOWN} most alike are shown" if len(rows) > MAX_SHOWN else ""
    console.text(f"{len(matrix.names)} prints, {len(rows)} pairs{more}")
    if csv is not None:
        console.text(f"  all pairs: {csv}")
