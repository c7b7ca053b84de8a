"""What was read, left at records and transactions as their ``origin``, so that all of it is written back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from fingerprint_engine.exchange.ansi_nist.model import Record, Transaction
from fingerprint_engine.exchange.ansi_nist.tables.values import Content
from fingerprint_engine.exchange.markup import Element, Name


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class RecordElement:
    """A record's element, and what its fields said."""

    element: Element
    contents: Mapping[int, Content]


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class FileElement:
    """The document's element without its records, and the prefixes of namespaces."""

    name: Name
    attributes: Mapping[Name, str]
    prefixes: Mapping[str, str]


def element_of(record: Record) -> RecordElement | None:
    """How a record was read; None where it was not read from XML."""
    return record.origin if isinstance(record.origin, RecordElement) else None


def is_from_xml(transaction: Transaction) -> bool:
    """Whether a transaction was read from XML."""
    return element_of(transaction.header) is not None
