"""``registry watch | notices | answer | release-identity | renew-watch | end-watch``: for other agencies."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingerprint_engine.cli.commands.registry.batch import Columns, add_batch, day_of, print_words, report, required
from fingerprint_engine.cli.commands.registry.opening import Given, add_prints, given_prints, opened
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from fingerprint_engine.records import Answer, Session, Watch
    from fingerprint_engine.template import Template

_WATCH = Columns(("agency", "prints", "until"), ("name", "foreign_reference", "issuer", "reason"))
_ANSWER = Columns(("agency", "prints", "reference"))


def declare_agency(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``notices``."""
    parser.add_argument("agency", metavar="AGENCY", help="the other agency")


def declare_watch(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``watch``."""
    parser.add_argument("agency", nargs="?", metavar="AGENCY", help="the other agency")
    add_prints(parser, required=False)
    parser.add_argument("--until", metavar="DAY", help="last day of the watch, 2026-12-31")
    parser.add_argument("--name", metavar="TEXT", help="a name that he goes by")
    parser.add_argument("--foreign-reference", metavar="TEXT", help="the other agency's number for him")
    parser.add_argument("--issuer", default="", metavar="WORD", help="who gave the number")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why")
    add_batch(parser, _WATCH)


def declare_answer(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``answer``."""
    parser.add_argument("agency", nargs="?", metavar="AGENCY", help="the other agency")
    add_prints(parser, required=False)
    parser.add_argument("--reference", metavar="TEXT", help="the other agency's own reference")
    add_batch(parser, _ANSWER)


def declare_reference(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``release-identity``."""
    parser.add_argument("reference", metavar="REFERENCE", help="what 'answer' gave")


def declare_renew(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``renew-watch``."""
    declare_end(parser)
    parser.add_argument("--until", required=True, metavar="DAY", help="new last day of the watch, 2026-12-31")


def declare_end(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``end-watch``."""
    parser.add_argument("watch", metavar="WATCH", help="what 'watch' gave")


def watch(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Watch for one person, or everybody on a list."""
    from fingerprint_engine.cli.commands.registry.telling import plain

    with opened(arguments) as (_, session, _):
        if arguments.batch is not None:

            def one(row: Mapping[str, str], folder: Path) -> dict[str, Any]:
                made = _watched(session, row, given_prints(arguments, print_words(row), folder))
                near = ";".join(candidate.person for candidate in made.candidates)
                return {"watch": made.id, "until": made.expires_at[:10], "candidates": near, "case": made.case}

            return report(arguments.batch, _WATCH, one, console)
        required(arguments, "agency", "prints", "until")
        found = _watched(session, vars(arguments), given_prints(arguments))
    console.text(f"{found.id}: watched until {found.expires_at[:10]}")
    for candidate in found.candidates:
        console.text(f"  {'hit' if candidate.is_hit else 'possible'}: {candidate.person}")
    if found.case:
        console.text(f"  an examiner decides case {found.case}")
    console.document(plain(found))
    return ExitCode.SUCCESS


def notices(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Tell an agency what it was not told yet."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import notices as read_notices

    with opened(arguments) as (_, session, _):
        found = read_notices(session, arguments.agency)
    console.table(("when", "watch", "outcome", "person"), [(n.at[:16], n.watch, n.outcome, n.person) for n in found])
    console.document({"notices": plain(found)})
    return ExitCode.SUCCESS


def answer(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Answer one request of another agency, or a list of them."""
    from fingerprint_engine.cli.commands.registry.telling import plain

    with opened(arguments) as (_, session, _):
        if arguments.batch is not None:

            def one(row: Mapping[str, str], folder: Path) -> dict[str, Any]:
                found = _answered(session, row, given_prints(arguments, print_words(row), folder))
                return {
                    "their_reference": found.their_reference,
                    "outcome": found.outcome,
                    "reference": found.reference,
                }

            return report(arguments.batch, _ANSWER, one, console)
        required(arguments, "agency", "prints", "reference")
        found = _answered(session, vars(arguments), given_prints(arguments))
    console.text(f"{found.outcome}: reference {found.reference}")
    console.document(plain(found))
    codes = {"hit": ExitCode.SUCCESS, "no hit": ExitCode.NO_MATCH}
    return codes.get(found.outcome, ExitCode.UNDECIDED)


def release_identity(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Tell another agency who is behind an answer, once an examiner confirmed it."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import release_identity as do_release

    with opened(arguments) as (_, session, _):
        found = do_release(session, arguments.reference)
    console.text(f"{found.id} ({found.category}): {', '.join(found.names)}")
    console.document(plain(found))
    return ExitCode.SUCCESS


def renew_watch(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Let a watch run on."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import renew_watch as do_renew

    with opened(arguments) as (_, session, _):
        found = do_renew(session, arguments.watch, _end_of_day(day_of(arguments.until, "until")))
    console.text(f"{found.id}: watched until {found.expires_at[:10]}")
    console.document(plain(found))
    return ExitCode.SUCCESS


def end_watch(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """End a watch."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import end_watch as do_end

    with opened(arguments) as (_, session, _):
        found = do_end(session, arguments.watch)
    console.text(f"{found.id}: ended")
    console.document(plain(found))
    return ExitCode.SUCCESS


def _watched(session: Session, row: Mapping[str, Any], given: Given[Template]) -> Watch:
    from fingerprint_engine.records import Claim
    from fingerprint_engine.records import watch as do_watch

    claims = [Claim("name", row["name"])] if row.get("name") else []
    if row.get("foreign_reference"):
        claims.append(Claim("foreign reference", row["foreign_reference"], row.get("issuer") or ""))
    return do_watch(
        session,
        given.prints,
        agency=row["agency"],
        expires=min(_end_of_day(day_of(row["until"], "until")), _end_of_day(given.last_day or datetime.date.max)),
        identifiers=claims,
        reason=row.get("reason") or "",
    )


def _answered(session: Session, row: Mapping[str, Any], given: Given[Template]) -> Answer:
    from fingerprint_engine.records import answer as do_answer

    expires = None if given.last_day is None else _end_of_day(given.last_day)
    return do_answer(session, given.prints, agency=row["agency"], their_reference=row["reference"], expires=expires)


def _end_of_day(last: datetime.date) -> datetime.datetime:
    """The last moment of a day."""
    return datetime.datetime.combine(last, datetime.time.max, datetime.UTC)
