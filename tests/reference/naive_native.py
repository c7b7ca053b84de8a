"""Plain-Python twin of reading native template bytes: `struct` and slices, by the table in `docs/formats.md`."""

from __future__ import annotations

import math
import struct
from typing import Any

ENVELOPE, HEADER, CHECKSUM = "<4sHI", "<8s8sBBBBBBHHff4H", 4


def sizes(native: bytes) -> dict[str, Any] | None:
    """Everything that the header states and where the columns begin, or None where counts do not fit the bytes."""
    begin = struct.calcsize(ENVELOPE) + struct.calcsize(HEADER)
    if len(native) < begin + CHECKSUM:
        return None
    magic, version, _ = struct.unpack_from(ENVELOPE, native)
    found = layout(native)
    return found if magic == b"FPET" and version == 1 and found["end"] + CHECKSUM == len(native) else None


def layout(native: bytes) -> dict[str, Any]:
    begin = struct.calcsize(ENVELOPE) + struct.calcsize(HEADER)
    fields = struct.unpack_from(HEADER, native, struct.calcsize(ENVELOPE))
    name, count, points, has_period = fields[5], fields[6], fields[7] & 127, fields[7] >= 128
    rows, cols = fields[14:]
    points_at = begin + name + count * (7 + 49)
    period_at = points_at + points * 6 + rows * cols
    return {
        "finger": fields[2], "impression": fields[3], "quality": fields[4], "name_bytes": name, "minutiae": count,
        "points": points, "has_period": has_period, "rows_px": fields[8], "cols_px": fields[9],
        "source_ppi": fields[10], "radius_px": fields[11], "first_row": fields[12], "first_col": fields[13],
        "rows": rows, "cols": cols, "minutiae_at": begin + name, "points_at": points_at,
        "orientation_at": points_at + points * 6, "period_at": period_at,
        "end": period_at + (math.ceil(rows / 2) * math.ceil(cols / 2) if has_period else 0),
    }  # fmt: skip


def cylinder_word(native: bytes, begin: int, count: int, minutia: int, word: int) -> int:
    at = begin + 7 * count + 49 * minutia + 7 * word
    return int.from_bytes(native[at : at + 7], "little")


def unpacked(native: bytes) -> dict[str, list[Any]]:
    """Columns of one print."""
    found = sizes(native)
    if found is None:
        empty = ("x", "y", "code", "kind", "quality", "cosine", "sine", "cylinders", "orientation", "period")
        return {name: [] for name in empty} | {"grid": [0, 0, 0, 0]}
    count, begin = found["minutiae"], found["minutiae_at"]
    x, y = (struct.unpack_from(f"<{count}H", native, begin + shift) for shift in (0, 2 * count))
    code, kind, quality = (list(native[begin + k * count : begin + (k + 1) * count]) for k in (4, 5, 6))
    rows, cols, grid = found["rows"], found["cols"], found["orientation_at"]
    half, periods = math.ceil(cols / 2), grid + rows * cols
    cells = [(row, col) for row in range(rows) for col in range(cols)]
    return {
        "x": [value / 4 for value in x],
        "y": [value / 4 for value in y],
        "code": code,
        "kind": kind,
        "quality": quality,
        "cosine": [math.cos(value * math.pi / 128) for value in code],
        "sine": [math.sin(value * math.pi / 128) for value in code],
        "cylinders": [[cylinder_word(native, begin, count, i, k) for i in range(count)] for k in range(7)],
        "orientation": list(native[grid : grid + rows * cols]),
        "period": [native[periods + row // 2 * half + col // 2] if found["has_period"] else 0 for row, col in cells],
        "grid": [found["first_row"], found["first_col"], rows, cols],
    }
