"""Rules of Type-2: each field by its line of the table, and fields against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from fingerprint_engine.exchange.ansi_nist import Record, Transaction
from fingerprint_engine.exchange.ansi_nist.tables.values import Subfields
from fingerprint_engine.exchange.interpol.codes import HIT, NO_HIT, NOT_LISTED, OTHER_CIVIL, REQUESTS
from fingerprint_engine.exchange.interpol.field_rules import KINDS, FieldRule, field_rules
from fingerprint_engine.exchange.interpol.header_rules import is_old
from fingerprint_engine.exchange.interpol.violations import Violation

Fields = Mapping[int, Subfields]
Check = Callable[[int, str, Fields], Iterator[Violation]]
_FREE_TEXT, _COUNTRY = 7, 5
"""Places of items in an address (2.037)."""
_DATA_FIELDS = frozenset({1, 2, 3, 20})


def type_2_violations(transaction: Transaction) -> Iterator[Violation]:
    """All rules of all Type-2 records."""
    if is_old(transaction):
        return
    kind = transaction.context.transaction_type
    for place, record in enumerate(transaction.records):
        if record.type == 2:
            fields = {field.number: field.subfields for field in record.fields}
            yield from _each(place, kind, record)
            for check in (_references, _offence, _civil, _dates, _birthplace, _result, _error):
                yield from check(place, kind, fields)


def _each(place: int, kind: str, record: Record) -> Iterator[Violation]:
    present = {field.number for field in record.fields}
    for rule in field_rules().values():
        if kind in rule.required and rule.number not in present:
            yield Violation(101, place, _label(rule.number), f"expected {rule.mnemonic} in {kind}")
    for field in record.fields:
        known = field_rules().get(field.number)
        if known is None:
            if field.number not in _DATA_FIELDS:
                yield Violation(103, place, _label(field.number), "expected no such field")
            continue
        if kind not in known.allowed:
            yield Violation(103, place, _label(field.number), f"expected no {known.mnemonic} in {kind}")
        yield from _content(place, known, field.subfields)


def _content(place: int, rule: FieldRule, subfields: Subfields) -> Iterator[Violation]:
    label = _label(rule.number)
    if len(subfields) > rule.occurrences:
        yield Violation(104, place, label, f"expected at most {rule.occurrences}, found {len(subfields)}")
    for items in subfields:
        fewest, most = rule.items
        if not fewest <= len(items) <= most:
            yield Violation(105, place, label, f"expected {fewest} to {most} items, found {len(items)}")
        for item in items:
            if len(item) < rule.length[0]:
                yield Violation(106, place, label, f"expected at least {rule.length[0]} characters, found {len(item)}")
            elif len(item) > rule.length[1]:
                yield Violation(107, place, label, f"expected at most {rule.length[1]} characters, found {len(item)}")
            elif rule.kind and item and not KINDS[rule.kind][2](item):
                code, expected, _ = KINDS[rule.kind]
                known = 5 if rule.kind == "sex" and item == "X" else 0
                yield Violation(code, place, label, f"expected {expected}", known)


def _references(place: int, kind: str, fields: Fields) -> Iterator[Violation]:
    hit = kind == "SRE" and _first(fields, 64, 4) == HIT
    if ((kind in REQUESTS and kind != "MPS") or hit) and not {7, 10, 11} & set(fields):
        yield Violation(101, place, "2.010", "expected a reference of the person: CRN or ORN")


def _offence(place: int, _: str, fields: Fields) -> Iterator[Violation]:
    codes = [items[0] for items in fields.get(21, ()) if items]
    if NOT_LISTED in codes and 54 not in fields:
        yield Violation(101, place, "2.054", f"expected the offence in words beside {NOT_LISTED}")


def _civil(place: int, _: str, fields: Fields) -> Iterator[Violation]:
    if _first(fields, 95) == OTHER_CIVIL and 96 not in fields:
        yield Violation(101, place, "2.096", f"expected the reason in words beside {OTHER_CIVIL}")


def _dates(place: int, kind: str, fields: Fields) -> Iterator[Violation]:
    for one, other in ((35, 36), (55, 56)):
        if one in fields and other in fields:
            yield Violation(103, place, _label(other), f"expected a range or a date, found both ({_label(one)})")
    if kind == "MPS" and not {55, 56} & set(fields):
        yield Violation(101, place, "2.055", "expected the date of the offence or its range")


def _birthplace(place: int, _: str, fields: Fields) -> Iterator[Violation]:
    for items in fields.get(37, ()):
        structured = any(items[:_FREE_TEXT])
        free = len(items) > _FREE_TEXT and bool(items[_FREE_TEXT])
        if structured and free:
            yield Violation(103, place, "2.037", "expected an address in parts or in words, found both", 9)
        if structured and (len(items) <= _COUNTRY or not items[_COUNTRY]):
            yield Violation(101, place, "2.037", "expected the country")


def _result(place: int, kind: str, fields: Fields) -> Iterator[Violation]:
    for items in fields.get(64, ()) if kind == "SRE" else ():
        number, verified, total, search, found = (*items, *("",) * 5)[:5]
        if found not in (HIT, NO_HIT):
            yield Violation(115, place, "2.064", f"expected {HIT} or {NO_HIT} as the result")
        if search not in REQUESTS:
            yield Violation(116, place, "2.064", f"expected the type of the search, one of {', '.join(REQUESTS)}")
        if found == NO_HIT and (number or verified):
            yield Violation(103, place, "2.064", "expected no candidate without a hit", 9)
        if found == HIT and not (number and verified and total):
            yield Violation(105, place, "2.064", "expected the number of the candidate, its verification and the total")
        numbers = [text for text in (number, total) if text]
        if not all(text.isascii() and text.isdigit() for text in numbers):
            yield Violation(108, place, "2.064", "expected numbers of candidates")
        elif found == HIT and len(numbers) == 2 and not 1 <= int(number) <= int(total):
            yield Violation(110, place, "2.064", "expected a candidate's number up to the total")
        if verified not in ("", "true", "false"):
            yield Violation(115, place, "2.064", "expected true or false as verification")


def _error(place: int, _: str, fields: Fields) -> Iterator[Violation]:
    for items in fields.get(74, ()):
        if not (items[0].isascii() and items[0].isdigit() and len(items[0]) == 3):
            yield Violation(108, place, "2.074", "expected a code of three digits")


def _first(fields: Fields, number: int, item: int = 0) -> str:
    subfields = fields.get(number, ())
    return subfields[0][item] if subfields and len(subfields[0]) > item else ""


def _label(number: int) -> str:
    return f"2.{number:03d}"
