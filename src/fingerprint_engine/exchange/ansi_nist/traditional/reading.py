"""Bytes in, a transaction out.

Records are found by the table of contents (1.003) and their lengths, never by searching for separators, which may occur
in image data. Strict reading takes nothing that breaks the layout. Lenient reading takes what it can, keeps every byte
and lists the faults that it tolerated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange.ansi_nist.model import Context, Field, Record, Transaction
from fingerprint_engine.exchange.ansi_nist.model.contents import CONTENTS, MAX_RECORDS, listed_contents
from fingerprint_engine.exchange.ansi_nist.model.record import IDC, LENGTH, field_label
from fingerprint_engine.exchange.ansi_nist.model.transaction import in_context
from fingerprint_engine.exchange.ansi_nist.tables.field_table import FIRST_TYPE_WITH_DATA
from fingerprint_engine.exchange.ansi_nist.traditional.binary_records import (
    BINARY_TYPES,
    MIN_BYTES,
    read_binary,
    stated_length,
)
from fingerprint_engine.exchange.ansi_nist.traditional.characters import ASCII_ONLY, declared_sets
from fingerprint_engine.exchange.ansi_nist.traditional.items import FS
from fingerprint_engine.exchange.ansi_nist.traditional.spelling import FileSpelling
from fingerprint_engine.exchange.ansi_nist.traditional.tagged_records import HEAD, read_tagged
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits

CLAUSE = "ANSI/NIST-ITL 1"
_NEXT_TRANSACTION = re.compile(rb"[\s\x00\x1a]{0,1024}(?=1\.0{0,8}1:\d{1,10}\x1d)")
_NEXT_RECORD = re.compile(rb"(?:\d{1,2}\.0{0,8}1:\d{1,10}\x1d)")


def loads(data: bytes, *, lenient: bool = False, limits: Limits = DEFAULT_LIMITS) -> Transaction:
    """Read a transaction of the traditional encoding.

    Parameters
    ----------
    data
        The whole file.
    lenient
        Take damaged files as far as they go: wrong lengths, counts and tags, a cut end. `Transaction.warnings` says
        what was wrong. Without it, such files are refused.
    limits
        What the file may cost.

    Returns
    -------
    Transaction
        Which `dumps` writes back to the same bytes.

    Raises
    ------
    MalformedRecord
        Where the bytes break the layout; with offset and field.
    LimitExceeded
        Where it has more bytes, fields or items than `limits` allow.
    ExchangeError
        Where it lists more than 1,000 records.
    """
    budget = Budget(limits)
    budget.need("file_bytes", len(data))
    return _Reader(bytes(data), lenient, budget).transaction()


class _Reader:
    """Walks through one file. ``offset`` only ever grows."""

    def __init__(self, data: bytes, lenient: bool, budget: Budget) -> None:
        self.data = data
        self.budget = budget
        self.lenient = lenient
        self.offset = 0
        self.context = Context()
        self.sets = ASCII_ONLY
        self.remarks = Remarks(not lenient, CLAUSE)

    def transaction(self) -> Transaction:
        """The whole file."""
        head = HEAD.match(self.data)
        if head is None or int(head[2]) != 1:
            raise MalformedRecord("expected a file that begins with field 1.001", 0, "1.001", CLAUSE)
        header = self.tagged_record(1, [])
        if header is None:
            raise MalformedRecord("expected a Type-1 record", 0, "1.001", CLAUSE)
        self.context, self.sets = Transaction((header,)).context, declared_sets(header)
        listed = self.contents(header.field(CONTENTS))
        records: list[Record] = [header]
        for position, (record_type, idc) in enumerate(listed):
            if self.offset >= len(self.data):
                reason = f"expected {len(listed)} records after Type-1, found {position}"
                self.remarks.note(reason, self.offset, "1.003")
                break
            record = self.record(record_type, [kind for kind, _ in listed[position + 1 :]])
            if record is None:
                break
            if record.idc != idc:
                reason = f"expected IDC {idc} as listed in 1.003, found {record.idc}"
                self.remarks.note(reason, self.offset, field_label(record.type, IDC))
            records.append(record)
        another = _NEXT_TRANSACTION.match(self.data, self.offset)
        if another is not None:
            reason = "expected one transaction, found another one behind it; read them one by one"
            raise MalformedRecord(reason, another.end(), "1.001", CLAUSE)
        while self.lenient and len(records) < MAX_RECORDS and (extra := self.unlisted()) is not None:
            records.append(extra)
        if self.offset < len(self.data):
            left = len(self.data) - self.offset
            self.remarks.note(f"expected the end of the file after the last record, found {left} bytes", self.offset)
        origin = FileSpelling(self.data[self.offset :]) if self.offset < len(self.data) else None
        return in_context(Transaction(tuple(records), self.remarks.texts(), origin))

    def contents(self, field: Field | None) -> list[tuple[int, int | None]]:
        """Type and IDC of the records that 1.003 lists."""
        total, pairs = listed_contents(field)
        listed = [(kind, idc) for kind, idc in pairs if kind is not None and 2 <= kind <= 99]
        if field is None:
            self.remarks.note("expected the field, which lists the records", 0, "1.003")
        elif len(listed) < len(pairs) or any(idc is None for _, idc in listed):
            self.remarks.note("expected record type (2 to 99) and IDC in each subfield but the first", 0, "1.003")
        elif total != len(listed):
            self.remarks.note(f"expected 1 and the number of records listed, {len(listed)}, found {total}", 0, "1.003")
        if len(listed) >= MAX_RECORDS:
            raise ExchangeError(f"1.003: expected at most {MAX_RECORDS} records, found {len(listed) + 1}")
        return listed

    def record(self, record_type: int, following: Sequence[int]) -> Record | None:
        """The record at the present place; None where there is none, and then the rest of the file is trailing."""
        head = HEAD.match(self.data, self.offset)
        found = int(head[2]) if head is not None else None
        if record_type not in BINARY_TYPES and found == record_type:
            return self.tagged_record(record_type, following)
        if record_type in BINARY_TYPES and (found is None or not self.lenient or self.plausible_binary(self.offset)):
            return self.binary_record(record_type)
        expected = f"expected field {record_type}.001 of the record listed in 1.003"
        if found is None or found in BINARY_TYPES or found < 2:
            self.remarks.note(f"{expected}, found none", self.offset, f"{record_type}.001")
            return None
        self.remarks.note(f"{expected}, found a record of Type-{found}", self.offset, f"{found}.001")
        return self.tagged_record(found, following)

    def unlisted(self) -> Record | None:
        """A tagged record that 1.003 does not list."""
        head = HEAD.match(self.data, self.offset)
        if head is None or int(head[2]) < 2 or int(head[2]) in BINARY_TYPES:
            return None
        self.remarks.note("a record that 1.003 does not list", self.offset, f"{int(head[2])}.001")
        return self.tagged_record(int(head[2]), [])

    def tagged_record(self, record_type: int, following: Sequence[int]) -> Record | None:
        """A tagged record, whose head is known to be here."""
        start = self.offset
        head = HEAD.match(self.data, start)
        if head is None:
            return None
        stated = int(head[3])
        end = start + stated
        if end > len(self.data) or end <= head.end() or self.data[end - 1] != FS[0]:
            reason = f"expected a length at whose end a record ends (FS), found {stated}"
            self.remarks.note(reason, start, field_label(record_type, LENGTH))
            may_hold_data = record_type >= FIRST_TYPE_WITH_DATA
            if not (head.end() < end <= len(self.data) and self.begins_record(end, following, may_hold_data)):
                end = self.resynchronised(head.end(), following, may_hold_data)
        self.offset = end
        return read_tagged(self.data, start, end, self.sets, self.context, self.remarks, self.budget)

    def resynchronised(self, start: int, following: Sequence[int], may_hold_data: bool) -> int:
        """Where a record of a wrong length seems to end: behind the first FS after which another record begins."""
        end = self.data.find(FS, start) + 1
        while 0 < end < len(self.data) and not self.begins_record(end, following, may_hold_data):
            self.budget.spend("items")
            end = self.data.find(FS, end) + 1
        return end or len(self.data)

    def begins_record(self, offset: int, following: Sequence[int], may_hold_data: bool) -> bool:
        """Whether the next record seems to begin here, or the file ends.

        Behind data, in which anything may occur, only a record of the type that 1.003 lists next will do.
        """
        if offset == len(self.data):
            return True
        head = HEAD.match(self.data, offset)
        if head is not None and (not may_hold_data or int(head[2]) in following[:1]):
            return True
        return bool(following) and following[0] in BINARY_TYPES and self.plausible_binary(offset)

    def plausible_binary(self, offset: int) -> bool:
        """Whether four bytes here could be the length of a binary record."""
        return min(MIN_BYTES.values()) <= stated_length(self.data, offset) <= len(self.data) - offset

    def binary_record(self, record_type: int) -> Record | None:
        """A record of Types 3 to 8."""
        start, left = self.offset, len(self.data) - self.offset
        smallest, label = MIN_BYTES[record_type], field_label(record_type, LENGTH)
        if left < smallest:
            self.remarks.note(f"expected at least {smallest} bytes, found {left}", start, label)
            return None
        length = stated_length(self.data, start)
        end = start + length
        if not smallest <= length <= left:
            self.remarks.note(f"expected a length of {smallest} to {left}, found {length}", start, label)
            following = _NEXT_RECORD.search(self.data, start + smallest)
            end = following.start() if following is not None else len(self.data)
        self.offset = end
        return read_binary(self.data, start, end, record_type, self.context)
