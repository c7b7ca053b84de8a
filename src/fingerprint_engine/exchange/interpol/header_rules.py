"""Rules of Type-1 and of the records that there are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from fingerprint_engine.exchange.ansi_nist import Transaction, labelled
from fingerprint_engine.exchange.interpol.codes import OLD_TRANSACTIONS, RESPONSES, TRANSACTIONS
from fingerprint_engine.exchange.interpol.control_numbers import is_control_number
from fingerprint_engine.exchange.interpol.violations import Violation

_COUNTRY = re.compile(r"[A-Z]{3}")
_RECORDS = frozenset({1, 2, 9, 10, 13, 14, 15, 20})
_OLD_RECORDS = _RECORDS | {4}
_SHARING = frozenset({2, 9, 10, 13, 14, 15, 20})


def is_old(transaction: Transaction) -> bool:
    """Whether it is of the traditional form 4.22 and before, not of 6.00."""
    version = transaction.context.domain_version.replace(".", "")
    return not version.startswith("06")


def header_violations(transaction: Transaction) -> Iterator[Violation]:
    """Rules of Type-1."""
    first = {field.number: field.first_item for field in transaction.header.fields}
    kind, old = first.get(4, ""), is_old(transaction)
    known = OLD_TRANSACTIONS if old else TRANSACTIONS
    if kind not in known:
        yield Violation(116, 0, "1.004", f"expected one of {', '.join(sorted(known))}")
    if not transaction.context.domain.upper().startswith("INT-I"):
        yield Violation(115, 0, "1.013", "expected the domain INT-I")
    for number in (2, 5, 9, 13, *((7, 8) if old else (14, 17))):
        if not first.get(number):
            yield Violation(101, 0, f"1.{number:03d}", "expected the field")
    if kind in RESPONSES and not first.get(10):
        yield Violation(101, 0, "1.010", "expected the control number of the request")
    priority = first.get(6)
    if priority is not None and not re.fullmatch("[1-9]", priority):
        yield Violation(115, 0, "1.006", "expected 1 to 9")
    if not old:
        yield from _new_header(transaction, first)


def _new_header(transaction: Transaction, first: dict[int, str]) -> Iterator[Violation]:
    for number in (9, 10):
        if first.get(number) and not is_control_number(first[number]):
            yield Violation(201, 0, f"1.{number:03d}", "expected 14 digits and the letter that checks them")
    if first.get(2) and first[2] != "0502":
        yield Violation(115, 0, "1.002", "expected 0502")
    version = transaction.context.domain_version
    if version != "0600":
        yield Violation(115, 0, "1.013", "expected version 0600", 2 if version == "06.00" else 0)
    for number in (11, 12):
        if first.get(number, "00.00") != "00.00":
            yield Violation(115, 0, f"1.{number:03d}", "expected 00.00")
    for number in (16, 18):
        if number in first:
            yield Violation(103, 0, f"1.{number:03d}", "expected no such field")
    sets = transaction.header.field(15)
    for items in () if sets is None else sets.subfields:
        if len(items) < 2 or items[1].upper() != "UTF-8":
            yield Violation(115, 0, "1.015", "expected UTF-8 only")
    names = transaction.header.field(17)
    items = names.subfields[0] if names is not None and names.subfields else ()
    for place, what in enumerate(("destination", "origin")):
        if names is not None and (len(items) <= place or not items[place]):
            yield Violation(101, 0, "1.017", f"expected the name of the {what}")
        if names is not None and (len(items) <= place + 2 or not _COUNTRY.fullmatch(items[place + 2])):
            yield Violation(101, 0, "1.017", f"expected the country of the {what} in three letters")
    for number in (7, 8):
        if number in first:
            yield Violation(103, 0, f"1.{number:03d}", "an identifier, which is ignored beside 1.017", 9)
    for _, name, text in labelled(transaction, "1.014"):
        if not text.strip().endswith("Z"):
            yield Violation(114, 0, "1.014", f"expected universal time with Z in {name}", 4)


def record_violations(transaction: Transaction) -> Iterator[Violation]:
    """Rules of the records that there are, and of their IDC."""
    allowed = _OLD_RECORDS if is_old(transaction) else _RECORDS
    for place, record in enumerate(transaction.records):
        if record.type not in allowed:
            yield Violation(102, place, f"{record.type}.001", "expected no record of this type")
        if place and record.idc is None:
            yield Violation(101, place, f"{record.type}.002", "expected an IDC")
    count = sum(record.type == 2 for record in transaction.records)
    if count != 1:
        yield Violation(101 if count == 0 else 104, 0, "1.003", f"expected one record of Type-2, found {count}")
    taken = Counter(
        record.idc for record in transaction.records[1:] if record.type in _SHARING and record.idc is not None
    )
    for place, record in enumerate(transaction.records[1:], 1):
        others = [one for one in transaction.records[1:] if one is not record and one.idc == record.idc is not None]
        linked = {record.type, *(one.type for one in others)}
        if record.idc is not None and taken[record.idc] > 1 and not _is_pair(linked):
            yield Violation(117, place, f"{record.type}.002", "an IDC of other records too", 6)


def _is_pair(types: set[int]) -> bool:
    """Minutiae and the image that they belong to have one IDC."""
    return len(types) == 2 and 9 in types and bool(types & {4, 13, 14, 15})
