"""`AuditEntry`: one entry of the audit trail, and the digest that ties it to the one before."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

GENESIS = "0" * 64
"""What stands for the entry before the first."""
CHECKPOINT = "audit checkpoint"
"""Action of the entry that carries the chain over what was dropped."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class AuditEntry(NamedTuple):
    """Who did what, when and why.

    Attributes
    ----------
    number
        From 1, without holes.
    at
        The moment in UTC.
    actor, purpose, site
        Of the session.
    action
        What was done, or tried: then it begins with ``denied``.
    object
        Opaque identifiers of what it was done to; empty where there is none.
    receipt
        Digest of the receipt that the caller got; empty where there is none.
    previous, digest
        The chain.
    """

    number: int
    at: str
    actor: str
    purpose: str
    site: str
    action: str
    object: str
    receipt: str
    previous: str
    digest: str


class AuditHead(NamedTuple):
    """The last entry: number and digest. Kept elsewhere, it shows when the end is cut off or all is written anew."""

    registry: str
    number: int
    digest: str


def digest_of_entry(
    number: int, at: str, actor: str, purpose: str, site: str, action: str, thing: str, receipt: str, previous: str
) -> str:
    """SHA-256 (hexadecimal) over all fields of an entry and the digest of the one before."""
    text = _encode((previous, number, at, actor, purpose, site, action, thing, receipt))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
