"""The actions of ``gallery``, and those that concern all of it."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.arguments import whole_number
from fingerprint_engine.cli.commands.gallery.parts import (
    add_join_arguments,
    add_split_arguments,
    join_gallery,
    split_gallery,
)
from fingerprint_engine.cli.commands.gallery.prints import (
    add_list_arguments,
    add_remove_arguments,
    list_prints,
    remove_prints,
    require_gallery,
)
from fingerprint_engine.cli.commands.gallery.protection import head, rekey
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.outputs import output_errors
from fingerprint_engine.cli.protection import PLACES, add_keys, keys_of, place_of_keys, protection_of
from fingerprint_engine.errors import InputError
from fingerprint_engine.index import Gallery, check_gallery, repair_gallery, traces
from fingerprint_engine.index.storage.file_header import FORMAT_VERSION
from fingerprint_engine.intake import export_prints


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for action, summary in (
        (_info, "say what is in a gallery and what was measured on it"),
        (list_prints, "list the prints: key, subject, finger, category, site, expiry"),
        (remove_prints, "remove prints by key, or all of a subject"),
        (_check, "look at every byte of a gallery; with --absent, that nothing of a removed print is left"),
        (_repair, "make a damaged gallery usable again, keep what is sound and name what is lost"),
        (_compact, "write files anew without what was removed"),
        (split_gallery, "put the prints into shards by subject, to be searched together (command `cluster`)"),
        (join_gallery, "put the prints of shards into one gallery, GALLERY, which is created"),
        (_export, "write all prints as template files with a list that `enrol --list` reads"),
        (head, "print which state a gallery is in, to be kept elsewhere; --expect then refuses an older one"),
        (rekey, "put a gallery under other keys, or under keys at all"),
        (_measure, "measure on the gallery itself what its shortlist keeps and how high non-mated prints score"),
    ):
        name = action.__name__.removeprefix("_").removesuffix("_prints").removesuffix("_gallery")
        made = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        made.add_argument("gallery", type=Path, metavar="GALLERY", help="folder of the gallery")
        made.set_defaults(action=action)
        add_keys(made, expects=action not in (_check, _repair, split_gallery, join_gallery))
        if action is list_prints:
            add_list_arguments(made)
        if action is remove_prints:
            add_remove_arguments(made)
        if action is split_gallery:
            add_split_arguments(made)
        if action is join_gallery:
            add_join_arguments(made)
        if action is _check:
            text = "also prove that nothing of this key is left in any file"
            made.add_argument("--absent", action="append", default=[], metavar="KEY", help=text)
        if action is _compact:
            text = "of a gallery with keys: write everything anew under new data keys"
            made.add_argument("--reencrypt", action="store_true", help=text)
        if action is rekey:
            made.add_argument(
                "--new", type=place_of_keys, required=True, metavar="KEYS", help=f"the keys from now on: {PLACES}"
            )
        if action is _export:
            made.add_argument("output", type=Path, metavar="DIR", help="folder of the templates; is created")
            made.add_argument("--overwrite", action="store_true", help="replace templates that are there already")
            made.add_argument("--resume", action="store_true", help="pass over templates that are there already")
        if action is _measure:
            text = "how many prints to search for, at most (default 1000)"
            made.add_argument("--probes", type=whole_number(1, 1_000_000), default=1000, metavar="N", help=text)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Do what was asked for."""
    code: ExitCode = arguments.action(arguments, console)
    return code


def _info(arguments: argparse.Namespace, console: Console) -> ExitCode:
    with Gallery.open(arguments.gallery, read_only=True, **protection_of(arguments)) as gallery:
        snapshot = gallery.snapshot()
        subjects = gallery.count_subjects()
        facts: dict[str, Any] = {
            "prints": len(gallery),
            "subjects": subjects,
            "format": FORMAT_VERSION,
            "blocks": len(snapshot.views),
            "bytes": sum(path.stat().st_size for path in arguments.gallery.iterdir()),
            "shortlist_recall": gallery.measurements.get("recall", {}).get("recall"),
            "threshold_shift": gallery.measurements.get("non_mated", {}).get("shift"),
        }
    _tell(arguments, console, facts)
    return ExitCode.SUCCESS


def _check(arguments: argparse.Namespace, console: Console) -> ExitCode:
    ring = keys_of(arguments)
    with console.bar("check") as show:
        report = check_gallery(arguments.gallery, progress=show, keys=ring)
    problems = [problem for file in report.files for problem in file.problems]
    left = {key: list(traces(arguments.gallery, key, keys=ring)) for key in arguments.absent} if report.is_sound else {}
    state = "sound" if report.is_sound else "damaged"
    console.text(f"{state}: {len(report.files)} files, {report.prints} prints")
    for problem in problems:
        console.text(f"  {problem}")
    for name in report.others:
        console.text(f"  {name}: no part of the gallery")
    for names in left.values():
        console.text(f"  a key is still in {', '.join(names)}" if names else "  a key is in no file")
    document = {"sound": report.is_sound, "prints": report.prints, "problems": problems, "others": list(report.others)}
    if arguments.absent:
        document["absent"] = {key: not names for key, names in left.items()}
    console.document(document)
    if not report.is_sound:
        return ExitCode.DAMAGED_GALLERY
    return ExitCode.NO_MATCH if any(left.values()) else ExitCode.SUCCESS


def _repair(arguments: argparse.Namespace, console: Console) -> ExitCode:
    done = repair_gallery(arguments.gallery, keys=keys_of(arguments))
    facts = dataclasses.asdict(done) | {"lost_keys": list(done.lost_keys), "aside": list(done.aside)}
    _tell(arguments, console, facts)
    return ExitCode.SUCCESS


def _compact(arguments: argparse.Namespace, console: Console) -> ExitCode:
    require_gallery(arguments.gallery)
    with Gallery.open(arguments.gallery, **protection_of(arguments)) as gallery:
        done = gallery.compact(reencrypt=arguments.reencrypt)
    _tell(arguments, console, dataclasses.asdict(done))
    return ExitCode.SUCCESS


def _measure(arguments: argparse.Namespace, console: Console) -> ExitCode:
    facts: dict[str, Any] = {}
    require_gallery(arguments.gallery)
    with Gallery.open(arguments.gallery, **protection_of(arguments)) as gallery:
        with console.bar("shortlist recall") as show, _measuring("shortlist recall", console):
            facts["shortlist_recall"] = None
            facts["shortlist_recall"] = gallery.measure_recall(max_probes=arguments.probes, progress=show)
        with console.bar("threshold shift") as show, _measuring("threshold shift", console):
            facts["threshold_shift"] = None
            found = gallery.measure_non_mated(max_probes=arguments.probes, progress=show)
            facts |= {"threshold_shift": found.shift, "set_aside": found.set_aside}
            facts["suspects"] = [list(pair) for pair in found.suspects]
    if facts.get("suspects"):
        console.note(
            f"warning: {len(facts['suspects'])} pairs of different subjects score as only prints of one finger should; "
            "they were set aside"
        )
    for first, second, score in facts.get("suspects", ()):
        console.text("  ", f"{first} and {second}: {score:.1f}")
    _tell(arguments, console, facts)
    return ExitCode.SUCCESS


def _export(arguments: argparse.Namespace, console: Console) -> ExitCode:
    overwrite, resume = arguments.overwrite, arguments.resume
    with (
        output_errors(arguments.output),
        Gallery.open(arguments.gallery, read_only=True, **protection_of(arguments)) as gallery,
        console.bar("export") as show,
    ):
        listing = export_prints(
            gallery, arguments.output, overwrite=overwrite, resume=resume, progress=show, ring=keys_of(arguments)
        )
        count = len(gallery)
    _tell(arguments, console, {"exported": count, "list": str(listing)})
    return ExitCode.SUCCESS


@contextmanager
def _measuring(what: str, console: Console) -> Iterator[None]:
    """Say that something could not be measured."""
    try:
        yield
    except InputError as error:
        console.note(f"{what}: not measured: {error}")


def _tell(arguments: argparse.Namespace, console: Console, facts: dict[str, Any]) -> None:
    console.document({"gallery": str(arguments.gallery), **facts})
    console.text(str(arguments.gallery))
    width = max(len(name) for name in facts)
    for name, fact in facts.items():
        value = len(fact) if name == "suspects" else fact
        shown = "not measured" if value is None else ", ".join(value) or "none" if isinstance(value, list) else value
        console.text(f"  {name.replace('_', ' '):<{width}}  {shown}")
