"""`BundleHead`: what the signed first line of a bundle says."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import enum
import json
import re
import secrets
from typing import Any

from fingerprint_engine.errors import BundleRefused, Refusal
from fingerprint_engine.exchange.agencies.moments import is_moment
from fingerprint_engine.text.bounded_json import BoundedObject, parse

MAGIC = b"fingerprint-engine bundle 1\n"
"""First line of the file: a reader sees what it is before it reads on."""
TYPE = "fingerprint-engine-bundle"
MAX_HEAD = 16384
MAX_COUNT = 100_000
"""Chosen: more people than any prison has; the chain of so many takes 3 MB."""
MAX_NAME = 120
DIGEST_BYTES = 32
_IDENTIFIER = re.compile(r"[A-Za-z0-9-]*")
_COMPACT = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


class BundleKind(enum.Enum):
    """What the records of a bundle are."""

    REQUEST = "request"
    ANSWER = "answer"
    CONFIRMATION = "confirmation"
    CORE_DATA = "core data"
    WATCH = "watch"
    NOTICE = "notice"


@dataclasses.dataclass(frozen=True, slots=True)
class BundleHead:
    """Who sends what to whom.

    Attributes
    ----------
    bundle
        Identifier, opaque.
    kind
        What the records are.
    sender, receiver
        Names of agencies, as both directories spell them.
    number
        How many bundles the sender has made for this receiver, this one included.
    count
        Records that follow.
    made_at, expires_at
        When it was made, and from when on nobody may use it.
    reply_to
        The bundle that it answers; empty for none.
    chain
        SHA-256 (hexadecimal) over all records, one after the other.
    """

    bundle: str
    kind: BundleKind
    sender: str
    receiver: str
    number: int
    count: int
    made_at: str
    expires_at: str
    reply_to: str
    chain: str

    def payload(self) -> bytes:
        """What is signed."""
        content = dataclasses.asdict(self) | {"kind": self.kind.value}
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def new_bundle_id() -> str:
    """A new identifier that says nothing."""
    return f"B-{base64.b32encode(secrets.token_bytes(10)).decode()}"


@dataclasses.dataclass(frozen=True, slots=True)
class SignedHead:
    """The first line taken apart, before anybody believes it."""

    token: str
    key_id: str
    head: BundleHead


def read_head(line: bytes) -> SignedHead:
    """Take the signed line apart.

    Raises
    ------
    BundleRefused
    """
    parts = _COMPACT.fullmatch(line.removesuffix(b"\n"))
    if parts is None or not line.endswith(b"\n") or len(line) > MAX_HEAD:
        raise BundleRefused(Refusal.MALFORMED, f"expected a signed head of at most {MAX_HEAD:,} bytes")
    header, payload, _ = (_decoded(part) for part in parts.groups())
    words = _object(header, "header")
    if words.text("typ", 64) != TYPE:
        raise BundleRefused(Refusal.MALFORMED, "head: expected that of a bundle")
    return SignedHead(line[:-1].decode(), words.text("kid", 64, 1), _head(_object(payload, "head")))


def segment(data: bytes) -> dict[str, Any]:
    """The object in a base64url segment of a record's header.

    Raises
    ------
    BundleRefused
    """
    found = parse(_decoded(data), "header", refuse)
    if not isinstance(found, dict):
        raise refuse("header: expected an object")
    return found


def refuse(detail: str) -> BundleRefused:
    """A refusal for values that a bundle cannot hold."""
    return BundleRefused(Refusal.MALFORMED, detail)


def _head(found: BoundedObject) -> BundleHead:
    kinds = {one.value: one for one in BundleKind}
    kind = found.text("kind", 32)
    if kind not in kinds:
        raise refuse("head: kind: expected one of " + ", ".join(kinds))
    if set(found.names) != set(BundleHead.__dataclass_fields__):
        raise refuse("head: expected " + ", ".join(BundleHead.__dataclass_fields__))
    for name in ("made_at", "expires_at"):
        if not is_moment(found.text(name, 32)):
            raise refuse(f"head: {name}: expected a moment in UTC with microseconds")
    for name in ("bundle", "reply_to"):
        if not _IDENTIFIER.fullmatch(found.text(name, 40)):
            raise refuse(f"head: {name}: expected letters, digits and hyphens")
    found.octets("chain", DIGEST_BYTES)
    return BundleHead(
        found.text("bundle", 40, 1),
        kinds[kind],
        found.text("sender", 4 * MAX_NAME, 1),
        found.text("receiver", 4 * MAX_NAME, 1),
        found.whole("number", 1, 2**53),
        found.whole("count", 0, MAX_COUNT),
        found.text("made_at", 32),
        found.text("expires_at", 32),
        found.text("reply_to", 40),
        found.text("chain", 2 * DIGEST_BYTES),
    )


def _object(data: bytes, place: str) -> BoundedObject:
    return BoundedObject(parse(data, place, refuse), place, refuse)


def _decoded(part: bytes) -> bytes:
    """The bytes of a base64url text, if it is the one text for them: another would be an altered byte unnoticed."""
    try:
        data = base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BundleRefused(Refusal.ALTERED, "head: expected base64url") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=") != part:
        raise BundleRefused(Refusal.ALTERED, "head: expected base64url in its one form")
    return data
