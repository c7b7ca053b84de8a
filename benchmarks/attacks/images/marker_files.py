"""Altered files of marker segments and boxes: JPEG, WSQ, JPEG 2000."""

from __future__ import annotations

import struct

import numpy as np

_SIDES = (0, 1, 15, 16, 224, 256, 7000, 20_000, 65_535)
_WIDE = (0, 1, 16, 224, 256, 7000, 20_000, 2**31 - 1, 2**32 - 1)
_JPEG_FRAMES = {0xC0, 0xC1, 0xC2}
_WSQ_TABLES = {0xA4, 0xA5, 0xA6, 0xA2, 0xA3}
Segments = list[tuple[int, bytes]]


def altered_markers(data: bytes, rng: np.random.Generator) -> bytes:
    """A JPEG or WSQ file with one to three altered segments; what is compressed stays, or is cut."""
    segments, rest = segments_of(data)
    for _ in range(int(rng.integers(1, 4))):
        choice = rng.random()
        if choice < 0.4:
            _size(segments, rng)
        elif choice < 0.6:
            _comments(segments, rng, is_wsq=data[1] == 0xA0)
        elif choice < 0.8:
            _octets(segments, rng)
        else:
            place = int(rng.integers(len(segments)))
            segments.insert(int(rng.integers(len(segments) + 1)), segments.pop(place))
    written = b"".join(struct.pack(">BBH", 0xFF, code, len(body) + 2) + body for code, body in segments)
    if rng.random() < 0.1:
        rest = rest[: int(rng.integers(len(rest)))]
    return data[:2] + written + rest


def segments_of(data: bytes) -> tuple[Segments, bytes]:
    """Segments before the first scan, and all from there."""
    segments, place = [], 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        code, size = data[place + 1], struct.unpack_from(">H", data, place + 2)[0]
        if code in (0xDA, 0xA3):
            break
        segments.append((code, data[place + 4 : place + 2 + size]))
        place += 2 + size
    return segments, data[place:]


def _size(segments: Segments, rng: np.random.Generator) -> None:
    """Rows, columns or channels of the frame."""
    for place, (code, body) in enumerate(segments):
        if code in _JPEG_FRAMES | {0xA2} and len(body) >= 8:
            altered = bytearray(body)
            at = int(rng.choice([1, 3] if code in _JPEG_FRAMES else [2, 4]))
            struct.pack_into(">H", altered, at, int(rng.choice(_SIDES)))
            if rng.random() < 0.3:
                altered[0 if rng.random() < 0.5 else 5] = int(rng.integers(256))
            segments[place] = (code, bytes(altered))


def _comments(segments: Segments, rng: np.random.Generator, *, is_wsq: bool) -> None:
    codes = (0xA8,) if is_wsq else (0xFE, 0xE0, 0xE1, 0xE2, 0xED)
    body = (b"", b"x" * 60_000, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"MPF\0II*\0\x08\0\0\0", b"NIST_COM 2\nPPI -1\n")
    made = (codes[int(rng.integers(len(codes)))], body[int(rng.integers(len(body)))])
    many = int(rng.choice([1, 100, 100_000])) if len(made[1]) < 1000 else int(rng.choice([1, 200]))
    place = int(rng.integers(len(segments) + 1))
    segments[place:place] = [made] * many


def _octets(segments: Segments, rng: np.random.Generator) -> None:
    """Tables of quantisation, of codes and of filters; resolutions."""
    place = int(rng.integers(len(segments)))
    code, body = segments[place]
    altered = bytearray(body)
    for _ in range(int(rng.integers(1, 6))):
        if altered:
            altered[int(rng.integers(len(altered)))] = int(rng.choice([0, 1, 127, 128, 255]))
    if rng.random() < 0.2:
        altered = altered[: int(rng.integers(len(altered) + 1))]
    segments[place] = (code, bytes(altered))


def altered_jpeg_2000(data: bytes, rng: np.random.Generator) -> bytes:
    """A file with altered sizes, tiles, channels, levels or boxes."""
    altered = bytearray(data)
    size_at, code_at = data.find(b"\xff\x51"), data.find(b"\xff\x52")
    for _ in range(int(rng.integers(1, 4))):
        choice = rng.random()
        if choice < 0.5 and size_at > 0:
            struct.pack_into(">I", altered, size_at + 6 + 4 * int(rng.integers(8)), int(rng.choice(_WIDE)))
        elif choice < 0.6 and size_at > 0:
            struct.pack_into(">H", altered, size_at + 38, int(rng.choice([0, 1, 3, 255, 16384])))
        elif choice < 0.8 and code_at > 0:
            altered[code_at + 4 + int(rng.integers(10))] = int(rng.choice([0, 1, 32, 33, 255]))
        elif data[4:8] == b"jP  ":
            _box(altered, rng)
        else:
            altered[int(rng.integers(min(200, len(altered))))] = int(rng.integers(256))
    return bytes(altered)


def _box(altered: bytearray, rng: np.random.Generator) -> None:
    """One of the boxes before the pixels: another size, many more, or the header's sides."""
    header = bytes(altered).find(b"ihdr")
    if header > 0 and rng.random() < 0.5:
        struct.pack_into(">I", altered, header + 4 + 4 * int(rng.integers(2)), int(rng.choice(_WIDE)))
    elif rng.random() < 0.5:
        box = struct.pack(">I4s", 8, b"free")
        altered[12:12] = box * int(rng.choice([1, 1000, 300_000]))
    else:
        struct.pack_into(">I", altered, 12, int(rng.choice([0, 1, 7, 8, 2**32 - 1])))
