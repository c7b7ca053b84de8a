"""``registry roll-call``: a unit against a list of captures."""

from __future__ import annotations

import argparse
from pathlib import Path

from fingerprint_engine.cli.arguments import add_extractor, add_image_rules, add_workers
from fingerprint_engine.cli.commands.registry.batch import Columns, print_words, rows_of
from fingerprint_engine.cli.commands.registry.opening import opened, prints_of
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode


def declare(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``roll-call``."""
    text = "CSV file of captures with a header: prints (files with ; between) and, if there is one, card (a PERSON)"
    parser.add_argument("captures", type=Path, metavar="CSV", help=text)
    parser.add_argument("--unit", metavar="WORD", help="unit at --site whose people should be there")
    text = "who should be there instead: CSV file with a header and the column person"
    parser.add_argument("--roster", type=Path, metavar="CSV", help=text)
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)


def roll_call(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Solve it and tell what is not as it should be."""
    from fingerprint_engine.cli.commands.registry.telling import plain, roll_call_lines
    from fingerprint_engine.records import CardCapture, PresenceState
    from fingerprint_engine.records import roll_call as do_roll_call

    taken = []
    for _, row, folder in rows_of(arguments.captures, Columns(("prints",), ("card",))):
        prints = prints_of(arguments, print_words(row), folder)
        taken.append(CardCapture(prints, row.get("card") or None))
    roster = None
    if arguments.roster is not None:
        roster = [row["person"] for _, row, _ in rows_of(arguments.roster, Columns(("person",)))]
    with opened(arguments) as (_, session, texts):
        found = do_roll_call(session, taken, roster=roster, unit=arguments.unit, workers=arguments.workers)
        for line in roll_call_lines(found, texts):
            console.text(line)
        console.document(plain(found))
    states = {one.state for one in found.people}
    if PresenceState.NOT_DECIDABLE in states:
        return ExitCode.UNDECIDED
    return ExitCode.SUCCESS if states == {PresenceState.PRESENT} else ExitCode.NO_MATCH
