"""Native template bytes with changed fields and a right size and checksum: what somebody who forges them writes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from fingerprint_engine.template import Template

HEADER_BYTES, CHECKSUM_BYTES = 52, 4


def sealed(body: bytes) -> bytes:
    """Bytes without a checksum, given a right size and checksum."""
    data = body[:6] + struct.pack("<I", len(body) + CHECKSUM_BYTES) + body[10:]
    return data + struct.pack("<I", zlib.crc32(data))


def with_octets(native: bytes, at: int, octets: bytes) -> bytes:
    """A template with some bytes replaced."""
    return sealed(native[:at] + octets + native[at + len(octets) : -CHECKSUM_BYTES])


def with_bits_outside_validity(native: bytes) -> bytes:
    """All sector bits of all minutiae set, validity as it was: similarities that were not numbers, once."""
    count, begin = native[30], HEADER_BYTES + native[29] + 7 * native[30]
    forged = bytearray(native[:-CHECKSUM_BYTES])
    for i in range(count):
        forged[begin + 49 * i : begin + 49 * i + 42] = (b"\xff" * 6 + b"\x0f") * 6
    return sealed(bytes(forged))


def mutations(template: Template, rng: np.random.Generator, count: int) -> Iterator[bytes]:
    """Bytes that differ in one to four places, mostly in header and minutiae, half of them by little."""
    native = template.to_bytes()
    for _ in range(count):
        forged = bytearray(native[:-CHECKSUM_BYTES])
        for _ in range(rng.integers(1, 5)):
            last = min(HEADER_BYTES + 8, len(forged)) if rng.random() < 0.5 else len(forged)
            at = int(rng.integers(4, last))
            near = (forged[at] + int(rng.integers(-2, 3))) % 256
            forged[at] = near if rng.random() < 0.5 else int(rng.integers(0, 256))
        yield sealed(bytes(forged)) if rng.random() < 0.95 else bytes(forged)
