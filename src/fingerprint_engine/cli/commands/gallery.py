"""``gallery ACTION GALLERY``: look after a gallery on disk."""

from __future__ import annotations

import argparse
import csv
import dataclasses
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.cli.galleries import finger_name
from fingerprint_engine.cli.outputs import make_folder, write_atomically
from fingerprint_engine.errors import InputError
from fingerprint_engine.index import Gallery, check_gallery, repair_gallery, traces
from fingerprint_engine.index.storage.log_format import FORMAT_VERSION

LIST_NAME = "list.csv"


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Do what was asked for."""
    actions = {
        "info": _info,
        "check": _check,
        "repair": _repair,
        "compact": _compact,
        "export": _export,
        "measure": _measure,
    }
    return actions[arguments.action](arguments, console)


def _info(arguments: argparse.Namespace, console: Console) -> ExitCode:
    with Gallery.open(arguments.gallery, read_only=True) as gallery:
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
    with console.bar("check") as show:
        report = check_gallery(arguments.gallery, progress=show)
    problems = [problem for file in report.files for problem in file.problems]
    left = {key: list(traces(arguments.gallery, key)) for key in arguments.absent} if report.is_sound else {}
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
        return ExitCode.STORAGE
    return ExitCode.NO_MATCH if any(left.values()) else ExitCode.SUCCESS


def _repair(arguments: argparse.Namespace, console: Console) -> ExitCode:
    done = repair_gallery(arguments.gallery)
    facts = dataclasses.asdict(done) | {"lost_keys": list(done.lost_keys), "aside": list(done.aside)}
    _tell(arguments, console, facts)
    return ExitCode.SUCCESS


def _compact(arguments: argparse.Namespace, console: Console) -> ExitCode:
    with Gallery.open(arguments.gallery) as gallery:
        done = gallery.compact()
    _tell(arguments, console, dataclasses.asdict(done))
    return ExitCode.SUCCESS


def _measure(arguments: argparse.Namespace, console: Console) -> ExitCode:
    facts: dict[str, Any] = {}
    with Gallery.open(arguments.gallery) as gallery:
        for name, measure in (
            ("shortlist_recall", gallery.measure_recall),
            ("threshold_shift", gallery.measure_non_mated),
        ):
            with console.bar(name.replace("_", " ")) as show:
                try:
                    facts[name] = measure(max_probes=arguments.probes, progress=show)
                except InputError as error:
                    facts[name] = None
                    console.note(f"{name.replace('_', ' ')}: not measured: {error}")
    _tell(arguments, console, facts)
    return ExitCode.SUCCESS


def _export(arguments: argparse.Namespace, console: Console) -> ExitCode:
    make_folder(arguments.output)
    with Gallery.open(arguments.gallery, read_only=True) as gallery:
        keys = list(gallery)
        rows = list(console.progress(_exported(gallery, keys, arguments), total=len(keys), label="export"))
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("key", "path", "subject", "finger", "category", "site", "expires"))
    writer.writerows(rows)
    overwrite = arguments.overwrite or arguments.resume
    write_atomically(arguments.output / LIST_NAME, table.getvalue().encode("utf-8"), overwrite=overwrite)
    _tell(arguments, console, {"exported": len(rows), "list": str(arguments.output / LIST_NAME)})
    return ExitCode.SUCCESS


def _exported(gallery: Gallery, keys: list[str], arguments: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    """Write each template under a running number, because keys may be anything; give the row of the list."""
    for number, key in enumerate(keys):
        template, details = gallery.get(key), gallery.details(key)
        path: Path = arguments.output / f"{number:08d}.fpt"
        data = template.to_bytes()
        if not (arguments.resume and path.is_file() and path.read_bytes() == data):
            write_atomically(path, data, overwrite=arguments.overwrite or arguments.resume)
        expires = details.expires.isoformat() if details.expires else ""
        finger = finger_name(template.finger).replace(" ", "-")
        yield key, path.name, details.subject or "", finger, details.category or "", details.site or "", expires


def _tell(arguments: argparse.Namespace, console: Console, facts: dict[str, Any]) -> None:
    console.document({"gallery": str(arguments.gallery), **facts})
    console.text(str(arguments.gallery))
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        shown = "not measured" if value is None else ", ".join(value) or "none" if isinstance(value, list) else value
        console.text(f"  {name.replace('_', ' '):<{width}}  {shown}")
