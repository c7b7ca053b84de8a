"""The elements of a field by its number, as people name them: ``14.018``, ``9.331 MIN``, ``2.063-A TEL``."""

from __future__ import annotations

import re

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.model import Record, Transaction
from fingerprint_engine.exchange.ansi_nist.xml.fields import leaves_of
from fingerprint_engine.exchange.ansi_nist.xml.mapping import elements_of, shared_elements_of
from fingerprint_engine.exchange.ansi_nist.xml.origin import element_of
from fingerprint_engine.exchange.ansi_nist.xml.reading import CATEGORY
from fingerprint_engine.exchange.ansi_nist.xml.tree import find_all
from fingerprint_engine.exchange.markup import Element

_LABEL = re.compile(r"(\d{1,2})\.(\d{1,9})(?:\s*[-_]\s*(?:\d{1,2}\.)?(\d{1,9}))?")


def labelled(transaction: Transaction, label: str) -> list[tuple[int, str, str]]:
    """Place of the record, name of the element and its text, for every element that a label stands for.

    Parameters
    ----------
    transaction
        Read from XML.
    label
        Type and number, or several, or from one to another (``9.300-9.399``), and whatever stands around them.

    Raises
    ------
    ExchangeError
        When the label names no field.
    """
    return [
        (place, leaf.name.local, leaf.text if leaf.data is None else f"{len(leaf.data)} bytes")
        for place, leaf in elements_labelled(transaction, label)
    ]


def elements_labelled(transaction: Transaction, label: str) -> list[tuple[int, Element]]:
    """Place of the record and element, for every element that a label stands for; see `labelled`."""
    ranges = [(int(one[1]), int(one[2]), int(one[3] or one[2])) for one in _LABEL.finditer(label)]
    if not ranges:
        raise ExchangeError(f"label: expected type and number such as 14.013, found {label[:40]!r}")
    return [
        (place, leaf)
        for place, record in enumerate(transaction.records)
        for kind, first, last in ranges
        if record.type == kind
        for number in _numbers(record, first, last)
        for leaf in elements_at(record, number)
    ]


def _numbers(record: Record, first: int, last: int) -> list[int]:
    """Numbers of a range that the tables have."""
    if first == last:
        return [first]
    domain = record.context.type_2_domain
    known = {*elements_of(record.type, domain), *shared_elements_of(record.type, domain)}
    return sorted(number for number in known if first <= number <= last)


def elements_at(record: Record, number: int) -> list[Element]:
    """The elements without children of a field of a record that was read from XML; 1 is the record's category."""
    origin = element_of(record)
    if origin is None:
        return []
    if number == 1:
        return list(find_all(origin.element, CATEGORY))
    domain = record.context.type_2_domain
    lines = (
        *elements_of(record.type, domain).get(number, ()),
        *shared_elements_of(record.type, domain).get(number, ()),
    )
    return leaves_of(origin.element, lines)
