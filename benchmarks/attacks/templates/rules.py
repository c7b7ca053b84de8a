"""Which rule of `docs/formats.md` a template breaks: plain and slow, and no code of the engine."""

from __future__ import annotations

import itertools
import struct
import unicodedata
import zlib
from typing import Any

import numpy as np

from benchmarks.attacks.templates.parts import ENVELOPE, PERIOD_BIT, Parts, parts_of

MAX_BYTES = 32 * 1024
IMPRESSIONS = {0, 1, 2, 3, 4, 8, 29}
MAX_SIDE_PX = 16383
MAX_CELLS = 13_000
CELL_PX = 16
PPI_RANGE = (125.0, 4000.0)


def broken_rule(data: bytes) -> str:
    """The first rule that bytes break; empty when they are a sound template."""
    if len(data) < ENVELOPE.size + 4 or data[:4] != b"FPET":
        return "mark"
    _, version, size = ENVELOPE.unpack_from(data)
    if size != len(data):
        return "size"
    if zlib.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        return "checksum"
    if version != 1:
        return "version"
    if size > MAX_BYTES:
        return "limit of size"
    try:
        parts = parts_of(data)
    except ValueError:
        return "counts"
    return next((rule for rule, holds in _rules(parts).items() if not holds), "")


def _rules(parts: Parts) -> dict[str, bool]:
    header = parts.header
    rows, cols = header["rows"], header["cols"]
    words = np.zeros((parts.x.size, 7, 8), np.uint8)
    words[:, :, :7] = parts.words
    bits = words.view("<u8")[:, :, 0]
    return {
        "finger": header["finger"] <= 10,
        "impression": header["impression"] in IMPRESSIONS,
        "quality of the print": _is_quality(np.array([header["quality"]])),
        "size of the print": 1 <= rows <= MAX_SIDE_PX and 1 <= cols <= MAX_SIDE_PX,
        "resolution": PPI_RANGE[0] <= header["ppi"] <= PPI_RANGE[1],
        "radius": 30 <= header["radius"] <= 150,
        "text": _is_text(parts.name),
        "position of minutiae": bool((parts.x < 4 * cols).all() and (parts.y < 4 * rows).all()),
        "kind of minutiae": bool((parts.kind <= 2).all()),
        "quality of minutiae": _is_quality(parts.quality),
        "order of minutiae": _is_ordered(parts),
        "minutiae twice": len(set(zip(parts.x, parts.y, parts.direction, strict=True))) == parts.x.size,
        "bits beyond the cells": not (bits >> np.uint64(52)).any(),
        "bits outside validity": not (bits[:, :6] & ~bits[:, 6:]).any(),
        "position of points": bool((parts.point_x < 4 * cols).all() and (parts.point_y < 4 * rows).all()),
        "kind of points": bool(np.isin(parts.point_kind, (1, 2)).all()),
        "cells of the map": parts.orientation.size <= MAX_CELLS,
        "map inside the print": _is_inside(header),
        "map without cells": bool(parts.orientation.size) or not _states_a_map(header),
        "orientation": bool(((parts.orientation <= 127) | (parts.orientation >= 254)).all()),
    }


def _is_quality(values: np.ndarray) -> bool:
    return bool(((values <= 100) | (values == 255)).all())


def _is_inside(header: dict[str, Any]) -> bool:
    sides = (
        (header["map_row"] + header["map_rows"], header["rows"]),
        (header["map_col"] + header["map_cols"], header["cols"]),
    )
    return all(cells <= -(-px // CELL_PX) for cells, px in sides)


def _states_a_map(header: dict[str, Any]) -> bool:
    return (
        any(header[name] for name in ("map_row", "map_col", "map_rows", "map_cols")) or header["points"] >= PERIOD_BIT
    )


def _is_text(name: bytes) -> bool:
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return False
    return not any(unicodedata.category(letter)[0] in "CZ" and letter != " " for letter in text)


def _is_ordered(parts: Parts) -> bool:
    """Strictly: no minutia stands twice."""
    rank = [
        (-1 if quality == 255 else int(quality), -int(y), -int(x), -int(direction), -int(kind))
        for quality, y, x, direction, kind in zip(
            parts.quality, parts.y, parts.x, parts.direction, parts.kind, strict=True
        )
    ]
    return all(one > other for one, other in itertools.pairwise(rank))
