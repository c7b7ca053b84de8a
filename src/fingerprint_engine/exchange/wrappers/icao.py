"""Biometric data groups of passports (ICAO 9303-10): group 3 holds fingers, groups 2 and 4 faces and irises."""

from __future__ import annotations

from fingerprint_engine.errors import MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.octets import OctetReader
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.exchange.wrappers.model import Wrapped, Wrapper
from fingerprint_engine.exchange.wrappers.subtypes import finger_of_bits
from fingerprint_engine.exchange.wrappers.tag_lengths import head_of, objects_in
from fingerprint_engine.fingers import Finger
from fingerprint_engine.limits import Budget

CLAUSE = "ICAO 9303 data group 3"
_FINGERS = 0x63
_OTHERS = {0x75: "2, of faces", 0x76: "4, of irises"}
_GROUP_TEMPLATE, _TEMPLATE, _COUNT, _HEADER = 0x7F61, 0x7F60, 0x02, 0xA1
_DATA = frozenset({0x5F2E, 0x7F2E})
_SUBTYPE = 0x82


def is_data_group(data: bytes) -> bool:
    """Whether the bytes begin like a data group with biometric records."""
    if not data or data[0] not in {_FINGERS, *_OTHERS}:
        return False
    octets = OctetReader(data)
    try:
        head_of(octets)
        return head_of(octets)[0] == _GROUP_TEMPLATE
    except MalformedRecord:
        return False


def loads(data: bytes, budget: Budget, *, strict: bool = False) -> Wrapper:
    """The records of data group 3.

    Raises
    ------
    UnsupportedRecord
        For the groups of faces and irises.
    MalformedRecord
        Where an object runs past the end, or no record is there.
    """
    if data[0] in _OTHERS:
        raise UnsupportedRecord(f"ICAO 9303 data group {_OTHERS[data[0]]}: no record of fingers")
    remarks = Remarks(strict, CLAUSE)
    octets = OctetReader(data, CLAUSE, budget=budget)
    _, length = head_of(octets)
    group = octets.section(length, "data group")
    if octets.left:
        remarks.note(f"{octets.left} bytes follow the data group", octets.offset)
    records: list[Wrapped] = []
    stated = None
    for outer in objects_in(group):
        if outer.tag != _GROUP_TEMPLATE:
            remarks.note(f"expected 7F61, found {outer.tag:X}", outer.value.offset, "group template")
            continue
        for one in objects_in(outer.value):
            if one.tag == _COUNT:
                stated = int.from_bytes(one.value.rest(), "big")
            elif one.tag == _TEMPLATE:
                records.append(_record(one.value, len(records) + 1))
    if stated is not None and stated != len(records):
        remarks.note(f"expected {stated} records, found {len(records)}", 0, "number of records")
    if not records:
        raise MalformedRecord("expected at least one record, found none", 0, "group template", CLAUSE)
    return Wrapper(tuple(records), remarks.texts())


def _record(octets: OctetReader, place: int) -> Wrapped:
    finger, record = Finger.UNKNOWN, None
    for one in objects_in(octets):
        if one.tag == _HEADER:
            for inner in objects_in(one.value):
                if inner.tag == _SUBTYPE and inner.value.left == 1:
                    finger = finger_of_bits(inner.value.u8("subtype"))
        elif one.tag in _DATA:
            record = one.value.rest()
    name = finger.words if finger else f"record {place}"
    if record is None:
        return Wrapped(name, b"", "no data object 5F2E or 7F2E: the record is encrypted or absent")
    return Wrapped(name, record, finger=finger)
