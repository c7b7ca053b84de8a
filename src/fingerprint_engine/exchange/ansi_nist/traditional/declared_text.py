"""Whether the text of a record is in the character sets that its transaction declares."""

from __future__ import annotations

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.model import Record, Transaction
from fingerprint_engine.exchange.ansi_nist.model.record import field_label
from fingerprint_engine.exchange.ansi_nist.traditional.characters import CharacterSets, declared_sets, sets_of
from fingerprint_engine.exchange.ansi_nist.traditional.items import join_items
from fingerprint_engine.exchange.ansi_nist.traditional.spelling import SpelledField, spelled_fields, spelling_of


def undeclared_text(transaction: Transaction) -> list[tuple[int, int]]:
    """Places of records, and numbers of fields, whose bytes or text belong to no declared character set."""
    declared = declared_sets(transaction.header)
    return [
        (place, one.field.number)
        for place, record in enumerate(transaction.records)
        if record.origin is None or spelling_of(record) is not None  # other encodings need not declare theirs
        for one in spelled_fields(record, sets_of(record, declared))
        if not _is_declared(record, one, sets_of(record, declared))
    ]


def _is_declared(record: Record, one: SpelledField, sets: CharacterSets) -> bool:
    if isinstance(one.field.content, bytes):
        return True
    if one.spelling is not None and one.spelling.tag and one.holds:  # binary records, without tags, hold numbers
        return one.spelling.raw.isascii() or sets.declares(one.spelling.raw)
    try:
        join_items(one.field.content, sets, field_label(record.type, one.field.number))
    except ExchangeError:
        return False
    return True
