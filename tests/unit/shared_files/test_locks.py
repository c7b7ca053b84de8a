"""One lock of open files, whatever the system locks them with."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.simulated_windows import simulate_windows

from fingerprint_engine.shared_files.locks import LOCKED_BYTE, lock, unlock


@pytest.fixture
def twice(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Two descriptors of one file, each opened by itself, at its third byte."""
    path = tmp_path / "file"
    path.write_bytes(b"text")
    descriptors = os.open(path, os.O_RDWR), os.open(path, os.O_RDWR)
    for descriptor in descriptors:
        os.lseek(descriptor, 2, os.SEEK_SET)
    yield descriptors
    for descriptor in descriptors:
        os.close(descriptor)


def test_one_holds_it_until_it_is_released(twice: tuple[int, int]) -> None:
    pytest.importorskip("fcntl")
    first, second = twice
    lock(first)
    with pytest.raises(BlockingIOError):
        lock(second)
    unlock(first)
    lock(second)
    with pytest.raises(BlockingIOError):
        lock(first)


def test_on_windows_a_byte_behind_all_text_is_locked(twice: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    locked = simulate_windows(monkeypatch)
    first, second = twice
    lock(first)
    with pytest.raises(BlockingIOError):
        lock(second)
    assert locked == {(os.fstat(first).st_ino, LOCKED_BYTE): first}
    assert os.read(first, 2) == os.read(second, 2) == b"xt"  # each is where it was


def test_a_system_without_locks_says_so(twice: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with pytest.raises(ImportError):
        lock(twice[0])
