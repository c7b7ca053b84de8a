"""``registry search | find | biography | tag | untag | correct``: what is on file of people."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingerprint_engine.cli.commands.registry.batch import Columns, add_batch, print_words, report, required
from fingerprint_engine.cli.commands.registry.opening import add_prints, opened, prints_of
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from fingerprint_engine.records import PeopleSearch, Session
    from fingerprint_engine.template import Template

_SEARCH = Columns(("prints",), ("circuit",))
_TAG = Columns(("person", "circuit"))


def declare_one(parser: argparse.ArgumentParser) -> None:
    """A person."""
    parser.add_argument("person", metavar="PERSON", help="identifier of the file")


def declare_search(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``search``."""
    add_prints(parser, required=False)
    text = "look only at people with this tag; it chooses who is looked at and alters no score"
    parser.add_argument("--circuit", default="", metavar="WORD", help=text)
    add_batch(parser, _SEARCH)


def declare_find(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``find``."""
    parser.add_argument("value", metavar="TEXT", help="the number or name, exactly as written")
    parser.add_argument("--kind", default="custody number", metavar="WORD", help="custody number (default), name, ...")
    parser.add_argument("--issuer", metavar="WORD", help="who gave the number")


def declare_tag(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``tag``."""
    parser.add_argument("person", nargs="?", metavar="PERSON", help="identifier of the file")
    parser.add_argument("circuit", nargs="?", metavar="CIRCUIT", help="classification or circuit, as 'high security'")
    add_batch(parser, _TAG)


def declare_untag(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``untag``."""
    parser.add_argument("tag", metavar="TAG", help="identifier of the tag, as 'biography' tells it")


def declare_correct(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``correct``."""
    parser.add_argument("identifier", metavar="IDENTIFIER", help="of the name or number, as 'access --json' tells it")
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--value", metavar="TEXT", help="what is right; the old value is deleted")
    group.add_argument("--withdraw", action="store_true", help="delete it")


def search(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Search for whose prints these are, or a list of them."""
    from fingerprint_engine.cli.commands.registry.telling import plain

    with opened(arguments) as (_, session, _):
        if arguments.batch is not None:

            def one(row: Mapping[str, str], folder: Path) -> dict[str, Any]:
                found = _searched(session, arguments, prints_of(arguments, print_words(row), folder), row)
                best = ";".join(candidate.person for candidate in found.candidates if candidate.is_hit)
                return {"outcome": found.outcome.value, "hits": best, "case": found.case}

            return report(arguments.batch, _SEARCH, one, console)
        required(arguments, "prints")
        found = _searched(session, arguments, prints_of(arguments), {})
    console.text(f"{found.outcome.value}{f', an examiner decides case {found.case}' if found.case else ''}")
    rows = [(one.person, f"{one.score:.1f}", ", ".join(found.circuits.get(one.person, ()))) for one in found.candidates]
    if rows:
        console.table(("candidate", "score", "circuits"), rows)
    console.document(plain(found))
    codes = {"hit": ExitCode.SUCCESS, "no hit": ExitCode.NO_MATCH}
    return codes.get(found.outcome.value, ExitCode.UNDECIDED)


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
    met = [stay.encounter for stay in found.stays]
    rows = [(e.captured_at[:16], e.kind, e.site, e.agency, e.reason, e.id) for e in met]
    console.table(("when", "what", "site", "agency", "why", "encounter"), rows)
    if found.tags:
        tags = [(t.valid_from[:16], (t.valid_to or "")[:16], t.circuit, t.given_by, t.id) for t in found.tags]
        console.table(("from", "to", "circuit", "by", "tag"), tags)
    console.document(plain(found))
    return ExitCode.SUCCESS


def tag(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Put one person into a circuit, or everybody on a list."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import tag as do_tag

    with opened(arguments) as (_, session, _):
        if arguments.batch is not None:

            def one(row: Mapping[str, str], _: Path) -> dict[str, Any]:
                made = do_tag(session, row["person"], row["circuit"])
                return {"person": made.person, "circuit": made.circuit, "tag": made.id}

            return report(arguments.batch, _TAG, one, console)
        required(arguments, "person", "circuit")
        made = do_tag(session, arguments.person, arguments.circuit)
    console.text(f"{made.id}: {made.person} is in {made.circuit}")
    console.document(plain(made))
    return ExitCode.SUCCESS


def untag(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """End a tag."""
    from fingerprint_engine.records import untag as do_untag

    with opened(arguments) as (_, session, _):
        do_untag(session, arguments.tag)
    console.text(f"{arguments.tag}: ended")
    console.document({"ended": arguments.tag})
    return ExitCode.SUCCESS


def correct(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Correct a name or a number, or withdraw it."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import correct as do_correct

    with opened(arguments) as (_, session, _):
        found = do_correct(session, arguments.identifier, arguments.value)
    console.text(f"{arguments.identifier}: withdrawn" if found is None else f"{found.id}: corrected")
    console.document({"identifier": plain(found)})
    return ExitCode.SUCCESS


def _searched(
    session: Session, arguments: argparse.Namespace, prints: list[Template], row: Mapping[str, str]
) -> PeopleSearch:
    from fingerprint_engine.records import search_people

    return search_people(session, prints, circuit=row.get("circuit") or arguments.circuit)
