"""The two kinds of record: tagged fields, and the fixed binary layout of Types 3 to 8.

Both are frozen and hold what was read to the byte. A change makes a new record, in which the changed field and the
record's length are written anew and nothing else.
"""

from __future__ import annotations

import dataclasses

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.context import Context
from fingerprint_engine.exchange.ansi_nist.fields import DATA_NUMBER, FIRST_TYPE_WITH_DATA, FS, GS, Field, spell_tag

BINARY_TYPES = frozenset({3, 4, 5, 6, 7, 8})
MAX_LENGTH_DIGITS = 10


@dataclasses.dataclass(frozen=True, slots=True)
class TextRecord:
    """A record of tagged fields: every type but 3 to 8.

    Parameters
    ----------
    type
        Record type, 1 to 99.
    fields
        In the order in which they are written: 001 (length) first, 999 (data) last.
    terminator
        What ends the record: FS; lenient reading also accepts nothing.
    context
        What Type-1 says; it does not count when records are compared.
    """

    type: int
    fields: tuple[Field, ...]
    terminator: bytes = FS
    context: Context = dataclasses.field(default=Context(), compare=False)

    @property
    def idc(self) -> int | None:
        """Information designation character, by which records are linked; None in Type-1 or where it is no number."""
        field = self.field(2) if self.type != 1 else None
        return int(field.value) if field is not None and field.value.isdigit() and len(field.value) <= 4 else None

    @property
    def size(self) -> int:
        """Bytes as written."""
        return sum(field.size for field in self.fields) + max(len(self.fields) - 1, 0) + len(self.terminator)

    def field(self, number: int) -> Field | None:
        """The first field of this number."""
        return next((field for field in self.fields if field.number == number), None)

    def value(self, number: int) -> bytes | None:
        """Raw value of the field, None where it is absent."""
        field = self.field(number)
        return None if field is None else field.value

    def with_value(self, number: int, value: bytes | None) -> TextRecord:
        """The record with one field written anew (or left out, for None), and its length with it.

        A new field goes before the first one of a higher number.

        Raises
        ------
        ExchangeError
            For field 001, which is computed, and for a value that holds separators of fields or records.
        """
        if number == 1:
            raise ExchangeError(f"{self.type}.001: the record length is computed and cannot be set")
        is_data = number == DATA_NUMBER and self.type >= FIRST_TYPE_WITH_DATA
        if value is not None and not is_data and not self.context.character_sets.wide and (GS in value or FS in value):
            raise ExchangeError(f"{self.type}.{number:03d}: expected a value without the separators FS and GS")
        position = next((i for i, field in enumerate(self.fields) if field.number == number), None)
        kept = list(self.fields)
        if position is not None:
            kept[position : position + 1] = [] if value is None else [Field(kept[position].tag, value)]
        elif value is not None:
            digits = len(self.fields[0].tag.partition(b".")[2]) if self.fields else 3
            higher = (i for i, field in enumerate(kept) if i and field.number > number)
            kept.insert(next(higher, len(kept)), Field(spell_tag(self.type, number, digits), value))
        return with_length(dataclasses.replace(self, fields=tuple(kept)))

    def __bytes__(self) -> bytes:
        return GS.join([bytes(field) for field in self.fields]) + self.terminator


@dataclasses.dataclass(frozen=True, slots=True)
class BinaryRecord:
    """A record of Types 3 to 8: four bytes of length, then a fixed layout without separators.

    Parameters
    ----------
    type
        Record type, 3 to 8; known from field 1.003 only.
    length
        As declared in the first four bytes.
    body
        All that follows those four bytes.
    context
        What Type-1 says; it does not count when records are compared.
    """

    type: int
    length: int
    body: bytes = dataclasses.field(repr=False)
    context: Context = dataclasses.field(default=Context(), compare=False)

    @property
    def idc(self) -> int | None:
        """Information designation character: the fifth byte of the record."""
        return self.body[0] if self.body else None

    @property
    def size(self) -> int:
        """Bytes as written."""
        return 4 + len(self.body)

    def with_body(self, body: bytes) -> BinaryRecord:
        """The record with another body, and the length that goes with it."""
        return dataclasses.replace(self, length=4 + len(body), body=body)

    def __bytes__(self) -> bytes:
        return self.length.to_bytes(4, "big") + self.body


Record = TextRecord | BinaryRecord


def with_length(record: TextRecord) -> TextRecord:
    """The record with its field 001 stating its true size; padding of the number is kept where there was any."""
    head = record.fields[0]
    rest = record.size - len(head.value)
    digits = len(head.value) if head.value.startswith(b"0") else 1
    while len(b"%0*d" % (digits, rest + digits)) > digits:
        digits += 1
    length = Field(head.tag, b"%0*d" % (digits, rest + digits))
    return dataclasses.replace(record, fields=(length, *record.fields[1:]))


def text_record(record_type: int, values: dict[int, bytes], context: Context) -> TextRecord:
    """A new record of these fields, in rising order, its length computed; tags with three digits."""
    numbers = sorted(number for number in values if number != 1)
    fields = (Field(spell_tag(record_type, number, 3), values[number]) for number in numbers)
    length = Field(spell_tag(record_type, 1, 3), b"")
    return with_length(TextRecord(record_type, (length, *fields), FS, context))
