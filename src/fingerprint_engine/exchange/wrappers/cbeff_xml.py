"""CBEFF records (BIR) in XML, ISO/IEC 19785-3: three schemas in use are read by the names of their elements alone.

One schema has ``FormatOwner`` and ``Quality`` as texts (OASIS), two have elements below them (ISO, edition 2), of which
the current one is written.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fingerprint_engine.errors import MalformedRecord
from fingerprint_engine.exchange.markup import Element, Name, parse, serialize
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.exchange.wrappers.model import Wrapped, Wrapper
from fingerprint_engine.exchange.wrappers.subtypes import finger_of_words
from fingerprint_engine.limits import Budget

CLAUSE = "ISO/IEC 19785-3 XML"
ROOT = "BIR"
NAMESPACE = "http://standards.iso.org/iso-iec/19785/-3/ed-2/"
_BINARY = frozenset({"BDB", "SB"})
_FINGER = "finger"
_NOT_SHOWN = frozenset({"BIR", "BDB", "SB", "Type", "Subtype"})
_MAX_FACTS = 20
_ISO_JTC_1_SC_37 = "257"


class BiometricRecord(NamedTuple):
    """A record to be written.

    Parameters
    ----------
    data
        Of ISO/IEC 19794-2 or -4.
    finger
        Words such as ``"Left IndexFinger"``; empty where it is not known.
    is_image
        Whether it holds an image, not minutiae.
    quality
        0 to 100, None where it is not known.
    """

    data: bytes
    finger: str
    is_image: bool
    quality: int | None = None


def loads(data: bytes, budget: Budget, *, strict: bool = False) -> Wrapper:
    """The records of all BIR.

    Raises
    ------
    MalformedRecord
        Where the XML is not well-formed, or no record is there.
    """
    remarks = Remarks(strict, CLAUSE)
    root, _ = parse(data, budget, remarks, base64=_BINARY)
    records: list[Wrapped] = []
    for element in _records(root):
        budget.spend("items")
        block = _child(element, "BDB")
        if block is not None:
            records.append(_record(element, block.data or b"", len(records) + 1))
    if not records:
        raise MalformedRecord("expected at least one BDB, found none", 0, "BDB", CLAUSE)
    return Wrapper(tuple(records), remarks.texts())


def dumps(records: Sequence[BiometricRecord], created: datetime.datetime) -> bytes:
    """All records as BIR of one BIR, in the current schema.

    Parameters
    ----------
    records
        In their order.
    created
        Aware moment of creation.
    """
    root = _element("BIR", children=[*_versions(), _element("BIRInfo", children=[_element("Integrity", "false")])])
    root.children.extend(_bir(record, created) for record in records)
    return serialize(root, {NAMESPACE: ""})


def _records(element: Element) -> Iterator[Element]:
    if element.name.local == "BIR":
        yield element
    for child in element.children:
        yield from _records(child)


def _record(element: Element, data: bytes, place: int) -> Wrapped:
    information = _child(element, "BDBInfo")
    kind, subtype = _text(information, "Type"), _text(information, "Subtype")
    name = " ".join(filter(None, (f"record {place}", kind.lower(), subtype)))
    facts = tuple(_facts(element, ""))[:_MAX_FACTS]
    refusal = ""
    if kind and _FINGER not in kind.lower():
        refusal = f"a record of kind {kind.lower()[:20]!r}, not of fingers"
    return Wrapped(name[:80], data, refusal, facts, finger_of_words(subtype))


def _facts(element: Element, above: str) -> Iterator[tuple[str, str]]:
    for child in element.children:
        if child.name.local in _NOT_SHOWN:
            continue
        path = f"{above}{child.name.local}"
        if child.children:
            yield from _facts(child, f"{path} ")
        elif child.text.strip():
            yield path, child.text.strip()


def _child(element: Element | None, local: str) -> Element | None:
    return None if element is None else next((one for one in element.children if one.name.local == local), None)


def _text(element: Element | None, local: str) -> str:
    found = _child(element, local)
    return "" if found is None else found.text.strip()


def _bir(record: BiometricRecord, created: datetime.datetime) -> Element:
    organization, kind = _ISO_JTC_1_SC_37, "7" if record.is_image else "2"
    information = [
        _element("Format", children=[_element("Organization", organization), _element("Type", kind)]),
        _element("CreationDate", created.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        _element("Type", "Finger"),
        *([_element("Subtype", record.finger)] if record.finger else []),
        _element("Level", "Raw" if record.is_image else "Processed"),
        _element("Purpose", "Enroll"),
    ]
    if record.quality is not None:
        algorithm = _element("Algorithm", children=[_element("Organization", "259"), _element("Type", "1")])
        information.append(_element("Quality", children=[algorithm, _element("Score", str(record.quality))]))
    block = _element("BDB")
    block.data = record.data
    integrity = _element("BIRInfo", children=[_element("Integrity", "false")])
    return _element("BIR", children=[*_versions(), integrity, _element("BDBInfo", children=information), block])


def _versions() -> list[Element]:
    return [
        _element(name, children=[_element("Major", "1"), _element("Minor", "1")])
        for name in ("Version", "CBEFFVersion")
    ]


def _element(local: str, text: str = "", *, children: list[Element] | None = None) -> Element:
    return Element(Name(NAMESPACE, local), text, children=children)
