"""Folders, locks, reading beside a writer, compaction."""

from __future__ import annotations

import errno
import fcntl
import gc
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.unit.index.gallery_files import holds, log_of, names_in
from tests.unit.index.random_prints import pressed_again, random_print
from tests.unit.simulated_windows import simulate_windows

from fingerprint_engine.errors import CorruptGallery, DuplicateKey, GalleryError, GalleryLocked, UnknownKey
from fingerprint_engine.index import Gallery
from fingerprint_engine.index.storage import opening
from fingerprint_engine.index.storage.folder_lock import LOCK_NAME
from fingerprint_engine.index.storage.log.log_file import head_of
from fingerprint_engine.index.storage.manifest import MANIFEST_COPY_NAME, MANIFEST_NAME
from fingerprint_engine.template import Template


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "prints.gallery"


def test_what_was_enrolled_is_there_when_opened_again(folder: Path) -> None:
    with Gallery.open(folder) as gallery:
        gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(5))
        gallery.remove("k1")
        gallery.replace("k0", random_print(50))
        before = gallery.identify(pressed_again(3))
    with Gallery.open(str(folder)) as again:
        assert list(again) == ["k2", "k3", "k4", "k0"]
        assert again.get("k0") == random_print(50)
        assert again.identify(pressed_again(3)) == before


def test_folders_above_are_made(tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "a" / "b" / "c") as gallery:
        gallery.enrol("k", random_print(1))
    assert len(Gallery.open(tmp_path / "a" / "b" / "c", read_only=True)) == 1


def test_an_empty_folder_becomes_a_gallery(folder: Path) -> None:
    folder.mkdir()
    with Gallery.open(folder) as gallery:
        assert len(gallery) == 0


def test_a_folder_of_other_things_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "letter.txt").write_text("hello")
    with pytest.raises(GalleryError, match="other files"):
        Gallery.open(folder)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_a_file_is_no_gallery(folder: Path) -> None:
    folder.write_text("hello")
    for read_only in (False, True):
        with pytest.raises(GalleryError):
            Gallery.open(folder, read_only=read_only)
    assert folder.read_text() == "hello"


def test_reading_expects_a_gallery_and_makes_none(folder: Path) -> None:
    with pytest.raises(GalleryError, match="there is none"):
        Gallery.open(folder, read_only=True)
    assert not folder.exists()


@pytest.mark.parametrize("lost", ["manifest", "log"])
def test_a_lost_file_is_a_loss_and_not_an_empty_gallery(folder: Path, lost: str) -> None:
    Gallery.open(folder).close()
    (log_of(folder) if lost == "log" else folder / MANIFEST_NAME).unlink()
    with pytest.raises(CorruptGallery, match="no such file"):
        Gallery.open(folder)


def test_a_gallery_whose_making_was_interrupted_can_be_made(folder: Path) -> None:
    folder.mkdir()
    (folder / LOCK_NAME).touch()
    (folder / ".manifest.0123456789abcdef.partial").write_bytes(b"half")
    (folder / "changes-00000001.log").write_bytes(b"half")
    with Gallery.open(folder) as gallery:
        gallery.enrol("k", random_print(1))
    expected = [LOCK_NAME, MANIFEST_NAME, MANIFEST_COPY_NAME, log_of(folder).name, head_of(log_of(folder)).name]
    assert names_in(folder) == sorted(expected)


def test_one_writes_at_a_time(folder: Path) -> None:
    with Gallery.open(folder) as first:
        first.enrol("k", random_print(1))
        with pytest.raises(GalleryLocked):
            Gallery.open(folder)
        first.enrol("l", random_print(2))
    with Gallery.open(folder) as second:
        assert list(second) == ["k", "l"]


def test_deleting_the_lock_file_lets_nobody_else_write(folder: Path) -> None:
    with Gallery.open(folder) as first:
        first.enrol("k", random_print(1))
        (folder / LOCK_NAME).unlink()
        for _ in range(2):  # the first attempt makes another lock file
            with pytest.raises(GalleryLocked):
                Gallery.open(folder)
    with Gallery.open(folder) as again:
        assert list(again) == ["k"]
    (folder / MANIFEST_NAME).unlink()
    with pytest.raises(CorruptGallery, match="no such file"):  # the new lock file says that there was a gallery
        Gallery.open(folder)


def test_a_file_system_that_locks_no_folders_will_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fcntl.flock

    def files_only(descriptor: int, operation: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EBADF, "Bad file descriptor")
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", files_only)
    with Gallery.open(folder) as first:
        first.enrol("k", random_print(1))
        with pytest.raises(GalleryLocked):
            Gallery.open(folder)
    assert list(Gallery.open(folder)) == ["k"]


def test_where_there_is_no_fcntl_a_byte_of_the_lock_file_is_locked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = simulate_windows(monkeypatch)
    with Gallery.open(folder) as first:
        first.enrol("k", random_print(1))
        with pytest.raises(GalleryLocked):
            Gallery.open(folder)
        assert [place > (folder / LOCK_NAME).stat().st_size for _, place in locked] == [True]
    locked.clear()  # as closing the file does
    assert list(Gallery.open(folder)) == ["k"]


def test_a_dropped_gallery_is_unlocked(folder: Path) -> None:
    Gallery.open(folder).enrol("k", random_print(1))
    gc.collect()
    with Gallery.open(folder) as gallery:
        assert len(gallery) == 1


def test_the_answer_of_bulk_enrolment_does_not_keep_a_gallery_open(folder: Path) -> None:
    gallery = Gallery.open(folder)
    gc.collect()
    gc.disable()
    try:
        done = gallery.enrol_many([("k", random_print(1)), ("k", random_print(2))])
        del gallery
        Gallery.open(folder).close()
        assert len(done.refused) == 1
    finally:
        gc.enable()


def test_opening_leaks_no_descriptors(folder: Path) -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    Gallery.open(folder).close()
    before = count()
    for _ in range(5):
        with Gallery.open(folder) as gallery:
            gallery.compact()
            with pytest.raises(GalleryLocked):
                Gallery.open(folder)
    assert count() == before


def test_others_read_while_one_writes(folder: Path) -> None:
    with Gallery.open(folder) as writer:
        writer.enrol("k", random_print(1))
        reader = Gallery.open(folder, read_only=True)
        writer.enrol("l", random_print(2))
        writer.remove("k")
        writer.compact()
        assert list(reader) == ["k"]  # as it was when opened
        assert list(Gallery.open(folder, read_only=True)) == ["l"]


def test_readers_change_nothing(folder: Path) -> None:
    with Gallery.open(folder) as gallery:
        gallery.enrol("k", random_print(1))
    log = log_of(folder)
    torn = log.read_bytes() + b"FPGf\0\0"
    log.write_bytes(torn)
    (folder / LOCK_NAME).unlink()
    before = names_in(folder)
    reader = Gallery.open(folder, read_only=True)
    assert reader.identify(pressed_again(1)).candidates[0].key == "k"
    for change in (
        lambda: reader.enrol("l", random_print(2)),
        lambda: reader.enrol_many([("l", random_print(2))]),
        lambda: reader.remove("k"),
        lambda: reader.replace("k", random_print(2)),
        reader.compact,
    ):
        with pytest.raises(GalleryError, match="read_only"):
            change()
    assert list(reader) == ["k"]
    assert log.read_bytes() == torn
    assert names_in(folder) == before


def test_compaction_leaves_what_is_enrolled_and_nothing_else(folder: Path) -> None:
    with Gallery.open(folder) as gallery:
        gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(6))
        for seed in range(5):
            gallery.remove(f"k{seed}")
        removed = random_print(0).to_bytes()[200:240]
        assert holds(folder, removed)
        assert holds(folder, b"k0")
        done = gallery.compact()
        assert not holds(folder, removed)
        assert not holds(folder, b"k0")
        assert done.dropped == 5
        assert done.bytes_after < min(done.bytes_before, 2 * len(random_print(5).to_bytes()) + 2000)
        gallery.enrol("after", random_print(7))
    with Gallery.open(folder) as again:
        assert list(again) == ["k5", "after"]
    assert not [name for name in names_in(folder) if name.endswith(".partial")]


def test_compaction_in_memory_changes_nothing() -> None:
    gallery = Gallery()
    gallery.enrol("k", random_print(1))
    gallery.compact()
    assert list(gallery) == ["k"]


def test_the_same_changes_write_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "new_identity", lambda: b"one of a kind...")
    for name in ("one", "two"):
        with Gallery.open(tmp_path / name) as gallery:
            gallery.enrol("k", random_print(1))
            gallery.remove("k")
            gallery.compact()
            gallery.enrol("l", random_print(2))
    names = names_in(tmp_path / "one")
    assert names == names_in(tmp_path / "two")
    assert MANIFEST_NAME in names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


KEYS = st.sampled_from(["a", "b", "c", "d", "ä/ö"])
SEEDS = st.integers(0, 5)
PRINTS = [random_print(seed, minutiae=4) for seed in range(6)]


def is_refused(call: Callable[[], None], error: type[GalleryError]) -> bool:
    """As `pytest.raises`, whose frames would keep a gallery that is dropped later alive until they are collected."""
    try:
        call()
    except error:
        return True
    return False


class GalleryAgainstDict(RuleBasedStateMachine):
    """Whatever is done, opened again and compacted in between, a gallery holds what a dict does, in the same order."""

    folders = 0
    root: Path

    @initialize()
    def start(self) -> None:
        type(self).folders += 1
        self.folder = self.root / str(self.folders)
        self.gallery = Gallery.open(self.folder)
        self.model: dict[str, Template] = {}

    @rule(key=KEYS, seed=SEEDS)
    def enrol(self, key: str, seed: int) -> None:
        if key in self.model:
            assert is_refused(lambda: self.gallery.enrol(key, PRINTS[seed]), DuplicateKey)
        else:
            self.gallery.enrol(key, PRINTS[seed])
            self.model[key] = PRINTS[seed]

    @rule(pairs=st.lists(st.tuples(KEYS, SEEDS), max_size=4))
    def enrol_many(self, pairs: list[tuple[str, int]]) -> None:
        done = self.gallery.enrol_many((key, PRINTS[seed]) for key, seed in pairs)
        before = len(self.model)
        for key, seed in pairs:
            self.model.setdefault(key, PRINTS[seed])
        assert done.enrolled == len(self.model) - before
        assert done.enrolled + len(done.refused) == len(pairs)

    @rule(key=KEYS)
    def remove(self, key: str) -> None:
        if key in self.model:
            self.gallery.remove(key)
            del self.model[key]
        else:
            assert is_refused(lambda: self.gallery.remove(key), UnknownKey)

    @rule(key=KEYS, seed=SEEDS)
    def replace(self, key: str, seed: int) -> None:
        if key in self.model:
            self.gallery.replace(key, PRINTS[seed])
            del self.model[key]
            self.model[key] = PRINTS[seed]

    @rule()
    def open_again(self) -> None:
        self.gallery.close()
        self.gallery = Gallery.open(self.folder)

    @rule()
    def drop_without_closing(self) -> None:
        del self.gallery
        self.gallery = Gallery.open(self.folder)

    @rule(tail=st.sampled_from([b"F", b"FPGf\1", bytes(16), bytes(4096)]))
    def crash_in_a_write(self, tail: bytes) -> None:
        self.gallery.close()
        with log_of(self.folder).open("ab") as log:
            log.write(tail)
        self.gallery = Gallery.open(self.folder)

    @rule()
    def compact(self) -> None:
        self.gallery.compact()

    @invariant()
    def holds_what_the_model_does(self) -> None:
        if hasattr(self, "gallery"):
            assert [(key, self.gallery.get(key)) for key in self.gallery] == list(self.model.items())
            read = Gallery.open(self.folder, read_only=True)
            assert [(key, read.get(key)) for key in read] == list(self.model.items())

    def teardown(self) -> None:
        if hasattr(self, "gallery"):
            self.gallery.close()


@pytest.fixture(autouse=True)
def _root(tmp_path: Path) -> None:
    GalleryAgainstDict.root = tmp_path


class TestGalleryAgainstDict(GalleryAgainstDict.TestCase):  # type: ignore[misc]
    settings = settings(max_examples=25, stateful_step_count=16)
