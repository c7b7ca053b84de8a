"""``agencies ask | take | answer | confirm | requests``: hit or no hit, from the question to the identity."""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint_engine.cli.arguments import add_extractor, day, extraction, not_blank
from fingerprint_engine.cli.commands.agencies.post_office import at_the_desk, declare_post, send_open, tell_sent
from fingerprint_engine.cli.commands.registry.opening import add_registry, needs_records, opened
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError
from fingerprint_engine.cli.outputs import add_overwrite, write_atomically
from fingerprint_engine.errors import EmptyInput

if TYPE_CHECKING:
    from fingerprint_engine.exchange.agencies import BundleKind
    from fingerprint_engine.records import Session
    from fingerprint_engine.records.agencies import Terms


def declare_terms(parser: argparse.ArgumentParser) -> None:
    """On which terms another agency is asked."""
    parser.add_argument("--to", required=True, metavar="AGENCY", help="the agency to ask")
    parser.add_argument("--because", required=True, metavar="TEXT", help="legal basis, as treaty and article")
    text = "purpose that the other side's policy knows (default exchange)"
    parser.add_argument("--for", dest="stated", default="exchange", metavar="WORD", help=text)
    text = "categories of the other side's people to search, with commas (default remand,convicted,wanted)"
    parser.add_argument("--among", default="remand,convicted,wanted", metavar="WORDS", help=text)
    parser.add_argument("--until", type=day, required=True, metavar="DAY", help="when both sides forget it, 2026-12-31")


def declare_people(parser: argparse.ArgumentParser) -> None:
    """About whom."""
    parser.add_argument("people", nargs="*", metavar="PERSON", help="identifiers of files")
    text = "instead: everybody of these categories, with commas, as foreign,remand"
    parser.add_argument("--all-of", default="", metavar="WORDS", help=text)
    parser.add_argument("--at", dest="house", metavar="SITE", help="with --all-of: of this site alone")


def declare_ask(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``ask``."""
    declare_post(parser)
    declare_people(parser)
    declare_terms(parser)
    parser.add_argument("--answer-by", type=day, metavar="DAY", help="when an answer is wanted")


def declare_take(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``take`` and ``answer``."""
    declare_post(parser)
    parser.add_argument("bundles", nargs="+", type=Path, metavar="BUNDLE", help="bundles that came, in their order")
    text = "take a bundle although one before it did not come; that one will be refused when it comes"
    parser.add_argument("--accept-gap", action="store_true", help=text)
    add_extractor(parser)


def declare_confirm(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``confirm``."""
    declare_post(parser)
    parser.add_argument("--to", required=True, metavar="AGENCY", help="the other agency")


def declare_requests(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``requests``."""
    add_registry(parser, "exchange")
    parser.add_argument("--to", metavar="AGENCY", help="of one agency")
    parser.add_argument("--near", action="store_true", help="hits and possible ones alone")
    text = "write the evidence of one request to a file, for `evidence check`"
    names = not_blank("a request and a file")
    parser.add_argument("--evidence", nargs=2, type=names, metavar=("REQUEST", "FILE"), help=text)
    add_overwrite(parser, "evidence")


def terms_of(arguments: argparse.Namespace, answer_by: datetime.date | None = None) -> Terms:
    """The terms that were given."""
    from fingerprint_engine.records.agencies import Terms

    among = frozenset(arguments.among.split(","))
    by = None if answer_by is None else end_of(answer_by)
    return Terms(arguments.stated, arguments.because, among, end_of(arguments.until), by)


def end_of(date: datetime.date) -> datetime.datetime:
    """The last moment of a day."""
    return datetime.datetime.combine(date, datetime.time.max, datetime.UTC)


def ask(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Ask another agency about people."""
    from fingerprint_engine.exchange.agencies import new_bundle_id
    from fingerprint_engine.records import agencies

    with at_the_desk(arguments) as (session, office):
        office.directory.required(arguments.to)
        people = people_of(arguments, session)
        terms = terms_of(arguments, arguments.answer_by)
        agencies.ask(session, people, terms, agency=arguments.to, bundle=new_bundle_id())
        sent = send_open(session, office, images=arguments.images)
    console.text(f"asked about {len(people)}")
    tell_sent(console, sent)
    console.document({"people": len(people), "bundles": [str(path) for path in sent]})
    return ExitCode.SUCCESS


def people_of(arguments: argparse.Namespace, session: Session) -> Sequence[str]:
    """The people that were named, or all of a kind."""
    from fingerprint_engine.records.agencies import people_to_ask_about

    if bool(arguments.people) == bool(arguments.all_of):
        raise UsageError("expected either identifiers of files or --all-of")
    if arguments.people:
        return list(arguments.people)
    found = people_to_ask_about(session, categories=frozenset(arguments.all_of.split(",")), site=arguments.house)
    if not found:
        raise EmptyInput("--all-of: there is nobody")
    return found


def take(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Take bundles of any kind, and do what follows from them."""
    from fingerprint_engine.exchange.agencies import BundleKind

    return _take(arguments, console, frozenset(BundleKind))


def answer(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Answer the requests in bundles."""
    from fingerprint_engine.exchange.agencies import BundleKind

    return _take(arguments, console, frozenset({BundleKind.REQUEST}))


def _take(arguments: argparse.Namespace, console: Console, kinds: frozenset[BundleKind]) -> ExitCode:
    from fingerprint_engine.cli.commands.agencies import desk

    told = []
    with at_the_desk(arguments) as (session, office):
        sent = send_open(session, office, images=arguments.images)  # of a run that was stopped
        for path in arguments.bundles:
            found = desk.take(
                session,
                office,
                path,
                kinds=kinds,
                days=arguments.days,
                accept_gap=arguments.accept_gap,
                extractor=extraction(arguments),
            )
            head = found.bundle.head
            counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(found.outcomes.items()))
            console.text(f"{head.kind.value} {head.number} of {head.sender}: {counts or 'nothing'}")
            for refused in found.refused:
                console.note(f"{path}: {refused}")
            told.append(
                {
                    "bundle": head.bundle,
                    "kind": head.kind.value,
                    "sender": head.sender,
                    "outcomes": found.outcomes,
                    "refused": [str(one) for one in found.refused],
                }
            )
        sent += send_open(session, office, images=arguments.images)
    tell_sent(console, sent)
    console.document({"taken": told, "bundles": [str(path) for path in sent]})
    return ExitCode.BAD_INPUT if any(one["refused"] for one in told) else ExitCode.SUCCESS


def confirm(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Send what examiners decided: confirmations of our requests, and identities that both sides confirmed."""
    from fingerprint_engine.exchange.agencies import new_bundle_id
    from fingerprint_engine.records import agencies
    from fingerprint_engine.records.moments import text_of

    with at_the_desk(arguments) as (session, office):
        until = text_of(session.now + datetime.timedelta(days=arguments.days))
        for open_bundle in (agencies.confirm, agencies.release):
            open_bundle(session, agency=arguments.to, bundle=new_bundle_id(), expires_at=until)
        sent = send_open(session, office)
    if not sent:
        console.text("nothing was decided since the last time")
    tell_sent(console, sent)
    console.document({"bundles": [str(path) for path in sent]})
    return ExitCode.SUCCESS


def requests(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """List what was asked, and what came of it."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import agencies

    needs_records()
    with opened(arguments) as (_, session, _):
        if arguments.evidence is not None:
            name, path = arguments.evidence
            found = agencies.get_request(session, name)
            if found.evidence is None:
                raise EmptyInput(f"{name}: there is no evidence with it")
            text = json.dumps(found.evidence, sort_keys=True) + "\n"
            write_atomically(Path(path), text.encode(), overwrite=arguments.overwrite)
            console.document({"request": name, "evidence": path})
            return ExitCode.SUCCESS
        listed = agencies.list_requests(session, agency=arguments.to, near_only=arguments.near)
    rows = [
        (one.id, one.at[:16], one.agency, one.person, one.outcome or "waits", one.case, "yes" if one.core_data else "")
        for one in listed
    ]
    console.table(("request", "asked", "agency", "person", "outcome", "case", "identity"), rows)
    console.document({"requests": plain(listed)})
    return ExitCode.SUCCESS
