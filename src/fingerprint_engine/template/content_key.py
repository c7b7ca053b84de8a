"""`content_key` orders any two templates, so that a comparison and its mirror image are one computation."""

from __future__ import annotations

import hashlib

from fingerprint_engine.template.kernels.native import (
    CHECKSUM_BYTES,
    CONTENT_AT,
    COUNT_AT,
    FLAGS_AT,
    GRID_AT,
    HAS_PERIOD,
    MINUTIA_BYTES,
    NAME_LENGTH_AT,
    SINGULAR_BYTES,
)


def content_key(native: bytes | memoryview) -> int:
    """64 bits of a hash of what a comparison sees of a checked native template: minutiae, descriptors and coarse map.

    What it does not see (digests, finger, impression, quality, names, resolution) changes no score, not even in its
    last digits.
    """
    head = bytes(native[:CONTENT_AT])
    count, flags = head[COUNT_AT], head[FLAGS_AT]
    begin = CONTENT_AT + head[NAME_LENGTH_AT]
    end = begin + count * MINUTIA_BYTES
    maps = end + (flags & ~HAS_PERIOD) * SINGULAR_BYTES
    counts = bytes((count, flags & HAS_PERIOD))
    seen = b"".join((native[begin:end], native[maps:-CHECKSUM_BYTES], counts, head[GRID_AT:]))
    return int.from_bytes(hashlib.blake2b(seen, digest_size=8).digest(), "little")
