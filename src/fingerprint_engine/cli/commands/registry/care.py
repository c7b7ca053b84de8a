"""``registry init | upgrade | retain | erase | erasures | access | audit | catch-up``: looking after a registry."""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING

from fingerprint_engine.cli.arguments import add_extractor, day, extraction
from fingerprint_engine.cli.commands.registry.opening import opened, place_of
from fingerprint_engine.cli.commands.registry.repair import nothing
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.outputs import write_atomically
from fingerprint_engine.errors import InputError
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.pipeline import extract
from fingerprint_engine.preprocessing import load_image
from fingerprint_engine.regular_files import read_regular
from fingerprint_engine.template import Template, build_template
from fingerprint_engine.template.batch import template_digest

if TYPE_CHECKING:
    from fingerprint_engine.records import AuditHead

__all__ = [
    "access",
    "audit",
    "catch_up",
    "declare_audit",
    "declare_erasures",
    "declare_init",
    "declare_reextract",
    "declare_retain",
    "erase",
    "erasures",
    "init",
    "nothing",
    "reextract",
    "retain",
    "upgrade",
]
_MAX_HEAD_BYTES = 10_000


def declare_init(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``init``."""
    parser.add_argument(
        "--write-policy", type=Path, metavar="FILE", help="write the example of a policy, to be adapted"
    )


def declare_retain(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``retain``."""
    parser.add_argument("--apply", action="store_true", help="do it; without it nothing is changed")
    parser.add_argument("--on", type=day, metavar="DAY", help="show what is due on this day (default: today)")


def declare_audit(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``audit``."""
    parser.add_argument("--head", type=Path, metavar="FILE", help="compare with this head, which was kept elsewhere")
    parser.add_argument("--export", type=Path, metavar="FILE", help="write the head, to be kept elsewhere")


def init(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Make a registry."""
    from importlib import resources

    from fingerprint_engine.records import Registry

    if arguments.write_policy is not None:
        text = resources.files("fingerprint_engine.records.policy").joinpath("default.toml").read_bytes()
        write_atomically(arguments.write_policy, text, overwrite=False)
    with Registry.create(**place_of(arguments)) as registry:
        console.text(f"{arguments.registry}: registry {registry.id}")
        console.document({"registry": registry.id, "policy": registry.policy.digest})
    return ExitCode.SUCCESS


def upgrade(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Bring an older registry to the present schema."""
    from fingerprint_engine.records import upgrade_registry

    upgrade_registry(arguments.registry)
    console.text(f"{arguments.registry}: of the present schema")
    console.document({"upgraded": True})
    return ExitCode.SUCCESS


def catch_up(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Let galleries take all changes."""
    from fingerprint_engine.records import Registry

    with Registry.open(**place_of(arguments)) as registry:
        change = registry.catch_up()
        prints = sum(len(follower.gallery) for follower in registry.galleries.followers)
    console.text(f"{prints} prints, up to change {change}")
    console.document({"prints": prints, "change": change})
    return ExitCode.SUCCESS


def declare_erasures(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``erasures``."""
    group = parser.add_mutually_exclusive_group(required=True)
    text = "write the list of all erasures, to be kept apart from backups"
    group.add_argument("--export", type=Path, metavar="FILE", help=text)
    text = "erase again who is on this list: after a backup was restored"
    group.add_argument("--replay", type=Path, metavar="FILE", help=text)


def erasures(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Export the list of erasures, or replay one."""
    from fingerprint_engine.records import export_erasures, replay_erasures

    with opened(arguments) as (_, session, _):
        if arguments.export is not None:
            count = export_erasures(session, arguments.export)
            console.text(f"{arguments.export}: {count} erasures")
            console.document({"exported": count})
        else:
            again = replay_erasures(session, arguments.replay)
            console.text(f"{len(again)} people were erased again")
            console.document({"erased": list(again)})
    return ExitCode.SUCCESS


def declare_reextract(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``reextract``."""
    add_extractor(parser)


def reextract(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Make templates anew from the images that are kept."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import KeptImage
    from fingerprint_engine.records import reextract as do_reextract

    parameters = extraction(arguments)

    def template_of(kept: KeptImage) -> Template:
        image = load_image(kept.reference if kept.content is None else kept.content, ppi=kept.ppi)
        return extract(image, finger=kept.finger, impression=kept.impression, parameters=parameters)

    empty = build_template(
        Minutiae.empty(), shape=(8, 8), parameters_digest=parameters.digest(), parameters=parameters.template
    )
    with opened(arguments) as (_, session, _), console.bar("extract") as show:
        found = do_reextract(session, template_of, template_digest(empty).hex(), progress=show)
    console.text(f"{found.made} made, {len(found.failed)} failed, {found.without_image} without an image")
    console.document(plain(found))
    return ExitCode.FAILURE_TO_EXTRACT if found.failed else ExitCode.SUCCESS


def retain(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Show or do what is due."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import retain as do_retain

    now = None if arguments.on is None else datetime.datetime.combine(arguments.on, datetime.time(), datetime.UTC)
    with opened(arguments) as (_, session, _):
        found = do_retain(session, now, apply=arguments.apply)
    state = "done" if found.is_applied else "due; nothing was changed, --apply does it"
    console.text(f"to restrict: {len(found.restrict)}, to erase: {len(found.erase)} ({state})")
    if found.encounters:
        console.text(f"encounters whose prints may be kept no longer: {len(found.encounters)}")
    console.text(f"logs past their term: {found.events} events, {found.images} images, {found.audit_entries} entries")
    console.document(plain(found))
    return ExitCode.SUCCESS


def erase(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Erase a person and prove it."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import erase as do_erase

    with opened(arguments) as (_, session, texts):
        proof = do_erase(session, arguments.person)
    residue = proof.residue
    name = "done" if proof.is_complete else "left"
    console.text(
        texts.say(
            f"erasure.{name}", persons=proof.persons, pieces=residue.pieces, files=residue.files, names=residue.found
        )
    )
    if residue.not_seen:
        console.text(texts.say("erasure.not_seen", what=residue.not_seen))
    console.document(plain(proof) | {"digest": proof.digest})
    return ExitCode.SUCCESS if proof.is_complete else ExitCode.NO_MATCH


def access(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Show a person all that is held."""
    from fingerprint_engine.cli.commands.registry.telling import plain
    from fingerprint_engine.records import access as read_all

    with opened(arguments) as (_, session, _):
        found = read_all(session, arguments.person)
    console.text(f"{found.person.id} ({found.person.category}): {', '.join(found.person.names)}")
    console.text(f"{len(found.encounters)} encounters, {len(found.prints)} prints, {len(found.events)} checks")
    rows = [(one.at[:16], one.actor, one.purpose, one.action) for one in found.looked]
    console.table(("when", "who", "why", "what"), rows)
    console.document(plain(found) | {"looked": [entry._asdict() for entry in found.looked]})
    return ExitCode.SUCCESS


def audit(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Verify the trail."""
    exported = None if arguments.head is None else _read_head(arguments.head)
    with opened(arguments) as (registry, session, _):
        session.require_permission("audit")
        report = registry.verify_audit(exported)
    state = "whole" if report.is_whole else report.problem
    console.text(f"{report.entries} entries from {report.first} on: {state}")
    if arguments.export is not None:
        write_atomically(arguments.export, json.dumps(report.head._asdict()).encode(), overwrite=False)
    if exported is not None and report.is_whole and not report.is_compared:
        console.text(
            "the head that was given is older than the first entry: its term is over, it says nothing any more"
        )
    facts = {"whole": report.is_whole, "problem": report.problem, "compared": report.is_compared}
    console.document(facts | {"head": report.head._asdict()})
    return ExitCode.SUCCESS if report.is_whole else ExitCode.NO_MATCH


def _read_head(path: Path) -> AuditHead:
    from fingerprint_engine.records import AuditHead

    try:
        found = json.loads(read_regular(path, _MAX_HEAD_BYTES))
        return AuditHead(str(found["registry"]), int(found["number"]), str(found["digest"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise InputError(f"{path}: expected the head of an audit trail") from None
