"""``enrol GALLERY FILES``: put prints into a gallery; what fails is counted, the rest goes on."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from fingerprint_engine.cli.arguments import (
    add_extractor,
    add_image_rules,
    add_recursive,
    add_workers,
    extraction,
    image_rules,
    limits_of,
)
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, UsageError, exit_code_of, exit_code_of_items, message_of
from fingerprint_engine.cli.facts import resolution_facts
from fingerprint_engine.cli.protection import add_keys, add_stations, keys_of, protection_of, stations_of
from fingerprint_engine.index import Gallery
from fingerprint_engine.intake import Entry, enrol_files, entries_of, read_enrolment_list
from fingerprint_engine.limits import LIST_LIMITS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("gallery", type=Path, metavar="GALLERY", help="folder of the gallery")
    text = "images, templates, or folders and patterns of them; key = name, no suffix"
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=text)
    text = (
        "CSV file, or - for standard input: key, path (relative to it) and, if wanted, subject, finger, category, "
        "site, expires, ppi"
    )
    parser.add_argument("--list", type=Path, metavar="CSV", help=text)
    text = "pass over keys that are enrolled already, to go on after a run that was stopped"
    parser.add_argument("--resume", action="store_true", help=text)
    add_recursive(parser)
    add_keys(parser)
    add_stations(parser)
    add_image_rules(parser)
    add_extractor(parser)
    add_workers(parser)


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Enrol templates as they are and images after extraction."""
    entries, parameters = _entries(arguments), extraction(arguments)
    codes: list[ExitCode] = []
    there = doubtful = 0
    is_new = not arguments.gallery.exists()
    with Gallery.open(arguments.gallery, **protection_of(arguments)) as gallery:
        if arguments.resume:
            waiting = [entry for entry in entries if entry.key not in gallery]
            there, entries = len(entries) - len(waiting), waiting
        rules = image_rules(arguments)
        done = enrol_files(
            gallery,
            entries,
            workers=arguments.workers,
            parameters=parameters,
            keys=keys_of(arguments),
            stations=stations_of(arguments),
            **rules,
        )
        for entry, failure in console.progress(done, total=len(entries), label="enrol"):
            shown = {"key": entry.key, "file": str(entry.path)}
            if failure is None:
                codes.append(ExitCode.SUCCESS)
                facts = resolution_facts(gallery.get(entry.key))
                doubtful += facts["resolution"] is not None
                console.document(shown | {"outcome": "enrolled", **facts})
                continue
            codes.append(exit_code_of(failure))
            message = message_of(failure)
            console.note(message if str(entry.path) in message else f"{entry.path}: {message}")
            detail = {"error": type(failure).__name__, "detail": message}
            console.document(shown | {"outcome": "not enrolled", **detail})
        size = len(gallery)

    enrolled = codes.count(ExitCode.SUCCESS)
    if is_new and not size:
        shutil.rmtree(arguments.gallery)  # made a moment ago, by a mistake in what was to be enrolled
        console.text(f"0 enrolled; {arguments.gallery} was not made")
    else:
        console.text(f"{enrolled} enrolled in {arguments.gallery}, which now holds {size}")
    if there:
        console.text(f"{there} were enrolled already")
    if doubtful:
        console.text(f"{doubtful} of doubtful resolution: see the warnings")
    if enrolled < len(codes):
        console.text(f"{len(codes) - enrolled} not enrolled")
    summary = {
        "enrolled": enrolled,
        "not_enrolled": len(codes) - enrolled,
        "gallery_size": size,
        "doubtful_resolution": doubtful,
    }
    if arguments.resume:
        summary["enrolled_already"] = there
    console.document({"summary": summary | {"exit_code": int(exit_code_of_items(codes))}})
    return exit_code_of_items(codes)


def _entries(arguments: argparse.Namespace) -> list[Entry]:
    """Files of the command line first, then those of the list."""
    entries = entries_of(arguments.files, recursive=arguments.recursive)
    if arguments.list is not None:
        entries += read_enrolment_list(arguments.list, limits=limits_of(arguments, LIST_LIMITS))
    if not entries:
        raise UsageError("expected files to enrol or --list CSV, got neither; see 'fingerprint-engine enrol --help'")
    return entries
