"""`MasterKey`: wraps data keys, and is named by an id that says nothing of it."""

from __future__ import annotations

import dataclasses
import hashlib

from fingerprint_engine.keys.ciphers import NONCE_BYTES, Aes, derived, opened_by, random_bytes, sealed_to
from fingerprint_engine.keys.data_key import Wrapping
from fingerprint_engine.keys.errors import NotAuthentic, WrongKey


@dataclasses.dataclass(frozen=True, slots=True)
class MasterKey:
    """A key that wraps others: a secret, or only the public half of an emergency key."""

    id: str
    secret: bytes | None
    public: bytes | None = None

    @classmethod
    def of(cls, secret: bytes) -> MasterKey:
        """A symmetric one."""
        return cls("K-" + derived(secret, b"id")[:6].hex(), secret)

    @classmethod
    def emergency(cls, secret: bytes | None, public: bytes) -> MasterKey:
        """An emergency key, or its public half."""
        return cls("E-" + hashlib.sha256(b"id" + public).digest()[:6].hex(), secret, public)

    def wrap(self, data: bytes, purpose: bytes) -> Wrapping:
        """A data key, for one purpose."""
        if self.public is not None:
            return Wrapping(self.id, sealed_to(self.public, data, purpose))
        nonce = random_bytes(NONCE_BYTES)
        return Wrapping(self.id, nonce + Aes(self.secret or b"").seal(data, nonce, purpose))

    def unwrap(self, data: bytes, purpose: bytes) -> bytes:
        """The data key; `WrongKey` when this one did not wrap it for this purpose."""
        try:
            if self.public is not None:
                return opened_by(self.secret or b"", data, purpose)
            return Aes(self.secret or b"").open(data[NONCE_BYTES:], data[:NONCE_BYTES], purpose)
        except NotAuthentic:
            raise WrongKey(f"key {self.id}: it does not open this file's key: altered, or of another file") from None

    def __repr__(self) -> str:
        return f"{self.id}"
