"""`KeyRing`: the keys of an administration, and the data keys that they wrap."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from fingerprint_engine.errors import InputError
from fingerprint_engine.keys.ciphers import KEY_BYTES, public_of, random_bytes
from fingerprint_engine.keys.data_key import AUTHENTICATED, ENCRYPTED, DataKey, Wrapping
from fingerprint_engine.keys.errors import UnsafeKeys, WrongKey
from fingerprint_engine.keys.key_files import MAX_KEYS, keys_in, printed_by, read_private, text_of, write_private
from fingerprint_engine.keys.master_key import MasterKey
from fingerprint_engine.regular_files import path_of


class KeyRing:
    """The keys of an administration: one that wraps, older ones that still unwrap, an emergency key.

    It is shown by ids alone, and stays in its process.

    Attributes
    ----------
    encrypts
        Whether what is stored is encrypted as well as authenticated.
    """

    def __init__(self, keys: Sequence[MasterKey], *, emergency: MasterKey | None = None, encrypts: bool = True) -> None:
        if len(keys) > MAX_KEYS:
            raise UnsafeKeys(f"keys: expected at most {MAX_KEYS}, got {len(keys)}")
        self._keys, self._emergency, self.encrypts = tuple(keys), emergency, encrypts

    @classmethod
    def generate(cls, *, encrypt: bool = True) -> KeyRing:
        """A ring with a new master key.

        Parameters
        ----------
        encrypt
            Encrypt and authenticate; False: what is stored stays readable, and any change of it is noticed.
        """
        return cls([MasterKey.of(random_bytes(KEY_BYTES))], encrypts=encrypt)

    @classmethod
    def from_text(cls, text: str, where: str = "keys") -> KeyRing:
        """The ring that `as_text` wrote.

        Raises
        ------
        UnsafeKeys
            When it is none; nothing of the text is in the message.
        """
        keys, emergency, encrypts = keys_in(text, where)
        return cls(keys, emergency=emergency, encrypts=encrypts)

    @classmethod
    def from_file(cls, path: str | Path, *, passphrase: str | None = None) -> KeyRing:
        """The ring in a file that nobody else may read.

        Parameters
        ----------
        path
            Of the file.
        passphrase
            Of a file that was saved with one.

        Raises
        ------
        UnsafeKeys
            When others may read the file, or it holds no keys.
        WrongKey
            When the passphrase is not the right one, or there is none and one is needed.
        """
        return cls.from_text(read_private(path_of(path, "path"), passphrase), str(path))

    @classmethod
    def from_environment(cls, name: str) -> KeyRing:
        """The ring in an environment variable: the text of a key file, lines or semicolons between.

        Raises
        ------
        UnsafeKeys
            When the variable is not set or holds no keys.
        """
        text = os.environ.get(name)
        if not text:
            raise UnsafeKeys(f"environment variable {name}: expected keys, it is not set")
        return cls.from_text(text, f"environment variable {name}")

    @classmethod
    def from_command(cls, words: Sequence[str], *, timeout_s: float = 60.0) -> KeyRing:
        """The ring that a command prints, such as that of a vault; its output is kept nowhere.

        Raises
        ------
        UnsafeKeys
            When it cannot be run, fails, or prints no keys.
        """
        return cls.from_text(printed_by(words, timeout_s), f"command {' '.join(words[:1])}")

    def save(self, path: str | Path, *, passphrase: str | None = None, overwrite: bool = False) -> None:
        """Write the ring to a file that only its owner may read, under a passphrase when one is given.

        Raises
        ------
        UnsafeKeys
            When the passphrase is empty, or the file is there and is not to be replaced.
        """
        write_private(path_of(path, "path"), self.as_text(), passphrase, overwrite=overwrite)

    def as_text(self) -> str:
        """All keys as text: for a file, a variable or a vault, never for a log."""
        return text_of(self._keys, self._emergency, encrypts=self.encrypts)

    @property
    def key_id(self) -> str:
        """The id of the key that wraps; of an emergency ring that of its only key."""
        return self._wrapping[0].id

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all keys: the one that wraps, older ones, the emergency key."""
        return tuple(one.id for one in self._every)

    @property
    def emergency_id(self) -> str:
        """Id of the emergency key; empty when there is none."""
        return "" if self._emergency is None else self._emergency.id

    def rotated(self) -> KeyRing:
        """The ring with a new master key; the old ones still unwrap what they wrapped."""
        return KeyRing(
            [MasterKey.of(random_bytes(KEY_BYTES)), *self._keys], emergency=self._emergency, encrypts=self.encrypts
        )

    def without(self, key_id: str) -> KeyRing:
        """The ring without a key: what only that key wrapped can be read by nobody any more.

        Raises
        ------
        UnsafeKeys
            When it is not in the ring, or the one that wraps.
        """
        if key_id not in [one.id for one in self._keys[1:]]:
            raise UnsafeKeys(f"keys: expected one of the older keys, got {key_id!r}")
        kept = [one for one in self._keys if one.id != key_id]
        return KeyRing(kept, emergency=self._emergency, encrypts=self.encrypts)

    def with_emergency(self) -> tuple[KeyRing, KeyRing]:
        """The ring with a new emergency key's public half, and the ring for the safe that holds the private one."""
        secret = random_bytes(KEY_BYTES)
        public = public_of(secret)
        daily = KeyRing(self._keys, emergency=MasterKey.emergency(None, public), encrypts=self.encrypts)
        return daily, KeyRing([], emergency=MasterKey.emergency(secret, public), encrypts=self.encrypts)

    def new_key(self, purpose: bytes) -> DataKey:
        """A new data key for a purpose: which file of what it is for."""
        data = (ENCRYPTED if self.encrypts else AUTHENTICATED) + random_bytes(KEY_BYTES)
        return self._wrapped(data, purpose)

    def rewrapped(self, key: DataKey, purpose: bytes) -> DataKey:
        """The same data key under the present keys of the ring."""
        return self._wrapped(key.kind_and_secret(), purpose)

    def open_key(self, wrappings: Sequence[Wrapping], purpose: bytes) -> DataKey:
        """The data key that was wrapped for this purpose.

        Raises
        ------
        WrongKey
            When no key of the ring opens it: names the ids that would.
        """
        mine = {one.id: one for one in self._every}
        for wrapping in wrappings:
            master = mine.get(wrapping.key_id)
            if master is not None and master.secret is not None:
                data = master.unwrap(wrapping.data, purpose)
                if len(data) != KEY_BYTES + 1 or data[:1] not in (ENCRYPTED, AUTHENTICATED):
                    raise WrongKey(f"key {master.id}: what it wrapped is no data key")
                return DataKey(data[:1], data[1:], tuple(wrappings))
        wanted = ", ".join(one.key_id for one in wrappings) or "none"
        raise WrongKey(f"keys: expected one of {wanted}, got {', '.join(self.ids)}")

    @property
    def _every(self) -> tuple[MasterKey, ...]:
        return self._keys if self._emergency is None else (*self._keys, self._emergency)

    @property
    def _wrapping(self) -> list[MasterKey]:
        return [*self._keys[:1], *([] if self._emergency is None else [self._emergency])]

    def _wrapped(self, data: bytes, purpose: bytes) -> DataKey:
        return DataKey(data[:1], data[1:], tuple(one.wrap(data, purpose) for one in self._wrapping))

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.ids)})"

    def __reduce__(self) -> NoReturn:
        raise InputError("keys: expected to stay in their process")
