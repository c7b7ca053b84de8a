"""A contradiction that was found in a transaction, and how checks look at values that may not be readable."""

from __future__ import annotations

from typing import NamedTuple

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.model import Record, View


class Finding(NamedTuple):
    """A contradiction.

    Attributes
    ----------
    record
        Place of the record in the file; 0 is Type-1.
    field
        Such as ``"14.011"``.
    text
        What does not fit; never personal data.
    """

    record: int
    field: str
    text: str

    def __str__(self) -> str:
        return f"record {self.record + 1}, {self.field}: {self.text}"


def value_or_none(record: Record, name: str | int) -> object:
    """A field's value; None also where it is not of its kind, which is found and reported elsewhere."""
    try:
        return View(record)[name]
    except ExchangeError:
        return None


def number_or_none(record: Record, name: str | int) -> int | None:
    """A field's whole number, of several the first; None where it has none."""
    value = value_or_none(record, name)
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) else None
