"""Plain data of a record as bytes and back, with the values that several kinds of records share."""

from __future__ import annotations

import json
from typing import Any

from fingerprint_engine.exchange.agencies.head import refuse
from fingerprint_engine.exchange.agencies.moments import is_moment
from fingerprint_engine.text.bounded_json import BoundedObject, is_text, parse

MAX_WORD, MAX_TEXT = 120, 1000
"""Characters, as registries keep them."""
MAX_BYTES = 4
"""Of a character in UTF-8."""
MAX_LIST = 100
MAX_VALUES = 100_000
"""Chosen: evidence of sixty fingers has fewer; many small values take twenty times their own size once read."""


def dumped(kind: str, content: dict[str, Any]) -> bytes:
    """Bytes of a record."""
    return json.dumps({"kind": kind, **content}, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def opened(data: bytes, kind: str, names: tuple[str, ...]) -> BoundedObject:
    """The content of a record of some kind, which has exactly these members.

    Raises
    ------
    BundleRefused
    """
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > MAX_VALUES:
        raise refuse(f"record: expected at most {MAX_VALUES:,} values")
    found = BoundedObject(parse(data, kind, refuse), kind, refuse)
    if found.text("kind", 40) != kind or set(found.names) != {"kind", *names}:
        raise refuse(f"record: expected {kind!r} with {', '.join(names)}")
    return found


def word(found: BoundedObject, name: str, *, required: bool = True) -> str:
    """A short text on one line."""
    value = found.text(name, MAX_BYTES * MAX_WORD, 1 if required else 0)
    if not value.isprintable() or len(value) > MAX_WORD or (required and not value.strip()):
        raise refuse(f"{name}: expected 1 to {MAX_WORD} printable characters")
    return value


def prose(found: BoundedObject, name: str, *, required: bool = True) -> str:
    """A text of some lines."""
    value = found.text(name, MAX_BYTES * MAX_TEXT, 1 if required else 0)
    if "\0" in value or len(value) > MAX_TEXT or (required and not value.strip()):
        raise refuse(f"{name}: expected 1 to {MAX_TEXT} characters without NUL")
    return value


def reference(found: BoundedObject, name: str = "reference") -> str:
    """An opaque reference."""
    return word(found, name)


def moment(found: BoundedObject, name: str, *, required: bool = True) -> str:
    """A moment, or an empty text where it may be absent."""
    value = found.text(name, 32)
    if not is_moment(value) and (required or value):
        raise refuse(f"{name}: expected a moment in UTC with microseconds")
    return value


def plain_object(found: BoundedObject, name: str, max_bytes: int) -> dict[str, Any]:
    """Any object of plain data that can be kept as it is: Unicode, finite numbers, not too deep, not too large."""
    value = found.value(name)
    try:
        size = len(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())
    except (ValueError, RecursionError):  # UnicodeEncodeError, of half a surrogate pair, is a ValueError
        size = max_bytes + 1
    if not isinstance(value, dict) or size > max_bytes:
        raise refuse(f"{name}: expected an object of at most {max_bytes:,} bytes")
    return value


def words(found: BoundedObject, name: str) -> tuple[str, ...]:
    """Short texts, each once."""
    values = found.values(name, MAX_LIST)
    are_words = all(is_text(one, 1, MAX_BYTES * MAX_WORD) and one.isprintable() for one in values)
    if not are_words or len(set(values)) != len(values):
        raise refuse(f"{name}: expected different short texts")
    return tuple(values)
