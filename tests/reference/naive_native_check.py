"""Plain-Python twin of the full check of native template bytes, by the table and the sentences of `docs/formats.md`."""

from __future__ import annotations

import math
import struct
import zlib
from typing import Any

from tests.reference import naive_native

from fingerprint_engine.template import TemplateParameters

WORD_CELLS = (1 << 52) - 1


def check(native: bytes) -> tuple[str, float]:
    """What is wrong and the number that the message names; ("sound", 0)."""
    if not 56 <= len(native) <= 32768:
        return "size", len(native)
    if native[:4] != b"FPET":
        return "mark", 0
    version, size = struct.unpack_from("<HI", native, 4)
    if size != len(native):
        return "stated size", size
    if zlib.crc32(native[:-4]) != struct.unpack("<I", native[-4:])[0]:
        return "checksum", 0
    if version != 1:
        return ("version 0" if version < 1 else "newer version"), version
    found = naive_native.layout(native)
    return (
        header(found, len(native)) or name(native, found) or minutiae(native, found) or cylinders(native, found)
        or radius(native, found) or points(native, found) or flow(native, found) or ("sound", 0)
    )  # fmt: skip


def header(found: dict[str, Any], size: int) -> tuple[str, float] | None:
    if found["end"] + 4 != size:
        return "counts", found["end"] + 4
    cells, rows, cols = found["rows"] * found["cols"], found["rows"] + found["first_row"], 0
    cols = found["cols"] + found["first_col"]
    tests = (
        ("finger", found["finger"], 0 <= found["finger"] <= 10),
        ("impression", found["impression"], found["impression"] in {0, 1, 2, 3, 4, 8, 29}),
        ("quality", found["quality"], found["quality"] in {*range(101), 255}),
        ("rows", found["rows_px"], 1 <= found["rows_px"] <= 16383),
        ("columns", found["cols_px"], 1 <= found["cols_px"] <= 16383),
        ("resolution", found["source_ppi"], 125 <= found["source_ppi"] <= 4000),
        ("radius", found["radius_px"], 30 <= found["radius_px"] <= 150),
        ("map size", cells, cells <= 13000),
        ("map shape", 0, cells > 0 or (rows == 0 and cols == 0 and not found["has_period"])),
        ("map place", rows, rows <= math.ceil(found["rows_px"] / 16)),
        ("map place", cols, cols <= math.ceil(found["cols_px"] / 16)),
    )
    return next(((fault, value) for fault, value, sound in tests if not sound), None)


def name(native: bytes, found: dict[str, Any]) -> tuple[str, float] | None:
    """ASCII only: the rest is not a kernel's."""
    text = native[52 : 52 + found["name_bytes"]]
    return next((("name", at) for at, octet in enumerate(text) if octet < 32 or octet == 127), None)


def minutiae(native: bytes, found: dict[str, Any]) -> tuple[str, float] | None:
    n, begin = found["minutiae"], found["minutiae_at"]
    x, y = (struct.unpack_from(f"<{n}H", native, begin + shift) for shift in (0, 2 * n))
    code, kind, quality = (native[begin + k * n : begin + (k + 1) * n] for k in (4, 5, 6))
    keys = [((1 if q == 255 else -q), b, a, c, k) for a, b, c, k, q in zip(x, y, code, kind, quality, strict=True)]
    for i in range(n):
        if x[i] / 4 >= found["cols_px"]:
            return "x", i
        if y[i] / 4 >= found["rows_px"]:
            return "y", i
        if kind[i] > 2:
            return "kind", i
        if 100 < quality[i] < 255:
            return "minutia quality", i
        if i and keys[i] < keys[i - 1]:
            return "order", i
        if (x[i], y[i], code[i]) in list(zip(x, y, code, strict=True))[:i]:
            return "duplicate", i
    return None


def cylinders(native: bytes, found: dict[str, Any]) -> tuple[str, float] | None:
    n, begin = found["minutiae"], found["minutiae_at"]
    for i in range(n):
        words = [naive_native.cylinder_word(native, begin, n, i, k) for k in range(7)]
        if words[6] > WORD_CELLS:
            return "unused bits", i
        if any(word & ~words[6] for word in words[:6]):
            return "bits outside validity", i
    return None


def radius(native: bytes, found: dict[str, Any]) -> tuple[str, float] | None:
    is_default = native[18:26] == TemplateParameters().digest()
    return ("radius", found["radius_px"]) if is_default and found["radius_px"] != 70.0 else None


def points(native: bytes, found: dict[str, Any]) -> tuple[str, float] | None:
    s, begin = found["points"], found["points_at"]
    x, y = (struct.unpack_from(f"<{s}H", native, begin + shift) for shift in (0, 2 * s))
    for i, kind in enumerate(native[begin + 5 * s : begin + 6 * s]):
        if x[i] / 4 >= found["cols_px"]:
            return "point x", i
        if y[i] / 4 >= found["rows_px"]:
            return "point y", i
        if kind not in {1, 2}:
            return "point kind", i
    return None


def flow(native: bytes, found: dict[str, Any]) -> tuple[str, float] | None:
    codes = native[found["orientation_at"] : found["period_at"]]
    return next((("orientation", code) for code in codes if 128 <= code < 254), None)
