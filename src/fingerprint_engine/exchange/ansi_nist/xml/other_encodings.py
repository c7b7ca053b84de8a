"""What only XML holds: left out, and said, before a transaction is written in another encoding."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.exchange.ansi_nist.model import Field, Record, Transaction, edited
from fingerprint_engine.exchange.ansi_nist.model.record import field_label
from fingerprint_engine.exchange.ansi_nist.model.transaction import in_context
from fingerprint_engine.exchange.ansi_nist.xml.fields import leaves_of
from fingerprint_engine.exchange.ansi_nist.xml.mapping import elements_of, is_carried
from fingerprint_engine.exchange.ansi_nist.xml.origin import FileElement, element_of
from fingerprint_engine.exchange.ansi_nist.xml.reading import CATEGORY
from fingerprint_engine.exchange.ansi_nist.xml.tree import find_all
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.markup import Element

_MAX_NAMED = 50
UTF_8 = "3"


def without_xml(transaction: Transaction, *, strict: bool = False) -> Mapped[Transaction]:
    """The transaction as fields alone, for another encoding.

    Text outside ASCII, which XML need not announce, is declared as UTF-8 in 1.015.

    Raises
    ------
    LossRefused
        In strict mode.
    """
    losses = Losses()
    records = tuple(_plain(record, losses) for record in transaction.records)
    header = records[0]
    plain = all(
        item.isascii() for one in records[1:] for field in one.fields for items in field.subfields for item in items
    )
    sets = header.field(15)
    if not plain and not any(items[0].lstrip("0") == UTF_8 for items in (sets.subfields if sets is not None else ())):
        header = edited(header, {"DCS": [("003", "UTF-8", None)]})
    origin = None if isinstance(transaction.origin, FileElement) else transaction.origin
    made = dataclasses.replace(transaction, records=(header, *records[1:]), origin=origin)
    return losses.settle(in_context(made.with_true_contents()), strict=strict)


def _plain(record: Record, losses: Losses) -> Record:
    origin = element_of(record)
    if origin is None:
        return record
    domain = record.context.type_2_domain
    kept = []
    for field in record.fields:
        if is_carried(record.type, field.number, domain) or not _is_of_its_kind(field, domain, record.type):
            losses.add(f"{field_label(record.type, field.number)}, which only XML holds in this form")
        else:
            kept.append(field)
    names = list(dict.fromkeys(leaf.name.local for leaf in unread_leaves(record)))
    for name in names[:_MAX_NAMED]:
        losses.add(f"Type-{record.type}: element {name[:60]}")
    losses.add(f"Type-{record.type}: {len(names) - _MAX_NAMED} more elements", when=len(names) > _MAX_NAMED)
    return dataclasses.replace(record, fields=tuple(kept), origin=None)


def _is_of_its_kind(field: Field, domain: str, record_type: int) -> bool:
    """Whether a field of bytes holds some: a signature may be vectors in XML."""
    lines = elements_of(record_type, domain).get(field.number, ())
    wants_bytes = any(item.spelling == "data" for line in lines for item in line.items)
    return isinstance(field.content, bytes) or not wants_bytes


def unread_leaves(record: Record) -> list[Element]:
    """Elements without children that are in no field of a record that was read from XML."""
    origin = element_of(record)
    if origin is None:
        return []
    known = {id(leaf) for leaf in find_all(origin.element, CATEGORY)}
    for lines in elements_of(record.type, record.context.type_2_domain).values():
        known.update(id(leaf) for leaf in leaves_of(origin.element, lines))
    return [leaf for leaf in origin.element.leaves() if id(leaf) not in known]
