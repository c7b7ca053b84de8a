"""The transaction's table of contents (1.003): type and IDC of every record after Type-1."""

from __future__ import annotations

from collections.abc import Sequence

from fingerprint_engine.exchange.ansi_nist.model.field import Field
from fingerprint_engine.exchange.ansi_nist.model.record import IDC, Record

CONTENTS = 3
"""Number of the field."""
MAX_RECORDS = 1000


def contents_of(records: Sequence[Record]) -> list[tuple[int, int | None]]:
    """Type and IDC of every record after Type-1: what 1.003 has to list."""
    return [(record.type, record.idc) for record in records[1:]]


def listed_contents(field: Field | None) -> tuple[int | None, list[tuple[int | None, int | None]]]:
    """What a field 1.003 says: the number of records after Type-1, and type and IDC of each; None for no number."""
    if field is None or not field.subfields:
        return None, []
    first, *rest = field.subfields
    pairs = [(_number(items[0]), _number(items[1]) if len(items) == 2 else None) for items in rest]
    return (_number(first[1]) if len(first) == 2 and _number(first[0]) == 1 else None), pairs


def with_true_contents(records: Sequence[Record]) -> tuple[Record, ...]:
    """The records with 1.003 listing those that there are; entries that stay true keep their spelling."""
    header, *others = records
    old = header.field(CONTENTS)
    total, pairs = listed_contents(old)
    entries_read = () if old is None else old.subfields[1:]
    spelled: dict[tuple[int | None, int | None], list[tuple[str, ...]]] = {}
    for items, pair in zip(entries_read, pairs, strict=True):
        if None not in pair:
            spelled.setdefault(pair, []).append(items)
    first = ("1", str(len(others))) if old is None or total != len(others) else old.subfields[0][:2]
    content = (first, *(_entry(record, spelled.get((record.type, record.idc), [])) for record in others))
    if old is not None and old.content == content:
        return tuple(records)
    return (header.with_content(CONTENTS, content), *others)


def _entry(record: Record, spelled: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The record's subfield: the one that it had, told by its spelling where several records have its type and IDC."""
    field = record.field(IDC)
    own = "00" if field is None or record.idc is None else field.first_item
    return next((items for items in spelled if items[1:] == (own,)), spelled[0] if spelled else (str(record.type), own))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None
