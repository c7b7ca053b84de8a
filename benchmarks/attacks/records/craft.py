"""One crafted exchange file: a sound one of any format, altered by its structure."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

from benchmarks.attacks.images.craft import craft as crafted_image
from benchmarks.attacks.records.octet_records import Place, altered_record, places
from benchmarks.attacks.records.samples import sound_records
from benchmarks.attacks.records.transactions import altered_transaction
from benchmarks.exchange.mutations import mutated
from fingerprint_engine.errors import FingerprintEngineError
from fingerprint_engine.exchange import image_records, minutiae_records

_LINES = (b"0 0 0 0", b"16383 16383 360 100", b"99999 1 1", b"10 10 361", b"1 2 3 4 5", b"-1 5 5", b"10\t10\t10", b" ")
_WRAPPED = 0.06
MAX_BYTES = 48 * 2**20
"""More would be refused for its size alone."""


def craft(rng: np.random.Generator) -> bytes:
    """An altered file; transactions as often as all others together, since they have the richest structure."""
    return _altered(rng)[:MAX_BYTES]


def _altered(rng: np.random.Generator) -> bytes:
    names = list(sound_records())
    transactions = [name for name in names if name.startswith("ansi")]
    name = str(rng.choice(transactions if rng.random() < 0.5 else names))
    data = sound_records()[name]
    if rng.random() < _WRAPPED:
        return _wrapped(data, rng)
    if name.startswith("ansi"):
        return altered_transaction(data, rng) if rng.random() < 0.9 else mutated(data, rng)
    if name == "xyt":
        return _list(data, rng)
    known = _places(name)
    if not known or rng.random() < 0.1:
        return mutated(data, rng)
    if "19794-4" in name and rng.random() < 0.3:
        return _other_image(data, crafted_image(rng), rng)
    return altered_record(data, known, rng)


@functools.cache
def _places(name: str) -> tuple[Place, ...]:
    data = sound_records()[name]
    try:
        return places(data, _reader(data))
    except FingerprintEngineError:
        return ()


def _reader(data: bytes) -> Callable[[bytes], object]:
    is_minutiae = minutiae_records.is_minutiae_record(data)
    return minutiae_records.loads if is_minutiae else image_records.loads


def _other_image(data: bytes, payload: bytes, rng: np.random.Generator) -> bytes:
    """A record of images around crafted image data."""
    record = image_records.loads(data)
    view = dataclasses.replace(record.views[0], data=payload[: 2**24], compression=int(rng.integers(0, 7)))
    try:
        return image_records.dumps(dataclasses.replace(record, views=(view,)))
    except FingerprintEngineError:
        return data


def _list(data: bytes, rng: np.random.Generator) -> bytes:
    lines = data.split(b"\n")
    for _ in range(int(rng.integers(1, 5))):
        lines[int(rng.integers(len(lines)))] = _LINES[int(rng.integers(len(_LINES)))]
    if rng.random() < 0.3:
        lines = lines * int(rng.choice([2, 300, 5_000]))
    if rng.random() < 0.1:
        lines.insert(1, b"\n" * 5_000_000)
    return b"\n".join(lines)


def _wrapped(data: bytes, rng: np.random.Generator) -> bytes:
    """What others put around records: the header of a CBEFF patron format, tagged lengths, XML."""
    heads = (
        b"\x03\x0d" + len(data).to_bytes(4, "big") + b"\0\0" + bytes(80),
        b"\x7f\x61\x84" + (len(data) + 3).to_bytes(4, "big") + b"\x02\x01\x01",
        b"\x7f\x61" * int(rng.choice([1, 1000, 500_000])),
        b'<?xml version="1.0"?><BIR>' + b"<BIR>" * int(rng.choice([1, 100_000])),
        b"\x75\x82" + (len(data) & 0xFFFF).to_bytes(2, "big"),
    )
    return heads[int(rng.integers(len(heads)))] + data
