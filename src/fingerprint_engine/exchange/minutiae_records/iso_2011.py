"""ISO/IEC 19794-2:2011: representations with a length, a time, a device and quality blocks of their own."""

from __future__ import annotations

from fingerprint_engine.errors import ExchangeError
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
    read_minutiae,
    write_extended,
    write_minutiae,
)
from fingerprint_engine.exchange.octets import OctetReader, OctetWriter
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.exchange.representation import check_time, read_capture, write_capture
from fingerprint_engine.limits import Budget

VERSION = RecordVersion.ISO_2011
MAGIC = b"030\x00"
HEADER_BYTES = 15


def read(data: bytes, budget: Budget, *, strict: bool) -> MinutiaeRecord:
    """Read a record."""
    octets, remarks = OctetReader(data, VERSION.clause, budget=budget), Remarks(strict, VERSION.clause)
    octets.take(4, "format identifier")
    magic = octets.take(4, "version number")
    stated = octets.u32("record length")
    count, certified = octets.u16("number of representations"), octets.u8("certification flag")
    need_views(octets, count)
    views = []
    for _ in range(count):
        length = octets.u32("representation length")
        part = octets.section(length - 4, "representation")
        views.append(_read_view(part, certified != 0, remarks))
        if part.left:
            remarks.note(f"{part.left} bytes follow the extended data", part.offset, "representation length")
    check_length(stated, octets, len(data), remarks)
    return MinutiaeRecord(VERSION, tuple(views), magic=magic, reserved=certified, warnings=remarks.texts())


def _read_view(octets: OctetReader, certified: bool, remarks: Remarks) -> MinutiaeView:
    start = octets.offset
    device, qualities = read_capture(octets, certified)
    check_time(device, start, remarks)
    position, number = octets.u8("finger position"), octets.u8("representation number")
    resolution = octets.u16("x resolution"), octets.u16("y resolution")
    impression = octets.u8("impression type")
    size = octets.u16("width"), octets.u16("height")
    form = octets.u8("minutia field length and ridge ending type")
    if form >> 4 not in (5, 6):
        raise octets.malformed(f"expected 5 or 6 bytes per minutia, found {form >> 4}", "minutia field length")
    minutiae = read_minutiae(octets, octets.u8("number of minutiae"), form >> 4, VERSION, remarks)
    extended = read_extended(octets, VERSION, remarks)
    return MinutiaeView(
        position,
        number,
        impression,
        qualities[0].score if qualities else 255,
        *size,
        *resolution,
        minutiae,
        extended,
        qualities,
        device,
        form >> 4,
        form & 0x0F,
    )


def write(record: MinutiaeRecord) -> bytes:
    """Write a record with exact lengths.

    Raises
    ------
    ExchangeError
        When a value does not fit.
    """
    body = OctetWriter(VERSION.clause)
    certified = record.reserved != 0
    for view in record.views:
        part = _write_view(view, certified)
        body.u32(4 + len(part), "representation length")
        body.put(part)
    out = OctetWriter(VERSION.clause)
    out.put(b"FMR\x00" + (record.magic or MAGIC))
    out.u32(HEADER_BYTES + body.size, "record length")
    out.u16(len(record.views), "number of representations")
    out.u8(record.reserved, "certification flag")
    out.put(body.getvalue())
    return out.getvalue()


def _write_view(view: MinutiaeView, certified: bool) -> bytes:
    if view.minutia_bytes not in (5, 6) or not 0 <= view.ending_type <= 15:
        raise ExchangeError(f"{VERSION.clause}: expected 5 or 6 bytes per minutia, found {view.minutia_bytes}")
    out = OctetWriter(VERSION.clause)
    write_capture(out, view.device, view.qualities, certified)
    out.u8(view.position, "finger position")
    out.u8(view.number, "representation number")
    out.u16(view.x_ppcm, "x resolution")
    out.u16(view.y_ppcm, "y resolution")
    out.u8(view.impression, "impression type")
    out.u16(view.width, "width")
    out.u16(view.height, "height")
    out.u8(view.minutia_bytes << 4 | view.ending_type, "minutia field length and ridge ending type")
    out.u8(check_count(view, VERSION), "number of minutiae")
    write_minutiae(out, view, VERSION)
    write_extended(out, view.extended)
    return out.getvalue()
