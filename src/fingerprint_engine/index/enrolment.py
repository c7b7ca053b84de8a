"""From what a caller gives to rows that can be enrolled: checked, and sketched."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

from fingerprint_engine.errors import (
    DuplicateKey,
    FingerprintEngineError,
    IncompatibleTemplates,
    InputError,
)
from fingerprint_engine.index.columns.details import NO_DETAILS, PrintDetails, check_details, check_key
from fingerprint_engine.index.columns.memory_block import PrintRow
from fingerprint_engine.index.columns.table import PrintTable
from fingerprint_engine.index.storage.log.details_format import encode_details
from fingerprint_engine.index.storage.log.records import Record
from fingerprint_engine.template import Template
from fingerprint_engine.template.making import Making
from fingerprint_engine.template.native.check import check_each, check_native
from fingerprint_engine.template.native.format import NativeFacts, facts_of
from fingerprint_engine.template.sketches import sketch_templates
from fingerprint_engine.text.plain import plain
from fingerprint_engine.threads import in_order

_CHECKED_AT_ONCE = 128
"""Chosen: so many take a thread 20 ms, as long as whoever interrupts it may have to wait."""

Enrollable = tuple[str, Template | bytes] | tuple[str, Template | bytes, PrintDetails]
"""Key, template or its native bytes, and details if any are known."""


@dataclasses.dataclass(frozen=True, slots=True)
class Enrolments:
    """What came of `Gallery.enrol_many`.

    Attributes
    ----------
    enrolled
        Number of prints that were enrolled.
    refused
        Key, as it was given, and error of each one that was not.
    """

    enrolled: int
    refused: tuple[tuple[object, FingerprintEngineError], ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; keys that are no text as Python shows them."""
        refused = [{"key": key if isinstance(key, str) else repr(key), **plain(error)} for key, error in self.refused]
        return {"enrolled": self.enrolled, "refused": refused}


class CheckedPrint(NamedTuple):
    """A print that may be enrolled, not sketched yet."""

    key: str
    template: bytes
    details: PrintDetails
    facts: NativeFacts

    def record(self) -> Record:
        """What the log is to hold."""
        return Record(self.key, self.template, encode_details(self.details))


def native(template: object) -> tuple[bytes, NativeFacts]:
    """Bytes and header of a template, given as such or as its native bytes, which are checked in full.

    Raises
    ------
    InputError, CorruptTemplate, UnsupportedTemplateVersion
    """
    if isinstance(template, Template):
        data = template.to_bytes()
        return data, facts_of(data)
    if not isinstance(template, bytes):
        raise InputError(f"template: expected a Template or its bytes, got {type(template).__name__}")
    return template, check_native(template)


def check_making(found: Making, expected: Making | None) -> None:
    """All templates of a gallery were made with the parameters of any of them, so one is enough to compare with.

    Raises
    ------
    IncompatibleTemplates
    """
    if expected is not None:
        expected.require_same(found, ("those enrolled", "this"))


def checked_group(
    group: Sequence[Enrollable],
    table: PrintTable,
    refused: list[tuple[object, FingerprintEngineError]],
    workers: int,
) -> list[CheckedPrint]:
    """The prints of a group that can be enrolled; the others go to `refused`."""
    making = table.any_making()
    valid: list[tuple[object, CheckedPrint | FingerprintEngineError]] = []
    for (key, _, *more), found in zip(group, _natives([entry[1] for entry in group], workers), strict=True):
        try:
            if isinstance(found, FingerprintEngineError):
                raise found
            details = check_details(more[0] if more else NO_DETAILS)
            valid.append((key, _checked(key, (found, facts_of(found)), details)))
        except FingerprintEngineError as error:
            # Without the traceback, whose frames would keep the gallery, and its lock, alive with the answer.
            valid.append((key, error.with_traceback(None)))
    taken = table.known([checked.key for _, checked in valid if isinstance(checked, CheckedPrint)])
    accepted: list[CheckedPrint] = []
    for given, checked in valid:
        if isinstance(checked, CheckedPrint):
            if checked.key in taken:
                checked = DuplicateKey("key: it is enrolled already")  # noqa: PLW2901
            else:
                try:
                    check_making(checked.facts.made_with, making)
                except IncompatibleTemplates as error:
                    checked = error.with_traceback(None)  # noqa: PLW2901
        if isinstance(checked, CheckedPrint):
            taken.add(checked.key)
            making = checked.facts.made_with
            accepted.append(checked)
        else:
            refused.append((given, checked))
    return accepted


def checked_changes(
    changes: Sequence[Enrollable | tuple[str, None]], table: PrintTable
) -> tuple[list[str], list[CheckedPrint]]:
    """Enrolled keys that go, with the prints that come under new keys or those, of changes that count together.

    Raises
    ------
    IncompatibleTemplates, InputError, TemplateError
        When one of them is invalid, or two are about one key.
    """
    removed: list[str] = []
    enrolled: list[CheckedPrint] = []
    for change in changes:
        if not isinstance(change, tuple) or not 2 <= len(change) <= 3:
            raise InputError("changes: expected tuples of key, template and perhaps details")
        key, template, *more = change
        details = check_details(more[0] if more else NO_DETAILS)
        if template is None:
            removed.append(check_key(key))
        else:
            enrolled.append(_checked(key, native(template), details))
    keys = [*removed, *(one.key for one in enrolled)]
    if len(set(keys)) < len(keys):
        raise InputError("changes: expected one change for each key")
    gone = table.known(keys)
    making = table.any_making() if len(table) > len(gone) else None
    for one in enrolled:
        check_making(one.facts.made_with, making)
        making = one.facts.made_with
    return [key for key in keys if key in gone], enrolled


def pieces_for(prints: Sequence[CheckedPrint], workers: int) -> list[Sequence[CheckedPrint]]:
    """Prints in one run per worker."""
    step = max(1, -(-len(prints) // workers))
    return [prints[begin : begin + step] for begin in range(0, len(prints), step)]


def rows_of(prints: Sequence[CheckedPrint]) -> list[PrintRow]:
    """Prints with their sketches."""
    sketches = sketch_templates([checked.template for checked in prints])
    return [PrintRow(*checked, sketch) for checked, sketch in zip(prints, sketches, strict=True)]


def _checked(key: object, found: tuple[bytes, NativeFacts], details: PrintDetails) -> CheckedPrint:
    data, facts = found
    return CheckedPrint(check_key(key), data, details, facts)


def _natives(templates: Sequence[object], workers: int) -> list[bytes | FingerprintEngineError]:
    """The bytes of templates given as such or as their bytes, checked in threads; or what is wrong with them."""
    pieces = [templates[begin : begin + _CHECKED_AT_ONCE] for begin in range(0, len(templates), _CHECKED_AT_ONCE)]
    return list(itertools.chain.from_iterable(in_order(_check_piece, pieces, workers=workers)))


def _check_piece(templates: Sequence[object]) -> list[bytes | FingerprintEngineError]:
    found: list[bytes | FingerprintEngineError] = []
    for template in templates:
        if isinstance(template, bytes):
            found.append(template)
        elif isinstance(template, Template):
            found.append(template.to_bytes())
        else:
            found.append(InputError(f"template: expected a Template or its bytes, got {type(template).__name__}"))
    foreign = [at for at, template in enumerate(templates) if isinstance(template, bytes)]
    errors = check_each([template for template in templates if isinstance(template, bytes)])
    for at, error in zip(foreign, errors, strict=True):
        if error is not None:
            found[at] = error
    return found
