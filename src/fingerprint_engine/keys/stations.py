"""Who made a file: a capture station signs it with a key of its own, and others know the public half.

A signature says which station vouches for the bytes and when it says that it signed them. It says nothing about the
finger, and nothing about a station whose key was stolen.
"""

from __future__ import annotations

import base64
import binascii
import datetime
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn

from fingerprint_engine.errors import InputError
from fingerprint_engine.keys.ciphers import KEY_BYTES, random_bytes, signature_of, signing_public_of
from fingerprint_engine.keys.errors import UnsafeKeys
from fingerprint_engine.keys.key_files import read_private, write_private
from fingerprint_engine.keys.signatures import Signature, Station, checked_name, what_is_signed
from fingerprint_engine.regular_files import path_of, read_regular
from fingerprint_engine.text.shown import printable
from fingerprint_engine.whole_files import write_whole

MAX_STATIONS = 4096
_KEY_MARK, _LIST_MARK = "fingerprint-engine station key 1", "fingerprint-engine stations 1"


class Provenance(NamedTuple):
    """Who signed a file, by its signature; `is_trusted` when the station is among those that the reader trusts."""

    station: str
    station_id: str
    signed_at: datetime.datetime
    is_trusted: bool

    def __str__(self) -> str:
        trusted = "trusted" if self.is_trusted else "not trusted: it is not among the stations that were given"
        return f"{printable(self.station)} ({self.station_id}), {self.signed_at:%Y-%m-%d %H:%M} UTC; {trusted}"


class StationKey:
    """The secret key of a capture station. It is shown by its id alone, and stays in its process."""

    def __init__(self, name: str, secret: bytes) -> None:
        self.station, self._secret = Station(checked_name(name), signing_public_of(secret)), secret

    @classmethod
    def generate(cls, name: str) -> StationKey:
        """A new key for a station of this name."""
        return cls(name, random_bytes(KEY_BYTES))

    @classmethod
    def from_file(cls, path: str | Path, *, passphrase: str | None = None) -> StationKey:
        """The key that `save` wrote.

        Raises
        ------
        UnsafeKeys
            When others may read the file, or it holds no such key.
        WrongKey
            When the passphrase is not the right one.
        """
        lines = read_private(path_of(path, "path"), passphrase).splitlines()
        if len(lines) != 3 or lines[0] != _KEY_MARK:
            raise UnsafeKeys(f"{path}: expected the key of a station")
        return cls(_decoded_name(lines[1], str(path)), _decoded(lines[2], str(path)))

    def save(self, path: str | Path, *, passphrase: str | None = None, overwrite: bool = False) -> None:
        """Write the key to a file that only its owner may read.

        Raises
        ------
        UnsafeKeys
        """
        words = (_KEY_MARK, *(_encoded(part) for part in (self.station.name.encode(), self._secret)))
        write_private(path_of(path, "path"), "\n".join(words) + "\n", passphrase, overwrite=overwrite)

    def sign(self, data: bytes, at: datetime.datetime) -> Signature:
        """Vouch for some bytes at a moment, which has a time zone and lies in 1970 or later."""
        moment = -1 if at.tzinfo is None else int(at.timestamp())
        if moment < 0:
            raise InputError(f"signed_at: expected a moment with a time zone, from 1970 on, got {at.isoformat()}")
        return Signature(self.station, moment, signature_of(self._secret, what_is_signed(self.station, moment, data)))

    def __repr__(self) -> str:
        return f"StationKey({self.station.id})"

    def __reduce__(self) -> NoReturn:
        raise InputError("keys: expected to stay in their process")


class Stations:
    """The stations that a reader trusts."""

    def __init__(self, stations: Iterable[Station]) -> None:
        self._known: Mapping[bytes, Station] = {one.public: one for one in stations}

    @classmethod
    def from_file(cls, path: str | Path) -> Stations:
        """The stations in a file: behind a mark one a line, the public key and then the name.

        Raises
        ------
        UnsafeKeys
            With the number of a line that is none.
        """
        data = read_regular(path, MAX_STATIONS * 256)
        lines = data.decode("utf-8", "replace").splitlines()
        if lines[:1] != [_LIST_MARK] or len(lines) > 1 + MAX_STATIONS:
            raise UnsafeKeys(f"{path}: expected a list of at most {MAX_STATIONS} stations")
        found = []
        for number, line in enumerate(lines[1:], 2):
            public, _, name = line.partition(" ")
            found.append(Station(checked_name(name), _decoded(public, f"{path}: line {number}")))
        return cls(found)

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the stations to a file; it holds no secret.

        Raises
        ------
        UnsafeKeys
            When there are more than a list may hold.
        """
        if len(self._known) > MAX_STATIONS:
            raise UnsafeKeys(f"{path}: expected at most {MAX_STATIONS} stations, got {len(self._known)}")
        lines = (_LIST_MARK, *(f"{_encoded(one.public)} {one.name}" for one in self._known.values()))
        write_whole(path_of(path, "path"), ("\n".join(lines) + "\n").encode(), overwrite=overwrite)

    def __iter__(self) -> Iterator[Station]:
        return iter(self._known.values())

    def provenance(self, signature: Signature) -> Provenance:
        """Who signed, under the name by which he is trusted, if he is."""
        known = self._known.get(signature.station.public)
        station = known or signature.station
        moment = datetime.datetime.fromtimestamp(signature.signed_at, datetime.UTC)
        return Provenance(station.name, station.id, moment, known is not None)


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str, where: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != KEY_BYTES:
        raise UnsafeKeys(f"{where}: expected a key of {KEY_BYTES} bytes")
    return data


def _decoded_name(text: str, where: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        raise UnsafeKeys(f"{where}: expected the key of a station") from None
