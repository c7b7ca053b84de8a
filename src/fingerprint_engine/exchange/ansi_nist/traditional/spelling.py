"""How what was read was spelled: left at records and transactions as their ``origin``, so as to write it as it was.

A spelling is believed only as far as it says what the record says now: fields that changed, or that are to be written
in other character sets, are written anew.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import NamedTuple

from fingerprint_engine.exchange.ansi_nist.model import Field, Record
from fingerprint_engine.exchange.ansi_nist.traditional.characters import CharacterSets


class FieldSpelling(NamedTuple):
    """A field as it was written.

    Parameters
    ----------
    field
        What it said.
    tag
        Type and number as they were spelled, such as ``b"14.013"`` or ``b"1.01"``; empty in binary records.
    raw
        Its bytes, without the tag.
    strays
        Bytes between separators behind it that carry no tag of the record, which only lenient reading accepts.
    """

    field: Field
    tag: bytes
    raw: bytes
    strays: tuple[bytes, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class RecordSpelling:
    """A record as it was written.

    Parameters
    ----------
    fields
        In their order.
    sets
        Character sets by which its text was decoded.
    length_tag
        How field 001 was spelled; empty in binary records.
    length_digits
        Digits to which the length was padded.
    false_length
        The length as it was stated, where it was not the true one.
    strays
        As in `FieldSpelling`, behind field 001.
    ended
        Whether a separator ended the record.
    """

    fields: tuple[FieldSpelling, ...]
    sets: CharacterSets
    length_tag: bytes = b""
    length_digits: int = 1
    false_length: bytes | None = None
    strays: tuple[bytes, ...] = ()
    ended: bool = True

    def stated_length(self, record: Record) -> bytes | None:
        """A false length, as long as the record says what it said."""
        if self.false_length is None or record.fields != tuple(spelled.field for spelled in self.fields):
            return None
        return self.false_length


@dataclasses.dataclass(frozen=True, slots=True)
class FileSpelling:
    """Bytes after the last record, which only lenient reading accepts."""

    trailing: bytes


class SpelledField(NamedTuple):
    """A field of a record, how it was spelled when it was read, and whether those bytes still say what it says."""

    field: Field
    spelling: FieldSpelling | None
    holds: bool


def spelling_of(record: Record) -> RecordSpelling | None:
    """How a record was spelled; None where it was not read from this encoding."""
    return record.origin if isinstance(record.origin, RecordSpelling) else None


def without_faults(record: Record) -> Record:
    """The record without a false length, and with its end."""
    spelling = spelling_of(record)
    if spelling is None:
        return record
    return dataclasses.replace(record, origin=dataclasses.replace(spelling, false_length=None, ended=True))


def spelled_fields(record: Record, sets: CharacterSets) -> list[SpelledField]:
    """The fields of a record that is to be written in these character sets, with their spellings."""
    spelling = spelling_of(record)
    if spelling is None:
        return [SpelledField(field, None, False) for field in record.fields]
    known = defaultdict[int, list[FieldSpelling]](list)
    for one in reversed(spelling.fields):
        known[one.field.number].append(one)
    found = []
    for field in record.fields:
        own = known[field.number].pop() if known[field.number] else None
        same = own is not None and (own.field is field or own.field.content == field.content)
        holds = same and spelling.sets == sets
        found.append(SpelledField(field, own, holds))
    return found
