"""What `cryptography` does for us: AES-256-GCM, X25519, Ed25519; and random bytes, derived and stretched keys."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from fingerprint_engine.errors import MissingExtra
from fingerprint_engine.keys.errors import NotAuthentic, UnsafeKeys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_BYTES = 32
"""Of a key."""
TAG_BYTES = 16
"""By which a sealed piece says that nothing of it was changed."""
NONCE_BYTES = 12
"""That make two sealed pieces of the same data differ."""
SALT_BYTES = 16
_SCRYPT = {"n": 1 << 16, "r": 8, "p": 1, "maxmem": 1 << 27}
"""Chosen: 64 MB and a quarter of a second for each guess of a passphrase."""


class Aes:
    """AES-256-GCM under one key."""

    def __init__(self, secret: bytes) -> None:
        with _needing_extra():
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        self._cipher, self._refused = AESGCM(secret), InvalidTag

    def seal(self, data: bytes | memoryview, nonce: bytes, place: bytes) -> bytes:
        """Encrypted, with a tag of `TAG_BYTES` behind it."""
        return bytes(self._cipher.encrypt(nonce, data, place))

    def open(self, sealed: bytes | memoryview, nonce: bytes, place: bytes) -> bytes:
        """What was sealed.

        Raises
        ------
        NotAuthentic
        """
        try:
            return bytes(self._cipher.decrypt(nonce, sealed, place))
        except (self._refused, ValueError):  # a nonce that is cut short is a ValueError
            raise NotAuthentic("it was altered, or belongs somewhere else") from None


def random_bytes(count: int) -> bytes:
    """From the system, or `UnsafeKeys`."""
    try:
        return secrets.token_bytes(count)
    except (OSError, NotImplementedError):
        raise UnsafeKeys("keys: the system gives no random bytes; nothing was made") from None


def derived(secret: bytes, label: bytes) -> bytes:
    """Another key of a key, for one purpose."""
    return hmac.digest(secret, b"fingerprint-engine " + label, "sha256")


def stretched(passphrase: str, salt: bytes) -> bytes:
    """A key of a passphrase.

    Raises
    ------
    UnsafeKeys
        When it is empty.
    """
    if not passphrase.strip():
        raise UnsafeKeys("passphrase: expected one, got an empty one")
    stretch: Callable[..., bytes] = hashlib.scrypt
    return stretch(passphrase.encode(), salt=salt, dklen=KEY_BYTES, **_SCRYPT)


def public_of(secret: bytes) -> bytes:
    """The public half of a key of X25519."""
    with _needing_extra():
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def sealed_to(public: bytes, data: bytes, purpose: bytes) -> bytes:
    """For the holder of a private key: an ephemeral public key, and the data under what both halves agree on."""
    ephemeral = random_bytes(KEY_BYTES)
    own = public_of(ephemeral)
    return own + Aes(_agreed(ephemeral, public, own + public)).seal(data, bytes(NONCE_BYTES), purpose)  # used once


def opened_by(secret: bytes, data: bytes, purpose: bytes) -> bytes:
    """What `sealed_to` made for the public half of a private key.

    Raises
    ------
    NotAuthentic
    """
    own, sealed = data[:KEY_BYTES], data[KEY_BYTES:]
    try:
        key = _agreed(secret, own, own + public_of(secret))
    except ValueError:  # no point of the curve
        raise NotAuthentic("it was altered, or belongs somewhere else") from None
    return Aes(key).open(sealed, bytes(NONCE_BYTES), purpose)


def signing_public_of(secret: bytes) -> bytes:
    """The public half of a key of Ed25519."""
    return _signer(secret).public_key().public_bytes_raw()


def signature_of(secret: bytes, data: bytes) -> bytes:
    """A signature (Ed25519), 64 bytes."""
    return _signer(secret).sign(data)


def verify_signature(public: bytes, signature: bytes, data: bytes) -> None:
    """See that the holder of a private key signed some bytes.

    Raises
    ------
    NotAuthentic
    """
    with _needing_extra():
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        raise NotAuthentic("its signature does not fit: it was altered, or another key signed it") from None


def _signer(secret: bytes) -> Ed25519PrivateKey:
    with _needing_extra():
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    return Ed25519PrivateKey.from_private_bytes(secret)


def _agreed(secret: bytes, public: bytes, both: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    shared = X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))
    return derived(shared, b"emergency" + both)


@contextlib.contextmanager
def _needing_extra() -> Iterator[Any]:
    try:
        yield
    except ImportError as error:
        raise MissingExtra("keys need the package cryptography", "protected") from error
