"""A whole file as one sealed piece, with its wrapped data key before it: for what is small and written once."""

from __future__ import annotations

from fingerprint_engine.keys.ciphers import NONCE_BYTES, TAG_BYTES
from fingerprint_engine.keys.data_key import MAX_WRAPPINGS, Wrapping
from fingerprint_engine.keys.errors import NotAuthentic, WrongKey
from fingerprint_engine.keys.ring import KeyRing

SEALED_FILE_MARK = b"\x89FPKF\r\n\x1a"
MAX_OVERHEAD_BYTES = 2048


def seal_file(data: bytes, ring: KeyRing, purpose: bytes) -> bytes:
    """The bytes of a sealed file; `purpose` says what kind of content it is."""
    key = ring.new_key(purpose)
    parts = [SEALED_FILE_MARK, bytes([len(key.wrappings)])]
    for wrapping in key.wrappings:
        for text in (wrapping.key_id.encode(), wrapping.data):
            parts += [bytes([len(text)]), text]
    return b"".join((*parts, key.seal_once(data, purpose)))


def is_sealed_file(data: bytes) -> bool:
    """Whether bytes begin like a sealed file."""
    return data.startswith(SEALED_FILE_MARK)


def open_file(data: bytes, ring: KeyRing | None, purpose: bytes) -> bytes:
    """What was sealed.

    Raises
    ------
    WrongKey
        When no key of the ring opens it, or there is no ring.
    NotAuthentic
        When it was altered, or holds something of another kind.
    """
    wrappings, at = [], len(SEALED_FILE_MARK) + 1
    count = data[at - 1] if len(data) >= at else 0
    if not is_sealed_file(data) or not 1 <= count <= MAX_WRAPPINGS:
        raise NotAuthentic("expected a sealed file")
    for _ in range(count):
        fields = []
        for _ in range(2):
            end = at + 1 + data[at] if at < len(data) else at
            fields.append(data[at + 1 : end])
            at = end
        wrappings.append(Wrapping(fields[0].decode("ascii", "replace"), fields[1]))
    if len(data) < at + NONCE_BYTES + TAG_BYTES:
        raise NotAuthentic("expected a sealed file, it is cut short")
    if ring is None:
        ids = ", ".join(ascii(one.key_id)[1:-1] for one in wrappings)
        raise WrongKey(f"it is protected by key {ids}; keys are needed to read it")
    return ring.open_key(wrappings, purpose).open_once(data[at:], purpose)
