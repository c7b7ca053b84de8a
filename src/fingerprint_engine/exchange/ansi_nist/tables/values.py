"""Raw bytes of a field to a typed value and back, as its `Spec` says.

=================  ======================================================================================
field              value
=================  ======================================================================================
single             int, float, str or bytes; None where it is empty
with items         dict of item name to int, str or None; items beyond the known ones under ``"more"``
repeating          tuple of those, one for each subfield
of unknown kind    tuple of its subfields, each text, or a tuple of texts where it has items
=================  ======================================================================================
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange.ansi_nist.characters import CharacterSets
from fingerprint_engine.exchange.ansi_nist.fields import RS, US, join_subfields
from fingerprint_engine.exchange.ansi_nist.tables.field_table import Spec

Value = Any
MORE = "more"
_INTEGER = re.compile(rb"[+-]?\d{1,15}")
_DECIMAL = re.compile(rb"[+-]?\d{1,9}(\.\d{1,9})?")
_PATTERNS = {"date": (re.compile(r"\d{8}"), "YYYYMMDD"), "gmt": (re.compile(r"\d{14}Z"), "YYYYMMDDhhmmssZ")}


def decode_value(spec: Spec, raw: bytes, sets: CharacterSets, field: str) -> Value:
    """The value of a field.

    Raises
    ------
    MalformedRecord
        Where the bytes are not of the kind that the table says; ``field`` is named in it.
    """
    if spec.kind == "bytes":
        return raw
    subfields = [part.split(US) for part in raw.split(RS)]
    if not spec.repeats and len(subfields) > 1:
        raise MalformedRecord(f"expected one subfield, found {len(subfields)}", None, field)
    values = [_decode_subfield(spec, items, sets, field) for items in subfields]
    return tuple(values) if spec.repeats else values[0]


def encode_value(spec: Spec, value: Value, sets: CharacterSets, field: str, old: bytes | None = None) -> bytes:
    """The bytes of a field; the inverse of `decode_value`.

    Sequences may stand for dicts, in the order of the items, and a single value for a tuple of one. Empty items at the
    end of a subfield are left out. Where the field had a value, ``old``, a number that stays the same keeps its
    spelling, such as ``01``, and empty items at the end stay.

    Raises
    ------
    ExchangeError
        Where the value is not of the field's kind, or its text needs a character set that is not declared.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if spec.kind == "bytes":
        raise ExchangeError(f"{field}: expected bytes, found {type(value).__name__}")
    several = spec.repeats and isinstance(value, Sequence) and not isinstance(value, str)
    if several and spec.items and value and (isinstance(value[0], str) or not isinstance(value[0], Mapping | Sequence)):
        several = False  # one subfield, given as the sequence of its items
    subfields = value if several else (value,)
    spelled: list[list[bytes]] = [] if old is None else [part.split(US) for part in old.split(RS)]
    spelled += [[]] * (len(subfields) - len(spelled))
    parts = (_encode_subfield(spec, part, sets, field, was) for part, was in zip(subfields, spelled, strict=False))
    return join_subfields(tuple(parts))


def _decode_subfield(spec: Spec, items: list[bytes], sets: CharacterSets, field: str) -> Value:
    if not spec.items:
        if len(items) > 1 and spec.kind == "text":
            return tuple(sets.decode(item) for item in items)
        if len(items) > 1:
            raise MalformedRecord(f"expected one item, found {len(items)}", None, field)
        return _decode_item(spec.kind, items[0], sets, field)
    value: dict[str, Value] = {}
    fixed = spec.items[:-1] if spec.open_ended else spec.items
    for position, (name, kind) in enumerate(fixed):
        value[name] = _decode_item(kind, items[position], sets, field) if position < len(items) else None
    if spec.open_ended:
        name, kind = spec.items[-1]
        value[name] = tuple(_decode_item(kind, item, sets, field) for item in items[len(fixed) :])
    elif len(items) > len(fixed):
        value[MORE] = tuple(sets.decode(item) for item in items[len(fixed) :])
    return value


def _decode_item(kind: str, raw: bytes, sets: CharacterSets, field: str) -> int | float | str | None:
    if kind == "int" and _INTEGER.fullmatch(raw):
        return int(raw)
    if kind == "dec" and _DECIMAL.fullmatch(raw):
        return float(raw)
    if not raw:
        return None
    if kind in ("int", "dec"):
        raise MalformedRecord("expected a number, found text", None, field)
    return sets.decode(raw)


def _encode_subfield(
    spec: Spec, value: Value, sets: CharacterSets, field: str, old: Sequence[bytes]
) -> tuple[bytes, ...]:
    if not spec.items:
        texts = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
        if len(texts) != 1 and spec.kind != "text":
            raise ExchangeError(f"{field}: expected one item, found {len(texts)}")
        return tuple(_encode_items([spec.kind] * len(texts), texts, sets, field, old))
    if isinstance(value, Mapping):
        values = _in_order(spec, value, field)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        values = list(value)
    else:
        raise ExchangeError(f"{field}: expected items {', '.join(name for name, _ in spec.items)}")
    if len(values) > len(spec.items) and not spec.open_ended and not isinstance(value, Mapping):
        raise ExchangeError(f"{field}: expected at most {len(spec.items)} items, found {len(values)}")
    kinds = [kind for _, kind in spec.items]
    kinds += [kinds[-1] if spec.open_ended else "text"] * (len(values) - len(kinds))
    items = _encode_items(kinds, values, sets, field, old)
    while len(items) > max(len(old), 1) and not items[-1]:
        items.pop()
    return tuple(items)


def _encode_items(
    kinds: Sequence[str], values: Sequence[Value], sets: CharacterSets, field: str, old: Sequence[bytes]
) -> list[bytes]:
    items = [_encode_item(kind, value, sets, field) for kind, value in zip(kinds, values, strict=False)]
    for position, was in enumerate(old[: len(items)]):
        given = values[position]
        if isinstance(given, int | float) and not isinstance(given, bool) and _DECIMAL.fullmatch(was):
            items[position] = was if float(was) == given else items[position]
    return items


def _in_order(spec: Spec, value: Mapping[str, Value], field: str) -> list[Value]:
    known = [name for name, _ in spec.items]
    strange = [name for name in value if name not in known and name != MORE]
    if strange:
        raise ExchangeError(f"{field}: expected items {', '.join(known)}, found {', '.join(map(str, strange))}")
    values: list[Value] = []
    for name in known:
        if spec.open_ended and name == known[-1]:
            values.extend(value.get(name) or ())
        else:
            values.append(value.get(name))
    return [*values, *value.get(MORE, ())]


def _encode_item(kind: str, value: Value, sets: CharacterSets, field: str) -> bytes:
    if value is None:
        return b""
    if isinstance(value, datetime.date) and kind == "date":
        value = value.strftime("%Y%m%d")
    if kind == "int":
        if isinstance(value, str) and _INTEGER.fullmatch(value.encode("ascii", "replace")):
            return value.encode()  # a spelling of the caller's, such as "01"
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise ExchangeError(f"{field}: expected a whole number, found {type(value).__name__}")
        return b"%d" % value
    if kind == "dec":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
            raise ExchangeError(f"{field}: expected a number of 0 or more, found {type(value).__name__}")
        return b"%05.2f" % value
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ExchangeError(f"{field}: expected text, found {type(value).__name__}")
    pattern, shape = _PATTERNS.get(kind, (None, ""))
    if pattern is not None and not pattern.fullmatch(value):
        raise ExchangeError(f"{field}: expected {shape}")
    return sets.encode(value, field)
