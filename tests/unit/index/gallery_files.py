"""The files of a gallery on disk, as tests look at them and damage them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fingerprint_engine import whole_files
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.manifest import Manifest
from fingerprint_engine.index.storage.reading import read_manifest


def manifest_of(folder: Path) -> Manifest:
    """The manifest that counts."""
    manifest = read_manifest(folder)
    assert manifest is not None
    return manifest


def log_of(folder: Path) -> Path:
    """The log that counts."""
    return folder / manifest_of(folder).log_name


def head_of_log(folder: Path) -> Path:
    """The head of the log that counts."""
    return folder / manifest_of(folder).head_name


def segments_of(folder: Path) -> list[Path]:
    """The segments that count."""
    return [folder / entry.name for entry in manifest_of(folder).segments]


def names_in(folder: Path) -> list[str]:
    """Names of all files."""
    return sorted(path.name for path in folder.iterdir())


def holds(folder: Path, wanted: bytes) -> bool:
    """Whether any file holds these bytes."""
    return any(wanted in path.read_bytes() for path in folder.iterdir())


def cut(path: Path) -> None:
    """Take the last bytes of a file away."""
    path.write_bytes(path.read_bytes()[:-7])


def turn_a_bit(path: Path) -> None:
    """Turn one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def put_disk(patch: pytest.MonkeyPatch, disk: Any) -> None:
    """Let something stand in for `os` wherever a gallery's files are written."""
    for module in (durable_files, whole_files):
        patch.setattr(module, "os", disk)
