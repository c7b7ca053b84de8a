"""JSON from files, where every value must have its type and lie within its limits."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

from fingerprint_engine.errors import FingerprintEngineError

Refuse = Callable[[str], FingerprintEngineError]
"""Makes the error of whoever reads: a class of errors, or a function that gives one."""
_HEXADECIMAL = re.compile(r"[0-9a-f]*")
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"(, ?|\])')


class BoundedObject:
    """An object of a JSON document, asked for one member at a time.

    Parameters
    ----------
    members
        What was read.
    place
        What it is, for messages.
    error
        What every method raises when a member is absent, of another type or outside its limits; the message names it.
    """

    def __init__(self, members: Any, place: str, error: Refuse) -> None:
        if not isinstance(members, dict):
            raise error(f"{place}: expected an object, got {type(members).__name__}")
        self._members, self._place, self._error = members, place, error

    def __contains__(self, name: str) -> bool:
        return name in self._members

    @property
    def names(self) -> list[str]:
        """Names of all members."""
        return list(self._members)

    def whole(self, name: str, lowest: int, highest: int) -> int:
        """A whole number from `lowest` to `highest`."""
        value = self._members.get(name)
        if type(value) is not int or not lowest <= value <= highest:
            raise self._refused(name, f"a whole number from {lowest} to {highest}")
        return value

    def number(self, name: str, lowest: float, highest: float) -> float:
        """A number from `lowest` to `highest`."""
        value = self._members.get(name)
        # The limits are finite, so nothing else passes. A number of thousands of digits is compared, not converted.
        if not isinstance(value, int | float) or isinstance(value, bool) or not lowest <= value <= highest:
            raise self._refused(name, f"a number from {lowest:g} to {highest:g}")
        return float(value)

    def text(self, name: str, max_bytes: int, min_bytes: int = 0) -> str:
        """Text of at most so many bytes of UTF-8."""
        value = self._members.get(name)
        if not is_text(value, min_bytes, max_bytes):
            raise self._refused(name, f"text of {min_bytes} to {max_bytes} bytes")
        return str(value)

    def octets(self, name: str, size: int) -> bytes:
        """So many bytes, in hexadecimal."""
        text = self.text(name, 2 * size)
        if len(text) != 2 * size or not _HEXADECIMAL.fullmatch(text):
            raise self._refused(name, f"{size} bytes in hexadecimal")
        return bytes.fromhex(text)

    def object(self, name: str) -> BoundedObject:
        """An object."""
        return BoundedObject(self._members.get(name), f"{self._place}, {name}", self._error)

    def values(self, name: str, max_count: int) -> list[Any]:
        """A list of at most so many values."""
        value = self._members.get(name)
        if not isinstance(value, list) or len(value) > max_count:
            raise self._refused(name, f"a list of at most {max_count} values")
        return value

    def objects(self, name: str, max_count: int) -> list[BoundedObject]:
        """A list of at most so many objects."""
        return [BoundedObject(value, f"{self._place}, {name}", self._error) for value in self.values(name, max_count)]

    def value(self, name: str) -> Any:
        """A member as it was read."""
        return self._members.get(name)

    def _refused(self, name: str, expected: str) -> FingerprintEngineError:
        return self._error(f"{self._place}: {name}: expected {expected}")


def parse(data: bytes, place: str, error: Refuse) -> Any:
    """What bytes of JSON hold; the caller has limited their number.

    Raises
    ------
    FingerprintEngineError
        The kind that is given, when they are no JSON, nest too deep, or hold a number that is none.
    """
    try:
        return json.loads(data, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise error(f"{place}: expected JSON") from None


def parse_texts(data: bytes, max_count: int, place: str, error: Refuse) -> list[str]:
    """A JSON list of texts, at most so many; counted first, since other JSON takes twenty times its own size.

    Raises
    ------
    FingerprintEngineError
        The kind that is given, when the bytes are anything else.
    """
    end, count, follows = 1, 0, b","
    while data[:1] == b"[" and follows != b"]" and count < max_count and (text := _TEXT.match(data, end)):
        end, count, follows = text.end(), count + 1, text[1]
    if follows != b"]" or end != len(data):
        raise error(f"{place}: expected a JSON list of at most {max_count} texts")
    found: list[str] = parse(data, place, error)
    return found


def is_text(value: object, min_bytes: int, max_bytes: int) -> bool:
    """Whether a value is text of so many bytes of UTF-8."""
    if not isinstance(value, str):
        return False
    try:
        return min_bytes <= len(value.encode()) <= max_bytes
    except UnicodeEncodeError:  # a lone surrogate
        return False


def _finite(digits: str) -> float:
    """A number with a point or an exponent; one that no float can hold, such as 1e999, is none."""
    number = float(digits)
    if not math.isfinite(number):
        raise json.JSONDecodeError("expected a finite number", "", 0)
    return number


def _no_constant(name: str) -> None:
    raise json.JSONDecodeError(f"expected a number, got {name}", "", 0)
