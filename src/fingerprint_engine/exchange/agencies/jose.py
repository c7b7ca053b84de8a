"""The one door to joserfc: keys, signatures (JWS, Ed25519) and sealed records (JWE, X25519 with A256GCM).

No other algorithm is accepted, whatever a header says, nothing is decompressed, and no error of the library gets out.
"""

from __future__ import annotations

import warnings
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Final, Literal, TypeVar

from fingerprint_engine.errors import KeyFileError, MissingExtra

try:
    from joserfc import jwe, jws
    from joserfc.errors import JoseError
    from joserfc.jwk import OKPKey
    from joserfc.registry import HeaderParameter
except ImportError:
    raise MissingExtra("bundles between agencies need joserfc", "agencies") from None

Key = OKPKey
Result = TypeVar("Result")
Curve = Literal["Ed25519", "X25519"]
SIGNS: Final = "Ed25519"
SEALS: Final = "X25519"
"""Curves of the keys: one signs, the other one agrees on a key that encrypts a record."""
SIGNATURE, AGREEMENT, ENCRYPTION = "Ed25519", "ECDH-ES", "A256GCM"
"""Names of the algorithms: RFC 9864, RFC 7518 4.6 and 5.3."""
MAX_SEALED_BYTES = 34 * 2**20
"""Chosen: ten images of 1 MB each, coded for JSON and for JWE."""


class _Signatures(jws.JWSRegistry):
    max_header_length = 1024
    max_payload_length = 16384


class _Seals(jwe.JWERegistry):
    max_ciphertext_length = MAX_SEALED_BYTES


_SIGNATURES = _Signatures(algorithms=[SIGNATURE])
_SEALS = _Seals(
    {
        "bundle": HeaderParameter("Bundle that the record belongs to", "str", True),
        "number": HeaderParameter("Place of the record in it", "int", True),
        "previous": HeaderParameter("Chain of the records before", "str", True),
    },
    algorithms=[AGREEMENT, ENCRYPTION],
)


def new_key(curve: Curve) -> Key:
    """A new pair of keys."""
    return _required(lambda: OKPKey.generate_key(curve, auto_kid=True))


def load_key(curve: Curve, x: str, d: str = "") -> Key:
    """A key from its numbers, as RFC 8037 writes them.

    Parameters
    ----------
    curve
        `SIGNS` or `SEALS`.
    x, d
        Public and private part, base64url; without `d` the key is a public one.

    Raises
    ------
    KeyFileError
        When they are no such key.
    """
    words: dict[str, str | list[str]] = {"kty": "OKP", "crv": curve, "x": x, **({"d": d} if d else {})}
    return _required(lambda: OKPKey.import_key(words))


def numbers_of(key: Key) -> dict[str, str]:
    """The numbers of a key: `x`, and `d` of a private one."""
    words: dict[str, Any] = dict(key.as_dict(private=key.is_private))
    return {name: str(words[name]) for name in ("x", "d") if name in words}


def is_pair(key: Key) -> bool:
    """Whether the private part of a key belongs to its public part."""
    words = numbers_of(key)
    return "d" in words and _attempt(lambda: _public_part(key)) == words["x"]


def thumbprint(key: Key) -> str:
    """Name of a key that follows from its public part: RFC 7638."""
    return str(key.thumbprint())


def sign(payload: bytes, key: Key, header: dict[str, Any]) -> str:
    """A signed text (JWS, compact)."""
    return _required(lambda: jws.serialize_compact({"alg": SIGNATURE, **header}, payload, key, registry=_SIGNATURES))


def is_signed(token: str, key: Key) -> bool:
    """Whether a key signed this text."""
    return _attempt(lambda: jws.deserialize_compact(token, key, registry=_SIGNATURES)) is not None


def seal(plaintext: bytes, key: Key, header: dict[str, Any]) -> str:
    """A text that only the owner of a key can read (JWE, compact); the header is not secret and cannot be altered."""
    protected = {"alg": AGREEMENT, "enc": ENCRYPTION, **header}
    return _required(lambda: jwe.encrypt_compact(protected, plaintext, key, registry=_SEALS))


def unseal(token: str, key: Key) -> bytes | None:
    """What was sealed; None when it was sealed for another key, or altered."""
    return _attempt(lambda: jwe.decrypt_compact(token, key, registry=_SEALS).plaintext)


def _public_part(key: Key) -> str:
    private: Any = key.private_key
    return urlsafe_b64encode(private.public_key().public_bytes_raw()).rstrip(b"=").decode()


def _required(work: Callable[[], Result]) -> Result:
    found = _attempt(work)
    if found is None:
        raise KeyFileError(f"key: expected one of the curves {SIGNS} and {SEALS}, found something else")
    return found


def _attempt(work: Callable[[], Result]) -> Result | None:
    """The result of the library, or None: bytes of strangers make it raise nearly anything."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return work()
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, AssertionError, ArithmeticError, Warning):
        return None
    except Exception as error:  # of the cryptography package: InvalidTag, UnsupportedAlgorithm, InternalError
        if type(error).__module__.partition(".")[0] not in ("cryptography", "joserfc"):
            raise
        return None
