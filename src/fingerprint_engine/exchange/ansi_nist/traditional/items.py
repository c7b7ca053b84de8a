"""The separators, and the items of a field between them."""

from __future__ import annotations

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.tables.values import Subfields
from fingerprint_engine.exchange.ansi_nist.traditional.characters import CharacterSets
from fingerprint_engine.limits import Budget

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"
"""End of record, of field, of subfield (a repetition), and of an item within a subfield."""
_SEPARATORS = _FS, _GS, _RS, _US = tuple(separator.decode() for separator in (FS, GS, RS, US))


def split_items(raw: bytes, sets: CharacterSets, budget: Budget | None = None) -> Subfields:
    """Items of each subfield of a field's bytes; one empty item where there are none.

    Wide characters may hold the bytes of separators: where the parts between those are no text of a declared set, and
    the whole is, it is one item. Items are counted against the budget, if there is one, before they are made.
    """
    if budget is not None:
        budget.spend("items", raw.count(RS) + raw.count(US))
    if raw.isascii() and not sets.wide:
        return tuple(tuple(subfield.split(_US)) for subfield in raw.decode("ascii").split(_RS))
    parts = [subfield.split(US) for subfield in raw.split(RS)]
    if sets.wide and sets.declares(raw) and not all(_is_item(item, sets) for items in parts for item in items):
        return ((sets.decode(raw),),)
    return tuple(tuple(map(sets.decode, items)) for items in parts)


def join_items(subfields: Subfields, sets: CharacterSets, field: str) -> bytes:
    """The bytes of a field; the inverse of `split_items`.

    Raises
    ------
    ExchangeError
        Where text needs a character set that is not declared, or cannot be told from separators.
    """
    text = _RS.join(map(_US.join, subfields))
    if sum(map(text.count, _SEPARATORS)) != sum(map(len, subfields)) - 1:
        raise ExchangeError(f"{field}: expected text without the separators 0x1C to 0x1F")
    if text.isascii():
        return text.encode("ascii")
    raw = RS.join(US.join(sets.encode(item, field) for item in items) for items in subfields)
    if sets.wide and split_items(raw, sets) != subfields:
        raise ExchangeError(f"{field}: expected text whose wide characters can be told from separators")
    return raw


def _is_item(raw: bytes, sets: CharacterSets) -> bool:
    """Whether bytes between two separators are text of a declared set with wide characters, or printable ASCII."""
    if raw.isascii() and b"\0" not in raw:
        return raw.decode("ascii").isprintable() or not raw
    return sets.declares(raw)
