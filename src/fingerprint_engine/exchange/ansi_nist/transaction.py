"""A transaction: its records in file order, Type-1 first, and the table of contents (1.003) kept true to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.context import Context, context_of
from fingerprint_engine.exchange.ansi_nist.fields import FS, Field, join_subfields
from fingerprint_engine.exchange.ansi_nist.records import BinaryRecord, Record, TextRecord, with_length

CNT = 3
MAX_RECORDS = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Transaction:
    """A file of the ANSI/NIST-ITL traditional encoding. Changes make a new one.

    Parameters
    ----------
    records
        In file order; the first is Type-1.
    trailing
        Bytes after the last record, which only lenient reading accepts.
    warnings
        What lenient reading put up with, a sentence each; they do not count when transactions are compared.

    Raises
    ------
    ExchangeError
        Where the first record is not of Type-1, or another one is.
    """

    records: tuple[Record, ...]
    trailing: bytes = dataclasses.field(default=b"", repr=False)
    warnings: tuple[str, ...] = dataclasses.field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not self.records or not isinstance(self.records[0], TextRecord) or self.records[0].type != 1:
            raise ExchangeError("transaction: expected a Type-1 record first")
        if any(record.type == 1 for record in self.records[1:]):
            raise ExchangeError("transaction: expected one Type-1 record, found more")
        if len(self.records) > MAX_RECORDS:
            raise ExchangeError(f"transaction: expected at most {MAX_RECORDS} records, found {len(self.records)}")

    @property
    def header(self) -> TextRecord:
        """The Type-1 record."""
        first = self.records[0]
        if not isinstance(first, TextRecord):
            raise ExchangeError("transaction: expected a Type-1 record first")
        return first

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
        records = list(self.records)
        del records[index]
        return self._with_records(records)

    def _with_records(self, records: list[Record]) -> Transaction:
        changed = dataclasses.replace(self, records=tuple(records))
        if contents_of(changed.records) != contents_of(self.records):
            changed = with_contents(changed)
        context = changed.context
        if any(record.context != context for record in changed.records):
            in_context = tuple(dataclasses.replace(record, context=context) for record in changed.records)
            changed = dataclasses.replace(changed, records=in_context)
        return changed


def contents_of(records: tuple[Record, ...]) -> list[tuple[int, int | None]]:
    """Type and IDC of every record after Type-1: what 1.003 has to list."""
    return [(record.type, record.idc) for record in records[1:]]


def listed_contents(header: Field | None) -> tuple[int | None, list[tuple[int | None, int | None]]]:
    """What a field 1.003 says: the number of records after Type-1, and type and IDC of each; None for no number."""
    if header is None:
        return None, []
    first, *rest = header.subfields
    pairs = [(_number(items[0]), _number(items[1]) if len(items) == 2 else None) for items in rest]
    return (_number(first[1]) if len(first) == 2 and _number(first[0]) == 1 else None), pairs


def with_contents(transaction: Transaction) -> Transaction:
    """With 1.003 listing the records there are; entries that stay true keep their spelling."""
    header = transaction.header
    old = header.field(CNT)
    spelled: dict[tuple[int | None, int | None], list[tuple[bytes, ...]]] = {}
    if old is not None:
        for items, pair in zip(old.subfields[1:], listed_contents(old)[1], strict=True):
            spelled.setdefault(pair, []).append(items)
    entries = [_entry(record, spelled.get((record.type, record.idc), [])) for record in transaction.records[1:]]
    total = len(entries)
    first = (b"1", b"%d" % total)
    if old is not None and listed_contents(old)[0] == total:
        first = (old.subfields[0][0], old.subfields[0][1])
    value = join_subfields((first, *entries))
    if old is not None and old.value == value:
        return transaction
    return dataclasses.replace(transaction, records=(header.with_value(CNT, value), *transaction.records[1:]))


def repaired(transaction: Transaction) -> Transaction:
    """With all lengths and the table of contents computed anew; what was read leniently may need it before it is sent.

    Bytes after the last record are left out, records get their terminator.
    """
    records = tuple(
        record.with_body(record.body)
        if isinstance(record, BinaryRecord)
        else with_length(dataclasses.replace(record, terminator=FS))
        for record in transaction.records
    )
    return with_contents(dataclasses.replace(transaction, records=records, trailing=b""))


def _entry(record: Record, spelled: list[tuple[bytes, ...]]) -> tuple[bytes, ...]:
    """The record's subfield of 1.003: the one it had, told by its spelling where several records have its IDC."""
    own = record.value(2) if isinstance(record, TextRecord) else None
    alike = [items for items in spelled if own is None or len(spelled) == 1 or items[1:] == (own,)]
    return alike[0] if alike else (b"%d" % record.type, b"%02d" % (record.idc or 0) if own is None else own)


def _number(raw: bytes) -> int | None:
    return int(raw) if raw.isdigit() and len(raw) <= 10 else None
