"""`OwnKeys` and `AgencyCard`: the keys that an agency keeps to itself, and what it gives to others."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fingerprint_engine.errors import KeyFileError, LimitExceeded, NotARegularFile
from fingerprint_engine.exchange.agencies.jose import (
    SEALS,
    SIGNS,
    Curve,
    Key,
    is_pair,
    load_key,
    new_key,
    numbers_of,
    thumbprint,
)
from fingerprint_engine.exchange.agencies.moments import is_moment
from fingerprint_engine.regular_files import read_regular
from fingerprint_engine.text.bounded_json import BoundedObject, parse
from fingerprint_engine.text.shown import brief

MAX_NAME = 120
MAX_KEYS = 32
MAX_FILE = 4_000_000
CARD, OWN = "fingerprint-engine agency card", "fingerprint-engine agency keys"
VERSION = 1
_CURVES: dict[str, Curve] = {SIGNS: SIGNS, SEALS: SEALS}


@dataclasses.dataclass(frozen=True, slots=True)
class AgencyKey:
    """One key of an agency.

    Attributes
    ----------
    id
        Follows from the public part (RFC 7638): two agencies that read it to each other know that they mean one key.
    curve
        What it is for: `SIGNS` or `SEALS`.
    x, d
        Public and private part; `d` is empty where only the public one is known.
    made_at, retired_at
        From when to when it is used; empty while it is.
    """

    id: str
    curve: Curve
    x: str
    d: str = dataclasses.field(default="", repr=False)
    made_at: str = ""
    retired_at: str = ""

    def is_in_use(self, at: str) -> bool:
        """Whether it may still sign or seal at a moment."""
        return not self.retired_at or at < self.retired_at

    @property
    def public(self) -> AgencyKey:
        """The same without its private part."""
        return dataclasses.replace(self, d="")

    def loaded(self) -> Key:
        """The key as the library wants it."""
        return _loaded(self.curve, self.x, self.d)


@dataclasses.dataclass(frozen=True, slots=True)
class AgencyCard:
    """What others need to know of an agency: its name and its public keys."""

    agency: str
    keys: tuple[AgencyKey, ...]

    def key(self, key_id: str, curve: Curve) -> AgencyKey | None:
        """A key by its name; None when the agency has none."""
        return next((one for one in self.keys if one.id == key_id and one.curve == curve), None)

    def newest(self, curve: Curve, at: str) -> AgencyKey:
        """The key to use now.

        Raises
        ------
        KeyFileError
            When all are retired.
        """
        found = [one for one in self.keys if one.curve == curve and one.is_in_use(at)]
        if not found:
            raise KeyFileError(f"keys: expected one of curve {curve} in use, found none")
        return max(found, key=lambda one: (one.made_at, one.id))

    def to_bytes(self) -> bytes:
        """The file that is given to others."""
        return written(CARD, {"agency": self.agency, "keys": [as_dict(one.public) for one in self.keys]})

    @classmethod
    def from_bytes(cls, data: bytes) -> AgencyCard:
        """Read a card.

        Raises
        ------
        KeyFileError
        """
        return cls.from_object(opened(data, CARD))

    @classmethod
    def from_object(cls, found: BoundedObject, *, private: bool = False) -> AgencyCard:
        """Read a card that stands in a larger file."""
        agency = _name(found.text("agency", 4 * MAX_NAME, 1))
        keys = tuple(_key(one, private=private) for one in found.objects("keys", MAX_KEYS))
        if len({one.id for one in keys}) != len(keys) or not keys:
            raise KeyFileError("keys: expected at least one, and each once")
        return cls(agency, keys)


@dataclasses.dataclass(frozen=True, slots=True)
class OwnKeys(AgencyCard):
    """The private keys of one's own agency: one to sign and one to open, and older ones that still open."""

    @classmethod
    def make(cls, agency: str, at: str) -> OwnKeys:
        """New keys for an agency that has none.

        Raises
        ------
        KeyFileError
            When no agency can be called so.
        """
        return cls(_name(agency), (_made(SIGNS, at), _made(SEALS, at)))

    def renewed(self, at: str) -> OwnKeys:
        """New keys beside the old ones, which are retired: they open what is on its way, and sign nothing more."""
        old = tuple(one if one.retired_at else dataclasses.replace(one, retired_at=at) for one in self.keys)
        return OwnKeys(self.agency, (*old, _made(SIGNS, at), _made(SEALS, at)))

    @property
    def card(self) -> AgencyCard:
        """What to give to others."""
        return AgencyCard(self.agency, tuple(one.public for one in self.keys))

    def to_bytes(self) -> bytes:
        """The file that stays with the agency."""
        return written(OWN, {"agency": self.agency, "keys": [as_dict(one) for one in self.keys]})

    @classmethod
    def from_bytes(cls, data: bytes) -> OwnKeys:
        """Read private keys.

        Raises
        ------
        KeyFileError
        """
        card = AgencyCard.from_object(opened(data, OWN), private=True)
        return cls(card.agency, card.keys)


def _name(agency: str) -> str:
    """The name of an agency, or `KeyFileError`; what cannot be written as UTF-8 is not printable either."""
    if not 0 < len(agency) <= MAX_NAME or not agency.isprintable():
        raise KeyFileError(f"agency: expected a printable name of 1 to {MAX_NAME} characters, got {brief(agency)}")
    return agency


def read_own_keys(path: str | os.PathLike[str]) -> OwnKeys:
    """Read the file of one's private keys.

    Raises
    ------
    KeyFileError
        When it is no such file, or others than its owner may read it.
    """
    data = read_key_file(path)
    if os.name == "posix" and stat.S_IMODE(Path(path).stat().st_mode) & 0o077:
        raise KeyFileError(f"{os.fspath(path)}: expected private keys that their owner alone may read: chmod 600")
    return OwnKeys.from_bytes(data)


def read_key_file(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file of keys.

    Raises
    ------
    KeyFileError
        When it cannot be read.
    """
    try:
        return read_regular(path, MAX_FILE)
    except (LimitExceeded, NotARegularFile) as error:
        raise KeyFileError(str(error)) from None
    except OSError as error:
        raise KeyFileError(f"{os.fspath(path)}: cannot be read: {error.strerror}") from None


def written(kind: str, content: dict[str, Any]) -> bytes:
    """A file of keys, to be read by people as well."""
    return (json.dumps({"format": kind, "version": VERSION, **content}, indent=1, ensure_ascii=False) + "\n").encode()


def opened(data: bytes, kind: str) -> BoundedObject:
    """The content of a file of keys of some kind.

    Raises
    ------
    KeyFileError
    """
    found = BoundedObject(parse(data, kind, KeyFileError), kind, KeyFileError)
    if found.text("format", MAX_NAME) != kind:
        raise KeyFileError(f"format: expected {kind!r}")
    if found.whole("version", 1, 2**31) != VERSION:
        raise KeyFileError(f"version: expected {VERSION}, found a newer one")
    return found


def merged(first: Iterable[AgencyKey], second: Iterable[AgencyKey]) -> tuple[AgencyKey, ...]:
    """Keys of both, each once; one that either calls retired is."""
    found: dict[str, AgencyKey] = {}
    for one in (*first, *second):
        known = found.get(one.id)
        retired = min((moment for moment in (one.retired_at, known.retired_at if known else "") if moment), default="")
        found[one.id] = dataclasses.replace(known or one, retired_at=retired)
    return tuple(found.values())


def _made(curve: Curve, at: str) -> AgencyKey:
    key = new_key(curve)
    numbers = numbers_of(key)
    return AgencyKey(thumbprint(key), curve, numbers["x"], numbers["d"], at)


def _key(found: BoundedObject, *, private: bool) -> AgencyKey:
    made, retired = found.text("made_at", 32), found.text("retired_at", 32)
    curve = _CURVES.get(found.text("curve", 16))
    if curve is None:
        raise KeyFileError(f"curve: expected {SIGNS} or {SEALS}")
    if not is_moment(made) or not (retired == "" or is_moment(retired)):
        raise KeyFileError("made_at, retired_at: expected moments in UTC with microseconds")
    if not private and "d" in found:
        raise KeyFileError("key: expected a public one, found a private one: it must not leave its agency")
    x, d = found.text("x", 64, 1), found.text("d", 64, 1) if private else ""
    key = AgencyKey(found.text("id", 64, 1), curve, x, d, made, retired)
    loaded = key.loaded()
    if thumbprint(loaded) != key.id:
        raise KeyFileError("key, id: expected the thumbprint of the key")
    if private and not is_pair(loaded):
        raise KeyFileError("key: expected a private part that belongs to the public one")
    return key


def as_dict(key: AgencyKey) -> dict[str, str]:
    """A key as plain data; a public one has no `d`."""
    return {name: value for name, value in dataclasses.asdict(key).items() if name != "d" or value}


@functools.lru_cache(maxsize=256)
def _loaded(curve: Curve, x: str, d: str) -> Key:
    return load_key(curve, x, d)
