"""``registry find | biography | watch | notices | answer``: what is on file, and for other agencies."""

from __future__ import annotations

import argparse
import datetime

from fingerprint_engine.cli.arguments import day
from fingerprint_engine.cli.commands.registry.opening import add_prints, opened, prints_of
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode


def declare_one(parser: argparse.ArgumentParser) -> None:
    """A person."""
    parser.add_argument("person", metavar="PERSON", help="identifier of the file")


def declare_find(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``find``."""
    parser.add_argument("value", metavar="TEXT", help="the number or name, exactly as written")
    parser.add_argument("--kind", default="custody number", metavar="WORD", help="custody number (default), name, ...")
    parser.add_argument("--issuer", metavar="WORD", help="who gave the number")


def declare_agency(parser: argparse.ArgumentParser) -> None:
    """An agency."""
    parser.add_argument("agency", metavar="AGENCY", help="the other agency")


def declare_watch(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``watch``."""
    declare_agency(parser)
    add_prints(parser)
    parser.add_argument("--until", type=day, required=True, metavar="DAY", help="last day of the watch, 2026-12-31")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why")


def declare_answer(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``answer``."""
    declare_agency(parser)
    add_prints(parser)
    parser.add_argument("--reference", required=True, metavar="TEXT", help="the other agency's own reference")


def find(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Find files by a number or a name."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import find_persons

    with opened(arguments) as (_, session, _):
        found = find_persons(session, arguments.value, kind=arguments.kind, issuer=arguments.issuer)
    console.table(
        ("person", "category", "status", "site", "names"),
        [(one.id, one.category, one.status, one.site, ", ".join(one.names)) for one in found],
    )
    console.document({"persons": plain(found)})
    return ExitCode.SUCCESS if found else ExitCode.NO_MATCH


def biography(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Tell somebody's way through the registry."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import biography as read_biography

    with opened(arguments) as (_, session, _):
        found = read_biography(session, arguments.person)
    console.text(f"{found.person.id}: {', '.join(found.person.names)} ({found.person.category})")
    stays = [(stay.encounter.captured_at[:16], stay.encounter) for stay in found.stays]
    console.table(
        ("when", "what", "site", "agency", "why"), [(at, e.kind, e.site, e.agency, e.reason) for at, e in stays]
    )
    console.document(plain(found))
    return ExitCode.SUCCESS


def watch(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Watch for somebody."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import watch as do_watch

    until = datetime.datetime.combine(arguments.until, datetime.time.max, datetime.UTC)
    with opened(arguments) as (_, session, _):
        prints = prints_of(arguments)
        found = do_watch(session, prints, agency=arguments.agency, expires=until, reason=arguments.reason)
    console.text(f"{found.id}: watched until {found.expires_at[:10]}")
    for one in found.candidates:
        console.text(f"  {'hit' if one.is_hit else 'possible'}: {one.person}")
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
    """Answer another agency."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import answer as do_answer

    with opened(arguments) as (_, session, _):
        prints = prints_of(arguments)
        found = do_answer(session, prints, agency=arguments.agency, their_reference=arguments.reference)
    console.text(f"{found.outcome}: reference {found.reference}")
    console.document(plain(found))
    codes = {"hit": ExitCode.SUCCESS, "no hit": ExitCode.NO_MATCH}
    return codes.get(found.outcome, ExitCode.UNDECIDED)
