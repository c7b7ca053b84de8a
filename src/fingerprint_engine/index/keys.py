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
    if not isinstance(key, str):
        raise InputError(f"key: expected text, got {type(key).__name__}")
    try:
        size = len(key.encode("utf-8"))
    except UnicodeEncodeError:
        raise InputError("key: expected text that can be written as UTF-8, got a lone surrogate") from None
    if not 1 <= size <= MAX_KEY_BYTES:
        raise InputError(f"key: expected 1 to {MAX_KEY_BYTES} bytes of UTF-8, got {size}")
    return key
