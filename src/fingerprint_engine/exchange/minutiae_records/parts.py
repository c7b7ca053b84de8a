"""What all versions have in common: minutiae of five or six bytes, and the list of extended blocks."""

from __future__ import annotations

from collections.abc import Sequence

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange.minutiae_records.extended_data import CORES_AND_DELTAS, stated_size
from fingerprint_engine.exchange.minutiae_records.model import (
    MAX_MINUTIAE,
    ExtendedBlock,
    MinutiaeView,
    RecordMinutia,
    RecordVersion,
)
from fingerprint_engine.exchange.octets import OctetReader, OctetWriter
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.limits import Budget

_COORDINATE = 0x3FFF
_BLOCK_HEADER = 4


def read_geometry(octets: OctetReader) -> tuple[int, int, int, int]:
    """Width and height in pixels, resolution along x and y in pixels per centimetre."""
    return octets.u16("width"), octets.u16("height"), octets.u16("x resolution"), octets.u16("y resolution")


def read_minutiae(
    octets: OctetReader, count: int, size: int, version: RecordVersion, remarks: Remarks
) -> tuple[RecordMinutia, ...]:
    """Minutiae of ``size`` bytes each; fewer than stated are refused."""
    start = octets.offset
    octets.budget.spend("prints")
    octets.budget.spend("items", count)
    data = octets.take(count * size, f"{count} minutiae of {size} bytes")
    minutiae = []
    for at in range(0, len(data), size):
        x, y = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        quality = data[at + 5] if size > 5 else 0
        minutiae.append(RecordMinutia(x >> 14, x & _COORDINATE, y & _COORDINATE, data[at + 4], quality, y >> 14))
    odd = [minutia for minutia in minutiae if minutia.angle >= version.steps]
    if odd:
        remarks.note(
            f"expected angles below {version.steps}, found {len(odd)} of up to {max(one.angle for one in odd)}",
            start,
            "minutia angle",
        )
    if any(minutia.kind == 3 for minutia in minutiae):
        remarks.note("expected kinds 0 to 2, found the reserved 3", start, "minutia type")
    return tuple(minutiae)


def write_minutiae(out: OctetWriter, view: MinutiaeView, version: RecordVersion) -> None:
    """The view's minutiae; the count has been written before them."""
    for minutia in view.minutiae:
        if not (0 <= minutia.x <= _COORDINATE and 0 <= minutia.y <= _COORDINATE):
            raise ExchangeError(
                f"{version.clause}: expected coordinates of 0 to {_COORDINATE} px, found {minutia.x}, {minutia.y}"
            )
        out.u16(minutia.kind << 14 | minutia.x, "minutia type and x")
        out.u16(minutia.reserved << 14 | minutia.y, "minutia y")
        out.u8(minutia.angle, "minutia angle")
        if view.minutia_bytes > 5:
            out.u8(minutia.quality, "minutia quality")


def check_count(view: MinutiaeView, version: RecordVersion) -> int:
    """How many minutiae a view has, if that fits its byte."""
    if len(view.minutiae) > MAX_MINUTIAE:
        raise ExchangeError(
            f"{version.clause}: expected at most {MAX_MINUTIAE} minutiae per view, found {len(view.minutiae)}"
        )
    return len(view.minutiae)


def read_extended(octets: OctetReader, version: RecordVersion, remarks: Remarks) -> tuple[ExtendedBlock, ...]:
    """The extended data of a view.

    Their lengths are inconsistent in official examples and in files in use: blocks count their own header or not, and
    totals are off by one or two. What lands exactly on an end is taken: first as the standard says (header counted,
    total right), then header not counted, then by what known blocks hold.
    """
    if octets.left < 2:
        remarks.note(
            f"expected a length of 2 bytes, found {octets.left}; taken as no data", octets.offset, "extended data"
        )
        octets.rest()
        return ()
    total = octets.u16("extended data length")
    start = octets.offset
    if total > octets.left:
        remarks.note(f"length: expected at most {octets.left}, found {total}", start - 2, "extended data")
    area = octets.take(min(total, octets.left), "extended data")
    blocks = _walk(area, octets.budget, header_counted=True)
    if blocks is not None and _hold_together(blocks, version):
        return blocks
    uncounted = _walk(area, octets.budget, header_counted=False)
    if uncounted is not None and _hold_together(uncounted, version):
        remarks.note("block lengths do not count their own header", start, "extended data")
        return uncounted
    spare = min(octets.left, 2)  # a total that is short by one or two
    area += octets.take(spare, "extended data")
    by_content, used = _walk_by_content(area, version, octets.budget)
    octets.offset -= max(0, min(spare, len(area) - used))
    if by_content is None and blocks is None:
        raise octets.malformed(f"no block ends within the {total} bytes that are stated", "extended data", start)
    remarks.note(f"lengths do not agree with what the blocks hold: {total} bytes stated", start, "extended data")
    return by_content if by_content is not None else blocks or ()


def _hold_together(blocks: Sequence[ExtendedBlock], version: RecordVersion) -> bool:
    """Whether blocks that count what they hold are as long as that."""
    return all(
        stated_size(block.kind, block.data, version) == len(block.data)
        for block in blocks
        if block.kind == CORES_AND_DELTAS
    )


def _walk(area: bytes, budget: Budget, *, header_counted: bool) -> tuple[ExtendedBlock, ...] | None:
    """Blocks whose stated lengths fill the area exactly, or None."""
    blocks: list[ExtendedBlock] = []
    at = 0
    while at < len(area):
        if at + _BLOCK_HEADER > len(area):
            return None
        kind, length = int.from_bytes(area[at : at + 2], "big"), int.from_bytes(area[at + 2 : at + 4], "big")
        end = at + length + (0 if header_counted else _BLOCK_HEADER)
        if end < at + _BLOCK_HEADER or end > len(area):
            return None
        budget.spend("items")
        blocks.append(ExtendedBlock(kind, area[at + _BLOCK_HEADER : end]))
        at = end
    return tuple(blocks)


def _walk_by_content(
    area: bytes, version: RecordVersion, budget: Budget
) -> tuple[tuple[ExtendedBlock, ...] | None, int]:
    """Blocks as long as what they hold says, else as stated, and the bytes that they use; None where none fits."""
    blocks: list[ExtendedBlock] = []
    at = 0
    while at + _BLOCK_HEADER <= len(area):
        budget.spend("items")
        kind, length = int.from_bytes(area[at : at + 2], "big"), int.from_bytes(area[at + 2 : at + 4], "big")
        held = stated_size(kind, area, version, at + _BLOCK_HEADER)
        size = max(0, length - _BLOCK_HEADER) if held is None else held
        if at + _BLOCK_HEADER + size > len(area):
            break
        at += _BLOCK_HEADER
        blocks.append(ExtendedBlock(kind, area[at : at + size]))
        at += size
    return (tuple(blocks) or None), at


def write_extended(out: OctetWriter, blocks: Sequence[ExtendedBlock]) -> None:
    """Extended data with exact lengths, each block's counting its own header."""
    out.u16(sum(_BLOCK_HEADER + len(block.data) for block in blocks), "extended data length")
    for block in blocks:
        out.u16(block.kind, "extended block type")
        out.u16(_BLOCK_HEADER + len(block.data), "extended block length")
        out.put(block.data)


def check_length(stated: int, octets: OctetReader, size: int, remarks: Remarks) -> None:
    """Note a record length that is not the file's, and bytes behind the record."""
    if stated != size:
        remarks.note(f"expected {size}, the size of the file, found {stated}", 8, "record length")
    if octets.left:
        remarks.note(f"{octets.left} bytes follow the last view", octets.offset, "end of record")


def one_geometry(views: Sequence[MinutiaeView], version: RecordVersion) -> tuple[int, int, int, int]:
    """Width, height and resolution, which the first editions state once for all views."""
    found = {(view.width, view.height, view.x_ppcm, view.y_ppcm) for view in views}
    if len(found) != 1:
        raise ExchangeError(
            f"{version.clause}: expected one size and resolution for all views, found {len(found)}; "
            "write one record per size"
        )
    return found.pop()


def need_views(octets: OctetReader, count: int) -> None:
    """Refuse a record without views."""
    if count == 0:
        raise MalformedRecord("expected at least one view, found 0", octets.offset, "number of views", octets.clause)
