"""Bytes in, a transaction out; and back.

Records are found by the table of contents (1.003) and their lengths, never by searching for separators, which may occur
in image data. Strict reading takes nothing that breaks the layout. Lenient reading takes what it can, keeps every byte
and lists what it put up with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange.ansi_nist.context import Context, context_of
from fingerprint_engine.exchange.ansi_nist.fields import DATA_NUMBER, FIRST_TYPE_WITH_DATA, FS, GS, Field
from fingerprint_engine.exchange.ansi_nist.records import BINARY_TYPES, BinaryRecord, Record, TextRecord
from fingerprint_engine.exchange.ansi_nist.transaction import CNT, MAX_RECORDS, Transaction, listed_contents

MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_FIELDS = 2_000
"""Fields in a record; a record of nothing but separators must not fill the memory."""
MAX_WARNINGS = 1000
CLAUSE = "ANSI/NIST-ITL 1"
_HEAD = re.compile(rb"(\d{1,2})\.0{0,8}1:(\d{1,10})\x1d")
_TAG = re.compile(rb"(\d{1,2})\.(\d{1,9}):")
_GS_BEFORE_TAG = re.compile(rb"\x1d(?=\d{1,2}\.\d{1,9}:)")
_NEXT_RECORD = re.compile(rb"(?:\d{1,2}\.0{0,8}1:\d{1,10}\x1d)")
_LEAST_BINARY = {3: 18, 4: 18, 5: 18, 6: 18, 7: 5, 8: 12}


def loads(data: bytes, *, lenient: bool = False) -> Transaction:
    """Read a transaction of the traditional encoding.

    Parameters
    ----------
    data
        The whole file.
    lenient
        Take damaged files as far as they go: wrong lengths, counts and tags, a cut end. `Transaction.warnings` says
        what was wrong. Without it, such files are refused.

    Returns
    -------
    Transaction
        Which `dumps` writes back to the same bytes.

    Raises
    ------
    MalformedRecord
        Where the bytes break the layout; with offset and field.
    ExchangeError
        Where the file is larger than 512 MB or lists more than 1,000 records.
    """
    if len(data) > MAX_FILE_BYTES:
        raise ExchangeError(f"transaction: expected at most {MAX_FILE_BYTES} bytes, found {len(data)}")
    return _Reader(bytes(data), lenient).transaction()


def dumps(transaction: Transaction) -> bytes:
    """The bytes of a transaction; what was not changed since it was read is written as it was."""
    return b"".join([*map(bytes, transaction.records), transaction.trailing])


class _Reader:
    """Walks through one file. ``offset`` only ever grows."""

    def __init__(self, data: bytes, lenient: bool) -> None:
        self.data = data
        self.lenient = lenient
        self.offset = 0
        self.context = Context()
        self.warnings: list[str] = []

    def complain(self, reason: str, offset: int, field: str = "") -> None:
        """Refuse the file, or note what is wrong with it."""
        problem = MalformedRecord(reason, offset, field, CLAUSE)
        if not self.lenient:
            raise problem
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(str(problem))

    def transaction(self) -> Transaction:
        """The whole file."""
        head = _HEAD.match(self.data)
        if head is None or int(head[1]) != 1:
            raise MalformedRecord("expected a file that begins with field 1.001", 0, "1.001", CLAUSE)
        header = self.text_record(1, [])
        if header is None:
            raise MalformedRecord("expected a Type-1 record", 0, "1.001", CLAUSE)
        self.context = context_of(header.fields)
        listed = self.contents(header.field(CNT))
        records: list[Record] = [header]
        for position, (record_type, idc) in enumerate(listed):
            if self.offset >= len(self.data):
                self.complain(f"expected {len(listed)} records after Type-1, found {position}", self.offset, "1.003")
                break
            record = self.record(record_type, [kind for kind, _ in listed[position + 1 :]])
            if record is None:
                break
            if record.idc != idc:
                self.complain(
                    f"expected IDC {idc} as listed in 1.003, found {record.idc}", self.offset, f"{record.type}.002"
                )
            records.append(record)
        while self.lenient and len(records) < MAX_RECORDS and (extra := self.unlisted()) is not None:
            records.append(extra)
        if self.offset < len(self.data):
            left = len(self.data) - self.offset
            self.complain(f"expected the end of the file after the last record, found {left} bytes", self.offset)
        header = self.in_context(header)
        return Transaction((header, *records[1:]), self.data[self.offset :], tuple(self.warnings))

    def in_context(self, header: TextRecord) -> TextRecord:
        """The Type-1 record with the context that it sets itself."""
        return TextRecord(header.type, header.fields, header.terminator, self.context)

    def contents(self, field: Field | None) -> list[tuple[int, int | None]]:
        """Type and IDC of the records that 1.003 lists."""
        total, pairs = listed_contents(field)
        listed = [(kind, idc) for kind, idc in pairs if kind is not None and 2 <= kind <= 99]
        if field is None:
            self.complain("expected the field, which lists the records", 0, "1.003")
        elif len(listed) < len(pairs) or any(idc is None for _, idc in listed):
            self.complain("expected record type (2 to 99) and IDC in each subfield but the first", 0, "1.003")
        elif total != len(listed):
            self.complain(f"expected 1 and the number of records listed, {len(listed)}, found {total}", 0, "1.003")
        if len(listed) >= MAX_RECORDS:
            raise ExchangeError(f"1.003: expected at most {MAX_RECORDS} records, found {len(listed) + 1}")
        return listed

    def record(self, record_type: int, following: Sequence[int]) -> Record | None:
        """The record at the present place; None where there is none, and then the rest of the file is trailing."""
        head = _HEAD.match(self.data, self.offset)
        found = int(head[1]) if head is not None else None
        if record_type not in BINARY_TYPES and found == record_type:
            return self.text_record(record_type, following)
        if record_type in BINARY_TYPES and (found is None or not self.lenient or self.plausible_binary(self.offset)):
            return self.binary_record(record_type)
        expected = f"expected field {record_type}.001 of the record listed in 1.003"
        if found is None or found in BINARY_TYPES or found < 2:
            self.complain(f"{expected}, found none", self.offset, f"{record_type}.001")
            return None
        self.complain(f"{expected}, found a record of Type-{found}", self.offset, f"{found}.001")
        return self.text_record(found, following)

    def unlisted(self) -> TextRecord | None:
        """A tagged record that 1.003 does not list."""
        head = _HEAD.match(self.data, self.offset)
        if head is None or int(head[1]) < 2 or int(head[1]) in BINARY_TYPES:
            return None
        self.complain("a record that 1.003 does not list", self.offset, f"{int(head[1])}.001")
        return self.text_record(int(head[1]), [])

    def text_record(self, record_type: int, following: Sequence[int]) -> TextRecord | None:
        """A tagged record, whose head is known to be here."""
        start = self.offset
        head = _HEAD.match(self.data, start)
        if head is None:
            return None
        end = start + int(head[2])
        tag = f"{record_type}.001"
        if end > len(self.data) or end <= head.end() or self.data[end - 1] != FS[0]:
            self.complain(f"expected a length at whose end a record ends (FS), found {int(head[2])}", start, tag)
            may_hold_data = record_type >= FIRST_TYPE_WITH_DATA
            if not (head.end() < end <= len(self.data) and self.begins_record(end, following, may_hold_data)):
                end = self.resynchronised(head.end(), following, may_hold_data)
        self.offset = end
        ended = self.data[end - 1] == FS[0]
        fields = self.fields(record_type, start, end - ended)
        return TextRecord(record_type, fields, FS if ended else b"", self.context)

    def resynchronised(self, start: int, following: Sequence[int], may_hold_data: bool) -> int:
        """Where a record of a wrong length seems to end: behind the first FS after which another record begins."""
        end = self.data.find(FS, start) + 1
        while 0 < end < len(self.data) and not self.begins_record(end, following, may_hold_data):
            end = self.data.find(FS, end) + 1
        return end or len(self.data)

    def begins_record(self, offset: int, following: Sequence[int], may_hold_data: bool) -> bool:
        """Whether the next record seems to begin here, or the file ends.

        Behind data, in which anything may occur, only a record of the type that 1.003 lists next will do.
        """
        if offset == len(self.data):
            return True
        head = _HEAD.match(self.data, offset)
        if head is not None and (not may_hold_data or int(head[1]) in following[:1]):
            return True
        return bool(following) and following[0] in BINARY_TYPES and self.plausible_binary(offset)

    def plausible_binary(self, offset: int) -> bool:
        """Whether four bytes here could be the length of a binary record."""
        return 5 <= int.from_bytes(self.data[offset : offset + 4], "big") <= len(self.data) - offset

    def binary_record(self, record_type: int) -> BinaryRecord | None:
        """A record of Types 3 to 8."""
        start, left = self.offset, len(self.data) - self.offset
        tag = f"{record_type}.001"
        if left < _LEAST_BINARY[record_type]:
            self.complain(f"expected at least {_LEAST_BINARY[record_type]} bytes, found {left}", start, tag)
            return None
        length = int.from_bytes(self.data[start : start + 4], "big")
        end = start + length
        if not _LEAST_BINARY[record_type] <= length <= left:
            self.complain(f"expected a length of {_LEAST_BINARY[record_type]} to {left}, found {length}", start, tag)
            following = _NEXT_RECORD.search(self.data, start + _LEAST_BINARY[record_type])
            end = following.start() if following is not None else len(self.data)
        self.offset = end
        return BinaryRecord(record_type, length, self.data[start + 4 : end], self.context)

    def fields(self, record_type: int, start: int, end: int) -> tuple[Field, ...]:
        """The fields between two offsets."""
        fields: list[Field] = []
        seen: set[int] = set()
        while start <= end:
            if len(fields) >= MAX_FIELDS:
                raise MalformedRecord(f"expected at most {MAX_FIELDS} fields", start, f"{record_type}.001", CLAUSE)
            tag = _TAG.match(self.data, start, end)
            number = int(tag[2]) if tag is not None and int(tag[1]) == record_type else None
            is_data = number == DATA_NUMBER and record_type >= FIRST_TYPE_WITH_DATA
            stop = end if is_data else self.field_end(start if tag is None else tag.end(), end)
            if tag is None or number is None:
                self.complain(f"expected a tag of Type-{record_type}, such as {record_type}.003:", start)
                fields.append(Field(b"", self.data[start:stop]))
            else:
                name = f"{record_type}.{number:03d}"
                if number in seen:
                    self.complain("expected the field once, found it again", start, name)
                if not is_data and not self.context.character_sets.wide and self.data.find(FS, start, stop) >= 0:
                    self.complain("expected a field without an end of record (FS) in it", start, name)
                fields.append(Field(self.data[start : tag.end() - 1], self.data[tag.end() : stop]))
                seen.add(number)
            start = stop + 1
        return tuple(fields)

    def field_end(self, start: int, end: int) -> int:
        """Where a field ends: at the next GS, or with wide characters at the next GS before a tag."""
        if self.context.character_sets.wide:
            match = _GS_BEFORE_TAG.search(self.data, start, end)
            return end if match is None else match.start()
        found = self.data.find(GS, start, end)
        return end if found < 0 else found
