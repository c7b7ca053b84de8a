"""``registry admit | visitor | check``: who somebody is, one by one or from a list."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingerprint_engine.cli.arguments import day
from fingerprint_engine.cli.commands.registry.batch import Columns, add_batch, day_of, print_words, report, required
from fingerprint_engine.cli.commands.registry.opening import add_prints, captures_of, opened, prints_of
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from fingerprint_engine.records import Admission, Claim, Session

_NUMBERS = ("custody_number", "national_id", "foreign_reference")
_PLACE = ("issuer", "agency", "unit", "reason", "last_day")
_ADMIT = Columns(("prints",), ("category", "name", "alias", *_NUMBERS, *_PLACE))
_CHECK = Columns(("person", "prints"), ("kind",))


def declare_admit(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``admit`` and ``visitor``."""
    add_prints(parser, required=False)
    add_batch(parser, _ADMIT)
    parser.add_argument("--category", default="remand", metavar="WORD", help="remand (default), convicted, ...")
    parser.add_argument("--name", action="append", default=[], metavar="TEXT", help="a name; repeatable")
    parser.add_argument("--custody-number", metavar="TEXT", help="given once by the issuer")
    parser.add_argument("--issuer", default="", metavar="WORD", help="who gave the number")
    parser.add_argument("--agency", default="", metavar="WORD", help="who keeps him")
    parser.add_argument("--unit", default="", metavar="WORD", help="where in the house")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why he was brought in")
    text = "until when the prints may be kept, whatever the policy; a record that states an earlier day counts"
    parser.add_argument("--last-day", type=day, metavar="DAY", help=text)
    text = "keep the files of the images too, so that templates can be made anew; they have a term of their own"
    parser.add_argument("--keep-images", action="store_true", help=text)


def declare_check(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``check``."""
    parser.add_argument("person", nargs="?", metavar="PERSON", help="identifier of the file that is claimed")
    add_prints(parser, required=False)
    parser.add_argument("--kind", default="check", metavar="WORD", help="occasion: check (default), return, visit, ...")
    add_batch(parser, _CHECK)


def admit(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Admit one person, or everybody on a list."""
    return _take_in(arguments, console, None)


def visitor(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Record one visitor, or everybody on a list."""
    return _take_in(arguments, console, "visitor")


def _take_in(arguments: argparse.Namespace, console: Console, category: str | None) -> ExitCode:
    from fingerprint_engine.cli.commands.registry.telling import admission_lines, plain

    with opened(arguments) as (_, session, texts):
        if arguments.batch is not None:

            def one(row: Mapping[str, str], folder: Path) -> dict[str, Any]:
                found = _admit_row(session, arguments, row, folder, category)
                person = found.person.id if found.person else ""
                return {"outcome": found.outcome.value, "person": person, "case": found.case, "event": found.event}

            return report(arguments.batch, _ADMIT, one, console)
        required(arguments, "prints")
        row = {
            "category": arguments.category,
            "custody_number": arguments.custody_number or "",
            "issuer": arguments.issuer,
            "agency": arguments.agency,
            "unit": arguments.unit,
            "reason": arguments.reason,
        }
        found = _admit_row(session, arguments, row, None, category)
        for line in admission_lines(found, texts):
            console.text(line)
        console.document(plain(found))
        return ExitCode.SUCCESS if found.outcome.value in ("known", "new") else ExitCode.UNDECIDED


def _admit_row(
    session: Session, arguments: argparse.Namespace, row: Mapping[str, str], folder: Path | None, category: str | None
) -> Admission:
    from fingerprint_engine.records import admit as do_admit
    from fingerprint_engine.records import check_visitor

    words = print_words(row) if folder is not None else None
    prints, stated = captures_of(arguments, words, folder)
    asked = day_of(row["last_day"], "last_day") if row.get("last_day") else arguments.last_day
    last_day = min((one for one in (stated, asked) if one is not None), default=None)
    claims = _claims(arguments, row)
    if category is not None:
        reason = row.get("reason", "")
        return check_visitor(session, prints, identifiers=claims, category=category, reason=reason, last_day=last_day)
    return do_admit(
        session,
        prints,
        category=row.get("category") or arguments.category,
        identifiers=claims,
        agency=row.get("agency", ""),
        unit=row.get("unit", ""),
        reason=row.get("reason", ""),
        last_day=last_day,
    )


def _claims(arguments: argparse.Namespace, row: Mapping[str, str]) -> list[Claim]:
    from fingerprint_engine.records import Claim

    names = [row["name"]] if row.get("name") else arguments.name
    found = [Claim("name", name) for name in names]
    found += [Claim("alias", row["alias"])] if row.get("alias") else []
    for column in _NUMBERS:
        if row.get(column):
            found.append(Claim(column.replace("_", " "), row[column], row.get("issuer", "")))
    return found


def check(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Check one person, or everybody on a list."""
    from fingerprint_engine.cli.commands.registry.telling import check_lines, plain
    from fingerprint_engine.records import check as do_check

    with opened(arguments) as (_, session, texts):
        if arguments.batch is not None:

            def one(row: Mapping[str, str], folder: Path) -> dict[str, Any]:
                prints = prints_of(arguments, print_words(row), folder)
                found = do_check(session, row["person"], prints, kind=row.get("kind") or arguments.kind)
                others = ";".join(other.person for other in found.others)
                return {"outcome": found.outcome.value, "person": found.person, "others": others, "case": found.case}

            return report(arguments.batch, _CHECK, one, console)
        required(arguments, "person", "prints")
        found = do_check(session, arguments.person, prints_of(arguments), kind=arguments.kind)
        for line in check_lines(found, texts):
            console.text(line)
        console.document(plain(found))
        return _code(found.outcome.value)


def _code(outcome: str) -> ExitCode:
    return {"same": ExitCode.SUCCESS, "not the same": ExitCode.NO_MATCH}.get(outcome, ExitCode.UNDECIDED)
