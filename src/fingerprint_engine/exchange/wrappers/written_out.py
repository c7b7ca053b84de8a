"""A record written as text: base64, or hexadecimal digits, as databases and mails carry it."""

from __future__ import annotations

import base64
import binascii
import re

from fingerprint_engine.errors import MalformedRecord
from fingerprint_engine.exchange.wrappers.model import Wrapped, Wrapper
from fingerprint_engine.limits import Budget

_RECORDS = (b"FMR\x00", b"FIR\x00", b"FAC\x00", b"IIR\x00", b"FPET", b"1.001:", b"1.01:")
"""How the records begin that are looked for: a text that decodes to anything else is left alone."""
_HEAD = 64
_SPACE = b" \t\r\n"
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]+={0,2}")
_HEX = re.compile(rb"[0-9A-Fa-f]+")
_STRAYS = b":,"
_QUOTES = b"\"'"


def is_text_of_record(data: bytes) -> bool:
    """Whether the bytes are text that begins like a record in base64 or in hexadecimal digits."""
    head = data[: _HEAD * 4]
    return any(found is not None and found.startswith(_RECORDS) for found in (_hex(head), _base64(head)))


def loads(data: bytes, budget: Budget) -> Wrapper:
    """The record that the text stands for.

    Raises
    ------
    MalformedRecord
        Where characters are in it that are of neither alphabet, or the end is missing.
    """
    budget.need("file_bytes", len(data))
    head = _hex(data[: _HEAD * 4])
    as_hex = head is not None and head.startswith(_RECORDS)
    kind = "hexadecimal digits" if as_hex else "base64"
    text = (_digits if as_hex else _letters)(data)
    alphabet = _HEX if as_hex else _BASE64
    found = alphabet.match(text)
    if found is None or found.end() != len(text):
        raise MalformedRecord(f"expected {kind} only, found another character", None, "text", kind)
    record = _hex(text) if as_hex else _base64(text)
    if record is None or len(text) % (2 if as_hex else 4) == 1:
        raise MalformedRecord(f"expected {kind} to the end, found it cut short", None, "text", kind)
    return Wrapper((Wrapped(kind, record),))


def _digits(data: bytes) -> bytes:
    return data.translate(None, _SPACE + _STRAYS + _QUOTES).removeprefix(b"0x").removeprefix(b"0X")


def _letters(data: bytes) -> bytes:
    return data.translate(None, _SPACE + _QUOTES)


def _hex(data: bytes) -> bytes | None:
    text = _digits(data)
    text = text[: len(text) & ~1]
    return binascii.unhexlify(text) if _HEX.fullmatch(text) else None


def _base64(data: bytes) -> bytes | None:
    text = _letters(data).rstrip(b"=")
    whole = text[: len(text) - (1 if len(text) % 4 == 1 else 0)]
    if not whole or not _BASE64.fullmatch(whole):
        return None
    return base64.b64decode(whole.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(whole) % 4))
