"""From what a caller gives to rows that can be enrolled: checked, and sketched."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

from fingerprint_engine.errors import (
    DuplicateKey,
    FingerprintEngineError,
    IncompatibleTemplates,
    InputError,
)
from fingerprint_engine.index.columns.details import NO_DETAILS, PrintDetails, check_key
from fingerprint_engine.index.columns.memory_block import PrintRow
from fingerprint_engine.index.columns.table import PrintTable
from fingerprint_engine.index.storage.log.details_format import encode_details
from fingerprint_engine.index.storage.log.records import Record
from fingerprint_engine.template import Template
from fingerprint_engine.template.native_format import NativeFacts, peek
from fingerprint_engine.template.sketches import sketch_templates

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
    """Bytes and header of a template, given as such or as its native bytes.

    Raises
    ------
    InputError, CorruptTemplate, UnsupportedTemplateVersion
    """
    if isinstance(template, Template):
        template = template.to_bytes()
    if not isinstance(template, bytes):
        raise InputError(f"template: expected a Template or its bytes, got {type(template).__name__}")
    return template, peek(template)


def check_digest(found: bytes, expected: bytes | None) -> None:
    """All templates of a gallery have the digest of any of them, so one is enough to compare with.

    Raises
    ------
    IncompatibleTemplates
    """
    if expected is not None and found != expected:
        raise IncompatibleTemplates(f"template: expected parameters {expected.hex()} as enrolled, got {found.hex()}")


def checked_group(
    group: Sequence[Enrollable], table: PrintTable, refused: list[tuple[object, FingerprintEngineError]]
) -> list[CheckedPrint]:
    """The prints of a group that can be enrolled; the others go to `refused`."""
    digest = table.any_digest()
    valid: list[tuple[object, CheckedPrint | FingerprintEngineError]] = []
    for key, template, *more in group:
        try:
            details: object = more[0] if more else NO_DETAILS
            if not isinstance(details, PrintDetails):
                raise InputError(f"details: expected PrintDetails, got {type(details).__name__}")
            valid.append((key, CheckedPrint(check_key(key), *_reordered(native(template), details))))
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
                    check_digest(checked.facts.digest, digest)
                except IncompatibleTemplates as error:
                    checked = error.with_traceback(None)  # noqa: PLW2901
        if isinstance(checked, CheckedPrint):
            taken.add(checked.key)
            digest = checked.facts.digest
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
        details: object = more[0] if more else NO_DETAILS
        if not isinstance(details, PrintDetails):
            raise InputError(f"details: expected PrintDetails, got {type(details).__name__}")
        if template is None:
            removed.append(check_key(key))
        else:
            enrolled.append(CheckedPrint(check_key(key), *_reordered(native(template), details)))
    keys = [*removed, *(one.key for one in enrolled)]
    if len(set(keys)) < len(keys):
        raise InputError("changes: expected one change for each key")
    gone = table.known(keys)
    digest = table.any_digest() if len(table) > len(gone) else None
    for one in enrolled:
        check_digest(one.facts.digest, digest)
        digest = one.facts.digest
    return [key for key in keys if key in gone], enrolled


def pieces_for(prints: Sequence[CheckedPrint], workers: int) -> list[Sequence[CheckedPrint]]:
    """Prints in one run per worker."""
    step = max(1, -(-len(prints) // workers))
    return [prints[begin : begin + step] for begin in range(0, len(prints), step)]


def rows_of(prints: Sequence[CheckedPrint]) -> list[PrintRow]:
    """Prints with their sketches."""
    sketches = sketch_templates([checked.template for checked in prints])
    return [PrintRow(*checked, sketch) for checked, sketch in zip(prints, sketches, strict=True)]


def _reordered(found: tuple[bytes, NativeFacts], details: PrintDetails) -> tuple[bytes, PrintDetails, NativeFacts]:
    return found[0], details, found[1]
