"""Altered templates: one to three parts of a sound one, then counts, size and checksum as they should be."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np

from benchmarks.attacks.templates.parts import Parts, parts_of, with_checksum
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.template import Template, build_template

SEEDS = 6
SHAPE = (400, 360)
_NAMES = (b"", b"x" * 255, b"a\x1b[2J\x1b[1;1H", b"=cmd()", b"\xff\xfe", b"\xed\xa0\x80", b"a\nb", "\u202eabc".encode())
_FLOATS = (0.0, -1.0, float("nan"), float("inf"), -0.0, 1e-38, 3e38, 29.9, 30.0, 150.0, 150.1, 70.0)
_OCTETS = (0, 1, 2, 3, 10, 11, 28, 29, 100, 101, 127, 128, 200, 254, 255)
_SIDES = (0, 1, 2, 15, 16, 17, 360, 399, 400, 8191, 16383, 16384, 65535)
_MAP_SIDES = (0, 1, 2, 3, 25, 120, 255)


def sound_template(number: int) -> Template:
    """A template with all columns: random minutiae, two singular points, maps; two of one number are one finger.

    Every third is of a rolled print, four times as large.
    """
    rng = np.random.default_rng([number, 77])
    larger = 2 if number % 3 == 2 else 1
    count = int(rng.integers(25, 60)) * larger**2
    rows, cols = (side * larger for side in SHAPE)
    columns = [rng.uniform(40, cols - 40, count), rng.uniform(40, rows - 40, count), rng.uniform(0, 6.28, count)]
    minutiae = Minutiae(*columns, rng.integers(1, 3, count), rng.integers(30, 100, count))
    points = SingularPoints([180.0, 120.0], [150.0, 300.0], [1.5, 0.5], [1, 2])
    blocks = rows // 8, cols // 8
    mask = np.zeros((rows, cols), np.bool_)
    mask[20 : rows - 20, 20 : cols - 20] = True
    return build_template(
        minutiae,
        points,
        shape=(rows, cols),
        mask=mask,
        orientation=np.full(blocks, rng.uniform(0, 3.1), np.float32),
        period=np.full(blocks, 9.0, np.float32),
        quality=60,
        finger=Finger(number % 11),
        impression=Impression.LIVESCAN_PLAIN,
        extractor="learned 1",
    )


def craft(rng: np.random.Generator) -> bytes:
    """One altered template; in one case of twenty bytes are altered anywhere, and the checksum made right."""
    parts = parts_of(sound_template(int(rng.integers(SEEDS))).to_bytes())
    for _ in range(int(rng.integers(1, 4))):
        _ALTERATIONS[int(rng.integers(len(_ALTERATIONS)))](parts, rng)
    data = parts.assembled()
    if rng.random() < 0.05:
        octets = bytearray(data[:-4])
        for _ in range(int(rng.integers(1, 9))):
            octets[int(rng.integers(10, len(octets)))] = int(rng.integers(256))
        data = with_checksum(bytes(octets))
    return data


def _header_octet(parts: Parts, rng: np.random.Generator) -> None:
    field = str(rng.choice(["finger", "impression", "quality"]))
    parts.header[field] = int(rng.choice(_OCTETS))


def _header_float(parts: Parts, rng: np.random.Generator) -> None:
    parts.header[str(rng.choice(["ppi", "radius"]))] = float(rng.choice(_FLOATS))


def _print_size(parts: Parts, rng: np.random.Generator) -> None:
    parts.header[str(rng.choice(["rows", "cols"]))] = int(rng.choice(_SIDES))


def _map_place(parts: Parts, rng: np.random.Generator) -> None:
    parts.header[str(rng.choice(["map_row", "map_col"]))] = int(rng.choice([*_SIDES, 24, 32768]))


def _digest(parts: Parts, rng: np.random.Generator) -> None:
    parts.header[str(rng.choice(["extraction", "descriptors"]))] = rng.bytes(8)


def _name(parts: Parts, rng: np.random.Generator) -> None:
    parts.name = _NAMES[int(rng.integers(len(_NAMES)))]
    parts.count_again()


def _wrong_count(parts: Parts, rng: np.random.Generator) -> None:
    field = str(rng.choice(["name_size", "minutiae", "points", "map_rows", "map_cols"]))
    parts.header[field] = int(rng.choice(_OCTETS))


def _version(parts: Parts, rng: np.random.Generator) -> None:
    parts.version = int(rng.choice([0, 2, 65535]))


def _minutia_count(parts: Parts, rng: np.random.Generator) -> None:
    """None, few, or as many as fit, of which all but the first are drawn anew, in order."""
    count = int(rng.choice([0, 1, 2, 3, 254, 255]))
    place = np.sort(rng.choice(4 * 320 * 4 * 300, count, replace=False))
    parts.x, parts.y = (80 + place % 1280).astype(np.uint16), (80 + place // 1280).astype(np.uint16)
    parts.direction = rng.integers(0, 256, count, dtype=np.uint8)
    parts.kind = rng.integers(0, 3, count, dtype=np.uint8)
    parts.quality = np.full(count, rng.choice([0, 50, 100, 255]), np.uint8)
    parts.words = _random_words(count, rng)
    parts.count_again()


def _random_words(count: int, rng: np.random.Generator, *, lie: bool = False) -> np.ndarray:
    """Words that no print has: valid cells and bits by chance, all or none; bits only where valid, unless they lie."""
    shares = [0.0, 0.02, 0.5, 1.0]
    valid = rng.random((count, 1, 56)) < float(rng.choice(shares))
    bits = rng.random((count, 6, 56)) < float(rng.choice(shares))
    if not lie:
        bits &= valid
    both = np.concatenate([bits, valid], axis=1)
    both[:, :, 52:] = False
    return np.packbits(both, axis=2, bitorder="little")


def _crowd(parts: Parts, rng: np.random.Generator) -> None:
    """All minutiae at one place, in one row, or looking one way."""
    for name in rng.choice(["x", "y", "direction", "kind", "quality"], int(rng.integers(1, 5)), replace=False):
        getattr(parts, str(name))[:] = int(rng.choice([0, 1, 2, 100]))


def _swap(parts: Parts, rng: np.random.Generator) -> None:
    if parts.x.size < 2:
        return
    one, other = rng.choice(parts.x.size, 2, replace=False)
    for name in ("x", "y", "direction", "kind", "quality", "words"):
        column = getattr(parts, name)
        column[[one, other]] = column[[other, one]]


def _twice(parts: Parts, rng: np.random.Generator) -> None:
    """One minutia stands twice, each time with the same neighbourhood."""
    if parts.x.size < 2:
        return
    row = int(rng.integers(parts.x.size - 1))
    for name in ("x", "y", "direction", "kind", "quality", "words"):
        getattr(parts, name)[row + 1] = getattr(parts, name)[row]


def _minutia_value(parts: Parts, rng: np.random.Generator) -> None:
    column = getattr(parts, str(rng.choice(["x", "y", "direction", "kind", "quality"])))
    if column.size:
        column[int(rng.integers(column.size))] = int(rng.choice(_OCTETS if column.itemsize == 1 else _SIDES))


def _words(parts: Parts, rng: np.random.Generator) -> None:
    """Bits where none may be: outside validity, beyond the cells."""
    if not parts.words.size:
        return
    row, word = int(rng.integers(parts.words.shape[0])), int(rng.integers(7))
    rows = slice(None) if rng.random() < 0.3 else row
    parts.words[rows, word, :] = rng.choice([0, 255, int(rng.integers(256))])


def _sound_words(parts: Parts, rng: np.random.Generator) -> None:
    parts.words = _random_words(parts.x.size, rng)


def _lying_words(parts: Parts, rng: np.random.Generator) -> None:
    """Bits outside validity, in all minutiae: similarities that are negative or no numbers."""
    parts.words = _random_words(parts.x.size, rng, lie=True)


def _denied_words(parts: Parts, rng: np.random.Generator) -> None:
    """Of one or all minutiae, valid cells only where no bit is set: two such words share more bits than they have."""
    count = int(rng.choice([1, 2, 3, 255]))
    for name in ("x", "y", "direction", "kind", "quality", "words"):
        setattr(parts, name, getattr(parts, name)[:count])
    share = float(rng.choice([0.5, 1.0]))
    denied = np.bitwise_or.reduce(parts.words[:, :6], axis=1)
    chosen = np.packbits(rng.random((parts.x.size, 56)) < share, axis=1, bitorder="little")
    parts.words[:, 6] &= ~(denied & chosen)
    if rng.random() < 0.5 and parts.x.size:  # no minutia of it is like any other
        parts.words[:] = parts.words[int(rng.integers(parts.x.size))]
    parts.count_again()


def _points(parts: Parts, rng: np.random.Generator) -> None:
    count = int(rng.choice([0, 1, 2, 126, 127]))
    parts.point_x = rng.integers(0, int(rng.choice([4, 1440, 65536])), count).astype(np.uint16)
    parts.point_y = rng.integers(0, int(rng.choice([4, 1600, 65536])), count).astype(np.uint16)
    parts.point_direction = rng.integers(0, 256, count, dtype=np.uint8)
    parts.point_kind = rng.integers(1, int(rng.choice([3, 3, 5])), count).astype(np.uint8)
    parts.count_again()


def _map_codes(parts: Parts, rng: np.random.Generator) -> None:
    parts.orientation[:] = int(rng.choice([0, 64, 127, 128, 200, 253, 254, 255]))


def _map_size(parts: Parts, rng: np.random.Generator) -> None:
    rows, cols = (int(side) for side in rng.choice(_MAP_SIDES, 2))
    parts.orientation = rng.integers(0, 128, (rows, cols), dtype=np.uint8)
    has_period = rng.random() < 0.5
    shape = ((rows + 1) // 2, (cols + 1) // 2) if has_period else (0, 0)
    parts.period = rng.integers(0, 256, shape, dtype=np.uint8)
    parts.count_again()


def _period(parts: Parts, rng: np.random.Generator) -> None:
    parts.period[:] = rng.integers(0, 256, parts.period.shape, dtype=np.uint8) * int(rng.choice([0, 1]))


def _frame_in_the_map(parts: Parts, rng: np.random.Generator) -> None:
    """Marks of frames and of files inside the period map, at whatever offset they come to lie."""
    marks = (b"FPGf", b"fGPF", b"\x89FPGS\r\n\x1a", b"FPET", struct.pack("<4sIII", b"FPGf", 16, 1, 0))
    held = bytearray(parts.period.tobytes())
    mark = marks[int(rng.integers(len(marks)))]
    for place in range(0, len(held) - len(mark), 16):
        held[place : place + len(mark)] = mark
    parts.period = np.frombuffer(bytes(held), np.uint8).reshape(parts.period.shape).copy()


_ALTERATIONS: tuple[Callable[[Parts, np.random.Generator], None], ...] = (
    _header_octet,
    _header_float,
    _print_size,
    _map_place,
    _digest,
    _name,
    _wrong_count,
    _version,
    _minutia_count,
    _crowd,
    _swap,
    _twice,
    _minutia_value,
    _words,
    _sound_words,
    _lying_words,
    _denied_words,
    _points,
    _map_codes,
    _map_size,
    _period,
    _frame_in_the_map,
)
