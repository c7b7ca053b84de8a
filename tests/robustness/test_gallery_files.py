"""The files of a gallery: private, regular, its own; deleted or replaced ones are noticed; closing lets go of all."""

from __future__ import annotations

import copy
import fcntl
import gc
import os
import pickle
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.index.gallery_files import head_of_log, log_of, names_in, segments_of
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.errors import CorruptGallery, GalleryError, GalleryLocked, InputError
from fingerprint_engine.index import Gallery, check_gallery, repair_gallery
from fingerprint_engine.index.storage import durable_files, folder_lock
from fingerprint_engine.index.storage.folder_lock import LOCK_NAME
from fingerprint_engine.index.storage.log.log_file import LogFile
from fingerprint_engine.index.storage.manifest import MANIFEST_COPY_NAME, MANIFEST_NAME

PRINTS = [random_print(seed, minutiae=8).to_bytes() for seed in range(6)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A segment and a log."""
    path = tmp_path / "g"
    with Gallery.open(path) as gallery:
        gallery.enrol_many((f"s{n}", PRINTS[n]) for n in range(3))
        gallery.compact()
        gallery.enrol("l0", PRINTS[3])
        gallery.enrol("l1", PRINTS[4])
    return path


PLACES: dict[str, Callable[[Path], Path]] = {
    "manifest": lambda folder: folder / MANIFEST_NAME,
    "copy": lambda folder: folder / MANIFEST_COPY_NAME,
    "segment": lambda folder: segments_of(folder)[0],
    "log": log_of,
    "head": head_of_log,
    "lock": lambda folder: folder / LOCK_NAME,
}


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_private_whatever_the_umask(tmp_path: Path, umask: int, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, int]] = []
    real = os.open

    def watched(path: object, flags: int, mode: int = 0o777, **named: object) -> int:
        descriptor = real(path, flags, mode, **named)  # type: ignore[arg-type]
        if flags & os.O_CREAT:
            opened.append((str(path), stat.S_IMODE(os.fstat(descriptor).st_mode)))
        return descriptor

    monkeypatch.setattr(os, "open", watched)
    with Gallery.open(tmp_path / "g", state=tmp_path / "state") as gallery:
        gallery.enrol("k", PRINTS[0])
        gallery.compact()
    assert mode_of(tmp_path / "g") == 0o700
    assert {name: mode_of(tmp_path / "g" / name) for name in names_in(tmp_path / "g")} == dict.fromkeys(
        names_in(tmp_path / "g"), 0o600
    )
    assert opened
    assert not [name for name, mode in opened if mode & 0o077]  # from the first byte
    assert mode_of(tmp_path / "state") == 0o700
    assert [mode_of(path) for path in (tmp_path / "state").iterdir()] == [0o600]
    assert umask in (0o000, 0o022, 0o077)


def test_a_folder_that_others_could_read_becomes_private(tmp_path: Path) -> None:
    folder = tmp_path / "g"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    reader = os.open(folder, os.O_RDONLY)
    fcntl.flock(reader, fcntl.LOCK_EX)  # as any local reader can who got hold of the folder
    try:
        with Gallery.open(folder) as gallery:
            gallery.enrol("k", PRINTS[0])
            assert mode_of(folder) == 0o700
            with pytest.raises(GalleryLocked):
                Gallery.open(folder)
    finally:
        os.close(reader)
    with Gallery.open(folder) as gallery:
        (folder / LOCK_NAME).unlink()
        with pytest.raises(GalleryLocked):  # now the folder is locked too
            Gallery.open(folder)


def make_special(path: Path, kind: str) -> None:
    if path.exists():
        shutil.copy(path, path.with_name("elsewhere"))
        path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(path.with_name("elsewhere"))
    elif kind == "folder":
        path.mkdir()
    else:
        here = Path.cwd()
        os.chdir(path.parent)  # names of sockets are short
        try:
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(path.name)
        finally:
            os.chdir(here)


@pytest.mark.parametrize("kind", ["pipe", "link", "folder", "socket"])
@pytest.mark.parametrize("place", PLACES)
def test_only_regular_files_are_read(folder: Path, place: str, kind: str) -> None:
    path = PLACES[place](folder)
    make_special(path, kind)
    if place == "copy":  # is read by a repair only, and written anew
        assert not check_gallery(folder).is_sound
        if kind != "folder":
            Gallery.open(folder).close()
            assert check_gallery(folder).is_sound
        return
    with pytest.raises(GalleryError):
        Gallery.open(folder)
    if place != "lock":
        with pytest.raises(CorruptGallery, match="regular file"):
            Gallery.open(folder, read_only=True)
    assert not check_gallery(folder).is_sound
    if kind != "folder" and place != "lock":
        done = repair_gallery(folder)
        assert done.lost >= (0 if place in ("manifest", "head") else 2)
        assert check_gallery(folder).is_sound


def test_a_link_is_never_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"somebody's own")
    folder = tmp_path / "g"
    folder.mkdir()
    for number in range(4):
        for name in (f"changes-{number:08d}.log", f"changes-{number:08d}.head", f"segment-{number:08d}.prints"):
            (folder / name).symlink_to(victim)
    (folder / MANIFEST_COPY_NAME).symlink_to(victim)
    with Gallery.open(folder) as gallery:
        gallery.enrol("k", PRINTS[0])
        gallery.compact()
    assert victim.read_bytes() == b"somebody's own"
    assert check_gallery(folder).is_sound


@pytest.mark.parametrize("place", PLACES)
def test_every_deleted_file_is_named(folder: Path, place: str) -> None:
    name = PLACES[place](folder).name
    (folder / name).unlink()
    if place == "manifest":
        with pytest.raises(GalleryError, match="there is none"):
            check_gallery(folder)
    else:
        assert name in str(check_gallery(folder).files)
    if place in ("copy", "lock"):  # nothing is lost: they are made anew
        with Gallery.open(folder) as gallery:
            assert len(gallery) == 5
        assert check_gallery(folder).is_sound
        return
    for read_only in (True, False):
        with pytest.raises(GalleryError, match="there is none" if place == "manifest" and read_only else name):
            Gallery.open(folder, read_only=read_only)
    done = repair_gallery(folder)
    assert (done.lost, done.prints) == {"manifest": (0, 5), "segment": (3, 2), "log": (2, 3), "head": (0, 5)}[place]
    assert check_gallery(folder).is_sound


@pytest.mark.parametrize("how", ["deleted", "replaced", "moved"])
@pytest.mark.parametrize("place", ["manifest", "log", "head", "lock"])
def test_a_writer_notices_a_file_that_is_gone_before_it_acknowledges(folder: Path, place: str, how: str) -> None:
    path = PLACES[place](folder)
    with Gallery.open(folder) as gallery:
        gallery.enrol("before", PRINTS[0])
        aside = path.with_name("aside")
        if how == "replaced":
            shutil.copy(path, aside)
            aside.replace(path)
        elif how == "moved":
            path.rename(aside)
        else:
            path.unlink()
        for change in (
            lambda: gallery.enrol("after", PRINTS[1]),
            lambda: gallery.remove("s0"),
            lambda: gallery.set_follows("register", 1),
            gallery.compact,
            lambda: gallery.keep_measurement("mine", {"value": 1}),
        ):
            with pytest.raises(GalleryError):
                change()
        with pytest.raises(GalleryError, match="deleted or replaced"):
            gallery.enrol("after", PRINTS[1])
        assert list(gallery) == ["s0", "s1", "s2", "l0", "l1", "before"]


def test_a_log_deleted_between_looking_and_acknowledging_is_noticed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = durable_files.sync

    def deleting(descriptor: int) -> None:
        log_of(folder).unlink(missing_ok=True)
        real(descriptor)

    with Gallery.open(folder) as gallery:
        monkeypatch.setattr(durable_files, "sync", deleting)
        with pytest.raises(GalleryError, match="deleted or replaced"):
            gallery.enrol("after", PRINTS[1])
        assert "after" not in gallery


def test_a_second_writer_that_came_while_one_was_writing_loses_nothing_acknowledged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock file is deleted just before the bytes are written, where the system cannot lock a folder."""
    monkeypatch.setattr(folder_lock, "_lock_if_possible", lambda descriptor, must_be_free: None)
    append = LogFile.append
    with Gallery.open(folder) as gallery:

        def beside(log: LogFile, *arguments: object) -> None:
            monkeypatch.setattr(LogFile, "append", append)
            (folder / LOCK_NAME).unlink()
            second.append(Gallery.open(folder))
            append(log, *arguments)  # type: ignore[arg-type]

        second: list[Gallery] = []
        monkeypatch.setattr(LogFile, "append", beside)
        with pytest.raises(GalleryError, match="deleted or replaced"):
            gallery.enrol("not acknowledged", PRINTS[5])
        second[0].enrol("acknowledged", PRINTS[5])
        second[0].close()
        assert "not acknowledged" not in gallery
        with pytest.raises(GalleryError, match="deleted or replaced"):
            gallery.enrol("not acknowledged", PRINTS[5])
    assert list(Gallery.open(folder, read_only=True)) == ["s0", "s1", "s2", "l0", "l1", "acknowledged"]


def test_a_folder_that_others_could_open_is_locked_from_the_first_time_on(folder: Path) -> None:
    folder.chmod(0o755)
    others = os.open(folder, os.O_RDONLY)
    for is_locked_by_others in (False, True):
        folder.chmod(0o755)
        if is_locked_by_others:
            fcntl.flock(others, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with Gallery.open(folder) as gallery:
            if not is_locked_by_others:
                (folder / LOCK_NAME).unlink()
                with pytest.raises(GalleryLocked):
                    Gallery.open(folder)
            else:
                gallery.enrol("a", PRINTS[5])
    os.close(others)


def test_nobody_writes_into_what_a_gallery_holds(folder: Path) -> None:
    memory = Gallery()
    memory.enrol("a", PRINTS[0])
    with Gallery.open(folder) as gallery:
        for view in [*memory.snapshot().views, *gallery.snapshot().views]:
            for column in (*view.columns[:3], *view.traits, view.alive):
                with pytest.raises(ValueError, match="read-only"):
                    column[:1] = 0


def test_a_segment_that_is_deleted_beside_a_writer_is_written_anew(folder: Path) -> None:
    with Gallery.open(folder) as gallery:
        segments_of(folder)[0].unlink()
        gallery.enrol("after", PRINTS[1])
        assert gallery.get("s1").to_bytes() == PRINTS[1]
        gallery.compact()
    assert check_gallery(folder).is_sound
    assert list(Gallery.open(folder, read_only=True)) == ["s0", "s1", "s2", "l0", "l1", "after"]


@pytest.mark.parametrize("place", ["manifest", "segment", "log", "head", "lock"])
def test_a_file_of_another_gallery_is_refused_by_name(folder: Path, tmp_path: Path, place: str) -> None:
    other = tmp_path / "other"
    with Gallery.open(other) as gallery:  # the same changes
        gallery.enrol_many((f"s{n}", PRINTS[n]) for n in range(3))
        gallery.compact()
        gallery.enrol("l0", PRINTS[3])
        gallery.enrol("l1", PRINTS[5])
    shutil.copy(PLACES[place](other), PLACES[place](folder))
    with pytest.raises(CorruptGallery, match=r"another gallery|different galleries"):
        Gallery.open(folder)
    assert not check_gallery(folder).is_sound


def test_a_segment_of_the_same_gallery_from_another_time_is_refused(folder: Path, tmp_path: Path) -> None:
    """Two copies went different ways: a segment of one has the number and the size of one of the other."""
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    for path, print_ in ((folder, PRINTS[5]), (other, PRINTS[5])):
        with Gallery.open(path) as gallery:
            gallery.enrol("a" if path == folder else "b", print_)
            gallery.compact()
    shutil.copy(segments_of(other)[0], segments_of(folder)[0])
    for read_only in (True, False):
        with pytest.raises(CorruptGallery, match="byte for byte"):
            Gallery.open(folder, read_only=read_only)
    assert not check_gallery(folder).is_sound


def test_a_gallery_is_neither_copied_nor_pickled(folder: Path) -> None:
    with Gallery.open(folder) as gallery:
        for act in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(InputError, match="stay in its process"):
                act(gallery)


def test_an_older_log_of_the_same_gallery_is_refused(folder: Path) -> None:
    """A log and its head that were put back together: the manifest knows better."""
    kept = log_of(folder).read_bytes(), head_of_log(folder).read_bytes()
    with Gallery.open(folder) as gallery:
        gallery.enrol("later", PRINTS[0])
        gallery.keep_measurement("recall_of_mine", {"value": 1})
    log_of(folder).write_bytes(kept[0])
    head_of_log(folder).write_bytes(kept[1])
    for read_only in (True, False):
        with pytest.raises(CorruptGallery, match="1 acknowledged frames with 1 changes are missing"):
            Gallery.open(folder, read_only=read_only)


def maps_and_descriptors(folder: Path) -> tuple[int, int]:
    """Maps of a gallery's files in this process, and its open descriptors."""
    maps = sum(str(folder) in line for line in Path("/proc/self/maps").read_text().splitlines())
    return maps, len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/maps").is_file(), reason="the system does not tell what is mapped")
@pytest.mark.parametrize("read_only", [True, False])
def test_closing_lets_go_of_maps_and_descriptors_at_once(folder: Path, read_only: bool) -> None:
    with Gallery.open(folder) as warm:
        warm.identify(pressed_again(1, 8))
    gc.collect()
    gc.disable()
    try:
        before = maps_and_descriptors(folder)
        assert before[0] == 0
        galleries = []
        for _ in range(5):
            gallery = Gallery.open(folder, read_only=read_only)
            gallery.identify(pressed_again(1, 8), workers=2)
            list(gallery.identify_many([pressed_again(1, 8)]))
            gallery.duplicates()
            gallery.details("s1")
            assert maps_and_descriptors(folder)[0] > 0
            with pytest.raises(GalleryError):
                gallery.get("nobody")
            gallery.close()
            galleries.append(gallery)  # closed, and kept
            assert maps_and_descriptors(folder) == before
    finally:
        gc.enable()


@pytest.mark.skipif(not Path("/proc/self/maps").is_file(), reason="the system does not tell what is mapped")
def test_a_view_that_is_still_used_keeps_its_file_and_no_longer(folder: Path) -> None:
    gallery = Gallery.open(folder, read_only=True)
    snapshot = gallery.snapshot()
    gallery.close()
    assert [view.key(0) for view in snapshot.views] == ["s0", "l0"]
    assert int(snapshot.views[0].columns.data.sum()) > 0
    assert maps_and_descriptors(folder)[0] > 0
    del snapshot
    assert maps_and_descriptors(folder)[0] == 0
