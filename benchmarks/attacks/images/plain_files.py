"""Altered BMP and PGM files."""

from __future__ import annotations

import numpy as np

_SIDES = (0, 1, 15, 16, 7000, 20_000, 65_535, 2**31 - 1, 2**31, 2**32 - 1, 2**32 - 224)
_SMALL = (0, 1, 2, 3, 4, 8, 16, 24, 32, 64, 255)
_PGM_NUMBERS = (b"0", b"1", b"16", b"224", b"7000", b"100000", b"99999999999999999999", b"-5", b"1e3", b"", b"65535")


def altered_bmp(data: bytes, rng: np.random.Generator) -> bytes:
    """Fields of the header: sizes, depth, compression, resolution, colours, where pixels begin."""
    altered = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        at, size = ((10, 4), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2), (30, 4), (34, 4), (38, 4), (42, 4), (46, 4))[
            int(rng.integers(11))
        ]
        values = _SMALL if at in (26, 28, 30) else _SIDES
        altered[at : at + size] = (int(rng.choice(values)) % 256**size).to_bytes(size, "little")
    if rng.random() < 0.1:
        altered = altered[: int(rng.integers(20, len(altered)))]
    return bytes(altered)


def altered_pgm(data: bytes, rng: np.random.Generator) -> bytes:
    """Numbers of the header, comments, spaces, and pixels in words."""
    words = data.split(None, 4)
    while len(words) < 5:
        words.append(b"")
    for _ in range(int(rng.integers(1, 4))):
        choice = rng.random()
        if choice < 0.6:
            words[int(rng.integers(1, 4))] = _PGM_NUMBERS[int(rng.integers(len(_PGM_NUMBERS)))]
        elif choice < 0.7:
            words[0] = (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"P7", b"Pf")[int(rng.integers(8))]
        elif choice < 0.8:
            words[1] = b"#" + b"x" * int(rng.choice([1, 5_000_000])) + b"\n" + words[1]
        elif choice < 0.9:
            words[4] = (b"0 " * int(rng.choice([10, 10_000_000]))) or words[4]
        else:
            words[2] = words[2] + b" " * int(rng.choice([1, 5_000_000]))
    return b"\n".join(words[:4]) + b"\n" + words[4]
