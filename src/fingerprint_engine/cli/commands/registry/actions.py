"""The actions of ``registry``: name, purpose by default, arguments, and the function that does it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple

from fingerprint_engine.cli.commands.registry import (
    agencies,
    care,
    cases,
    identity,
    movements,
    protection,
    repair,
    search,
    unit,
)
from fingerprint_engine.cli.commands.registry.opening import add_registry, needs_records
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode

Declare = Callable[[argparse.ArgumentParser], None]
Do = Callable[[argparse.Namespace, Console], ExitCode]


class Action(NamedTuple):
    """One action; `purpose` is what a session states unless it is told another."""

    summary: str
    purpose: str
    declare: Declare
    do: Do


ACTIONS = {
    "init": Action("make a new registry", "", care.declare_init, care.init),
    "upgrade": Action("bring the database of an older release to the present one", "", care.nothing, care.upgrade),
    "admit": Action(
        "search for somebody who comes in, and record him", "admission", identity.declare_admit, identity.admit
    ),
    "check": Action("check that somebody is who he should be", "custody", identity.declare_check, identity.check),
    "release": Action(
        "let somebody go, if he is who he should be", "custody", movements.declare_release, movements.release
    ),
    "transfer": Action(
        "hand somebody over, if he is who he should be", "custody", movements.declare_transfer, movements.transfer
    ),
    "visitor": Action(
        "record a visitor, and look among barred and wanted people", "visit", identity.declare_admit, identity.visitor
    ),
    "roll-call": Action(
        "tell who of a unit is present, missing, swapped or from outside", "custody", unit.declare, unit.roll_call
    ),
    "search": Action(
        "search for whose prints these are, without recording anybody", "identity", search.declare_search, search.search
    ),
    "find": Action("find files by a number or a name", "admission", search.declare_find, search.find),
    "biography": Action(
        "tell where and why somebody was met before", "admission", search.declare_one, search.biography
    ),
    "tag": Action("put somebody into a circuit", "identity", search.declare_tag, search.tag),
    "untag": Action("end a tag", "identity", search.declare_untag, search.untag),
    "correct": Action("correct a name or number, or withdraw it", "oversight", search.declare_correct, search.correct),
    "watch": Action("watch for a person that an agency wants", "exchange", agencies.declare_watch, agencies.watch),
    "renew-watch": Action("let a watch run on", "exchange", agencies.declare_renew, agencies.renew_watch),
    "end-watch": Action("end a watch", "exchange", agencies.declare_end, agencies.end_watch),
    "notices": Action(
        "tell an agency who may be whom it watches for", "exchange", agencies.declare_agency, agencies.notices
    ),
    "answer": Action(
        "answer a request of another agency, without a name", "exchange", agencies.declare_answer, agencies.answer
    ),
    "release-identity": Action(
        "tell who is behind an answer that an examiner confirmed",
        "exchange",
        agencies.declare_reference,
        agencies.release_identity,
    ),
    "cases": Action("list what waits for an examiner", "identity", cases.declare_list, cases.list_all),
    "case": Action("show a case, and write its page", "identity", cases.declare_show, cases.show),
    "decide-case": Action("decide a case", "identity", cases.declare_decide, cases.decide),
    "duplicates": Action(
        "compare everybody with everybody and propose repairs", "identity", repair.nothing, repair.duplicates
    ),
    "proposals": Action("list repairs that wait for a decision", "identity", repair.nothing, repair.proposals),
    "merge": Action("propose that two files are of one person", "identity", repair.declare_merge, repair.merge),
    "move": Action("propose that an encounter belongs into another file", "identity", repair.declare_move, repair.move),
    "swap": Action("propose that two fingers were exchanged", "identity", repair.declare_swap, repair.swap),
    "split": Action("propose that a file holds two people", "identity", repair.declare_split, repair.split),
    "decide": Action("accept or refuse a proposal", "identity", repair.declare_decide, repair.decide),
    "undo": Action("take a change back", "identity", repair.declare_undo, repair.undo),
    "changes": Action("list what was changed by decision", "identity", repair.nothing, repair.changes),
    "retain": Action(
        "show what is due to be restricted and erased; --apply does it", "oversight", care.declare_retain, care.retain
    ),
    "erase": Action("erase a person and prove it", "oversight", search.declare_one, care.erase),
    "erasures": Action(
        "export the list of erasures, or erase again who is on it", "oversight", care.declare_erasures, care.erasures
    ),
    "access": Action("show a person all that is held, and who looked", "oversight", search.declare_one, care.access),
    "audit": Action("verify the audit trail, or export its head", "oversight", care.declare_audit, care.audit),
    "reextract": Action(
        "make templates anew from the images that are kept", "identity", care.declare_reextract, care.reextract
    ),
    "rekey": Action(
        "protect a registry and its galleries with other keys", "", protection.declare_rekey, protection.rekey
    ),
    "check-sealed": Action(
        "look for altered values in a registry with keys", "oversight", care.nothing, protection.check
    ),
    "catch-up": Action("let the galleries take all changes", "", care.nothing, care.catch_up),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, action in ACTIONS.items():
        made = actions.add_parser(
            name, help=action.summary, description=f"{action.summary[0].upper()}{action.summary[1:]}."
        )
        add_registry(made, action.purpose)
        action.declare(made)
        made.set_defaults(action=action.do)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Do what was asked for."""
    needs_records()
    code: ExitCode = arguments.action(arguments, console)
    return code
