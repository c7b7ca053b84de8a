"""ISO/IEC 19794-2:2005 and INCITS 378-2004: one size and resolution for all views, a view header of four bytes."""

from __future__ import annotations

from fingerprint_engine.exchange.minutiae_records.model import MinutiaeRecord, MinutiaeView, RecordVersion
from fingerprint_engine.exchange.minutiae_records.parts import (
    check_count,
    check_length,
    need_views,
    one_geometry,
    read_extended,
    read_geometry,
    read_minutiae,
    write_extended,
    write_minutiae,
)
from fingerprint_engine.exchange.octets import OctetReader, OctetWriter
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.limits import Budget

_LONG_FORM_FROM = 0x10000


def read(data: bytes, version: RecordVersion, budget: Budget, *, strict: bool) -> MinutiaeRecord:
    """Read a record of one of the two; the caller has told which."""
    octets, remarks = OctetReader(data, version.clause, budget=budget), Remarks(strict, version.clause)
    octets.take(4, "format identifier")
    magic = octets.take(4, "version number")
    owner = product = 0
    long_length = False
    if version is RecordVersion.ISO_2005:
        stated = octets.u32("record length")
    else:
        stated = octets.u16("record length")
        if stated == 0:
            stated, long_length = octets.u32("record length"), True
        owner, product = octets.u16("CBEFF owner"), octets.u16("CBEFF type")
    equipment = octets.u16("capture equipment")
    geometry = read_geometry(octets)
    count, reserved = octets.u8("number of views"), octets.u8("reserved")
    need_views(octets, count)
    views = tuple(_read_view(octets, geometry, version, remarks) for _ in range(count))
    check_length(stated, octets, len(data), remarks)
    return MinutiaeRecord(version, views, owner, product, equipment, magic, reserved, long_length, remarks.texts())


def _read_view(
    octets: OctetReader, geometry: tuple[int, int, int, int], version: RecordVersion, remarks: Remarks
) -> MinutiaeView:
    position, mixed = octets.u8("finger position"), octets.u8("view and impression")
    quality, count = octets.u8("finger quality"), octets.u8("number of minutiae")
    minutiae = read_minutiae(octets, count, 6, version, remarks)
    extended = read_extended(octets, version, remarks)
    return MinutiaeView(position, mixed >> 4, mixed & 0x0F, quality, *geometry, minutiae, extended)


def write(record: MinutiaeRecord) -> bytes:
    """Write a record with exact lengths.

    Raises
    ------
    ExchangeError
        When a value does not fit, or the views differ in size or resolution.
    """
    version = record.version
    geometry = one_geometry(record.views, version)
    body = OctetWriter(version.clause)
    body.u16(record.equipment, "capture equipment")
    for value, name in zip(geometry, ("width", "height", "x resolution", "y resolution"), strict=True):
        body.u16(value, name)
    body.u8(len(record.views), "number of views")
    body.u8(record.reserved, "reserved")
    for view in record.views:
        body.u8(view.position, "finger position")
        if not (0 <= view.number <= 15 and 0 <= view.impression <= 15):
            body.u8(-1, "view number and impression, 0 to 15 each,")
        body.u8(view.number << 4 | view.impression, "view and impression")
        body.u8(view.quality, "finger quality")
        body.u8(check_count(view, version), "number of minutiae")
        write_minutiae(body, view, version)
        write_extended(body, view.extended)

    out = OctetWriter(version.clause)
    out.put(b"FMR\x00" + (record.magic or b" 20\x00"))
    if version is RecordVersion.ISO_2005:
        out.u32(out.size + 4 + body.size, "record length")
    else:
        length = out.size + 6 + body.size
        if record.long_length or length >= _LONG_FORM_FROM:
            out.u16(0, "record length")
            out.u32(length + 4, "record length")
        else:
            out.u16(length, "record length")
        out.u16(record.owner, "CBEFF owner")
        out.u16(record.product, "CBEFF type")
    out.put(body.getvalue())
    return out.getvalue()
