"""TIFF: directories of tags, whose values Pillow reads in Python; strips and tiles; and the same tags in EXIF data."""

from __future__ import annotations

import struct
from typing import NamedTuple

from fingerprint_engine.errors import ImageError, UnreadableImage
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.codec_port import check_stated_size

_BYTES_EACH = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value, by the type of the tag."""
_READ_AS_BYTES = frozenset({1, 2, 6, 7})
_SUB_DIRECTORIES = (0x8769, 0x8825, 0xA005)
"""EXIF, GPS and interoperability, which Pillow reads along."""
_COLS, _ROWS, _BITS, _SAMPLES, _TILE_COLS, _TILE_ROWS = 256, 257, 258, 277, 322, 323
_PHOTOMETRIC, _SHORT = 262, 3
_SUBFILE, _REDUCED_OR_MASK = 254, 0b101
_MAX_PAGES_COUNTED = 100
_BIG_TIFF = 43
_BYTE_ORDERS = {b"II": "<", b"MM": ">"}


class _Layout(NamedTuple):
    """How a file writes its directories: the number of entries, an entry, an offset."""

    order: str
    number: struct.Struct
    entry: struct.Struct
    offset: struct.Struct


def decoder_bytes(data: bytes, budget: Budget) -> int:
    """Of one tile, which may be larger than the image.

    Raises
    ------
    ImageError
        When there is more than one page, or the image is larger than an image may be.
    """
    layout, first = _header(data)
    if layout is None:
        return 0
    pages = _pages(data, layout, first)
    # Thumbnails and masks behind the image are no pages; what precedes it is taken for one.
    full = 1 + sum(not _is_auxiliary(data, layout, at) for at in pages[1:])
    if full > 1:
        counted = f"{full} or more" if len(pages) == _MAX_PAGES_COUNTED else str(full)
        raise ImageError(f"TIFF: expected one page, got {counted}; split the file first")
    numbers = _check_directory(data, layout, first, budget)
    if _COLS in numbers and _ROWS in numbers:
        check_stated_size(numbers[_COLS], numbers[_ROWS])
    bits = numbers.get(_BITS, 8) * min(numbers.get(_SAMPLES, 1), 8)
    return numbers.get(_TILE_COLS, 0) * numbers.get(_TILE_ROWS, 0) * bits // 8


def check_directories(data: bytes, budget: Budget) -> None:
    """Count the tags of EXIF data or of an index of pictures: a TIFF file without an image."""
    layout, first = _header(data)
    if layout is not None:
        _check_directory(data, layout, first, budget)


def white_is_zero(data: bytes) -> tuple[int, bytes] | None:
    """Where a file of 16-bit grey says that 0 is white, and what to write there to say that 0 is black; else None."""
    layout, first = _header(data)
    if layout is None or first + layout.number.size > len(data):
        return None
    (count,) = layout.number.unpack_from(data, first)
    at, found = first + layout.number.size, dict[int, tuple[int, int]]()
    for place in range(at, min(at + count * layout.entry.size, len(data) - layout.entry.size + 1), layout.entry.size):
        tag, kind, values, raw = layout.entry.unpack_from(data, place)
        if tag in (_BITS, _PHOTOMETRIC) and kind == _SHORT and values == 1:
            number = int.from_bytes(raw[:2], "little" if layout.order == "<" else "big")
            found[tag] = number, place + layout.entry.size - len(raw)
    if found.get(_BITS, (0, 0))[0] != 16 or _PHOTOMETRIC not in found or found[_PHOTOMETRIC][0] != 0:
        return None
    return found[_PHOTOMETRIC][1], struct.pack(layout.order + "H", 1)


def _header(data: bytes) -> tuple[_Layout | None, int]:
    """The layout, and where the first directory is."""
    order = _BYTE_ORDERS.get(data[:2])
    if order is None or len(data) < 16:
        return None, 0
    is_big = struct.unpack_from(order + "H", data, 2)[0] == _BIG_TIFF
    codes = ("Q", "HHQ8s", "Q") if is_big else ("H", "HHI4s", "I")
    layout = _Layout(order, *(struct.Struct(order + code) for code in codes))
    return layout, layout.offset.unpack_from(data, 8 if is_big else 4)[0]


def _pages(data: bytes, layout: _Layout, at: int) -> list[int]:
    """Directories that follow one another, up to one that was there before; no more than are worth counting."""
    seen: dict[int, None] = {}
    while at and at not in seen and len(seen) < _MAX_PAGES_COUNTED:
        seen[at] = None
        if at + layout.number.size > len(data):
            break
        (count,) = layout.number.unpack_from(data, at)
        link = at + layout.number.size + count * layout.entry.size
        if link + layout.offset.size > len(data):
            break
        (at,) = layout.offset.unpack_from(data, link)
    return list(seen)


def _is_auxiliary(data: bytes, layout: _Layout, at: int) -> bool:
    """Whether a directory says of itself, in its first entry, that it is a smaller copy or a mask of another page."""
    place = at + layout.number.size
    if place + layout.entry.size > len(data):
        return False
    tag, kind, count, raw = layout.entry.unpack_from(data, place)
    size = _BYTES_EACH.get(kind, 0)
    if tag != _SUBFILE or count != 1 or size not in (2, 4):
        return False
    return bool(int.from_bytes(raw[:size], "little" if layout.order == "<" else "big") & _REDUCED_OR_MASK)


def _check_directory(data: bytes, layout: _Layout, first: int, budget: Budget) -> dict[int, int]:
    """Count the tags of a directory and of those below it; the first number of each tag of the directory itself."""
    numbers: dict[int, int] = {}
    waiting, seen = [first], set[int]()
    while waiting:
        at = waiting.pop()
        if at in seen or at + layout.number.size > len(data):
            continue
        found = _numbers(data, layout, at, budget)
        waiting += [found[tag] for tag in _SUB_DIRECTORIES if tag in found]
        numbers = found if not seen else numbers
        seen.add(at)
    return numbers


def _numbers(data: bytes, layout: _Layout, at: int, budget: Budget) -> dict[int, int]:
    numbers: dict[int, int] = {}
    (count,) = layout.number.unpack_from(data, at)
    at += layout.number.size
    outside = 0
    for place in range(at, min(at + count * layout.entry.size, len(data) - layout.entry.size + 1), layout.entry.size):
        tag, kind, values, raw = layout.entry.unpack_from(data, place)
        size = _BYTES_EACH.get(kind, 0)
        budget.spend("items", 1 if kind in _READ_AS_BYTES or not size else max(1, values))
        if values * size > len(raw):
            outside += values * size
            (place_of_values,) = layout.offset.unpack(raw)
            raw = data[place_of_values : place_of_values + size]
        if outside > len(data):
            raise UnreadableImage("TIFF: the tags of a directory ask for more bytes than the file has")
        if kind in (3, 4, 13, 16, 18) and values and len(raw) >= size:
            numbers.setdefault(tag, int.from_bytes(raw[:size], "little" if layout.order == "<" else "big"))
    return numbers
