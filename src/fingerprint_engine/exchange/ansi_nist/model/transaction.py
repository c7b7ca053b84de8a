"""A transaction: its records in file order, Type-1 first, and the table of contents (1.003) kept true to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.model.contents import MAX_RECORDS, contents_of, with_true_contents
from fingerprint_engine.exchange.ansi_nist.model.context import Context, context_of
from fingerprint_engine.exchange.ansi_nist.model.record import Record


@dataclasses.dataclass(frozen=True, slots=True)
class Transaction:
    """An ANSI/NIST-ITL transaction. It is frozen: a change makes a new one.

    Parameters
    ----------
    records
        In file order; the first is Type-1.
    warnings
        Faults tolerated in lenient mode, a sentence each; they do not count when transactions are compared.
    origin
        What the encoding that read the transaction notes about it; see `Record`.

    Raises
    ------
    ExchangeError
        Where the first record is not of Type-1, or another one is.
    """

    records: tuple[Record, ...]
    warnings: tuple[str, ...] = dataclasses.field(default=(), compare=False)
    origin: object = dataclasses.field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.records or self.records[0].type != 1:
            raise ExchangeError("transaction: expected a Type-1 record first")
        if any(record.type == 1 for record in self.records[1:]):
            raise ExchangeError("transaction: expected one Type-1 record, found more")
        if len(self.records) > MAX_RECORDS:
            raise ExchangeError(f"transaction: expected at most {MAX_RECORDS} records, found {len(self.records)}")

    @property
    def header(self) -> Record:
        """The Type-1 record."""
        return self.records[0]

    @property
    def context(self) -> Context:
        """What Type-1 says about all records."""
        return context_of(self.header.fields)

    def of_type(self, *types: int) -> Iterator[Record]:
        """Records of these types, in file order."""
        return (record for record in self.records if record.type in types)

    def linked(self, idc: int) -> tuple[Record, ...]:
        """Records that share this IDC: an image and what was derived from it."""
        return tuple(record for record in self.records[1:] if record.idc == idc)

    def replaced(self, index: int, record: Record) -> Transaction:
        """With another record in this place."""
        records = list(self.records)
        records[index] = record
        return self._with_records(records)

    def inserted(self, index: int, record: Record) -> Transaction:
        """With one more record, before the one that is now in this place."""
        return self._with_records([*self.records[:index], record, *self.records[index:]])

    def without(self, index: int) -> Transaction:
        """Without the record in this place."""
        return self._with_records([*self.records[:index], *self.records[index + 1 :]])

    def with_true_contents(self) -> Transaction:
        """With 1.003 listing the records that there are."""
        return dataclasses.replace(self, records=with_true_contents(self.records))

    def _with_records(self, records: list[Record]) -> Transaction:
        changed = dataclasses.replace(self, records=tuple(records))
        if contents_of(changed.records) != contents_of(self.records):
            changed = changed.with_true_contents()
        return in_context(changed)


def in_context(transaction: Transaction) -> Transaction:
    """The transaction, all of its records in the context that its Type-1 record sets."""
    context = transaction.context
    if all(record.context == context for record in transaction.records):
        return transaction
    records = tuple(dataclasses.replace(record, context=context) for record in transaction.records)
    return dataclasses.replace(transaction, records=records)
