"""Altered PNG files: header, chunks, palettes, compressed text and pixels, with every CRC right."""

from __future__ import annotations

import struct
import zlib

import numpy as np

_MARK = b"\x89PNG\r\n\x1a\n"
Chunks = list[tuple[bytes, bytes]]
SIDES = (0, 1, 15, 16, 224, 256, 5000, 7000, 12_000, 20_000, 65_535, 2**31 - 1, 2**32 - 1)
_BOMB_BYTES = 200_000_000


def altered_png(data: bytes, rng: np.random.Generator) -> bytes:
    """A file with one to three alterations."""
    chunks = chunks_of(data)
    for _ in range(int(rng.integers(1, 4))):
        _ALTERATIONS[int(rng.integers(len(_ALTERATIONS)))](chunks, rng)
    return _MARK + b"".join(map(_written, chunks))


def chunks_of(data: bytes) -> Chunks:
    """Names and contents."""
    chunks, place = [], len(_MARK)
    while place + 12 <= len(data):
        size, name = struct.unpack_from(">I4s", data, place)
        chunks.append((name, data[place + 8 : place + 8 + size]))
        place += size + 12
    return chunks


def _written(chunk: tuple[bytes, bytes]) -> bytes:
    name, content = chunk
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _header(chunks: Chunks, rng: np.random.Generator) -> None:
    """Sizes, depth, kind of colour, interlacing."""
    fields = list(struct.unpack(">IIBBBBB", chunks[0][1][:13].ljust(13, b"\0")))
    which = int(rng.integers(7))
    fields[which] = int(rng.choice(SIDES)) if which < 2 else int(rng.choice([0, 1, 2, 3, 4, 6, 8, 16, 255]))
    chunks[0] = (b"IHDR", struct.pack(">IIBBBBB", *fields))


def _large(chunks: Chunks, rng: np.random.Generator) -> None:
    """Many pixels that compress to nothing, colour and depth as large as they get."""
    side = int(rng.choice([4000, 7000, 10_000, 14_000, 30_000]))
    depth, colour, channels = ((8, 0, 1), (8, 6, 4), (16, 6, 8), (1, 0, 0.125), (8, 2, 3))[int(rng.integers(5))]
    line = b"\0" + bytes(int(side * channels))
    packer = zlib.compressobj(9)
    size = min(side, _BOMB_BYTES // len(line) + 1)
    body = b"".join(packer.compress(line * min(64, size)) for _ in range(-(-size // 64))) + packer.flush()
    chunks[0] = (b"IHDR", struct.pack(">IIBBBBB", side, side, depth, colour, 0, 0, int(rng.integers(2))))
    chunks[1:] = [chunk for chunk in chunks[1:] if chunk[0] not in (b"IDAT", b"IEND")]
    chunks += [(b"IDAT", body), (b"IEND", b"")]


def _text(chunks: Chunks, rng: np.random.Generator) -> None:
    """Text and profiles that unpack to very much, or are many."""
    bomb = zlib.compress(bytes(int(rng.choice([10_000, 70_000_000]))), 9)
    chunk = (
        (b"zTXt", b"key\0\0" + bomb),
        (b"iTXt", b"key\0\1\0\0\0" + bomb),
        (b"iCCP", b"name\0\0" + bomb),
        (b"tEXt", b"key\0" + b"x" * int(rng.choice([1, 10_000_000]))),
        (b"eXIf", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"),
        (b"acTL", struct.pack(">II", int(rng.choice([0, 1, 2**31 - 1])), 0)),
    )[int(rng.integers(6))]
    chunks[1:1] = [chunk] * int(rng.choice([1, 3, 50_000]) if len(chunk[1]) < 1000 else rng.choice([1, 3]))


def _resolution(chunks: Chunks, rng: np.random.Generator) -> None:
    numbers = (0, 1, 19685, 20_000, 39_370, 2**31, 2**32 - 1)
    value = struct.pack(">IIB", int(rng.choice(numbers)), int(rng.choice(numbers)), int(rng.choice([0, 1, 2])))
    chunks[:] = [chunk for chunk in chunks if chunk[0] != b"pHYs"]
    chunks.insert(1, (b"pHYs", value[: int(rng.choice([9, 9, 9, 3, 0]))]))


def _palette(chunks: Chunks, rng: np.random.Generator) -> None:
    palette = rng.bytes(3 * int(rng.choice([0, 1, 2, 255, 256, 300])))
    chunks[:] = [chunk for chunk in chunks if chunk[0] != b"PLTE"]
    chunks.insert(1, (b"PLTE", palette))
    if rng.random() < 0.5:
        chunks.insert(2, (b"tRNS", rng.bytes(int(rng.choice([0, 1, 2, 6, 256, 1000])))))


def _order(chunks: Chunks, rng: np.random.Generator) -> None:
    """A chunk again, elsewhere, or gone."""
    place = int(rng.integers(len(chunks)))
    chunk = chunks[place]
    if rng.random() < 0.5 and len(chunks) > 1:
        del chunks[place]
    chunks.insert(int(rng.integers(len(chunks) + 1)), chunk)
    if rng.random() < 0.3 and len(chunks) > 1:
        del chunks[int(rng.integers(len(chunks)))]


def _pixels(chunks: Chunks, rng: np.random.Generator) -> None:
    """Compressed pixels cut, doubled, or in a thousand chunks."""
    for place, (name, content) in enumerate(chunks):
        if name == b"IDAT":
            cut = content[: int(rng.integers(len(content) + 1))]
            pieces = ([cut], [content, content], [content[at : at + 1] for at in range(len(content))], [b""] * 1000)
            chunks[place : place + 1] = [(b"IDAT", piece) for piece in pieces[int(rng.integers(4))]]
            return


_ALTERATIONS = (_header, _header, _large, _text, _resolution, _palette, _order, _pixels)
