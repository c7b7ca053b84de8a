"""Rules of the elements themselves, in a transaction that was read from XML."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint_engine.exchange.ansi_nist import Transaction
from fingerprint_engine.exchange.ansi_nist.xml.names import INT_I_OF_SAMPLES, ITL
from fingerprint_engine.exchange.ansi_nist.xml.origin import element_of
from fingerprint_engine.exchange.interpol.violations import Violation
from fingerprint_engine.exchange.markup import Element

_EVIDENCE, _IDENTIFICATION, _DOMAIN = (
    "LatentCaseEvidenceIdentifier",
    "MiscellaneousIdentification",
    "DomainDefinedDescriptiveDetail",
)


def element_violations(transaction: Transaction) -> Iterator[Violation]:
    """Namespaces, categories and places of elements; none in other encodings."""
    for place, record in enumerate(transaction.records):
        origin = element_of(record)
        if origin is None:
            continue
        kind = record.type
        category = next((one for one in origin.element.children if one.name.local == "RecordCategoryCode"), None)
        if category is not None and category.text.strip().startswith("0"):
            yield Violation(115, place, f"{kind}.001", "expected a category without a leading zero", 3)
        names = list(_below(origin.element))
        if any(one.name.namespace == INT_I_OF_SAMPLES for _, one in names):
            yield Violation(103, place, f"{kind}.001", "expected the namespace http://interpol.int/int-i/1.0", 1)
        for above, one in names:
            if one.name.local == _EVIDENCE and above.name.local == _IDENTIFICATION:
                yield Violation(103, place, "2.008", f"expected {_EVIDENCE} outside of {_IDENTIFICATION}", 7)
            if kind == 14 and above is origin.element and one.name == (ITL, "FingerprintImage"):
                yield Violation(103, place, "14.001", "expected biom:FingerImpressionImage", 8)


def _below(element: Element) -> Iterator[tuple[Element, Element]]:
    """Every element below one, with the one above it."""
    for child in element.children:
        yield element, child
        yield from _below(child)
