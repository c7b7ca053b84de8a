"""Bytes to `MinutiaeRecord` and back."""

from __future__ import annotations

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.minutiae_records import first_editions, incits_2009, iso_2011
from fingerprint_engine.exchange.minutiae_records.detection import FORMAT_IDENTIFIER, version_of
from fingerprint_engine.exchange.minutiae_records.model import MinutiaeRecord, RecordVersion
from fingerprint_engine.exchange.octets import refuse_another
from fingerprint_engine.limits import Budget


def decode(data: bytes, budget: Budget, *, strict: bool = False) -> MinutiaeRecord:
    """Read a minutiae record of any version; see `minutiae_records.loads`."""
    budget.need("file_bytes", len(data))
    lengths = (data[8:10], data[8:12], data[10:14])
    refuse_another(data, FORMAT_IDENTIFIER, tuple(int.from_bytes(one, "big") for one in lengths), "minutiae record")
    version = version_of(data)
    if version.first_edition:
        return first_editions.read(data, version, budget, strict=strict)
    if version is RecordVersion.ISO_2011:
        return iso_2011.read(data, budget, strict=strict)
    return incits_2009.read(data, version, budget, strict=strict)


def encode(record: MinutiaeRecord) -> bytes:
    """Write a record in its own version.

    Raises
    ------
    ExchangeError
        When it has no views or a value does not fit its field.
    """
    if not record.views:
        raise ExchangeError(f"{record.version.clause}: expected at least one view, found none")
    if record.version.first_edition:
        return first_editions.write(record)
    if record.version is RecordVersion.ISO_2011:
        return iso_2011.write(record)
    return incits_2009.write(record)
