"""Binary records, Types 3 to 8: four bytes of length, then a fixed layout without separators."""

from __future__ import annotations

import struct

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.model import Context, Field, Record
from fingerprint_engine.exchange.ansi_nist.model.record import IDC, field_label
from fingerprint_engine.exchange.ansi_nist.traditional.characters import ASCII_ONLY
from fingerprint_engine.exchange.ansi_nist.traditional.spelling import (
    FieldSpelling,
    RecordSpelling,
    spelled_fields,
    spelling_of,
)

_LENGTH_BYTES = 4
_POSITIONS = 4
_MAX_POSITIONS = 6
_UNUSED = 0xFF
_MAX_DIGITS = 9
_PRINT = ((IDC, "B"), (3, "B"), (_POSITIONS, "6s"), (5, "B"), (6, "H"), (7, "H"), (8, "B"))
_SIGNATURE = ((IDC, "B"), (3, "B"), (4, "B"), (5, "B"), (6, "H"), (7, "H"))
_LAYOUTS = {**dict.fromkeys((3, 4, 5, 6), _PRINT), 7: ((IDC, "B"),), 8: _SIGNATURE}
"""Numbers of the fields between length and data, big-endian; data follow, under the next number."""
BINARY_TYPES = frozenset(_LAYOUTS)
MIN_BYTES = {
    kind: _LENGTH_BYTES + struct.calcsize(">" + "".join(code for _, code in layout))
    for kind, layout in _LAYOUTS.items()
}
"""Length of a record without data."""


def stated_length(data: bytes, start: int) -> int:
    """The length of the binary record that begins at this offset."""
    return int.from_bytes(data[start : start + _LENGTH_BYTES], "big")


def read_binary(data: bytes, start: int, stop: int, record_type: int, context: Context) -> Record:
    """The record between two offsets, at least `MIN_BYTES` apart."""
    at, fields = start + _LENGTH_BYTES, []
    for number, code in _LAYOUTS[record_type]:
        raw = data[at : at + struct.calcsize(code)]
        at += len(raw)
        if number == _POSITIONS and len(raw) == _MAX_POSITIONS:
            subfields = tuple((str(position),) for position in raw if position != _UNUSED)
        else:
            subfields = ((f"{int.from_bytes(raw, 'big'):0{2 if number == IDC else 1}d}",),)
        if subfields:
            fields.append(FieldSpelling(Field(number, subfields), b"", raw))
    payload = data[at:stop]
    fields.append(FieldSpelling(Field(_data_number(record_type), payload), b"", payload))
    length = data[start : start + _LENGTH_BYTES]
    false_length = None if stated_length(data, start) == stop - start else length
    spelling = RecordSpelling(tuple(fields), ASCII_ONLY, false_length=false_length)
    return Record(record_type, tuple(spelled.field for spelled in fields), context, spelling)


def write_binary(record: Record) -> bytes:
    """The bytes of a record.

    Raises
    ------
    ExchangeError
        Where a value is absent or does not fit its place, or a field has none.
    """
    spelled = {one.field.number: one for one in spelled_fields(record, ASCII_ONLY)}
    parts = []
    for number, code in _LAYOUTS[record.type]:
        one = spelled.pop(number, None)
        label = field_label(record.type, number)
        if one is not None and one.spelling is not None and one.holds:
            parts.append(one.spelling.raw)
        elif code == "6s":
            positions = [] if one is None else [_number(label, items, _UNUSED - 1) for items in one.field.subfields]
            if len(positions) > _MAX_POSITIONS:
                raise ExchangeError(f"{label}: expected at most {_MAX_POSITIONS} positions, found {len(positions)}")
            parts.append(bytes(positions).ljust(_MAX_POSITIONS, bytes([_UNUSED])))
        else:
            size = struct.calcsize(code)
            subfields = () if one is None else one.field.subfields
            value = _number(label, subfields[0] if len(subfields) == 1 else (), 256**size - 1)
            parts.append(value.to_bytes(size, "big"))
    data = spelled.pop(_data_number(record.type), None)
    if spelled:
        raise ExchangeError(f"{field_label(record.type, min(spelled))}: the binary layout has no place for the field")
    if data is not None and isinstance(data.field.content, bytes):
        parts.append(data.field.content)
    body = b"".join(parts)
    spelling = spelling_of(record)
    length = None if spelling is None else spelling.stated_length(record)
    return (length or (_LENGTH_BYTES + len(body)).to_bytes(_LENGTH_BYTES, "big")) + body


def _data_number(record_type: int) -> int:
    return _LAYOUTS[record_type][-1][0] + 1


def _number(label: str, items: tuple[str, ...], maximum: int) -> int:
    text = items[0] if len(items) == 1 else ""
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and int(text) <= maximum):
        raise ExchangeError(f"{label}: expected a whole number of 0 to {maximum}")
    return int(text)
