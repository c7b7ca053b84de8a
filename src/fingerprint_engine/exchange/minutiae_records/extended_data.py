"""What the standards define inside extended blocks: ridge counts, cores and deltas.

Blocks of other types, zonal quality (ISO type 3) among them, are kept as bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.minutiae_records.model import ExtendedBlock, RecordVersion
from fingerprint_engine.exchange.octets import OctetReader, OctetWriter

RIDGE_COUNTS, CORES_AND_DELTAS, ZONAL_QUALITY = 1, 2, 3
_ANGLES_PRESENT_ANSI, _ANGLE_PRESENT_ISO = 0x40, 0x4000
_COORDINATE = 0x3FFF


class RidgeCount(NamedTuple):
    """Ridges between two minutiae, which are named by their place in the view."""

    first: int
    second: int
    ridges: int


class RidgeCounts(NamedTuple):
    """All ridge counts of a view; method 0 none in particular, 1 four neighbours by quadrants, 2 eight by octants."""

    method: int
    counts: tuple[RidgeCount, ...]


class RecordPoint(NamedTuple):
    """A core (no angle or one) or a delta (no angle or three), in the record's units."""

    x: int
    y: int
    angles: tuple[int, ...] = ()


class CoresAndDeltas(NamedTuple):
    """The singular points of a view."""

    cores: tuple[RecordPoint, ...]
    deltas: tuple[RecordPoint, ...]


def ridge_counts(block: ExtendedBlock) -> RidgeCounts:
    """Decode a block of type 1; a last triple that is cut off is left out.

    Raises
    ------
    MalformedRecord
        When the block is empty.
    """
    octets = OctetReader(block.data, "ridge count block")
    method = octets.u8("method")
    triples = []
    while octets.left >= 3:
        triples.append(RidgeCount(octets.u8("first"), octets.u8("second"), octets.u8("count")))
    return RidgeCounts(method, tuple(triples))


def ridge_count_block(counts: RidgeCounts) -> ExtendedBlock:
    """The block of type 1."""
    numbers = (number for triple in counts.counts for number in triple)
    return ExtendedBlock(RIDGE_COUNTS, bytes([counts.method, *numbers]))


def cores_and_deltas(block: ExtendedBlock, version: RecordVersion) -> CoresAndDeltas:
    """Decode a block of type 2.

    Raises
    ------
    MalformedRecord
        When the points run past the block's end.
    """
    octets = OctetReader(block.data, f"{version.clause} core and delta block")
    return _points(octets, version)


def _points(octets: OctetReader, version: RecordVersion) -> CoresAndDeltas:
    found: list[tuple[RecordPoint, ...]] = []
    for name, angles in (("core", 1), ("delta", 3)):
        info = octets.u8(f"number of {name}s")
        points = []
        for _ in range(info if version.is_iso else info & 0x0F):
            x = octets.u16(f"{name} x")
            y = octets.u16(f"{name} y")
            present = x & _ANGLE_PRESENT_ISO if version.is_iso else info & _ANGLES_PRESENT_ANSI
            held = tuple(octets.take(angles, f"{name} angle")) if present else ()
            points.append(RecordPoint(x & _COORDINATE, y & _COORDINATE, held))
        found.append(tuple(points))
    return CoresAndDeltas(found[0], found[1])


def core_and_delta_block(points: CoresAndDeltas, version: RecordVersion) -> ExtendedBlock:
    """The block of type 2.

    Raises
    ------
    ExchangeError
        When a count or coordinate does not fit, or (INCITS) some points of one kind have angles and some have none.
    """
    out = OctetWriter(version.clause)
    for name, some in (("core", points.cores), ("delta", points.deltas)):
        angled = {bool(point.angles) for point in some}
        if version.is_iso:
            out.u8(len(some), f"number of {name}s")
        else:
            if len(angled) > 1 or len(some) > 15:
                raise ExchangeError(f"{version.clause}: expected at most 15 {name}s, all with angles or all without")
            out.u8(len(some) | (_ANGLES_PRESENT_ANSI if angled == {True} else 0), f"number of {name}s")
        for point in some:
            if point.x > _COORDINATE or point.y > _COORDINATE:
                raise ExchangeError(f"{version.clause}: expected {name} coordinates of at most {_COORDINATE}")
            out.u16(point.x | (_ANGLE_PRESENT_ISO if version.is_iso and point.angles else 0), f"{name} x")
            out.u16(point.y, f"{name} y")
            out.put(bytes(point.angles))
    return ExtendedBlock(CORES_AND_DELTAS, out.getvalue())


def stated_size(kind: int, data: bytes, version: RecordVersion, start: int = 0) -> int | None:
    """Bytes that a block whose content starts there holds by its own counts; None where it has none to go by."""
    if kind != CORES_AND_DELTAS:
        return None
    octets = OctetReader(data, version.clause, start)
    try:
        _points(octets, version)
    except ExchangeError:
        return None
    return octets.offset - start


def first_of(blocks: Iterable[ExtendedBlock], kind: int) -> ExtendedBlock | None:
    """The first block of a type."""
    return next((block for block in blocks if block.kind == kind), None)


def others(blocks: Sequence[ExtendedBlock], kinds: Iterable[int]) -> tuple[ExtendedBlock, ...]:
    """The blocks of other types."""
    left_out = frozenset(kinds)
    return tuple(block for block in blocks if block.kind not in left_out)
