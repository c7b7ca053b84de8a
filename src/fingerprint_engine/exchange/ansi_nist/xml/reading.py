"""Bytes in XML to a transaction."""

from __future__ import annotations

from fingerprint_engine.errors import MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.ansi_nist.model import Context, Field, Record, Transaction, context_of
from fingerprint_engine.exchange.ansi_nist.model.contents import CONTENTS, MAX_RECORDS, listed_contents
from fingerprint_engine.exchange.ansi_nist.model.transaction import in_context
from fingerprint_engine.exchange.ansi_nist.xml.fields import read_content
from fingerprint_engine.exchange.ansi_nist.xml.mapping import elements_of
from fingerprint_engine.exchange.ansi_nist.xml.names import BINARY, PREFIXES, ROOT, TYPES, names_of
from fingerprint_engine.exchange.ansi_nist.xml.origin import FileElement, RecordElement
from fingerprint_engine.exchange.ansi_nist.xml.tree import find
from fingerprint_engine.exchange.markup import Element, parse
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits

CLAUSE = "ANSI/NIST-ITL XML"
CATEGORY = (names_of("RecordCategoryCode"),)


def loads(data: bytes, *, lenient: bool = False, limits: Limits = DEFAULT_LIMITS) -> Transaction:
    """Read a transaction in XML.

    Parameters
    ----------
    data
        The whole file, in UTF-8 or UTF-16.
    lenient
        Take wrong lists of contents, categories and base64; `Transaction.warnings` says what was wrong.
    limits
        What the file may cost.

    Raises
    ------
    MalformedRecord
        Where the file is not well-formed, or not a transaction of records that begin with Type-1.
    UnsupportedRecord
        For a document of another kind, and one that declares a document type.
    LimitExceeded
        Where it has more bytes or elements than `limits` allow.
    """
    budget = Budget(limits)
    remarks = Remarks(not lenient, CLAUSE)
    root, prefixes = parse(data, budget, remarks, base64=BINARY)
    if root.name.local != ROOT:
        raise UnsupportedRecord(f"{CLAUSE}: expected the element {ROOT}, found another")
    if not 1 <= len(root.children) <= MAX_RECORDS:
        raise MalformedRecord(f"expected 1 to {MAX_RECORDS} records, found {len(root.children)}", 0, "", CLAUSE)
    first, *others = root.children
    if _type(first, 1, remarks) != 1:
        raise MalformedRecord("expected a Type-1 record first", 0, first.name.local, CLAUSE)
    header = _record(1, first, Context())
    context = context_of(header.fields)
    records = [header]
    for place, element in enumerate(others, 2):
        records.append(_record(_type(element, place, remarks), element, context))
    if any(record.type == 1 for record in records[1:]):
        raise MalformedRecord("expected one Type-1 record, found more", 0, "", CLAUSE)
    _check_contents(records, remarks)
    origin = FileElement(root.name, root.attributes, PREFIXES | prefixes)
    return in_context(Transaction(tuple(records), remarks.texts(), origin))


def _type(element: Element, place: int, remarks: Remarks) -> int:
    """The record type of an element, by its name, else by the category that it states."""
    category = find(element, CATEGORY)
    text = "" if category is None else category.text.strip()
    stated = int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None
    known = TYPES.get(element.name.local)
    if known is not None and stated != known:
        found = "none" if stated is None else stated
        remarks.note(f"record {place}: expected category {known}, found {found}", None, "RecordCategoryCode")
    made = known if known is not None else stated
    if made is None or not 1 <= made <= 99:
        raise MalformedRecord(f"record {place}: expected a record of a known type", 0, element.name.local[:40], CLAUSE)
    return made


def _record(record_type: int, element: Element, context: Context) -> Record:
    contents = {}
    for number, lines in elements_of(record_type, context.type_2_domain).items():
        content = read_content(element, lines)
        if content is not None:
            contents[number] = content
    fields = tuple(Field(number, contents[number]) for number in sorted(contents))
    return Record(record_type, fields, context, RecordElement(element, contents))


def _check_contents(records: list[Record], remarks: Remarks) -> None:
    field = records[0].field(CONTENTS)
    total, listed = listed_contents(field)
    found = [(record.type, record.idc) for record in records[1:]]
    if field is None or total != len(found):
        stated = "none" if total is None else total
        remarks.note(f"expected {len(found)} records after Type-1, as there are, found {stated}", None, "1.003")
    if field is not None and sorted(map(str, listed)) != sorted(map(str, found)):
        remarks.note("expected types and IDC of the records that there are, found others", None, "1.003")
