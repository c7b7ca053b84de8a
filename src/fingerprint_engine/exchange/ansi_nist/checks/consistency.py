"""What a transaction says that contradicts itself: found for reports, never a reason not to read a file."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

from fingerprint_engine.errors import MalformedRecord
from fingerprint_engine.exchange.ansi_nist.checks.features import feature_findings
from fingerprint_engine.exchange.ansi_nist.checks.findings import Finding, value_or_none
from fingerprint_engine.exchange.ansi_nist.checks.images import image_findings
from fingerprint_engine.exchange.ansi_nist.features.image_geometry import RESOLUTION_IN_HEADER
from fingerprint_engine.exchange.ansi_nist.model import Transaction
from fingerprint_engine.exchange.ansi_nist.model.record import field_label
from fingerprint_engine.exchange.ansi_nist.tables.field_table import specs
from fingerprint_engine.exchange.ansi_nist.tables.values import decode_value
from fingerprint_engine.exchange.ansi_nist.traditional.declared_text import undeclared_text
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits

KNOWN_VERSIONS = frozenset({"0200", "0201", "0300", "0400", "0500", "0501", "0502"})
_CAPTURE_DATES = {10: "PHD", 13: "LCD", 14: "FCD", 15: "PCD"}
_SHARED_IMAGES = frozenset({3, 4, 5, 6, 7, 8, 10, *range(12, 20)})


def contradictions(transaction: Transaction, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Finding, ...]:
    """All contradictions that are looked for, in file order.

    Fields that are not of their kind; the header against the records; images against their fields; features against
    their image; dates against each other; text outside the declared character sets.

    Raises
    ------
    LimitExceeded
        When that costs more than `limits` allow.
    """
    budget = Budget(limits)
    found: set[Finding] = set()
    for check in _CHECKS:
        for finding in check(transaction):
            budget.check_time()
            found.add(finding)
    found.update(image_findings(transaction, budget))
    return tuple(sorted(found))


def _unreadable_values(transaction: Transaction) -> Iterator[Finding]:
    for place, record in enumerate(transaction.records):
        known = specs(record.type, record.context.type_2_domain)
        for field in record.fields:
            label = field_label(record.type, field.number)
            if field.number in known:
                try:
                    decode_value(known[field.number], field.content, label)
                except MalformedRecord as error:
                    yield Finding(place, label, error.reason)


def _undeclared_text(transaction: Transaction) -> Iterator[Finding]:
    for place, number in undeclared_text(transaction):
        label = field_label(transaction.records[place].type, number)
        yield Finding(place, label, "text outside the declared character sets")


def _header_findings(transaction: Transaction) -> Iterator[Finding]:
    context, types = transaction.context, {record.type for record in transaction.records}
    if context.version not in KNOWN_VERSIONS:
        yield Finding(0, "1.002", f"expected one of {', '.join(sorted(KNOWN_VERSIONS))}")
    if types & RESOLUTION_IN_HEADER and not context.nominal_ppmm:
        yield Finding(0, "1.012", "there are records of Types 3 to 6, and no resolution for them")
    if not types & {*RESOLUTION_IN_HEADER, 7} and (context.nominal_ppmm or context.native_ppmm):
        yield Finding(0, "1.011", "a resolution without records of Types 3 to 7; expected 00.00")
    if sum(record.type == 2 for record in transaction.records) == 0:
        yield Finding(0, "1.003", "expected a Type-2 record, found none")


def _identifier_findings(transaction: Transaction) -> Iterator[Finding]:
    seen: dict[int, int] = {}
    for place, record in enumerate(transaction.records):
        if record.type not in _SHARED_IMAGES or record.idc is None:
            continue
        if record.idc in seen:
            yield Finding(place, f"{record.type}.002", f"IDC shared with the image of record {seen[record.idc] + 1}")
        seen.setdefault(record.idc, place)


def _date_findings(transaction: Transaction) -> Iterator[Finding]:
    header = transaction.header
    sent = _day(value_or_none(header, "DAT"))
    universal = _day(value_or_none(header, "GMT"))
    if sent and universal and abs((sent - universal).days) > 1:
        yield Finding(0, "1.014", "more than a day away from the date in 1.005")
    for place, record in enumerate(transaction.records):
        if record.type in _CAPTURE_DATES and sent is not None:
            taken = _day(value_or_none(record, _CAPTURE_DATES[record.type]))
            if taken is not None and (taken - sent).days > 1:
                yield Finding(place, f"{record.type}.005", "captured after the date of the transaction in 1.005")


def _day(text: object) -> datetime.date | None:
    try:
        return datetime.datetime.strptime(str(text)[:8], "%Y%m%d").date() if text else None
    except ValueError:
        return None


_CHECKS: tuple[Callable[[Transaction], Iterator[Finding]], ...] = (
    _unreadable_values,
    _undeclared_text,
    _header_findings,
    _identifier_findings,
    _date_findings,
    feature_findings,
)
