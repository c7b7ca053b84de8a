"""ISO/IEC 19794-4:2011: representations with a time, a device, qualities, resolution and compression of their own."""

from __future__ import annotations

from fingerprint_engine.exchange.image_records.model import ImageRecord, ImageRecordVersion, ImageView, block_bounds
from fingerprint_engine.exchange.image_records.sampling import read_sampling, sampling_of, write_sampling
from fingerprint_engine.exchange.octets import OctetReader, OctetWriter
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.exchange.representation import check_time, read_capture, write_capture
from fingerprint_engine.limits import Budget

VERSION = ImageRecordVersion.ISO_2011
MAGIC = b"020\x00"
HEADER_BYTES = 16
UNKNOWN_QUALITY = 255


def read(data: bytes, budget: Budget, *, strict: bool) -> ImageRecord:
    """Read a record."""
    octets, remarks = OctetReader(data, VERSION.clause, budget=budget), Remarks(strict, VERSION.clause)
    octets.take(8, "format identifier and version")
    stated = octets.u32("record length")
    count, certified = octets.u16("number of representations"), octets.u8("certification flag")
    positions = octets.u8("number of finger positions")
    if count == 0:
        raise octets.malformed("expected at least one representation, found 0", "number of representations", 12)
    views = []
    for _ in range(count):
        budget.spend("prints")
        length = octets.u32("representation length")
        views.append(_read_view(octets.section(length - 4, "representation"), certified != 0, remarks))
    if stated != len(data):
        remarks.note(f"expected {len(data)}, the size of the file, found {stated}", 8, "record length")
    if octets.left:
        remarks.note(f"{octets.left} bytes follow the last representation", octets.offset, "end of record")
    return ImageRecord(
        VERSION,
        tuple(views),
        acquisition_level=0,
        certified=certified,
        position_count=positions,
        warnings=remarks.texts(),
    )


def _read_view(part: OctetReader, certified: bool, remarks: Remarks) -> ImageView:
    start = part.offset
    device, qualities = read_capture(part, certified)
    check_time(device, start, remarks)
    position, number = part.u8("finger position"), part.u8("representation number")
    sampling = read_sampling(part)
    impression, width, height = part.u8("impression type"), part.u16("width"), part.u16("height")
    payload = part.take(part.u32("image data length"), "image data")
    view = ImageView(
        position,
        number,
        impression,
        width,
        height,
        payload,
        sampling.compression,
        sampling.depth,
        sampling.scale,
        sampling.scan_resolution,
        sampling.resolution,
        qualities[0].score if qualities else UNKNOWN_QUALITY,
        qualities=qualities,
        device=device,
        extended=part.rest(),
    )
    for _ in block_bounds(view.extended):
        part.budget.spend("items")
    return view


def write(record: ImageRecord) -> bytes:
    """Write a record with exact lengths.

    Raises
    ------
    ExchangeError
        When a value does not fit.
    """
    body = OctetWriter(VERSION.clause)
    for view in record.views:
        part = _write_view(view, record.certified != 0)
        body.u32(4 + len(part), "representation length")
        body.put(part)
    out = OctetWriter(VERSION.clause)
    out.put(b"FIR\x00" + MAGIC)
    out.u32(HEADER_BYTES + body.size, "record length")
    out.u16(len(record.views), "number of representations")
    out.u8(record.certified, "certification flag")
    out.u8(record.position_count, "number of finger positions")
    out.put(body.getvalue())
    return out.getvalue()


def _write_view(view: ImageView, certified: bool) -> bytes:
    out = OctetWriter(VERSION.clause)
    write_capture(out, view.device, view.qualities, certified)
    out.u8(view.position, "finger position")
    out.u8(view.number, "representation number")
    write_sampling(out, sampling_of(view))
    out.u8(view.impression, "impression type")
    out.u16(view.width, "width")
    out.u16(view.height, "height")
    out.u32(len(view.data), "image data length")
    out.put(view.data)
    out.put(view.extended)
    return out.getvalue()
