"""Identifiers that say nothing: a letter for the kind of record and 80 random bits."""

from __future__ import annotations

import base64
import secrets

PERSON, ENCOUNTER, PRINT, EVENT, CASE = "P", "E", "F", "V", "C"
DECISION, PROPOSAL, CHANGE, WATCH, NOTICE = "D", "R", "H", "W", "N"
BUNDLE, REQUEST = "B", "Q"
IDENTIFIER, TAG, RELATION, ANSWER = "I", "T", "L", "X"
_BYTES = 10


def new_id(kind: str) -> str:
    """A new identifier, such as ``P-7QK2M3ZXA4BTW6ND``; two are the same with a chance of about 2^-80."""
    return f"{kind}-{base64.b32encode(secrets.token_bytes(_BYTES)).decode()}"


def new_mark() -> str:
    """64 random bits in hexadecimal: tells one history of a database from another."""
    return secrets.token_hex(8)
