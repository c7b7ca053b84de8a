"""Sealing a log into a segment: on a full disk, stopped anywhere, and beside readers."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.index.gallery_files import log_of, names_in, put_disk, segments_of
from tests.unit.index.random_prints import random_print

from fingerprint_engine.errors import GalleryError
from fingerprint_engine.index import Gallery, check_gallery
from fingerprint_engine.index.storage import folder as gallery_folder

PRINTS = [random_print(seed, minutiae=4).to_bytes() for seed in range(12)]


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery_folder, "BLOCK_PRINTS", 5)


class Disk:
    """Stands in for `os` where files are written; each call of some names is told to a function first."""

    def __init__(self, names: tuple[str, ...], tell: Callable[[str, Any], None]) -> None:
        self.names, self.tell = names, tell

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in self.names:
            return real

        def call(*arguments: Any, **named: Any) -> Any:
            self.tell(name, arguments)
            return real(*arguments, **named)

        return call


def test_segments_are_made_as_prints_come(tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "g") as gallery:
        for number, template in enumerate(PRINTS):
            gallery.enrol(f"k{number}", template)
        gallery.remove("k1")
        assert [path.name for path in segments_of(tmp_path / "g")] == [
            "segment-00000003.prints", "segment-00000005.prints"
        ]  # fmt: skip
        assert list(gallery) == [f"k{number}" for number in range(12) if number != 1]
    with Gallery.open(tmp_path / "g") as again:
        assert list(again) == [f"k{number}" for number in range(12) if number != 1]
        assert again.get("k7").to_bytes() == PRINTS[7]


def test_a_disk_too_full_for_a_segment_only_puts_it_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(name: str, arguments: Any) -> None:
        if ".prints" in str(arguments[0]):
            raise OSError(28, "No space left on device")

    with Gallery.open(tmp_path / "g") as gallery:
        with monkeypatch.context() as patch:
            put_disk(patch, Disk(("open",), full))
            for number, template in enumerate(PRINTS):
                gallery.enrol(f"k{number}", template)
            assert segments_of(tmp_path / "g") == []
            with pytest.raises(GalleryError, match="No space"):
                gallery.compact()
        assert len(gallery) == 12
        gallery.enrol("after", random_print(99, minutiae=4))
        assert len(segments_of(tmp_path / "g")) == 1
    assert len(Gallery.open(tmp_path / "g", read_only=True)) == 13


class Stop(BaseException):
    """Comes from outside, as Ctrl-C does."""


@pytest.mark.parametrize("calls", range(24))
@pytest.mark.parametrize("change", ["enrol", "compact"])
def test_stopped_anywhere_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int, change: str
) -> None:
    folder, left = tmp_path / "g", calls

    def stop(name: str, arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Stop

    keys = [f"k{number}" for number in range(4)]
    with Gallery.open(folder) as gallery:
        for key, template in zip(keys, PRINTS, strict=False):
            gallery.enrol(key, template)
        with monkeypatch.context() as patch:
            put_disk(patch, Disk(("write", "fsync", "open"), stop))
            with contextlib.suppress(Stop):
                if change == "enrol":
                    gallery.enrol("k4", PRINTS[4])
                else:
                    gallery.compact()
        assert list(gallery) in (keys, [*keys, "k4"])
        with contextlib.suppress(GalleryError):  # "open it again" where nobody knows what is on the disk
            gallery.enrol("after", PRINTS[9])
            keys.append("after")
    with Gallery.open(folder) as again:
        assert [key for key in again if key != "k4"] == keys
        assert all(again.get(key) for key in again)
    assert check_gallery(folder).is_sound
    assert not [name for name in names_in(folder) if name.endswith(".partial")]


def test_readers_come_and_go_while_files_change(tmp_path: Path) -> None:
    folder = tmp_path / "g"
    failures: list[BaseException] = []
    with Gallery.open(folder) as writer:
        writer.enrol("k0", PRINTS[0])
        done = threading.Event()

        def read() -> None:
            try:
                while not done.is_set():
                    with Gallery.open(folder, read_only=True) as reader:
                        keys = list(reader)
                        assert keys[0] == "k0"
                        assert reader.get(keys[-1])
            except BaseException as error:
                failures.append(error)

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        for number in range(1, 60):
            writer.enrol(f"k{number}", PRINTS[number % 12])
            if number % 10 == 0:
                writer.compact()
        done.set()
        for reader in readers:
            reader.join()
    assert not failures
    assert log_of(folder).exists()
