"""SECRETS IN, SEALED PIECES OUT: keys that protect what is stored; the one door to `cryptography` (``protected``).

A *master key* protects nothing but other keys. Each file gets a *data key* of its own, which is kept beside it, wrapped
by the master key; so a new master key needs new wrappings only. An *emergency key* wraps every data key as well: the
ring that is used every day holds its public half, the private half lies in a safe. The room must not know what is
stored.
"""

from fingerprint_engine.keys.ciphers import KEY_BYTES, NONCE_BYTES, TAG_BYTES
from fingerprint_engine.keys.data_key import MAX_WRAPPED_BYTES, MAX_WRAPPINGS, DataKey, Wrapping
from fingerprint_engine.keys.lent_keys import LentKeys, lend
from fingerprint_engine.keys.ring import KeyRing
from fingerprint_engine.keys.signatures import Signature, Station
from fingerprint_engine.keys.stations import Provenance, StationKey, Stations

__all__ = [
    "KEY_BYTES",
    "MAX_WRAPPED_BYTES",
    "MAX_WRAPPINGS",
    "NONCE_BYTES",
    "TAG_BYTES",
    "DataKey",
    "KeyRing",
    "LentKeys",
    "Provenance",
    "Signature",
    "Station",
    "StationKey",
    "Stations",
    "Wrapping",
    "lend",
]
