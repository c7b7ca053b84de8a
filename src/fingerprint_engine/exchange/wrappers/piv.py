"""PIV's biometric data (NIST SP 800-76): a CBEFF header of 88 bytes, a record, a signature; bare or as on the card."""

from __future__ import annotations

from fingerprint_engine.errors import MalformedRecord
from fingerprint_engine.exchange.octets import OctetReader
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.exchange.wrappers.model import Wrapped, Wrapper
from fingerprint_engine.exchange.wrappers.tag_lengths import objects_in
from fingerprint_engine.limits import Budget

CLAUSE = "NIST SP 800-76, CBEFF"
HEADER_BYTES = 88
_VERSION, _OWNER = 0x03, b"\x00\x1b"
_OWNER_AT, _MAX_PREFIX = 8, 16
_CARD_DATA, _CARD_OBJECT = 0xBC, 0x53
_KINDS = {0x0201: "finger minutiae", 0x0401: "finger image", 0x0501: "face", 0x0901: "iris"}
_FINGERS = frozenset({0x0201, 0x0401})
_ENCRYPTED = 0x02


def is_piv(data: bytes) -> bool:
    """Whether the bytes begin with PIV's header, bare or in the data object that the card gives."""
    at = _header_at(data)
    return at is not None and len(data) >= at + HEADER_BYTES


def loads(data: bytes, budget: Budget, *, strict: bool = False) -> Wrapper:
    """The record behind the header.

    Raises
    ------
    MalformedRecord
        Where the lengths of the header lead past the end.
    """
    remarks = Remarks(strict, CLAUSE)
    octets = OctetReader(data, CLAUSE, budget=budget)
    if data[0] != _VERSION:
        octets = _on_the_card(octets)
    start = octets.offset
    octets.u8("patron header version")
    options = octets.u8("security options")
    size, signature = octets.u32("length of the record"), octets.u16("length of the signature")
    octets.take(2, "format owner")
    kind = octets.u16("format type")
    octets.section(HEADER_BYTES - (octets.offset - start), "rest of the header")
    record = octets.take(size, "record")
    if octets.left != signature:
        remarks.note(f"expected a signature of {signature} bytes, found {octets.left}", octets.offset, "signature")
    name = _KINDS.get(kind, f"type {kind:04X}")
    refusal = ""
    if options & _ENCRYPTED:
        refusal = "the record is encrypted"
    elif kind not in _FINGERS:
        refusal = f"a record of kind {name}, not of fingers"
    signed = f"{signature} bytes, not checked" if signature else "none"
    return Wrapper((Wrapped(name, record, refusal, (("signature", signed),)),), remarks.texts())


def _header_at(data: bytes) -> int | None:
    """Where the header begins: at once, or behind the tags and lengths of the card's data objects."""
    if data[:1] == bytes([_VERSION]) and data[_OWNER_AT : _OWNER_AT + 2] == _OWNER:
        return 0
    if data[:1] not in (bytes([_CARD_DATA]), bytes([_CARD_OBJECT])):
        return None
    at = data.find(_OWNER, _OWNER_AT, _OWNER_AT + _MAX_PREFIX)
    return at - _OWNER_AT if at >= 0 and data[at - _OWNER_AT] == _VERSION else None


def _on_the_card(octets: OctetReader) -> OctetReader:
    for one in objects_in(octets):
        if one.tag == _CARD_OBJECT:
            return _on_the_card(one.value)
        if one.tag == _CARD_DATA:
            return one.value
    raise MalformedRecord("expected the data object BC, found none", 0, "data object", CLAUSE)
