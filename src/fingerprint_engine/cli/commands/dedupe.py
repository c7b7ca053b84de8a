"""``dedupe GALLERY``: who is enrolled twice, and which records contradict themselves."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.arguments import add_workers, rate
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.protection import add_keys, protection_of
from fingerprint_engine.index import Duplicates, Gallery, PrintPair
from fingerprint_engine.index.where_it_fits import open_where_it_fits


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("gallery", type=Path, metavar="GALLERY", help="folder of the gallery")
    add_rate_and_journal(parser)
    add_in_memory(parser)
    add_workers(parser)
    add_keys(parser)


def add_in_memory(parser: argparse.ArgumentParser) -> None:
    """Declare where the index lies while every print is searched for; None: in memory where it fits."""
    parser.add_argument(
        "--in-memory",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="read the index into memory once, 1.1 KB a print (the default where it fits), not through mapped files",
    )


def add_rate_and_journal(parser: argparse.ArgumentParser) -> None:
    """Declare what every run over all pairs is asked."""
    text = "how often prints of two different fingers may match, 0 to 1 (default 1e-6)"
    parser.add_argument("--max-fmr", type=rate, default=1e-6, metavar="RATE", help=text)
    parser.add_argument(
        "--journal", type=Path, metavar="FILE", help="keeps what is done; a run that was stopped goes on"
    )


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Compare all prints with each other; one line or document per finding, then a summary."""
    with _opened(arguments, console) as gallery, console.bar("dedupe") as show:
        found = gallery.duplicates(
            max_fmr=arguments.max_fmr, journal=arguments.journal, workers=arguments.workers, progress=show
        )
    tell_duplicates(found, console)
    return ExitCode.SUCCESS


def _opened(arguments: argparse.Namespace, console: Console) -> Gallery:
    """The gallery with its index in memory, as far as nobody said where and it fits there."""
    options: dict[str, Any] = {"read_only": True, **protection_of(arguments)}
    if arguments.in_memory is not None:
        return Gallery.open(arguments.gallery, in_memory=arguments.in_memory, **options)
    gallery, reason = open_where_it_fits(arguments.gallery, **options)
    if reason:
        console.note(f"{reason}; it is searched through mapped files")
    return gallery


def tell_duplicates(found: Duplicates, console: Console) -> None:
    """Say what was found, for people and as documents."""
    _tell(found, console)
    for group in found.groups:
        pairs = [_pair_document(pair) for pair in group.pairs]
        weakest = _pair_document(group.weakest_link)
        console.document({"group": list(group.subjects), "weakest_link": weakest, "pairs": pairs})
    for problem in found.problems:
        named = {"problem": problem.kind.value, "subjects": list(problem.subjects), "keys": list(problem.keys)}
        console.document(named)
    summary = {
        "groups": len(found.groups),
        "problems": len(found.problems),
        "pairs": len(found.pairs),
        "prints": found.prints,
        "skipped": found.skipped,
        "max_fmr": found.max_fmr,
        "expected_false_pairs": found.expected_false_pairs,
        "shortlist": found.shortlist,
        "recall": found.recall,
    }
    console.document({"summary": summary})


def _tell(found: Duplicates, console: Console) -> None:
    console.text(
        f"{len(found.groups)} groups of subjects that share fingers, {len(found.problems)} records that contradict "
        f"themselves; {found.prints} prints were compared with each other"
    )
    if found.skipped:
        console.text(f"  {found.skipped} not compared: damaged")
    console.text(f"  by chance alone {found.expected_false_pairs:.2g} pairs would match at this rate")
    for group in found.groups:
        console.text()
        console.text("  " + ", ".join(group.subjects))
        link = group.weakest_link
        console.text(
            f"    weakest link {link.score:.1f}: {_side(link.key, link.finger.words)} and "
            f"{_side(link.other_key, link.other_finger.words)}"
        )
    for problem in found.problems:
        console.text()
        console.text(f"  {problem.kind.value}: {', '.join(problem.subjects)}")
        console.text(f"    {', '.join(problem.keys)}")


def _side(key: str, finger: str) -> str:
    return f"{key} ({finger})"


def _pair_document(pair: PrintPair) -> dict[str, Any]:
    return {
        "keys": [pair.key, pair.other_key],
        "subjects": [pair.subject, pair.other_subject],
        "fingers": [pair.finger.words, pair.other_finger.words],
        "score": pair.score,
    }
