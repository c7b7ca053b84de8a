"""A record: its type and its fields."""

from __future__ import annotations

import dataclasses
import re

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.model.context import Context
from fingerprint_engine.exchange.ansi_nist.model.field import Field
from fingerprint_engine.exchange.ansi_nist.tables.values import Content

LENGTH, IDC = 1, 2
_RESERVED = re.compile("[\x1c-\x1f]")  # the standard's separators; XML has no way to write them either


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """A record of any type. It is frozen: a change makes a new one.

    Parameters
    ----------
    type
        Record type, 1 to 99.
    fields
        In their order. The length (field 001) is none of them: it belongs to an encoding, which computes it.
    context
        What Type-1 says; it does not count when records are compared.
    origin
        What the encoding that read the record notes about it, to write it again as it was; None for a new record. It
        is passed on when fields change, and does not count when records are compared: whoever wrote it believes it only
        as far as it says the same as the fields.
    """

    type: int
    fields: tuple[Field, ...]
    context: Context = dataclasses.field(default=Context(), compare=False)
    origin: object = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def idc(self) -> int | None:
        """Information designation character, by which records are linked; None in Type-1 or where it is no number."""
        field = self.field(IDC) if self.type != 1 else None
        text = "" if field is None else field.first_item
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None

    def field(self, number: int) -> Field | None:
        """The first field of this number, None where there is none."""
        return next((field for field in self.fields if field.number == number), None)

    def with_content(self, number: int, content: Content | None) -> Record:
        """The record with another content of one field, or without that field (for None).

        A new field goes before the first one of a higher number.

        Raises
        ------
        ExchangeError
            For field 001, which encodings compute, and for text that holds the standard's separators.
        """
        label = field_label(self.type, number)
        if number == LENGTH:
            raise ExchangeError(f"{label}: the record length is computed and cannot be set")
        texts = () if content is None or isinstance(content, bytes) else content
        if any(_RESERVED.search(item) for items in texts for item in items):
            raise ExchangeError(f"{label}: expected text without the separators 0x1C to 0x1F")
        position = next((i for i, field in enumerate(self.fields) if field.number == number), None)
        kept = list(self.fields)
        if position is not None:
            kept[position : position + 1] = [] if content is None else [Field(number, content)]
        elif content is not None:
            higher = (i for i, field in enumerate(kept) if field.number > number)
            kept.insert(next(higher, len(kept)), Field(number, content))
        return dataclasses.replace(self, fields=tuple(kept))


def field_label(record_type: int, number: int) -> str:
    """How a field is named to people, such as ``"14.013"``."""
    return f"{record_type}.{number:03d}"
