"""`LentKeys`: the data keys of some files, on their way to whoever reads these files and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

from fingerprint_engine.keys.data_key import DataKey, Wrapping
from fingerprint_engine.keys.errors import UnsafeKeys, WrongKey
from fingerprint_engine.keys.ring import KeyRing

MAX_LENT = 1 << 15
"""Chosen: of one gallery: manifest, log and every segment that it may have."""


class LentKeys(KeyRing):
    """Opens what it was lent for, and makes no keys. Made by `lend`; unlike a ring it may go to another process.

    Its data keys are in its pickle: over a network that is to go through an encrypted channel only.
    """

    def __init__(self, lent: Mapping[bytes, tuple[bytes, bytes, tuple[Wrapping, ...]]]) -> None:
        super().__init__([])
        self._lent = dict(lent)

    def open_key(self, wrappings: Sequence[Wrapping], purpose: bytes) -> DataKey:
        """The data key that was lent for this purpose.

        Raises
        ------
        WrongKey
            When none was, or the file has another one since.
        """
        kind, secret, known = self._lent.get(purpose, (b"", b"", ()))
        if not kind or known != tuple(wrappings):
            raise WrongKey("lent keys: expected those of this file, its keys were changed or not lent; lend them again")
        return DataKey(kind, secret, known)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the keys under which the lent ones lie."""
        return tuple(dict.fromkeys(one.key_id for *_, known in self._lent.values() for one in known))

    def _wrapped(self, data: bytes, purpose: bytes) -> NoReturn:
        del data, purpose
        raise UnsafeKeys("lent keys: expected to read only, they make no keys")

    def __repr__(self) -> str:
        return f"LentKeys({len(self._lent)} files)"

    def __reduce__(self) -> tuple[type[LentKeys], tuple[object]]:  # type: ignore[override]
        return LentKeys, (self._lent,)


def lend(ring: KeyRing, wanted: Mapping[bytes, Sequence[Wrapping]]) -> LentKeys:
    """Unwrap the data keys for some purposes, and no others.

    Raises
    ------
    WrongKey
        When the ring does not open one of them.
    """
    if len(wanted) > MAX_LENT:
        raise UnsafeKeys(f"lent keys: expected at most {MAX_LENT} files, got {len(wanted)}")
    lent = {}
    for purpose, wrappings in wanted.items():
        data = ring.open_key(wrappings, purpose).kind_and_secret()
        lent[purpose] = (data[:1], data[1:], tuple(wrappings))
    return LentKeys(lent)
