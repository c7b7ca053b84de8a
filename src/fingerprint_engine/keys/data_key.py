"""`DataKey`: what seals the pieces of one file."""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple, NoReturn

from fingerprint_engine.errors import InputError
from fingerprint_engine.keys.ciphers import NONCE_BYTES, TAG_BYTES, Aes, derived, random_bytes
from fingerprint_engine.keys.errors import NotAuthentic

MAX_WRAPPINGS = 8
"""Of one data key: by the master key and by emergency keys."""
MAX_WRAPPED_BYTES = 128
"""Of one of them."""
ENCRYPTED, AUTHENTICATED = b"\x01", b"\x02"
"""The modes of a data key, in the byte before it where it is wrapped."""


class Wrapping(NamedTuple):
    """A data key under one key of a ring: the id of that key, and the sealed bytes."""

    key_id: str
    data: bytes


class DataKey:
    """What seals the pieces of one file: AES-256-GCM, or HMAC-SHA-256 beside readable bytes.

    Attributes
    ----------
    wrappings
        The key itself, as it is stored.
    """

    __slots__ = ("_cipher", "_is_encrypting", "_mac_key", "_secret", "wrappings")

    def __init__(self, kind: bytes, secret: bytes, wrappings: tuple[Wrapping, ...]) -> None:
        self._secret, self._is_encrypting, self.wrappings = secret, kind == ENCRYPTED, wrappings
        self._cipher, self._mac_key = Aes(secret), derived(secret, b"authenticity")

    def seal(self, data: bytes | memoryview, nonce: bytes, place: bytes) -> bytes:
        """A piece with its tag behind it; `nonce` must never come again under this key, `place` says where it lies."""
        if self._is_encrypting:
            return self._cipher.seal(data, nonce, place)
        return bytes(data) + self._mac(nonce, place, data)

    def open(self, sealed: bytes | memoryview, nonce: bytes, place: bytes) -> bytes:
        """The piece that was sealed.

        Raises
        ------
        NotAuthentic
            When it was altered, or belongs somewhere else.
        """
        if len(sealed) < TAG_BYTES:
            raise NotAuthentic("expected a sealed piece, found fewer bytes than its tag has")
        if self._is_encrypting:
            return self._cipher.open(sealed, nonce, place)
        data, tag = bytes(sealed[:-TAG_BYTES]), bytes(sealed[-TAG_BYTES:])
        if not hmac.compare_digest(tag, self._mac(nonce, place, data)):
            raise NotAuthentic("it was altered, or belongs somewhere else")
        return data

    def seal_once(self, data: bytes, place: bytes) -> bytes:
        """A piece behind a random nonce, for what may be written again at the same place."""
        nonce = random_bytes(NONCE_BYTES)
        return nonce + self.seal(data, nonce, place)

    def open_once(self, sealed: bytes | memoryview, place: bytes) -> bytes:
        """What `seal_once` made; errors as `open`."""
        return self.open(sealed[NONCE_BYTES:], bytes(sealed[:NONCE_BYTES]), place)

    def tag(self, data: bytes) -> bytes:
        """A tag of `TAG_BYTES` for bytes that stay readable."""
        return self._mac(b"tag", b"", data)

    def kind_and_secret(self) -> bytes:
        """The bytes that are wrapped."""
        return (ENCRYPTED if self._is_encrypting else AUTHENTICATED) + self._secret

    def _mac(self, nonce: bytes, place: bytes, data: bytes | memoryview) -> bytes:
        made = hmac.new(self._mac_key, digestmod=hashlib.sha256)
        for part in (nonce, place):
            made.update(len(part).to_bytes(4, "little") + part)
        made.update(data)
        return made.digest()[:TAG_BYTES]

    def __repr__(self) -> str:
        return f"DataKey({', '.join(one.key_id for one in self.wrappings)})"

    def __reduce__(self) -> NoReturn:
        raise InputError("keys: expected to stay in their process")
