"""Keys: any text under which a print is enrolled."""

from __future__ import annotations

from fingerprint_engine.errors import InputError

MAX_KEY_BYTES = 1024
"""Chosen: room for any identifier, and a bound for whoever reads a damaged file."""


def check_key(key: object) -> str:
    """Return a key, or say why it is not one. The message never holds the key, which may be personal data.

    Raises
    ------
    InputError
        When it is not text, is empty, cannot be written as UTF-8 or takes more than `MAX_KEY_BYTES` there.
    """
    return check_text(key, "key", MAX_KEY_BYTES)


def check_text(text: object, name: str, most: int) -> str:
    """Return a text of 1 to `most` bytes of UTF-8, or say why it is none; the message never holds the text.

    Raises
    ------
    InputError
    """
    if not isinstance(text, str):
        raise InputError(f"{name}: expected text, got {type(text).__name__}")
    try:
        size = len(text) if text.isascii() else len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise InputError(f"{name}: expected text that can be written as UTF-8, got a lone surrogate") from None
    if not 1 <= size <= most:
        raise InputError(f"{name}: expected 1 to {most} bytes of UTF-8, got {size}")
    return text
