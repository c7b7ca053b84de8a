"""Records of tagged fields: every type but 3 to 8."""

from __future__ import annotations

import re

from fingerprint_engine.errors import MalformedRecord
from fingerprint_engine.exchange.ansi_nist.model import Context, Field, Record
from fingerprint_engine.exchange.ansi_nist.model.record import LENGTH, field_label
from fingerprint_engine.exchange.ansi_nist.tables.field_table import DATA_NUMBER, FIRST_TYPE_WITH_DATA
from fingerprint_engine.exchange.ansi_nist.traditional.characters import CharacterSets, sets_of
from fingerprint_engine.exchange.ansi_nist.traditional.items import FS, GS, join_items, split_items
from fingerprint_engine.exchange.ansi_nist.traditional.spelling import (
    FieldSpelling,
    RecordSpelling,
    spelled_fields,
    spelling_of,
)
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.limits import Budget

MAX_FIELDS = 2_000
"""Fields in a record; a record of nothing but separators must not fill the memory."""
HEAD = re.compile(rb"((\d{1,2})\.0{0,8}1):(\d{1,10})\x1d")
"""Field 001, with which a tagged record begins: tag, type and length."""
_TAG = re.compile(rb"(\d{1,2})\.(\d{1,9}):")
_GS_BEFORE_TAG = re.compile(rb"\x1d(?=\d{1,2}\.\d{1,9}:)")


def read_tagged(
    data: bytes, start: int, stop: int, sets: CharacterSets, context: Context, remarks: Remarks, budget: Budget
) -> Record | None:
    """The record between two offsets; None where no field 001 begins it."""
    head = HEAD.match(data, start, stop)
    if head is None:
        return None
    record_type, ended = int(head[2]), data[stop - 1 : stop] == FS
    strays, fields = _fields(data, head.end(), stop - ended, record_type, sets, remarks, budget)
    stated = head[3]
    spelling = RecordSpelling(
        fields,
        sets,
        head[1],
        len(stated) if stated.startswith(b"0") else 1,
        None if int(stated) == stop - start else stated,
        strays,
        ended,
    )
    return Record(record_type, tuple(spelled.field for spelled in fields), context, spelling)


def write_tagged(record: Record, declared: CharacterSets) -> bytes:
    """The bytes of a record.

    Raises
    ------
    ExchangeError
        Where text needs a character set that is not declared.
    """
    sets = sets_of(record, declared)
    spelling = spelling_of(record) or RecordSpelling((), sets)
    length_tag = spelling.length_tag or _tag(record.type, LENGTH, 3)
    digits = len(length_tag.partition(b".")[2])
    parts = list(spelling.strays)
    for field, own, holds in spelled_fields(record, sets):
        tag = own.tag if own is not None and own.tag else _tag(record.type, field.number, digits)
        if own is not None and holds:
            raw = own.raw
        elif isinstance(field.content, bytes):
            raw = field.content
        else:
            raw = join_items(field.content, sets, field_label(record.type, field.number))
        parts.append(tag + b":" + raw)
        parts.extend(own.strays if own is not None else ())
    body = GS.join([b"", *parts]) + (FS if spelling.ended else b"")
    length = spelling.stated_length(record)
    if length is None:
        length = _true_length(len(length_tag) + 1 + len(body), spelling.length_digits)
    return length_tag + b":" + length + body


def _fields(
    data: bytes, start: int, stop: int, record_type: int, sets: CharacterSets, remarks: Remarks, budget: Budget
) -> tuple[tuple[bytes, ...], tuple[FieldSpelling, ...]]:
    """Bytes without a tag before the first field, and the fields between two offsets."""
    fields: list[FieldSpelling] = []
    strays: list[list[bytes]] = [[]]
    seen, count = {LENGTH}, 0
    while start <= stop:
        budget.spend("items")
        count += 1
        if count > MAX_FIELDS + 1:
            label = field_label(record_type, LENGTH)
            raise MalformedRecord(f"expected at most {MAX_FIELDS} fields", start, label, remarks.clause)
        tag = _TAG.match(data, start, stop)
        number = int(tag[2]) if tag is not None and int(tag[1]) == record_type else None
        is_data = number == DATA_NUMBER and record_type >= FIRST_TYPE_WITH_DATA
        end = stop if is_data else _field_stop(data, start if tag is None else tag.end(), stop, sets.wide)
        if number in seen:
            remarks.note("expected the field once, found it again", start, field_label(record_type, number or 0))
        if tag is None or number is None:
            remarks.note(f"expected a tag of Type-{record_type}, such as {record_type}.003:", start)
        if tag is None or number in (None, LENGTH):
            strays[-1].append(data[start:end])
        else:
            raw = data[tag.end() : end]
            if not is_data and not sets.wide and FS in raw:
                label = field_label(record_type, number)
                remarks.note("expected a field without an end of record (FS) in it", start, label)
            content = raw if is_data else split_items(raw, sets, budget)
            fields.append(FieldSpelling(Field(number, content), data[start : tag.end() - 1], raw))
            strays.append([])
            seen.add(number)
        start = end + 1
    first, *others = strays
    spelled = zip(fields, others, strict=True)
    return tuple(first), tuple(field._replace(strays=tuple(behind)) for field, behind in spelled)


def _field_stop(data: bytes, start: int, stop: int, wide: bool) -> int:
    """Where a field ends: at the next GS, or with wide characters at the next GS before a tag."""
    if wide:
        match = _GS_BEFORE_TAG.search(data, start, stop)
        return stop if match is None else match.start()
    found = data.find(GS, start, stop)
    return stop if found < 0 else found


def _true_length(rest: int, digits: int) -> bytes:
    """The length of a record of so many bytes beside the length itself, which counts itself."""
    while len(length := b"%0*d" % (digits, rest + digits)) > digits:
        digits += 1
    return length


def _tag(record_type: int, number: int, digits: int) -> bytes:
    return b"%d.%0*d" % (record_type, digits, number)
