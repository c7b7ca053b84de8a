"""Keys as text, and where the text comes from: a file of its owner's alone, a passphrase before it, a command."""

from __future__ import annotations

import base64
import binascii
import os
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

from fingerprint_engine.keys.ciphers import (
    KEY_BYTES,
    NONCE_BYTES,
    SALT_BYTES,
    Aes,
    public_of,
    random_bytes,
    stretched,
)
from fingerprint_engine.keys.errors import NotAuthentic, UnsafeKeys, WrongKey
from fingerprint_engine.keys.master_key import MasterKey
from fingerprint_engine.regular_files import open_regular
from fingerprint_engine.whole_files import write_whole

MAX_KEYS, MAX_KEY_FILE_BYTES = 64, 1 << 14
"""Chosen: of a ring; a master key a month for five years."""
_MARK, _SEALED_MARK = "fingerprint-engine keys 1", "fingerprint-engine sealed keys 1"
_MODES = {"encrypt": True, "authenticate": False}
_MIN_DISTINCT = 4
"""Bytes that a key has at least: zeros and the like are nobody's key."""


def text_of(keys: Sequence[MasterKey], emergency: MasterKey | None, *, encrypts: bool) -> str:
    """Keys as text: a line each, behind a mark and the mode."""
    mode = next(name for name, value in _MODES.items() if value is encrypts)
    lines = [_MARK, f"mode {mode}", *(f"key {_encoded(one.secret or b'')}" for one in keys)]
    if emergency is not None and emergency.secret is not None:
        lines.append(f"emergency-private {_encoded(emergency.secret)}")
    elif emergency is not None:
        lines.append(f"emergency-public {_encoded(emergency.public or b'')}")
    return "\n".join(lines) + "\n"


def keys_in(text: str, where: str) -> tuple[list[MasterKey], MasterKey | None, bool]:
    """What `text_of` was given.

    Raises
    ------
    UnsafeKeys
        With the number of the line, and nothing of what it says.
    """
    lines = [line.split() for line in text.replace(";", "\n").splitlines() if line.strip()]
    if not lines or " ".join(lines[0]) != _MARK or len(lines) > MAX_KEYS + 3:
        raise UnsafeKeys(f"{where}: expected the keys of a ring")
    keys: list[MasterKey] = []
    emergency: MasterKey | None = None
    encrypts = True
    for number, words in enumerate(lines[1:], 2):
        kind, value = words if len(words) == 2 else ("", "")
        data = _decoded(value)
        if kind == "mode" and value in _MODES:
            encrypts = _MODES[value]
        elif kind == "key" and data:
            keys.append(MasterKey.of(data))
        elif kind == "emergency-public" and data and emergency is None:
            emergency = MasterKey.emergency(None, data)
        elif kind == "emergency-private" and data and emergency is None:
            emergency = MasterKey.emergency(data, public_of(data))
        else:
            raise UnsafeKeys(f"{where}: line {number}: expected a key of {KEY_BYTES} bytes")
    if not keys and (emergency is None or emergency.secret is None):
        raise UnsafeKeys(f"{where}: expected at least one key")
    if len({one.id for one in keys}) < len(keys):
        raise UnsafeKeys(f"{where}: expected each key once")
    return keys, emergency, encrypts


def read_private(path: Path, passphrase: str | None) -> str:
    """The text in a file that only its owner may read; opened with the passphrase when it was saved with one.

    Raises
    ------
    UnsafeKeys, WrongKey
    """
    with open_regular(path) as file:
        found = os.fstat(file.fileno())
        if hasattr(os, "geteuid") and (stat.S_IMODE(found.st_mode) & 0o077 or found.st_uid != os.geteuid()):
            raise UnsafeKeys(f"{path}: expected a file that only its owner may read and write (chmod 600)")
        data = file.read(MAX_KEY_FILE_BYTES + 1)
    if len(data) > MAX_KEY_FILE_BYTES:
        raise UnsafeKeys(f"{path}: expected at most {MAX_KEY_FILE_BYTES} bytes")
    text = data.decode("ascii", "replace")
    return _unlocked(text, passphrase, path) if text.startswith(_SEALED_MARK) else text


def write_private(path: Path, text: str, passphrase: str | None, *, overwrite: bool) -> None:
    """Write a text to a file of its owner's, under a passphrase when one is given.

    Raises
    ------
    UnsafeKeys
    """
    if passphrase is not None:
        salt, nonce = random_bytes(SALT_BYTES), random_bytes(NONCE_BYTES)
        sealed = nonce + Aes(stretched(passphrase, salt)).seal(text.encode(), nonce, _SEALED_MARK.encode())
        text = f"{_SEALED_MARK}\n{_encoded(salt)}\n{_encoded(sealed)}\n"
    try:
        write_whole(path, text.encode(), overwrite=overwrite, mode=0o600)
    except FileExistsError:
        raise UnsafeKeys(f"{path}: it exists already; keys are replaced only when that is asked for") from None


def printed_by(words: Sequence[str], timeout_s: float) -> str:
    """What a command prints.

    Raises
    ------
    UnsafeKeys
        When it cannot be run, or fails; nothing of what it printed is in the message.
    """
    if not words:
        raise UnsafeKeys("keys: expected a command")
    try:
        done = subprocess.run(
            list(words), check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnsafeKeys(f"command {words[0]}: it could not be run ({type(error).__name__})") from None
    if done.returncode:
        raise UnsafeKeys(f"command {words[0]}: expected keys, it ended with {done.returncode}")
    return done.stdout[:MAX_KEY_FILE_BYTES].decode("ascii", "replace")


def _unlocked(text: str, passphrase: str | None, path: Path) -> str:
    if passphrase is None:
        raise WrongKey(f"{path}: expected a passphrase, the file was saved with one")
    lines = text.splitlines()
    try:
        salt, data = (base64.b64decode(line, validate=True) for line in lines[1:3])
    except (binascii.Error, ValueError):
        raise UnsafeKeys(f"{path}: expected keys under a passphrase") from None
    try:
        key = Aes(stretched(passphrase, salt[:SALT_BYTES]))
        return key.open(data[NONCE_BYTES:], data[:NONCE_BYTES], _SEALED_MARK.encode()).decode()
    except NotAuthentic:
        raise WrongKey(f"{path}: the passphrase is wrong, or the file was altered") from None


def _decoded(value: str) -> bytes:
    """A key; nothing where there is none."""
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if len(data) == KEY_BYTES and len(set(data)) >= _MIN_DISTINCT else b""


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()
