"""Texts that callers give: any Unicode that both databases can hold, and not too much of it."""

from __future__ import annotations

from fingerprint_engine import parameters
from fingerprint_engine.errors import RecordsError

MAX_LENGTH = 1000
"""Chosen: longer than any name, number or reason; a file pasted by mistake does not get in."""
MAX_WORD = 120


def check_text(value: object, name: str, *, max_length: int = MAX_LENGTH, required: bool = False) -> str:
    """Return a text that can be stored.

    Raises
    ------
    RecordsError
        When it is none, too long, empty where one is required, or holds NUL or half a surrogate pair. The message does
        not repeat it.
    """
    if not isinstance(value, str):
        raise RecordsError(f"{name}: expected a text, got {type(value).__name__}")
    if len(value) > max_length:
        raise RecordsError(f"{name}: expected at most {max_length} characters, got {len(value)}")
    if required and not value.strip():
        raise RecordsError(f"{name}: expected a text, it is empty")
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise RecordsError(f"{name}: expected Unicode text without NUL and without halves of surrogate pairs")
    return value


def check_word(value: object, name: str, *, required: bool = False) -> str:
    """A short text on one line, such as the name of a site or of an officer's account."""
    text = check_text(value, name, max_length=MAX_WORD, required=required)
    if not text.isprintable():
        raise RecordsError(f"{name}: expected printable characters on one line")
    return text


def check_id(value: object, name: str) -> str:
    """An identifier as a caller gives it; whether there is such a record is another question."""
    return check_word(value, f"{name}, identifier", required=True)


def one_of(value: object, name: str, known: tuple[str, ...]) -> str:
    """Return a word that is among those known, or raise `RecordsError`."""
    return parameters.one_of(value, name, known, RecordsError)
