"""Text that came from outside, made fit to be shown.

Keys, names of files and fields of records may hold anything: sequences that move the cursor of a terminal, characters
that turn the direction of writing, bytes that are no text. Whatever shows them to people passes them through here once,
at its door.
"""

from __future__ import annotations

import json
from typing import Any

MAX_BRIEF = 60
"""Characters of a value that a message shows."""


def printable(text: str) -> str:
    r"""The text on one line, with everything that is not seen as it stands written as an escape.

    Controls, line ends, characters of no width or of the direction of writing, and spaces other than the plain one
    become ``\xNN``, ``\uNNNN`` or ``\UNNNNNNNN``; a byte of a file name that is no UTF-8 becomes ``\xNN``.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in text)


def without_surrogates(text: str) -> str:
    r"""The text as valid Unicode: bytes of a file name that are no UTF-8 become ``\xNN``."""
    return "".join(_escape(c) if "\ud800" <= c <= "\udfff" else c for c in text)


def brief(value: object) -> str:
    """What a message says of a value that was not expected: its `repr`, on one line and not for ever."""
    try:
        text = printable(repr(value))
    except Exception:  # an object whose repr fails, or a number of more digits than Python writes
        return f"one of type {type(value).__name__}"
    return text if len(text) <= MAX_BRIEF else f"{text[:MAX_BRIEF]}…"


def printable_json(value: Any) -> str:
    """A JSON document on one line that is valid UTF-8 and moves no terminal; a parser gets the value back.

    Only lone surrogates, which UTF-8 cannot hold, are not given back as they are: see `without_surrogates`.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if text.isprintable() else "".join(c if c.isprintable() else _json_escape(c) for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python spells a byte of a name that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "\\" + _escape(character)
    return json.dumps(character)[1:-1]
