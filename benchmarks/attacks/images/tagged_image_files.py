"""Altered TIFF files: entries of the directory, chains of pages, strips."""

from __future__ import annotations

import struct

import numpy as np

_TAGS = (254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 283, 284, 296, 317, 320, 322, 323, 324, 339)
_VALUES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 224, 65535, 34712, 50000, 32773, 8, 2**31 - 1, 2**32 - 1)
_MAX_PAGES = 200_000


def altered_tiff(data: bytes, rng: np.random.Generator) -> bytes:
    """A file with one to three alterations of its first directory."""
    altered = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        choice = rng.random()
        if choice < 0.55:
            _entry(altered, rng)
        elif choice < 0.7:
            _other_tag(altered, rng)
        elif choice < 0.9:
            _chain(altered, rng)
        else:
            _next(altered, rng)
    return bytes(altered)


def _directory(altered: bytearray) -> tuple[int, int]:
    """Where the first directory lies and how many entries it has; within the file."""
    at = struct.unpack_from("<I", altered, 4)[0]
    at = at if 8 <= at <= len(altered) - 6 else 8
    count = struct.unpack_from("<H", altered, at)[0]
    return at, min(count, (len(altered) - at - 6) // 12)


def _entry(altered: bytearray, rng: np.random.Generator) -> None:
    at, count = _directory(altered)
    if count:
        place = at + 2 + 12 * int(rng.integers(count))
        kind, number, value = struct.unpack_from("<HII", altered, place + 2)
        fields = [kind, number, value]
        which = int(rng.choice([0, 1, 2, 2, 2]))
        fields[which] = int(rng.choice(_VALUES)) & (0xFFFF if which == 0 else 0xFFFFFFFF)
        struct.pack_into("<HII", altered, place + 2, *fields)


def _other_tag(altered: bytearray, rng: np.random.Generator) -> None:
    at, count = _directory(altered)
    if count:
        struct.pack_into("<H", altered, at + 2 + 12 * int(rng.integers(count)), int(rng.choice(_TAGS)))


def _chain(altered: bytearray, rng: np.random.Generator) -> None:
    """Pages behind the first: very many, or back to an earlier one."""
    at, count = _directory(altered)
    end = at + 2 + 12 * count
    if rng.random() < 0.3:
        struct.pack_into("<I", altered, end, at)
        return
    entries = bytes(altered[at:end]) if rng.random() < 0.5 else struct.pack("<HHHII", 1, 256, 4, 1, 16)
    first = len(altered) + len(altered) % 2
    altered += bytes(len(altered) % 2)
    size = len(entries) + 4
    pages = min(int(rng.choice([2, 1000, _MAX_PAGES])), 8_000_000 // size)
    struct.pack_into("<I", altered, end, first)
    for page in range(pages):
        altered += entries + struct.pack("<I", first + (page + 1) * size if page + 1 < pages else 0)


def _next(altered: bytearray, rng: np.random.Generator) -> None:
    struct.pack_into("<I", altered, 4, int(rng.choice([0, 4, len(altered) - 1, len(altered), 2**32 - 1])))
