"""The chain of a bundle's records: a digest that each record carries on, and that the signed head states at its end."""

from __future__ import annotations

import hashlib
import json
import re
from typing import NamedTuple

from fingerprint_engine.errors import BundleRefused, Refusal
from fingerprint_engine.exchange.agencies.head import BundleHead, refuse, segment
from fingerprint_engine.exchange.agencies.jose import AGREEMENT, ENCRYPTION, MAX_SEALED_BYTES
from fingerprint_engine.text.bounded_json import BoundedObject

MAX_LINE = MAX_SEALED_BYTES + 4096
_SEALED = re.compile(rb"[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\n")
_WORDS = {"alg", "enc", "kid", "bundle", "number", "previous", "epk"}


def chain_start(bundle: str, kind: str, sender: str, receiver: str, number: int) -> bytes:
    """The chain before the first record: every record is bound to who sends what to whom.

    Otherwise an agency that got hold of what another one had sealed could sign it, and be answered in its place.
    """
    return hashlib.sha256(json.dumps([bundle, kind, sender, receiver, number]).encode()).digest()


def chain_start_of(head: BundleHead) -> bytes:
    """The chain before the first record of a bundle."""
    return chain_start(head.bundle, head.kind.value, head.sender, head.receiver, head.number)


def chain_next(previous: bytes, line: bytes) -> bytes:
    """The chain after a record."""
    return hashlib.sha256(previous + line).digest()


class RecordHeader(NamedTuple):
    """What a sealed record says of itself in the open."""

    key_id: str
    bundle: str
    number: int
    previous: bytes


def read_record_header(line: bytes) -> RecordHeader:
    """Take the header of a sealed record apart.

    Raises
    ------
    BundleRefused
    """
    if not line.endswith(b"\n"):
        raise BundleRefused(Refusal.TRUNCATED, "expected the end of a line")
    if _SEALED.fullmatch(line) is None:
        raise refuse("expected a sealed record")
    found = BoundedObject(segment(line.partition(b".")[0]), "header", refuse)
    if set(found.names) != _WORDS or (found.text("alg", 32), found.text("enc", 32)) != (AGREEMENT, ENCRYPTION):
        raise refuse(f"header: expected {', '.join(sorted(_WORDS))}, with {AGREEMENT} and {ENCRYPTION}")
    return RecordHeader(
        found.text("kid", 64, 1),
        found.text("bundle", 40, 1),
        found.whole("number", 1, 2**31),
        found.octets("previous", 32),
    )


def check_place(header: RecordHeader, head: BundleHead, number: int, chain: bytes) -> None:
    """See that a record stands where it was made for.

    Raises
    ------
    BundleRefused
    """
    if header.bundle != head.bundle:
        raise BundleRefused(Refusal.ALTERED, "expected a record of this bundle, found one of another", number)
    if header.number != number:
        raise BundleRefused(Refusal.REORDERED, f"expected record {number}, found record {header.number}", number)
    if header.previous != chain:
        raise BundleRefused(Refusal.ALTERED, "expected the chain of the records before it", number)
