"""A transaction in, bytes out; and what was read leniently made sound again."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.exchange.ansi_nist.model import Record, Transaction
from fingerprint_engine.exchange.ansi_nist.traditional.binary_records import BINARY_TYPES, write_binary
from fingerprint_engine.exchange.ansi_nist.traditional.characters import CharacterSets, declared_sets
from fingerprint_engine.exchange.ansi_nist.traditional.spelling import FileSpelling, without_faults
from fingerprint_engine.exchange.ansi_nist.traditional.tagged_records import write_tagged


def dumps(transaction: Transaction) -> bytes:
    """The bytes of a transaction; what was not changed since it was read is written as it was.

    Raises
    ------
    ExchangeError
        Where a value does not fit the encoding: text needs a character set that 1.015 does not declare, or a number is
        too large for its place in a binary record.
    """
    declared = declared_sets(transaction.header)
    trailing = transaction.origin.trailing if isinstance(transaction.origin, FileSpelling) else b""
    return b"".join([*(dump_record(record, declared) for record in transaction.records), trailing])


def dump_record(record: Record, declared: CharacterSets) -> bytes:
    """The bytes of a record of a transaction that declares these character sets."""
    return write_binary(record) if record.type in BINARY_TYPES else write_tagged(record, declared)


def repaired(transaction: Transaction) -> Transaction:
    """With true lengths, ends and table of contents; what was read leniently may need it before it is sent.

    Bytes after the last record are left out.
    """
    records = tuple(without_faults(record) for record in transaction.records)
    origin = None if isinstance(transaction.origin, FileSpelling) else transaction.origin
    return dataclasses.replace(transaction, records=records, origin=origin).with_true_contents()
