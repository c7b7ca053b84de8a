"""``enrol GALLERY FILES``: put prints into a gallery; what fails is counted, the rest goes on."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator

from fingerprint_engine.bulk import ExtractionFailure, extract_many
from fingerprint_engine.cli.commands.enrol_list import Entry, entries_of
from fingerprint_engine.cli.console import Console
from fingerprint_engine.cli.exit_codes import ExitCode, exit_code_of, message_of, worst
from fingerprint_engine.cli.prints import ImageRules, extraction, image_rules, is_template, read_template
from fingerprint_engine.errors import FailureToExtract, FingerprintEngineError
from fingerprint_engine.index import Gallery
from fingerprint_engine.pipeline import PipelineParameters
from fingerprint_engine.template import Template

GROUP_TEMPLATES = 256
"""Chosen: template files are enrolled so many at a time; images one by one, because each costs more than a write."""

Outcome = tuple[Entry, Template | Exception]


def run(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Enrol templates as they are and images after extraction."""
    entries, parameters = entries_of(arguments.files, arguments.list), extraction(arguments)
    codes: list[ExitCode] = []
    there = 0
    with Gallery.open(arguments.gallery) as gallery:
        if arguments.resume:
            waiting = [entry for entry in entries if entry.key not in gallery]
            there, entries = len(entries) - len(waiting), waiting
        done = _enrolled(gallery, entries, image_rules(arguments), arguments.workers, parameters)
        for entry, failure in console.progress(done, total=len(entries), label="enrol"):
            shown = {"key": entry.key, "file": str(entry.path)}
            if failure is None:
                codes.append(ExitCode.SUCCESS)
                console.document(shown | {"outcome": "enrolled"})
                continue
            codes.append(exit_code_of(failure))
            message = message_of(failure)
            console.note(message if str(entry.path) in message else f"{entry.path}: {message}")
            detail = {"error": type(failure).__name__, "detail": message}
            console.document(shown | {"outcome": "not enrolled", **detail})
        size = len(gallery)

    enrolled = codes.count(ExitCode.SUCCESS)
    console.text(f"{enrolled} enrolled in {arguments.gallery}, which now holds {size}")
    if there:
        console.text(f"{there} were enrolled already")
    if enrolled < len(codes):
        console.text(f"{len(codes) - enrolled} not enrolled")
    summary = {"enrolled": enrolled, "not_enrolled": len(codes) - enrolled, "gallery_size": size}
    if arguments.resume:
        summary["enrolled_already"] = there
    console.document({"summary": summary | {"exit_code": int(worst(codes))}})
    return worst(codes)


def _enrolled(
    gallery: Gallery, entries: list[Entry], rules: ImageRules, workers: int, parameters: PipelineParameters
) -> Iterator[tuple[Entry, Exception | None]]:
    """Each entry with what is wrong with it; what is wrong with the gallery is raised."""
    images: list[Entry] = []
    group: list[Outcome] = []
    for entry in entries:
        try:
            if not is_template(entry.path):
                images.append(entry)
                continue
            group.append((entry, read_template(entry.path)))
        except (FingerprintEngineError, OSError) as error:
            group.append((entry, error))
        if len(group) == GROUP_TEMPLATES:
            yield from _enrol_group(gallery, group, workers)
            group = []
    yield from _enrol_group(gallery, group, workers)
    outcomes = extract_many(
        [(entry.key, entry.path) for entry in images], workers=workers, parameters=parameters, **rules
    )
    for entry, (_, outcome) in zip(images, outcomes, strict=True):
        if isinstance(outcome, ExtractionFailure):
            detail = outcome.detail.removeprefix(f"{entry.path}: ")
            yield entry, FailureToExtract(outcome.reason, detail, outcome.measures)
        else:
            yield from _enrol_group(gallery, [(entry, outcome)], 1)


def _enrol_group(gallery: Gallery, group: list[Outcome], workers: int) -> Iterator[tuple[Entry, Exception | None]]:
    """Enrol what are templates, at once; of equal keys the first is taken, as one by one."""
    prints = [
        (entry.key, _on_finger(outcome, entry), entry.details)
        for entry, outcome in group
        if isinstance(outcome, Template)
    ]
    refused: dict[object, list[FingerprintEngineError]] = {}
    for key, error in gallery.enrol_many(prints, workers=workers).refused:
        refused.setdefault(key, []).append(error)
    done: list[tuple[Entry, Exception | None]] = []
    for entry, outcome in reversed(group):
        if isinstance(outcome, Exception):
            done.append((entry, outcome))
        else:
            errors = refused.get(entry.key)
            done.append((entry, errors.pop() if errors else None))
    yield from reversed(done)


def _on_finger(template: Template, entry: Entry) -> Template:
    return template if entry.finger is None else dataclasses.replace(template, finger=entry.finger)
