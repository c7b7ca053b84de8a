"""Which segments this installation made or looked at is kept in a private place, and only that is believed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.unit.index.gallery_files import segments_of
from tests.unit.index.random_prints import random_print

from fingerprint_engine.index import Gallery
from fingerprint_engine.index.storage import reading, sealed_segments
from fingerprint_engine.index.storage.sealed_segments import STATE_VARIABLE, state_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A segment and a log."""
    path = tmp_path / "g"
    with Gallery.open(path) as gallery:
        gallery.enrol_many((f"s{n}", random_print(n, 8)) for n in range(3))
        gallery.compact()
        gallery.enrol("l0", random_print(3, 8))
    return path


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    looked: list[str] = []
    real = reading.check_content

    def watched(segment: object) -> list[int]:
        looked.append(segment.entry.name)  # type: ignore[attr-defined]
        return real(segment)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "check_content", watched)
    return looked


def test_a_segment_of_ones_own_is_not_looked_at_again(folder: Path, looked_at: list[str]) -> None:
    Gallery.open(folder).close()
    Gallery.open(folder, read_only=True).close()
    assert looked_at == []


def test_a_copy_is_looked_at_once(folder: Path, tmp_path: Path, looked_at: list[str]) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    for _ in range(3):
        Gallery.open(copy, read_only=True).close()
    assert looked_at == [segments_of(copy)[0].name]


def test_a_segment_that_was_touched_is_looked_at(folder: Path, looked_at: list[str]) -> None:
    path = segments_of(folder)[0]
    found = path.stat()
    with path.open("r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(first)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    Gallery.open(folder, read_only=True).close()
    assert looked_at == [path.name]


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722])
def test_a_list_that_others_may_write_is_not_believed(
    folder: Path, tmp_path: Path, looked_at: list[str], mode: int
) -> None:
    state = tmp_path / "state"
    Gallery.open(folder, read_only=True, state=state).close()
    assert len(looked_at) == 1
    Gallery.open(folder, read_only=True, state=state).close()
    assert len(looked_at) == 1
    state.chmod(mode)
    Gallery.open(folder, read_only=True, state=state).close()
    assert len(looked_at) == 2


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"fingerprint-engine sealed segments 2\n", b"x" * (1 << 23)])
def test_a_list_that_is_none_is_not_believed(
    folder: Path, tmp_path: Path, looked_at: list[str], content: bytes
) -> None:
    state = tmp_path / "state"
    Gallery.open(folder, read_only=True, state=state).close()
    (path,) = state.iterdir()
    path.write_bytes(content)
    Gallery.open(folder, read_only=True, state=state).close()
    assert len(looked_at) == 2


def test_a_list_of_another_owner_is_not_believed(
    folder: Path, tmp_path: Path, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    Gallery.open(folder, read_only=True, state=state).close()
    monkeypatch.setattr(sealed_segments.os, "geteuid", lambda: 4711)
    Gallery.open(folder, read_only=True, state=state).close()
    assert len(looked_at) == 2


def test_without_a_place_for_the_list_everything_is_looked_at(
    folder: Path, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_segments, "state_folder", lambda: None)
    for _ in range(2):
        with Gallery.open(folder) as gallery:
            gallery.compact()
    assert len(looked_at) == 2


def test_where_the_list_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "own"))
    assert state_folder() == tmp_path / "own"
    monkeypatch.delenv(STATE_VARIABLE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert state_folder() == tmp_path / "xdg" / "fingerprint-engine" / "sealed"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert state_folder() == tmp_path / "home" / ".local" / "state" / "fingerprint-engine" / "sealed"
