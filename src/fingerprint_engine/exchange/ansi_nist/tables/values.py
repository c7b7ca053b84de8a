"""The items of a field to a typed value and back, as its `Spec` says.

=================  ======================================================================================
field              value
=================  ======================================================================================
single             int, float, str or bytes; None where it is empty
with items         dict of item name to int, str or None; items beyond the known ones under ``"more"``
repeating          tuple of those, one per subfield
of unknown kind    tuple of its subfields, each text, or a tuple of texts where it has items
=================  ======================================================================================
"""

from __future__ import annotations

import datetime
import operator
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange.ansi_nist.tables.field_table import Spec

Value = Any
Subfields = tuple[tuple[str, ...], ...]
"""Items of each subfield, as text."""
Content = Subfields | bytes
"""What a field holds."""
MORE = "more"
_INTEGER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,9}(\.\d{1,9})?", re.ASCII)
_PATTERNS = {
    "date": (re.compile(r"\d{8}", re.ASCII), "YYYYMMDD"),
    "gmt": (re.compile(r"\d{14}Z", re.ASCII), "YYYYMMDDhhmmssZ"),
}


def decode_value(spec: Spec, content: Content, field: str) -> Value:
    """The value of a field.

    Raises
    ------
    MalformedRecord
        Where the content is not of the kind that the table says; ``field`` is named in it.
    """
    if isinstance(content, bytes) != (spec.kind == "bytes"):
        raise MalformedRecord("expected bytes, found text" if spec.kind == "bytes" else "expected text", None, field)
    if isinstance(content, bytes):
        return content
    if not spec.repeats and len(content) > 1:
        raise MalformedRecord(f"expected one subfield, found {len(content)}", None, field)
    values = [_decode_subfield(spec, items, field) for items in content]
    return tuple(values) if spec.repeats else values[0]


def encode_value(spec: Spec, value: Value, field: str, old: Content | None = None) -> Content:
    """The content of a field; the inverse of `decode_value`.

    Sequences may stand for dicts, in the order of the items, and a single value for a tuple of one. Empty items at the
    end of a subfield are left out. Where the field had a content, ``old``, a number that stays the same keeps its
    spelling, such as ``01``, and empty items at the end stay.

    Raises
    ------
    ExchangeError
        Where the value is not of the field's kind.
    """
    if (spec.kind == "bytes") != isinstance(value, bytes | bytearray | memoryview):
        expected = "bytes" if spec.kind == "bytes" else "text or numbers"
        raise ExchangeError(f"{field}: expected {expected}, found {type(value).__name__}")
    if spec.kind == "bytes":
        return bytes(value)
    several = spec.repeats and isinstance(value, Sequence) and not isinstance(value, str)
    if several and spec.items and value and (isinstance(value[0], str) or not isinstance(value[0], Mapping | Sequence)):
        several = False  # one subfield, given as the sequence of its items
    subfields = value if several else (value,)
    spelled: list[tuple[str, ...]] = [] if old is None or isinstance(old, bytes) else list(old)
    spelled += [()] * (len(subfields) - len(spelled))
    parts = zip(subfields, spelled, strict=False)
    return tuple(_encode_subfield(spec, part, field, was) for part, was in parts) or (("",),)


def _decode_subfield(spec: Spec, items: tuple[str, ...], field: str) -> Value:
    if not spec.items:
        if len(items) > 1 and spec.kind == "text":
            return items
        if len(items) > 1:
            raise MalformedRecord(f"expected one item, found {len(items)}", None, field)
        return _decode_item(spec.kind, items[0], field)
    value: dict[str, Value] = {}
    fixed = spec.items[:-1] if spec.open_ended else spec.items
    for position, (name, kind) in enumerate(fixed):
        value[name] = _decode_item(kind, items[position], field) if position < len(items) else None
    if spec.open_ended:
        name, kind = spec.items[-1]
        value[name] = tuple(_decode_item(kind, item, field) for item in items[len(fixed) :])
    elif len(items) > len(fixed):
        value[MORE] = items[len(fixed) :]
    return value


def _decode_item(kind: str, text: str, field: str) -> int | float | str | None:
    if kind == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "dec" and _DECIMAL.fullmatch(text):
        return float(text)
    if not text:
        return None
    if kind in ("int", "dec"):
        raise MalformedRecord("expected a number, found text", None, field)
    return text


def _encode_subfield(spec: Spec, value: Value, field: str, old: Sequence[str]) -> tuple[str, ...]:
    if not spec.items:
        texts = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
        if len(texts) != 1 and spec.kind != "text":
            raise ExchangeError(f"{field}: expected one item, found {len(texts)}")
        return tuple(_encode_items([spec.kind] * len(texts), texts, field, old))
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
    items = _encode_items(kinds, values, field, old)
    while len(items) > max(len(old), 1) and not items[-1]:
        items.pop()
    return tuple(items)


def _encode_items(kinds: Sequence[str], values: Sequence[Value], field: str, old: Sequence[str]) -> list[str]:
    items = [_encode_item(kind, value, field) for kind, value in zip(kinds, values, strict=False)]
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


def _encode_item(kind: str, value: Value, field: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.date) and kind == "date":
        value = value.strftime("%Y%m%d")
    if kind == "int":
        if isinstance(value, str) and _INTEGER.fullmatch(value):
            return value  # a spelling of the caller's, such as "01"
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise ExchangeError(f"{field}: expected a whole number, found {type(value).__name__}")
        return str(operator.index(value))
    if kind == "dec":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
            raise ExchangeError(f"{field}: expected a number of 0 or more, found {type(value).__name__}")
        return f"{value:05.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ExchangeError(f"{field}: expected text, found {type(value).__name__}")
    pattern, shape = _PATTERNS.get(kind, (None, ""))
    if pattern is not None and not pattern.fullmatch(value):
        raise ExchangeError(f"{field}: expected {shape}")
    return value
