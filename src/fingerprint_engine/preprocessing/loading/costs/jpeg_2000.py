"""JPEG 2000: what a code stream's headers make OpenJPEG allocate: tiles, precincts, code blocks, layers of packets."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.codec_port import check_stated_size

_BOX_HEAD, _LONG_BOX_HEAD = 8, 16
_CODE_STREAM = b"\xff\x4f\xff\x51"
_SIZE, _STYLE, _COMPONENT_STYLE, _START_OF_TILE, _START_OF_DATA, _END = 0x51, 0x52, 0x53, 0x90, 0x93, 0xD9
_SAMPLE_BYTES = 4
_TILE_BYTES, _TILE_COMPONENT_BYTES = 6_000, 1_200
_PRECINCT_BYTES, _BLOCK_BYTES, _PACKET_BYTES = 300, 500, 2
"""About what OpenJPEG 2.5 allocates for each; fitted to nothing, rounded up from its structures."""
_WHOLE = 15
"""Exponent of a precinct's side where none is stated: 32,768."""


@dataclasses.dataclass(slots=True)
class _Coding:
    """The most costly coding style that any header of the stream states."""

    layers: int = 1
    levels: int = 0
    block_exponents: int = 12
    precinct_exponents: int = 2 * _WHOLE

    def note(self, levels: int, block: tuple[int, int], precincts: bytes) -> None:
        """Take over what a style states, where it costs more."""
        self.levels = max(self.levels, min(levels, 32))
        self.block_exponents = min(self.block_exponents, sum(exponent + 2 for exponent in block))
        for sides in precincts[: self.levels + 1]:
            self.precinct_exponents = min(self.precinct_exponents, (sides & 0x0F) + (sides >> 4))


def decoder_bytes(data: bytes, budget: Budget) -> int:
    """Of the samples, tiles, precincts, code blocks and packets."""
    start = _code_stream(data, budget)
    if start is None or start + 42 > len(data):
        return 0
    cols, rows, left, top, tile_cols, tile_rows = (
        int.from_bytes(data[at : at + 4], "big") for at in (*range(start + 8, start + 32, 4),)
    )
    components = int.from_bytes(data[start + 40 : start + 42], "big")
    check_stated_size(cols - left, rows - top)
    pixels = (cols - left) * (rows - top)
    coding = _coding(data, start, components, budget)
    tiles = -(-cols // max(1, tile_cols)) * -(-rows // max(1, tile_rows))
    samples = pixels * components
    precincts = tiles * components * (coding.levels + 1) + (2 * samples >> coding.precinct_exponents)
    blocks = 3 * precincts + (2 * samples >> min(coding.block_exponents, max(0, coding.precinct_exponents - 2)))
    budget.spend("items", tiles + coding.layers * precincts)
    return (
        _SAMPLE_BYTES * samples
        + tiles * (_TILE_BYTES + components * _TILE_COMPONENT_BYTES)
        + _PRECINCT_BYTES * precincts
        + _BLOCK_BYTES * blocks
        + _PACKET_BYTES * coding.layers * precincts
    )


def _code_stream(data: bytes, budget: Budget) -> int | None:
    """Where the code stream begins; the boxes before it, and those in the header box, are counted."""
    if data.startswith(_CODE_STREAM):
        return 0
    at = 0
    while at + _BOX_HEAD <= len(data):
        budget.spend("items")
        length, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], _BOX_HEAD
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), _LONG_BOX_HEAD
        if kind == b"jp2c":
            return at + head if data[at + head : at + head + 4] == _CODE_STREAM else None
        if length < head:
            return None
        at += head if kind in (b"jp2h", b"res ") else length
    return None


def _coding(data: bytes, start: int, components: int, budget: Budget) -> _Coding:
    """The coding styles of the main header and of all tile parts."""
    found, at, wide = _Coding(), start + 2, 2 if components > 256 else 1
    tile_start = tile_length = 0
    while at + 4 <= len(data) and data[at] == 0xFF:
        budget.spend("items")
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if marker == _END:
            break
        if marker == _START_OF_DATA:
            if not tile_length:  # up to the end of the stream
                break
            at = tile_start + tile_length
            continue
        if length < 2:
            break
        if marker == _START_OF_TILE and len(body) >= 6:
            tile_start, tile_length = at, int.from_bytes(body[2:6], "big")
            if 0 < tile_length < 12:
                break
        elif marker == _STYLE and len(body) >= 10:
            found.layers = max(found.layers, int.from_bytes(body[2:4], "big"))
            found.note(body[5], (body[6] & 15, body[7] & 15), body[10:] if body[0] & 1 else b"")
        elif marker == _COMPONENT_STYLE and len(body) >= wide + 6:
            own = body[wide:]
            found.note(own[1], (own[2] & 15, own[3] & 15), own[6:] if own[0] & 1 else b"")
        at += 2 + length
    return found
