"""ISO/IEC 19794-4:2005: one resolution, depth and compression for all images."""

from __future__ import annotations

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.image_records.model import ImageRecord, ImageRecordVersion, ImageView
from fingerprint_engine.exchange.image_records.sampling import Sampling, read_sampling, sampling_of, write_sampling
from fingerprint_engine.exchange.octets import OctetReader, OctetWriter
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.limits import Budget

VERSION = ImageRecordVersion.ISO_2005
MAGIC = b"010\x00"
HEADER_BYTES, VIEW_HEADER_BYTES = 32, 14


def read(data: bytes, budget: Budget, *, strict: bool) -> ImageRecord:
    """Read a record."""
    octets, remarks = OctetReader(data, VERSION.clause, budget=budget), Remarks(strict, VERSION.clause)
    octets.take(8, "format identifier and version")
    stated = octets.unsigned(6, "record length")
    device, level = octets.u16("capture device"), octets.u16("acquisition level")
    fingers, sampling = octets.u8("number of fingers"), read_sampling(octets)
    reserved = octets.u16("reserved")
    if fingers == 0:
        raise octets.malformed("expected at least one finger, found 0", "number of fingers", 18)
    views: list[ImageView] = []
    for _ in range(fingers):
        first = _read_view(octets, sampling)
        views.append(first)
        views.extend(_read_view(octets, sampling) for _ in range(first.view_count - 1))
    if stated != len(data):
        remarks.note(f"expected {len(data)}, the size of the file, found {stated}", 8, "record length")
    if octets.left:
        remarks.note(f"{octets.left} bytes follow the last image", octets.offset, "end of record")
    return ImageRecord(
        VERSION, tuple(views), device, level, position_count=fingers, reserved=reserved, warnings=remarks.texts()
    )


def _read_view(octets: OctetReader, sampling: Sampling) -> ImageView:
    octets.budget.spend("prints")
    length = octets.u32("finger data block length")
    block = octets.section(length - 4, "finger data block")
    position, count, number = block.u8("finger position"), block.u8("count of views"), block.u8("view number")
    quality, impression = block.u8("quality"), block.u8("impression type")
    width, height, reserved = block.u16("width"), block.u16("height"), block.u8("reserved")
    return ImageView(
        position,
        number,
        impression,
        width,
        height,
        block.rest(),
        quality=quality,
        view_count=max(1, count),
        reserved=reserved,
        compression=sampling.compression,
        depth=sampling.depth,
        scale=sampling.scale,
        scan_resolution=sampling.scan_resolution,
        resolution=sampling.resolution,
    )


def write(record: ImageRecord) -> bytes:
    """Write a record with exact lengths.

    Raises
    ------
    ExchangeError
        When a value does not fit, or the images differ in resolution, depth or compression.
    """
    samplings = {sampling_of(view) for view in record.views}
    if len(samplings) != 1:
        raise ExchangeError(f"{VERSION.clause}: expected one resolution, depth and compression, found {len(samplings)}")
    body = OctetWriter(VERSION.clause)
    for view in record.views:
        body.u32(VIEW_HEADER_BYTES + len(view.data), "finger data block length")
        body.u8(view.position, "finger position")
        body.u8(view.view_count, "count of views")
        body.u8(view.number, "view number")
        body.u8(view.quality, "quality")
        body.u8(view.impression, "impression type")
        body.u16(view.width, "width")
        body.u16(view.height, "height")
        body.u8(view.reserved, "reserved")
        body.put(view.data)
    out = OctetWriter(VERSION.clause)
    out.put(b"FIR\x00" + MAGIC)
    out.unsigned(HEADER_BYTES + body.size, 6, "record length")
    out.u16(record.device, "capture device")
    out.u16(record.acquisition_level, "acquisition level")
    out.u8(record.position_count, "number of fingers")
    write_sampling(out, samplings.pop())
    out.u16(record.reserved, "reserved")
    out.put(body.getvalue())
    return out.getvalue()
