"""Portable maps (PBM, PGM, PPM), binary and in text.

Pillow decodes those in text, and those whose largest value is not 255 or 65,535, value by value in Python.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ImageError, UnreadableImage
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.codec_port import check_stated_size

_HEADER_BYTES = 65_536
_BLANK = rb"(?:[ \t\r\n\v\f]|#[^\r\n]*[\r\n])+"
_HEADER = re.compile(rb"P([1-6])" + 2 * (_BLANK + rb"(\d{1,6})") + rb"(?:[ \t\r\n\v\f])?")
_MAXIMUM = re.compile(_BLANK + rb"(\d{1,5})[ \t\r\n\v\f]")
_COMMENT = re.compile(rb"#[^\r\n]*")
_REST_OF_NUMBER = re.compile(rb"\d{1,16}")
_LONG_NUMBER = re.compile(rb"\d{11}")
_DIGITS_AND_BLANKS = b"0123456789 \t\r\n\v\f"
_PIECE_BYTES = 2**20
_BITS_IN_TEXT, _BITS = 1, 4
_CHANNELS = {2: 1, 3: 3, 5: 1, 6: 3}
_BINARY = (4, 5, 6)
_BYTE, _TWO_BYTES = 255, 65_535


def decode(data: bytes, budget: Budget) -> NDArray[Any]:
    """Pixels: bool (True is white), uint8, or int32 of 0 to 65,535 for more than 256 grey levels.

    Raises
    ------
    ImageError
        When the file is damaged or cut off, or has colour of more than 8 bits.
    LimitExceeded
        When the image is larger than the budget allows.
    """
    head = _HEADER.match(data, 0, _HEADER_BYTES)
    if head is None:
        raise UnreadableImage("PPM: the file begins like one, but its header is damaged or cut off")
    kind, cols, rows = (int(number) for number in head.groups())
    start, maximum = head.end(), 1
    check_stated_size(cols, rows)
    if kind in _CHANNELS:
        stated = _MAXIMUM.match(data, head.end(3), _HEADER_BYTES)
        maximum = 0 if stated is None else int(stated[1])
        if stated is None or not 0 < maximum <= _TWO_BYTES:
            raise UnreadableImage(f"PPM: expected a largest value of 1 to {_TWO_BYTES}, found none or another")
        start = stated.end()
    channels = _CHANNELS.get(kind, 1)
    if maximum > _BYTE and channels > 1:
        raise ImageError("PPM: expected 8 bits a channel, got more; convert to 8-bit grey first")
    budget.spend("pixels", cols * rows)
    budget.need("memory_bytes", cols * rows * channels * (2 if kind in _BINARY and maximum <= _BYTE else 6))
    if kind == _BITS:
        return _unpacked(data, start, rows, cols)
    count = rows * cols * channels
    if kind == _BITS_IN_TEXT:
        return _bits(data[start:], count).reshape(rows, cols)
    values = _binary(data, start, count, maximum) if kind in _BINARY else _numbers(data[start:], count, maximum)
    return _scaled(values, maximum).reshape((rows, cols, channels) if channels > 1 else (rows, cols))


def _unpacked(data: bytes, start: int, rows: int, cols: int) -> NDArray[np.bool_]:
    each = -(-cols // 8)
    _check_length(len(data) - start, rows * each)
    packed = np.frombuffer(data, np.uint8, rows * each, start).reshape(rows, each)
    return np.asarray(np.unpackbits(packed, axis=1, count=cols) == 0)


def _bits(body: bytes, count: int) -> NDArray[np.bool_]:
    digits = _COMMENT.sub(b"", body).translate(None, b" \t\r\n\v\f")[:count]
    if digits.strip(b"01"):
        raise UnreadableImage("PPM: expected digits 0 and 1, found others")
    _check_length(len(digits), count)
    return np.asarray(np.frombuffer(digits, np.uint8) == ord("0"))


def _binary(data: bytes, start: int, count: int, maximum: int) -> NDArray[Any]:
    kind = np.dtype(np.uint8 if maximum <= _BYTE else ">u2")
    _check_length(len(data) - start, count * kind.itemsize)
    return np.frombuffer(data, kind, count, start)


def _numbers(body: bytes, count: int, maximum: int) -> NDArray[np.uint16]:
    """Numbers in text, a piece at a time."""
    text = _COMMENT.sub(b" ", body) if b"#" in body else body
    found, filled, at = np.empty(count, np.uint16), 0, 0
    while filled < count and at < len(text):
        stop = min(len(text), at + _PIECE_BYTES)
        rest = _REST_OF_NUMBER.match(text, stop)
        stop = stop if rest is None else rest.end()
        piece, at = text[at:stop], stop
        if piece.translate(None, _DIGITS_AND_BLANKS) or _LONG_NUMBER.search(piece):
            raise UnreadableImage("PPM: expected whole numbers, found another text")
        values = np.fromstring(piece, np.int64, sep=" ")[: count - filled] if piece.strip() else np.empty(0, np.int64)
        if values.size and values.max() > maximum:
            raise UnreadableImage(f"PPM: expected values of at most {maximum}, found {values.max()}")
        found[filled : filled + values.size] = values
        filled += values.size
    _check_length(filled, count)
    return found


def _check_length(found: int, expected: int) -> None:
    if found < expected:
        raise UnreadableImage(f"PPM: the file is damaged or cut off (expected {expected} values, found {found})")


def _scaled(values: NDArray[Any], maximum: int) -> NDArray[Any]:
    """Values of 0 to `maximum` as 8 bits, or as 16 where there are more than 256 of them."""
    full, kind = (_BYTE, np.uint8) if maximum <= _BYTE else (_TWO_BYTES, np.int32)
    steps = np.minimum(np.rint(np.arange(full + 1) / maximum * full), full).astype(kind)
    scaled = np.empty(len(values), kind)
    for at in range(0, len(values), _PIECE_BYTES):
        scaled[at : at + _PIECE_BYTES] = steps[values[at : at + _PIECE_BYTES]]
    return scaled
