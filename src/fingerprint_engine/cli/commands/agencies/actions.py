"""The actions of ``agencies``: name, what it is for, its arguments, and the function that does it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple

from fingerprint_engine.cli.commands.agencies import checking, exchanging, keys, watching
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode

Declare = Callable[[argparse.ArgumentParser], None]
Do = Callable[[argparse.Namespace, Console], ExitCode]


class Action(NamedTuple):
    """One action."""

    summary: str
    declare: Declare
    do: Do


ACTIONS = {
    "keys": Action("make the keys of one's agency, and keep the public keys of others", keys.declare, keys.run),
    "check": Action(
        "check that a bundle is whole, in time and from whom it says; public keys are enough",
        checking.declare,
        checking.run,
    ),
    "ask": Action("ask another agency whether it knows people of ours", exchanging.declare_ask, exchanging.ask),
    "answer": Action(
        "answer the requests of other agencies, without a name", exchanging.declare_take, exchanging.answer
    ),
    "take": Action("take bundles of any kind, and do what follows from them", exchanging.declare_take, exchanging.take),
    "confirm": Action(
        "send what examiners confirmed, and identities that both sides did",
        exchanging.declare_confirm,
        exchanging.confirm,
    ),
    "watch": Action("begin, renew, withdraw and run standing watches", watching.declare, watching.watch),
    "catch-up": Action(
        "after a backup was restored: go on behind the last bundle number that the other side has seen",
        checking.declare_catch_up,
        checking.catch_up,
    ),
    "requests": Action("list what was asked and what came of it", exchanging.declare_requests, exchanging.requests),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, action in ACTIONS.items():
        description = f"{action.summary[0].upper()}{action.summary[1:]}."
        made = actions.add_parser(name, help=action.summary, description=description)
        made.set_defaults(action=action.do)
        action.declare(made)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Do what was asked for."""
    code: ExitCode = arguments.action(arguments, console)
    return code
