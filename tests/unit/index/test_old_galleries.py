"""Galleries of format 1 are read as they are, and converted when they are opened for writing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.unit.index.gallery_files import names_in
from tests.unit.index.old_gallery import write_format_1
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.errors import CorruptGallery, GalleryError
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.storage import durable_files

KEYS = ["k2", "k3", "k0"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four prints, of which one was removed and one replaced."""
    path = tmp_path / "old.gallery"
    prints = [(f"k{seed}", random_print(seed).to_bytes()) for seed in range(4)]
    write_format_1(path, [prints[:2], prints[2:], [("k1", None)], [("k0", random_print(50).to_bytes())]])
    return path


def test_reading_changes_nothing(folder: Path) -> None:
    before = (folder / "prints.log").read_bytes()
    with Gallery.open(folder, read_only=True) as gallery:
        assert list(gallery) == KEYS
        assert gallery.get("k0") == random_print(50)
        assert gallery.identify(pressed_again(3)).candidates[0].key == "k3"
    assert names_in(folder) == ["lock", "prints.log"]
    assert (folder / "prints.log").read_bytes() == before


def test_opening_for_writing_converts(folder: Path) -> None:
    with Gallery.open(folder, read_only=True) as old:
        expected = {key: old.get(key) for key in old}
    with Gallery.open(folder) as gallery:
        assert list(gallery) == KEYS
        gallery.enrol("after", random_print(9))
    with Gallery.open(folder, read_only=True) as again:
        assert list(again) == [*KEYS, "after"]
        assert {key: again.get(key) for key in KEYS} == expected
    assert "prints.log" not in names_in(folder)


class Stop(Exception):
    """The process ends here."""


@pytest.mark.parametrize("call", range(40))
def test_a_conversion_that_is_stopped_anywhere_loses_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    left = call

    def stopping(name: str) -> Any:
        def stop(*arguments: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Stop
            return getattr(os, name)(*arguments)

        return stop

    class Disk:
        def __getattr__(self, name: str) -> Any:
            return stopping(name) if name in ("pwrite", "fsync") else getattr(os, name)

    with monkeypatch.context() as patch:
        patch.setattr(durable_files, "os", Disk())
        try:
            Gallery.open(folder).close()
        except Stop:
            pass
        else:
            assert left >= 0
    assert list(Gallery.open(folder, read_only=True)) == KEYS
    with Gallery.open(folder) as gallery:
        assert list(gallery) == KEYS
        assert gallery.get("k0") == random_print(50)


def test_a_full_disk_leaves_the_old_gallery(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

        def pwrite(self, *_: Any) -> int:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(durable_files, "os", Full())
        with pytest.raises(GalleryError, match="No space"):
            Gallery.open(folder)
    assert names_in(folder) == ["lock", "prints.log"]
    assert list(Gallery.open(folder)) == KEYS


def test_a_damaged_old_gallery_is_refused_and_left_alone(folder: Path) -> None:
    data = bytearray((folder / "prints.log").read_bytes())
    data[100] ^= 1
    (folder / "prints.log").write_bytes(data)
    for read_only in (True, False):
        with pytest.raises(CorruptGallery, match="offset 32"):
            Gallery.open(folder, read_only=read_only)
    assert (folder / "prints.log").read_bytes() == data
