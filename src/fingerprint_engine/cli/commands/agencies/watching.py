"""``agencies watch begin | renew | withdraw | run``: standing watches, ours at others and theirs here."""

from __future__ import annotations

import argparse
import datetime

from fingerprint_engine.cli.arguments import day
from fingerprint_engine.cli.commands.agencies.exchanging import (
    declare_people,
    declare_terms,
    end_of,
    people_of,
    terms_of,
)
from fingerprint_engine.cli.commands.agencies.post_office import at_the_desk, declare_post, send_open, tell_sent
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode


def declare(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``watch``."""
    steps = parser.add_subparsers(title="what", metavar="WHAT", required=True)

    def step(name: str, summary: str) -> argparse.ArgumentParser:
        made = steps.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        declare_post(made)
        made.set_defaults(step=name)
        return made

    begin = step("begin", "have another agency watch for people of ours")
    declare_people(begin)
    declare_terms(begin)
    renew = step("renew", "let watches at another agency run on")
    renew.add_argument("--until", type=day, required=True, metavar="DAY", help="last day of the watch, 2026-12-31")
    for made in (renew, step("withdraw", "end watches at another agency, which forgets them")):
        made.add_argument("--to", required=True, metavar="AGENCY", help="the agency that watches")
        made.add_argument("references", nargs="+", metavar="WATCH", help="as `agencies requests` lists them")
    run = step("run", "search for whom others want, tell them, and forget watches that have ended; for a timer")
    text = "an agency (default: all of the directory); may be given several times"
    run.add_argument("--to", action="append", metavar="AGENCY", help=text)


def watch(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Begin, renew, withdraw or run watches."""
    from fingerprint_engine.exchange.agencies import new_bundle_id
    from fingerprint_engine.records import agencies

    if arguments.step == "run":
        return _run(arguments, console)
    with at_the_desk(arguments) as (session, office):
        office.directory.required(arguments.to)
        bundle = new_bundle_id()
        if arguments.step == "begin":
            people = people_of(arguments, session)
            agencies.watch_abroad(session, people, terms_of(arguments), agency=arguments.to, bundle=bundle)
        else:
            until = end_of(arguments.until) if arguments.step == "renew" else None
            agencies.change_watches_abroad(
                session, arguments.references, agency=arguments.to, bundle=bundle, expires=until
            )
        sent = send_open(session, office, images=arguments.images)
    tell_sent(console, sent)
    console.document({"bundles": [str(path) for path in sent]})
    return ExitCode.SUCCESS


def _run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    from fingerprint_engine.exchange.agencies import new_bundle_id
    from fingerprint_engine.records import agencies
    from fingerprint_engine.records.moments import text_of

    with at_the_desk(arguments) as (session, office):
        proof = agencies.forget_watches(session)
        until = text_of(session.now + datetime.timedelta(days=arguments.days))
        found = {}
        for agency in arguments.to or [card.agency for card in office.directory.cards]:
            found[agency] = agencies.run_watches(session, agency=agency)
            agencies.give_notices(session, agency=agency, bundle=new_bundle_id(), expires_at=until)
        sent = send_open(session, office)
    for agency, count in found.items():
        console.text(f"{agency}: {count} new")
    if proof is not None:
        state = "nothing is left" if proof.is_complete else f"still found in {', '.join(proof.residue.found)}"
        console.text(f"forgot {len(proof.persons)} watches that have ended: {state}")
    tell_sent(console, sent)
    told = None if proof is None else {"files": len(proof.persons), "complete": proof.is_complete}
    console.document({"found": found, "forgotten": told, "bundles": [str(path) for path in sent]})
    return ExitCode.SUCCESS if proof is None or proof.is_complete else ExitCode.UNDECIDED
