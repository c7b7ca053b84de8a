"""INCITS 378-2009, its draft of 2007 and its amendment 1: size, resolution and quality algorithm with each view.

The draft has two bytes of capture equipment, as the edition of 2004 has; the others have three.
"""

from __future__ import annotations

from fingerprint_engine.exchange.minutiae_records.model import (
    MinutiaeRecord,
    MinutiaeView,
    RecordVersion,
)
from fingerprint_engine.exchange.minutiae_records.parts import (
    check_count,
    check_length,
    need_views,
    read_extended,
    read_geometry,
    read_minutiae,
    write_extended,
    write_minutiae,
)
from fingerprint_engine.exchange.octets import OctetReader, OctetWriter
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.exchange.representation import UNKNOWN_PRODUCT, UNKNOWN_VENDOR, QualityBlock
from fingerprint_engine.limits import Budget

MAGIC = {
    RecordVersion.ANSI_2007: b"030\x00",
    RecordVersion.ANSI_2009: b"030\x00",
    RecordVersion.ANSI_2009_AM1: b"035\x00",
}
HEADER_BYTES = {RecordVersion.ANSI_2007: 20, RecordVersion.ANSI_2009: 21, RecordVersion.ANSI_2009_AM1: 21}
_BEFORE_EQUIPMENT, _BEHIND_EQUIPMENT = 16, 2
_VIEW_BYTES, _MINUTIA_BYTES = 17, 6


def read(data: bytes, version: RecordVersion, budget: Budget, *, strict: bool) -> MinutiaeRecord:
    """Read a record; the caller has told which of them."""
    octets, remarks = OctetReader(data, version.clause, budget=budget), Remarks(strict, version.clause)
    octets.take(4, "format identifier")
    magic = octets.take(4, "version number")
    stated = octets.u32("record length")
    owner, product = octets.u16("CBEFF owner"), octets.u16("CBEFF type")
    equipment = octets.unsigned(_equipment_bytes(version), "capture equipment")
    count, reserved = octets.u8("number of views"), octets.u8("reserved")
    need_views(octets, count)
    views = tuple(_read_view(octets, version, remarks) for _ in range(count))
    check_length(stated, octets, len(data), remarks)
    return MinutiaeRecord(version, views, owner, product, equipment, magic, reserved, warnings=remarks.texts())


def _read_view(octets: OctetReader, version: RecordVersion, remarks: Remarks) -> MinutiaeView:
    position, number = octets.u8("finger position"), octets.u8("view number")
    impression, quality = octets.u8("impression type"), octets.u8("finger quality")
    algorithm = QualityBlock(quality, octets.u16("quality vendor"), octets.u16("quality algorithm"))
    geometry = read_geometry(octets)
    minutiae = read_minutiae(octets, octets.u8("number of minutiae"), 6, version, remarks)
    extended = read_extended(octets, version, remarks)
    return MinutiaeView(position, number, impression, quality, *geometry, minutiae, extended, (algorithm,))


def write(record: MinutiaeRecord) -> bytes:
    """Write a record with exact lengths.

    Raises
    ------
    ExchangeError
        When a value does not fit.
    """
    version = record.version
    body = OctetWriter(version.clause)
    body.u16(record.owner, "CBEFF owner")
    body.u16(record.product, "CBEFF type")
    body.unsigned(record.equipment, _equipment_bytes(version), "capture equipment")
    body.u8(len(record.views), "number of views")
    body.u8(record.reserved, "reserved")
    for view in record.views:
        algorithm = view.qualities[0] if view.qualities else QualityBlock(view.quality, UNKNOWN_VENDOR, UNKNOWN_PRODUCT)
        body.u8(view.position, "finger position")
        body.u8(view.number, "view number")
        body.u8(view.impression, "impression type")
        body.u8(view.quality, "finger quality")
        body.u16(algorithm.vendor, "quality vendor")
        body.u16(algorithm.algorithm, "quality algorithm")
        for value, name in ((view.width, "width"), (view.height, "height")):
            body.u16(value, name)
        body.u16(view.x_ppcm, "x resolution")
        body.u16(view.y_ppcm, "y resolution")
        body.u8(check_count(view, version), "number of minutiae")
        write_minutiae(body, view, version)
        write_extended(body, view.extended)
    out = OctetWriter(version.clause)
    out.put(b"FMR\x00" + (record.magic or MAGIC[version]))
    out.u32(out.size + 4 + body.size, "record length")
    out.put(body.getvalue())
    return out.getvalue()


def ends_at(data: bytes, version: RecordVersion) -> int | None:
    """Where the last view ends by the version's layout; None where the bytes cannot be of it.

    Views are passed over by their counts alone, at most 255 of them.
    """
    at = HEADER_BYTES[version]
    views = data[at - _BEHIND_EQUIPMENT] if len(data) > at else 0
    for _ in range(views):
        if at + _VIEW_BYTES > len(data):
            return None
        at += _VIEW_BYTES + _MINUTIA_BYTES * data[at + _VIEW_BYTES - 1]
        at += 2 + int.from_bytes(data[at : at + 2], "big")
    return at if views else None


def _equipment_bytes(version: RecordVersion) -> int:
    return HEADER_BYTES[version] - _BEHIND_EQUIPMENT - _BEFORE_EQUIPMENT
