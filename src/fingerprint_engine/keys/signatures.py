"""`Signature`: which capture station vouches for some bytes, and how that stands behind them in a file."""

from __future__ import annotations

import datetime
import hashlib
from typing import NamedTuple

from fingerprint_engine.keys.ciphers import KEY_BYTES, verify_signature
from fingerprint_engine.keys.errors import NotAuthentic, UnsafeKeys

MAX_NAME_BYTES = 80
SIGNATURE_MARK = b"\x89FPSG\r\n\x1a"
_LABEL = b"fingerprint-engine signature 1\0"
_NO_SIGNATURE = "expected a signature behind the content, found something else"
_SIZE_BYTES = 2
_FIXED_BYTES = 1 + 8 + KEY_BYTES + 64
"""Of a signature without the name of its station: length of that name, moment, public key, value."""


class Station(NamedTuple):
    """A capture station, as others know it: its name and the public half of its key (Ed25519)."""

    name: str
    public: bytes

    @property
    def id(self) -> str:
        """Follows from the key; a name alone is no proof."""
        return "S-" + hashlib.sha256(b"id" + self.public).digest()[:6].hex()


class Signature(NamedTuple):
    """What a station says of some bytes."""

    station: Station
    signed_at: int
    value: bytes

    def require(self, data: bytes) -> None:
        """See that the station signed these bytes.

        Raises
        ------
        NotAuthentic
        """
        verify_signature(self.station.public, self.value, what_is_signed(self.station, self.signed_at, data))


def what_is_signed(station: Station, signed_at: int, data: bytes) -> bytes:
    """The bytes that a signature is of: station, moment and content."""
    name = station.name.encode()
    return _LABEL + bytes([len(name)]) + name + signed_at.to_bytes(8, "little") + station.public + data


def signed_content(data: bytes) -> tuple[bytes, Signature | None]:
    """The bytes of a file, and the signature behind them if there is one; it fits them.

    Raises
    ------
    NotAuthentic
        When what stands there is none, or does not fit.
    """
    content, signature = _split(data)
    if signature is not None:
        signature.require(content)
    return content, signature


def _split(data: bytes) -> tuple[bytes, Signature | None]:
    if not data.endswith(SIGNATURE_MARK):
        return data, None
    try:
        end = len(data) - len(SIGNATURE_MARK) - _SIZE_BYTES
        size = int.from_bytes(data[end : end + _SIZE_BYTES], "little")
        fields = data[end - size : end]
        if size > end or len(fields) != fields[0] + _FIXED_BYTES:
            raise NotAuthentic(_NO_SIGNATURE)
        name, rest = fields[1 : 1 + fields[0]].decode(), fields[1 + fields[0] :]
        station = Station(checked_name(name), rest[8 : 8 + KEY_BYTES])
        signature = Signature(station, int.from_bytes(rest[:8], "little"), rest[8 + KEY_BYTES :])
        datetime.datetime.fromtimestamp(signature.signed_at, datetime.UTC)
    except (ValueError, IndexError, OverflowError, OSError, UnsafeKeys):
        raise NotAuthentic(_NO_SIGNATURE) from None
    return data[: end - size], signature


def with_signature(data: bytes, signature: Signature) -> bytes:
    """The bytes of a signed file."""
    name = signature.station.name.encode()
    fields = bytes([len(name)]) + name + signature.signed_at.to_bytes(8, "little")
    fields += signature.station.public + signature.value
    return data + fields + len(fields).to_bytes(_SIZE_BYTES, "little") + SIGNATURE_MARK


def checked_name(name: str) -> str:
    """The name of a station, or `UnsafeKeys`."""
    if not 0 < len(name.encode("utf-8", "replace")) <= MAX_NAME_BYTES or not name.isprintable():
        raise UnsafeKeys(f"station: expected a name of 1 to {MAX_NAME_BYTES} bytes that can be printed")
    return name
