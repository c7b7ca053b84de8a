"""``registry rekey | check-sealed``: keys of a registry that change, and what of it was altered."""

from __future__ import annotations

import argparse

from fingerprint_engine.cli.commands.registry.opening import opened, place_of
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.protection import PLACES, place_of_keys, read_keys


def declare_rekey(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``rekey``."""
    parser.add_argument(
        "--new", type=place_of_keys, required=True, metavar="KEYS", help=f"the keys from now on: {PLACES}"
    )
    parser.add_argument("--reencrypt", action="store_true", help="seal everything anew under a new data key")


def rekey(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Change the keys."""
    from fingerprint_engine.records import change_registry_keys

    where, new = place_of(arguments), read_keys(arguments.new)
    altered = change_registry_keys(
        where["place"],
        where["keys"],
        new,
        actor=arguments.actor,
        galleries=where["galleries"],
        reencrypt=arguments.reencrypt,
    )
    console.text(f"{arguments.registry}: protected by key {new.key_id}")
    return _told(altered, console, {"key_id": new.key_id})


def check(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Look at all that is sealed."""
    from fingerprint_engine.records import check_sealed

    with opened(arguments) as (registry, session, _):
        session.require_permission("audit")
        altered = check_sealed(registry)
    if not altered:
        console.text(f"{arguments.registry}: nothing was altered")
    return _told(altered, console, {})


def _told(altered: tuple[str, ...], console: Console, facts: dict[str, str]) -> ExitCode:
    for one in altered:
        console.text(one)
    console.document(facts | {"altered": list(altered)})
    return ExitCode.NO_MATCH if altered else ExitCode.SUCCESS
