"""A template in parts, by the table of `docs/formats.md` and by no code of the engine: taken apart and put together."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

ENVELOPE = struct.Struct("<4sHI")
HEADER = struct.Struct("<8s8sBBBBBBHHffHHHH")
HEADER_FIELDS = (
    "extraction",
    "descriptors",
    "finger",
    "impression",
    "quality",
    "name_size",
    "minutiae",
    "points",
    "rows",
    "cols",
    "ppi",
    "radius",
    "map_row",
    "map_col",
    "map_rows",
    "map_cols",
)
WORDS, WORD_BYTES = 7, 7
PERIOD_BIT = 0x80


@dataclasses.dataclass
class Parts:
    """Header fields by name, then the columns; what is counted in the header is not made to fit by itself."""

    version: int
    header: dict[str, Any]
    name: bytes
    x: NDArray[np.uint16]
    y: NDArray[np.uint16]
    direction: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    words: NDArray[np.uint8]
    point_x: NDArray[np.uint16]
    point_y: NDArray[np.uint16]
    point_direction: NDArray[np.uint8]
    point_kind: NDArray[np.uint8]
    orientation: NDArray[np.uint8]
    period: NDArray[np.uint8]

    def copy(self) -> Parts:
        """A copy whose columns may be altered."""
        return copy.deepcopy(self)

    def count_again(self) -> None:
        """Let the header's counts fit the columns."""
        has_period = PERIOD_BIT if self.period.size else 0
        self.header |= {
            "name_size": len(self.name),
            "minutiae": self.x.size,
            "points": self.point_x.size | has_period,
            "map_rows": self.orientation.shape[0],
            "map_cols": self.orientation.shape[1],
        }

    def assembled(self) -> bytes:
        """The bytes, with size and checksum."""
        columns = (
            self.x.astype("<u2"),
            self.y.astype("<u2"),
            self.direction,
            self.kind,
            self.quality,
            self.words,
            self.point_x.astype("<u2"),
            self.point_y.astype("<u2"),
            self.point_direction,
            self.point_kind,
            self.orientation,
            self.period,
        )
        header = HEADER.pack(*(self.header[name] for name in HEADER_FIELDS))
        body = header + self.name + b"".join(column.tobytes() for column in columns)
        return with_checksum(ENVELOPE.pack(b"FPET", self.version, ENVELOPE.size + len(body) + 4) + body)


def with_checksum(data: bytes) -> bytes:
    """Bytes with the checksum that belongs behind them."""
    return data + struct.pack("<I", zlib.crc32(data))


def parts_of(data: bytes) -> Parts:
    """Take a template apart whose counts fit its size.

    Raises
    ------
    ValueError
        When they do not.
    """
    if len(data) < ENVELOPE.size + HEADER.size + 4:
        raise ValueError("too short")
    _, version, _ = ENVELOPE.unpack_from(data)
    header = dict(zip(HEADER_FIELDS, HEADER.unpack_from(data, ENVELOPE.size), strict=True))
    n, s = header["minutiae"], header["points"] & 0x7F
    rows, cols = header["map_rows"], header["map_cols"]
    period = ((rows + 1) // 2, (cols + 1) // 2) if header["points"] & PERIOD_BIT else (0, 0)
    sizes = [header["name_size"], 2 * n, 2 * n, n, n, n, n * WORDS * WORD_BYTES]
    sizes += [2 * s, 2 * s, s, s, rows * cols, period[0] * period[1]]
    content = data[ENVELOPE.size + HEADER.size : -4]
    if sum(sizes) != len(content):
        raise ValueError("counts do not fit the size")
    places = np.cumsum([0, *sizes])
    name, *columns = (content[begin:end] for begin, end in itertools.pairwise(places))
    types = ["<u2", "<u2", "u1", "u1", "u1", "u1", "<u2", "<u2", "u1", "u1", "u1", "u1"]
    arrays = [np.frombuffer(column, kind).copy() for column, kind in zip(columns, types, strict=True)]
    arrays[5] = arrays[5].reshape(n, WORDS, WORD_BYTES)
    arrays[10], arrays[11] = arrays[10].reshape(rows, cols), arrays[11].reshape(period)
    return Parts(version, header, name, *arrays)
