"""Altered binary records, ISO/IEC 19794-2 and -4, INCITS 378: fields as the reader meets them, lengths made right."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from unittest import mock

import numpy as np

from fingerprint_engine.exchange.octets import OctetReader

_TYPES = (
    ("compression", "depth", "scale", "impression", "position"),
    ("width", "height", "resolution", "x resolution", "y resolution"),
)


class Place(NamedTuple):
    """A number that the reader read: where, of how many bytes, and as what."""

    offset: int
    size: int
    field: str


def places(data: bytes, reader: Callable[[bytes], object]) -> tuple[Place, ...]:
    """The numbers of a sound record, as its reader meets them."""
    found: list[Place] = []
    unsigned = OctetReader.unsigned

    def noting(octets: OctetReader, count: int, field: str) -> int:
        found.append(Place(octets.offset, count, field))
        return unsigned(octets, count, field)

    with mock.patch.object(OctetReader, "unsigned", noting):
        reader(data)
    return tuple(place for place in dict.fromkeys(found) if place.offset + place.size <= len(data))


def altered_record(data: bytes, known: tuple[Place, ...], rng: np.random.Generator) -> bytes:
    """One to three numbers altered; now and then a piece put in or taken out, and all lengths around it made right."""
    altered = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        place = known[int(rng.integers(len(known)))]
        if rng.random() < 0.4:  # the few that govern sizes
            governing = [one for one in known if any(word in one.field for words in _TYPES for word in words)]
            place = governing[int(rng.integers(len(governing)))] if governing else place
        top = 256**place.size - 1
        values = (0, 1, 2, top, top - 1, top // 2, top // 2 + 1, int(rng.integers(256)) & top, 200, 500)
        altered[place.offset : place.offset + place.size] = (values[int(rng.integers(len(values)))] & top).to_bytes(
            place.size, "big"
        )
    if rng.random() < 0.5:
        _spliced(altered, data, known, rng)
    return bytes(altered)


def _spliced(altered: bytearray, data: bytes, known: tuple[Place, ...], rng: np.random.Generator) -> None:
    """Put a piece in, or take one out, at a place where a field begins."""
    at = known[int(rng.integers(len(known)))].offset if rng.random() < 0.7 else len(altered)
    if rng.random() < 0.3:
        size = -min(int(rng.integers(1, 64)), len(altered) - at)
        del altered[at : at - size]
    else:
        size = int(rng.choice([1, 6, 300, 60_000, 3_000_000]))
        piece = (b"\0", b"\xff", b"\0\4\0\4", data[at : at + 6] or b"\0")[int(rng.integers(4))]
        altered[at:at] = (piece * (size // len(piece) + 1))[:size]
    for place in known:
        if "length" not in place.field or place.offset >= at:
            continue
        stated = int.from_bytes(data[place.offset : place.offset + place.size], "big")
        if place.offset + stated >= at or place.field == "record length":
            fitting = max(0, stated + size) % 256**place.size
            altered[place.offset : place.offset + place.size] = fitting.to_bytes(place.size, "big")
