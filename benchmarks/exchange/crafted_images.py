"""Image files that ask for far more than they bring: each is sound as far as its format's structure goes.

``size`` scales what a file repeats or states: 1 is as large as the limits let a file be, tests take less.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

SIDE_PX = 7_000
"""49 million pixels, which the engine allows."""


def _side(size: float) -> int:
    return max(64, int(SIDE_PX * math.sqrt(size)))


def _count(size: float, most: int) -> int:
    return max(4, int(most * size))


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(side: int, colour: int, channels: int, depth: int = 8, before: bytes = b"", after: bytes = b"") -> bytes:
    packer, parts = zlib.compressobj(9), []
    row = b"\0" + bytes(side * channels * depth // 8)
    parts = [packer.compress(row) for _ in range(side)]
    head = _png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, colour, 0, 0, 0))
    body = _png_chunk(b"IDAT", b"".join(parts) + packer.flush())
    return b"\x89PNG\r\n\x1a\n" + head + before + body + after + _png_chunk(b"IEND", b"")


def png_rgba(size: float) -> bytes:
    """Transparent pixels: three arrays of floats in many a reader."""
    return _png(_side(size), 6, 4)


def png_16_bit_rgba(size: float) -> bytes:
    """Eight bytes per pixel."""
    return _png(_side(size), 6, 4, 16)


def png_16_bit_grey(size: float) -> bytes:
    """Two bytes per pixel."""
    return _png(_side(size), 0, 1, 16)


def png_many_chunks(size: float) -> bytes:
    """Empty chunks of a private kind."""
    return _png(64, 0, 1, after=_png_chunk(b"prVt", b"") * _count(size, 10_000_000))


def png_text(size: float) -> bytes:
    """Compressed texts of a megabyte each."""
    text = _png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**20 - 1), 9))
    return _png(64, 0, 1, before=text * _count(size, 10_000))


def png_profile(size: float) -> bytes:
    """A colour profile that unpacks to a gigabyte."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(_count(size, 1_000))) + packer.flush()
    return _png(64, 0, 1, before=_png_chunk(b"iCCP", b"a\0\0" + packed))


def _tags_over_one_another(entries: int, size: int, kind: int = 7) -> bytes:
    """A directory whose tags all point at the same bytes."""
    each = {7: 1, 3: 2}[kind]
    at = 8 + 2 + 12 * entries + 4
    body = b"".join(struct.pack("<HHII", 40_000 + tag, kind, size // each, at) for tag in range(entries))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", entries) + body + bytes(4) + bytes(size)


def png_exif(size: float) -> bytes:
    """EXIF data whose tags share their values."""
    return _png(64, 0, 1, before=_png_chunk(b"eXIf", _tags_over_one_another(_count(size, 25_000), 2**20)))


def _jpeg(side: int, mode: str = "L", *, progressive: bool = False) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (side, side), 128 if mode == "L" else (90, 90, 90)).save(buffer, "JPEG", progressive=progressive)
    return buffer.getvalue()


def jpeg_progressive(size: float) -> bytes:
    """Colour: coefficients of three components are kept."""
    return _jpeg(_side(size), "RGB", progressive=True)


def jpeg_many_scans(size: float) -> bytes:
    """A last scan that is repeated."""
    data = _jpeg(_side(size), progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * _count(size, 2_000) + b"\xff\xd9"


def jpeg_many_segments(size: float) -> bytes:
    """Comments without text."""
    data = _jpeg(64)
    return data[:2] + b"\xff\xfe\0\x02" * _count(size, 30_000_000) + data[2:]


def jpeg_padding(size: float) -> bytes:
    """Bytes of padding before a marker."""
    data = _jpeg(64)
    return data[:2] + b"\xff" * _count(size, 120_000_000) + data[2:]


def jpeg_exif_in_pieces(size: float) -> bytes:
    """EXIF data in many segments, each of which is joined to those before."""
    piece = b"\xff\xe1" + struct.pack(">H", 65_000) + b"Exif\0\0" + bytes(65_000 - 8)
    data = _jpeg(64)
    return data[:2] + piece * _count(size, 1_900) + data[2:]


def jpeg_exif_tags(size: float) -> bytes:
    """EXIF data whose tags share their values."""
    tags = _tags_over_one_another(_count(size, 2_500), 30_000)
    piece = b"\xff\xe1" + struct.pack(">H", len(tags) + 8) + b"Exif\0\0" + tags
    data = _jpeg(64)
    return data[:2] + piece + data[2:]


def _tiff(entries: list[tuple[int, int, int, int]], rest: bytes = b"", after: int = 0) -> bytes:
    """One directory at 8, then other bytes."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + body + struct.pack("<I", after) + rest


def _tiff_head(side: int, rows_per_strip: int) -> list[tuple[int, int, int, int]]:
    return [
        (256, 4, 1, side),
        (257, 4, 1, side),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (277, 3, 1, 1),
        (278, 4, 1, rows_per_strip),
    ]


def tiff_many_pages(size: float) -> bytes:
    """Pages that follow one another."""
    count, parts = _count(size, 1_000_000), []
    at = 8
    for page in range(count):
        entries = [*_tiff_head(16, 16), (273, 4, 1, 8), (279, 4, 1, 256)]
        at += 2 + 12 * len(entries) + 4
        parts.append(_tiff(entries, after=at if page < count - 1 else 0)[8:])
    return b"II*\0\x08\0\0\0" + b"".join(parts) + bytes(256)


def tiff_many_strips(size: float) -> bytes:
    """Strips that all lie at one place."""
    count = _count(size, 15_000_000)
    entries = [*_tiff_head(64, 1), (273, 4, count, 8 + 2 + 12 * 9 + 4), (279, 4, count, 8 + 2 + 12 * 9 + 4)]
    return _tiff(entries, struct.pack("<I", 8) * count + bytes(64))


def tiff_shared_tags(size: float) -> bytes:
    """Tags that share their values."""
    return _tags_over_one_another(_count(size, 20_000), 2**20)


def tiff_numbers(size: float) -> bytes:
    """A tag of many numbers, each of which becomes an object."""
    count = _count(size, 60_000_000)
    at = 8 + 2 + 12 * 10 + 4
    entries = [*_tiff_head(64, 64), (273, 4, 1, at), (274, 3, count, at), (279, 4, 1, 4096)]
    return _tiff(entries, bytes(2 * count + 4096))


def tiff_huge_tile(size: float) -> bytes:
    """A tile that is larger than the image."""
    side = int(40_000 * math.sqrt(size)) // 16 * 16 + 16
    packed = zlib.compress(bytes(side * side // 64), 9)
    at = 8 + 2 + 12 * 10 + 4
    head = [entry for entry in _tiff_head(64, 64) if entry[0] not in (259, 278)]
    tile = [(322, 4, 1, side), (323, 4, 1, side), (324, 4, 1, at), (325, 4, 1, len(packed))]
    return _tiff([*head, (259, 3, 1, 8), *tile], packed)


def bmp_run_lengths(size: float) -> bytes:
    """Runs of one pixel."""
    side = _side(size)
    head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, 0, 19_685, 19_685, 256, 0)
    pairs = b"\x01\x07" * _count(size, 60_000_000)
    return b"BM" + struct.pack("<IHHI", 14 + 40 + 1024 + len(pairs), 0, 0, 14 + 40 + 1024) + head + bytes(1024) + pairs


def pgm_text(size: float) -> bytes:
    """Grey levels in digits."""
    side = _side(size)
    return b"P2\n%d %d\n255\n" % (side, side) + b"9 " * (side * side)


def pgm_odd_range(size: float) -> bytes:
    """Levels of 0 to 254, which have to be scaled."""
    side = _side(size)
    return b"P5\n%d %d\n254\n" % (side, side) + bytes(side * side)


def pbm_text(size: float) -> bytes:
    """Bits in digits."""
    side = _side(size)
    return b"P1\n%d %d\n" % (side, side) + b"1 " * (side * side)


def pgm_comment(size: float) -> bytes:
    """A comment that does not end."""
    return b"P5\n#" + b"a" * _count(size, 120_000_000) + b"\n64 64\n255\n" + bytes(4096)


def _j2k(side: int, components: int = 1, tile: int = 0, style: bytes = b"") -> bytes:
    """Headers of a code stream, and a tile part of nothing."""
    sides = struct.pack(">HIIIIIIII", 0, side, side, 0, 0, tile or side, tile or side, 0, 0)
    size = sides + struct.pack(">H", components) + b"\x07\x01\x01" * components
    style = style or b"\x00\x02\x00\x01\x00\x05\x04\x04\x00\x01"
    steps = b"\x40" + bytes(8 * (3 * style[5] + 1) // 8)
    parts = [b"\xff\x4f"]
    for marker, body in ((b"\xff\x51", size), (b"\xff\x52", style), (b"\xff\x5c", steps)):
        parts.append(marker + struct.pack(">H", len(body) + 2) + body)
    tile_part = b"\xff\x90" + struct.pack(">HHIBB", 10, 0, 14, 0, 1) + b"\xff\x93"
    return b"".join(parts) + tile_part + b"\xff\xd9"


def jpeg_2000_colour(size: float) -> bytes:
    """Four components of four bytes each."""
    return _j2k(_side(size), 4)


def jpeg_2000_tiles(size: float) -> bytes:
    """Tiles of a few pixels."""
    return _j2k(_side(size), 4, 28)


def jpeg_2000_small_blocks(size: float) -> bytes:
    """Code blocks of 4 x 4."""
    return _j2k(_side(size), style=b"\x00\x02\x00\x01\x00\x05\x00\x00\x00\x01")


def jpeg_2000_small_precincts(size: float) -> bytes:
    """Precincts of 2 x 2."""
    return _j2k(_side(size), style=b"\x01\x02\x00\x01\x00\x01\x04\x04\x00\x01\x11\x11")


def jpeg_2000_layers(size: float) -> bytes:
    """65,535 layers of packets."""
    return _j2k(_side(size), style=b"\x01\x02\xff\xff\x00\x01\x04\x04\x00\x01\x77\x77")


def jp2_many_boxes(size: float) -> bytes:
    """Boxes of nothing before the header box."""
    return b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"\x00\x00\x00\x08free" * _count(size, 15_000_000)


def j2k_many_segments(size: float) -> bytes:
    """Segments of nothing in the header of the code stream."""
    data = _j2k(64)
    at = data.index(b"\xff\x52")
    return data[:at] + b"\xff\x60\x00\x02" * _count(size, 30_000_000) + data[at:]


def _wsq(side: int, before: bytes) -> bytes:
    return b"\xff\xa0" + before + b"\xff\xa2\x00\x11\x00\xff" + struct.pack(">HH", side, side) + bytes(40)


def wsq_many_comments(size: float) -> bytes:
    """Comments of two letters."""
    return _wsq(64, b"\xff\xa8\x00\x04ab" * _count(size, 20_000_000))


def wsq_many_tables(size: float) -> bytes:
    """Huffman tables without codes."""
    tables = b"\x00" * 17 * 3_800
    return _wsq(64, (b"\xff\xa6" + struct.pack(">H", len(tables) + 2) + tables) * _count(size, 1_900))


def wsq_huge(size: float) -> bytes:
    """A frame of the largest size, and nothing in it."""
    return _wsq(_side(size), b"")


IMAGES: Mapping[str, Callable[[float], bytes]] = {
    make.__name__: make
    for make in (
        png_rgba,
        png_16_bit_rgba,
        png_16_bit_grey,
        png_many_chunks,
        png_text,
        png_profile,
        png_exif,
        jpeg_progressive,
        jpeg_many_scans,
        jpeg_many_segments,
        jpeg_padding,
        jpeg_exif_in_pieces,
        jpeg_exif_tags,
        tiff_many_pages,
        tiff_many_strips,
        tiff_shared_tags,
        tiff_numbers,
        tiff_huge_tile,
        bmp_run_lengths,
        pgm_text,
        pgm_odd_range,
        pbm_text,
        pgm_comment,
        jpeg_2000_colour,
        jpeg_2000_tiles,
        jpeg_2000_small_blocks,
        jpeg_2000_small_precincts,
        jpeg_2000_layers,
        jp2_many_boxes,
        j2k_many_segments,
        wsq_many_comments,
        wsq_many_tables,
        wsq_huge,
    )
}


def grey_noise(kind: str, side: int = SIDE_PX, **options: object) -> bytes:
    """A sound file of the largest size allowed, for comparison."""
    pixels = np.random.default_rng(1).integers(0, 256, (side, side), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


SOUND: Mapping[str, Callable[[], bytes]] = {
    "sound_png": lambda: grey_noise("PNG", compress_level=1),
    "sound_tiff": lambda: grey_noise("TIFF"),
    "sound_jpeg": lambda: grey_noise("JPEG", quality=95, progressive=True),
    "sound_jpeg_2000": lambda: grey_noise("JPEG2000", no_jp2=True),
    "sound_bmp": lambda: grey_noise("BMP"),
}
