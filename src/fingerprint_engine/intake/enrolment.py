"""Files into a gallery, many at a time; one that fails does not stop the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Unpack

from fingerprint_engine.bulk import ExtractionFailure, extract_many
from fingerprint_engine.errors import FailureToExtract, FingerprintEngineError
from fingerprint_engine.index import Gallery
from fingerprint_engine.intake.enrolment_list import Entry
from fingerprint_engine.intake.reading import NO_TEMPLATE, ImageRules, is_template, read_template, warn_of_resolution
from fingerprint_engine.keys import KeyRing, Stations
from fingerprint_engine.keys.errors import NotAuthentic
from fingerprint_engine.limits import DEFAULT_LIMITS
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters
from fingerprint_engine.template import Template

GROUP_TEMPLATES = 256
"""Chosen: template files are enrolled so many at a time; images one by one, because each costs more than a write."""

_Outcome = tuple[Entry, Template | Exception]


def enrol_files(
    gallery: Gallery,
    entries: Iterable[Entry],
    *,
    workers: int = 1,
    parameters: PipelineParameters = DEFAULT_PARAMETERS,
    keys: KeyRing | None = None,
    stations: Stations | None = None,
    **rules: Unpack[ImageRules],
) -> Iterator[tuple[Entry, Exception | None]]:
    """Enrol templates as they are, and images after extraction.

    Parameters
    ----------
    gallery
        Where they go.
    entries
        What to enrol; see `entries_of` and `read_enrolment_list`.
    workers
        Threads.
    parameters
        As in `extract`.
    keys
        What template files are protected with, if they are.
    stations
        The capture stations that are trusted: template files must be signed by one of them. None: no matter.
    rules
        As in `load_image`, for all images.

    Yields
    ------
    tuple
        Each entry, templates first, with what is wrong with it, or None when it is enrolled. What is wrong with the
        gallery is raised.
    """
    images: list[Entry] = []
    group: list[_Outcome] = []
    for entry in entries:
        try:
            if not is_template(entry.path):
                if stations is not None:
                    raise NotAuthentic(NO_TEMPLATE)
                images.append(entry)
                continue
            limits = rules.get("limits", DEFAULT_LIMITS)
            template, _ = read_template(entry.path, limits=limits, keys=keys, stations=stations)
            warn_of_resolution(entry.path, template)
            group.append((entry, template))
        except (FingerprintEngineError, OSError) as error:
            group.append((entry, error))
        if len(group) == GROUP_TEMPLATES:
            yield from _enrol_group(gallery, group, workers)
            group = []
    yield from _enrol_group(gallery, group, workers)
    outcomes = extract_many(
        [(entry.key, entry.path, entry.ppi) for entry in images], workers=workers, parameters=parameters, **rules
    )
    for entry, (_, outcome) in zip(images, outcomes, strict=True):
        if isinstance(outcome, ExtractionFailure):
            detail = outcome.detail.removeprefix(f"{entry.path}: ")
            yield entry, FailureToExtract(outcome.reason, detail, outcome.measures)
        else:
            yield from _enrol_group(gallery, [(entry, outcome)], 1)


def _enrol_group(gallery: Gallery, group: list[_Outcome], workers: int) -> Iterator[tuple[Entry, Exception | None]]:
    """Enrol the templates of a group at once; of equal keys the first is taken, as one by one."""
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
