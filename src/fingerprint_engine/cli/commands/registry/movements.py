"""``registry release | transfer``: people who leave, one by one or from a list."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingerprint_engine.cli.commands.registry.batch import Columns, add_batch, print_words, report, required
from fingerprint_engine.cli.commands.registry.naming import kind_name
from fingerprint_engine.cli.commands.registry.opening import add_prints, opened, prints_of
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError

if TYPE_CHECKING:
    from fingerprint_engine.records import Movement, Session
    from fingerprint_engine.template import Template

_RELEASE = Columns(("person", "prints"), ("reason",))
_TRANSFER = Columns(("person", "prints", "to_site"), ("to_unit", "reason"))


def declare_release(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``release``."""
    parser.add_argument("person", nargs="?", metavar="PERSON", help="identifier of the file that is claimed")
    add_prints(parser, required=False)
    parser.add_argument("--reason", default="", metavar="TEXT", help="why")
    add_batch(parser, _RELEASE)


def declare_transfer(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``transfer``."""
    parser.add_argument("person", nargs="?", metavar="PERSON", help="identifier of the file that is claimed")
    add_prints(parser, required=False)
    parser.add_argument("--to-site", default="", metavar="WORD", help="site that he goes to")
    parser.add_argument("--to-unit", default="", metavar="WORD", help="unit that he goes to")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why")
    add_batch(parser, _TRANSFER)


def release(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Release one person, or everybody on a list."""
    return _move(arguments, console, "release", _RELEASE)


def transfer(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Transfer one person, or everybody on a list."""
    return _move(arguments, console, "transfer", _TRANSFER)


def _move(arguments: argparse.Namespace, console: Console, kind: str, columns: Columns) -> ExitCode:
    from fingerprint_engine.cli.commands.registry.telling import check_lines, plain

    with opened(arguments) as (_, session, texts):
        if arguments.batch is not None:

            def one(row: Mapping[str, str], folder: Path) -> dict[str, Any]:
                moved = _moved(session, kind, row, prints_of(arguments, print_words(row), folder))
                told = moved.check
                return {
                    "done": moved.is_done,
                    "outcome": told.outcome.value,
                    "person": told.person,
                    "others": ";".join(other.person for other in told.others),
                    "case": told.case,
                }

            return report(arguments.batch, columns, one, console)
        required(arguments, "person", "prints", *(("to_site",) if kind == "transfer" else ()))
        found = _moved(session, kind, vars(arguments), prints_of(arguments))
        for line in check_lines(found.check, texts):
            console.text(line)
        name = "done" if found.is_done else "refused"
        console.text(texts.say(f"movement.{name}", kind=kind_name(kind, texts), person=found.check.person))
        console.document(plain(found))
        outcomes = {"same": ExitCode.SUCCESS, "not the same": ExitCode.NO_MATCH}
        return outcomes.get(found.check.outcome.value, ExitCode.UNDECIDED)


def _moved(session: Session, kind: str, row: Mapping[str, Any], prints: list[Template]) -> Movement:
    from fingerprint_engine.records import release as do_release
    from fingerprint_engine.records import transfer as do_transfer

    reason = row.get("reason") or ""
    if kind == "release":
        return do_release(session, row["person"], prints, reason=reason)
    if not row["to_site"]:
        raise UsageError("to_site: expected one")
    unit = row.get("to_unit") or ""
    return do_transfer(session, row["person"], prints, site=row["to_site"], unit=unit, reason=reason)
