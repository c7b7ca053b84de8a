"""A transaction to bytes in XML; what was read from XML is kept, whatever it is."""

from __future__ import annotations

from fingerprint_engine.exchange.ansi_nist.model import Record, Transaction
from fingerprint_engine.exchange.ansi_nist.model.record import field_label
from fingerprint_engine.exchange.ansi_nist.xml.fields import order_of, remove_content, write_content
from fingerprint_engine.exchange.ansi_nist.xml.mapping import elements_of
from fingerprint_engine.exchange.ansi_nist.xml.names import (
    BIOM,
    INT_I,
    INT_I_OF_SAMPLES,
    ITL,
    PREFIXES,
    RECORDS,
    ROOT,
)
from fingerprint_engine.exchange.ansi_nist.xml.origin import FileElement, element_of
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.markup import Element, Name, serialize


def dumps(transaction: Transaction, *, strict: bool = False) -> Mapped[bytes]:
    """The bytes of a transaction in UTF-8, with the fields that XML has no place for.

    Raises
    ------
    ExchangeError
        Where text holds a character that XML has no way to write.
    LossRefused
        In strict mode.
    """
    losses = Losses()
    origin = transaction.origin if isinstance(transaction.origin, FileElement) else None
    name = Name(ITL, ROOT) if origin is None else origin.name
    root = Element(name, attributes={} if origin is None else dict(origin.attributes))
    root.children = [_element(record, losses) for record in transaction.records]
    prefixes = PREFIXES if origin is None else {**PREFIXES, **origin.prefixes}
    return losses.settle(serialize(root, prefixes), strict=strict)


def _element(record: Record, losses: Losses) -> Element:
    """The element of a record: as it was read but for fields that changed, else a new one."""
    domain = record.context.type_2_domain
    table = elements_of(record.type, domain)
    origin = element_of(record)
    before = {} if origin is None else origin.contents
    now = {field.number: field.content for field in record.fields}
    changed = [number for number in table if before.get(number) != now.get(number)]
    if origin is not None and not changed and not set(now) - set(before):
        return origin.element
    element = _new(record) if origin is None else origin.element.copy()
    order = order_of(record.type, domain)
    for number in changed:
        if number in before:
            remove_content(element, table[number])
        content = now.get(number)
        if content is not None and not write_content(element, table[number], content, order):
            losses.add(f"{field_label(record.type, number)}, not all of which has a place in XML")
    for number in sorted(set(now) - set(table)):
        losses.add(f"{field_label(record.type, number)}, which has no place in XML")
    if origin is not None and _uses(origin.element, INT_I_OF_SAMPLES):
        _rename(element)
    return element


def _new(record: Record) -> Element:
    name = RECORDS.get(record.type, f"PackageType{record.type}Record")
    return Element(Name(ITL, name), children=[Element(Name(BIOM, "RecordCategoryCode"), str(record.type))])


def _uses(element: Element, namespace: str) -> bool:
    return element.name.namespace == namespace or any(_uses(child, namespace) for child in element.children)


def _rename(element: Element) -> None:
    """One namespace of INTERPOL's in a record: the one that it was read with."""
    if element.name.namespace == INT_I:
        element.name = Name(INT_I_OF_SAMPLES, element.name.local)
    for child in element.children:
        _rename(child)
