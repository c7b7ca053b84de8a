"""What was acknowledged survives: killed processes, cut files, flipped bits, failing disks."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from benchmarks.search import crash
from tests.unit.index.gallery_files import head_of_log, log_of, manifest_of, names_in, put_disk
from tests.unit.index.random_prints import random_print

from fingerprint_engine.errors import CorruptGallery, GalleryError, GalleryLocked, UnsupportedGalleryVersion
from fingerprint_engine.index import Gallery, check_gallery, repair_gallery
from fingerprint_engine.index.storage.file_header import HEADER_SIZE
from fingerprint_engine.index.storage.log.frames import encode_frame
from fingerprint_engine.index.storage.log.records import Record
from fingerprint_engine.index.storage.log.replay import replay
from fingerprint_engine.index.storage.manifest import MANIFEST_NAME

ROOT = Path(__file__).resolve().parent.parent.parent

WRITER = """
import sys
from fingerprint_engine.index import Gallery, check_gallery, repair_gallery
from tests.unit.index.gallery_files import log_of, names_in
from tests.unit.index.random_prints import random_print

templates = [random_print(seed, minutiae=40) for seed in range(4)]
with Gallery.open(sys.argv[1]) as gallery:
    print("open", flush=True)
    number = len(gallery)
    while True:
        gallery.enrol(f"k{number}", templates[number % 4])
        if number % 3 == 2:
            gallery.remove(f"k{number - 1}")
            print(f"-k{number - 1}", flush=True)
        print(f"+k{number}", flush=True)
        number += 1
        if sys.argv[2] == "compact" and number % 5 == 0:
            gallery.compact()
"""


def start_writer(folder: Path, mode: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), mode],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("mode", ["append", "compact"])
def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path, mode: str) -> None:
    folder = tmp_path / "prints.gallery"
    expected: set[str] = set()
    for lines in (3, 11):
        with start_writer(folder, mode) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            said = [process.stdout.readline().strip() for _ in range(lines)]
            with pytest.raises(GalleryLocked):
                Gallery.open(folder)
            process.send_signal(signal.SIGKILL)
            said += process.stdout.read().split("\n")[:-1]
        for line in said:
            (expected.add if line[0] == "+" else expected.discard)(line[1:])
        with Gallery.open(folder) as gallery:  # and the lock of the dead is gone
            found = set(gallery)
            # The writer may have been killed between a change and saying so: one step further at most.
            assert len(found ^ expected) <= 2
            assert {key for key in expected if key not in found} <= {f"k{max(int(k[1:]) for k in found) - 1}"}
            for key in found:
                gallery.get(key)
            expected = found
            for key in sorted(found):
                gallery.remove(key)
            expected = set()
            gallery.compact()


def test_kills_while_sealing_and_compacting_lose_nothing(tmp_path: Path) -> None:
    kills = list(crash.run_kills(tmp_path / "prints.gallery", 6, seed=3, max_s=1.5))
    assert len(kills) == 6
    assert sum(kill.acknowledged for kill in kills) > 0


def small_gallery(folder: Path) -> tuple[bytes, list[tuple[int, list[str], bytes]]]:
    """A small gallery; its log, and after each acknowledged change the size of the log, the keys and the log's head."""
    states = []
    with Gallery.open(folder) as gallery:
        steps: list[Callable[[], Any]] = [
            lambda: None,
            lambda: gallery.enrol("a", random_print(1, minutiae=3)),
            lambda: gallery.enrol_many([("b", random_print(2, minutiae=3)), ("c", random_print(3, minutiae=3))]),
            lambda: gallery.remove("b"),
            lambda: gallery.replace("a", random_print(4, minutiae=3)),
        ]
        for step in steps:
            step()
            states.append((log_of(folder).stat().st_size, list(gallery), head_of_log(folder).read_bytes()))
    return log_of(folder).read_bytes(), states


def test_every_cut_is_named_with_what_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "prints.gallery"
    data, states = small_gallery(folder)
    for cut in range(len(data)):
        log_of(folder).write_bytes(data[:cut])
        whole = sum(state[0] <= cut for state in states) - 1
        missing = f"{4 - whole} acknowledged frames" if cut >= HEADER_SIZE else "offset 0"
        with pytest.raises(CorruptGallery, match=missing):
            Gallery.open(folder, read_only=True)
        if cut % 97 == 0:
            with pytest.raises(CorruptGallery, match=missing):
                Gallery.open(folder)
            assert [problem for file in check_gallery(folder).files for problem in file.problems]
    log_of(folder).unlink()
    with pytest.raises(CorruptGallery, match="no such file"):
        Gallery.open(folder)


@pytest.mark.parametrize("cut", [HEADER_SIZE, 1000, 2000, -1])
def test_repair_of_a_cut_log_says_how_much_is_missing(tmp_path: Path, cut: int) -> None:
    folder = tmp_path / "prints.gallery"
    data, states = small_gallery(folder)
    log_of(folder).write_bytes(data[:cut])
    whole = sum(state[0] <= len(data[:cut]) for state in states) - 1
    done = repair_gallery(folder)
    assert done.lost_frames == ((whole + 1, 4),)
    assert done.lost == [5, 4, 2, 1][whole]
    assert list(Gallery.open(folder, read_only=True)) == states[whole][1]


def test_after_a_loss_of_power_every_cut_behind_the_head_is_a_torn_write(tmp_path: Path) -> None:
    folder = tmp_path / "prints.gallery"
    data, states = small_gallery(folder)
    log, head = log_of(folder), head_of_log(folder)
    for cut in range(HEADER_SIZE, len(data) + 1):
        log.write_bytes(data[:cut])
        size, keys, before = [state for state in states if state[0] <= cut][-1]
        head.write_bytes(before)
        assert list(Gallery.open(folder, read_only=True)) == keys, cut
        if cut % 61 == 0 or cut - size < 2:  # opening for writing waits for the disk
            with Gallery.open(folder) as gallery:
                assert list(gallery) == keys, cut
            assert log.read_bytes() == data[:size]


@pytest.mark.parametrize("cut", [0, 1, 8, HEADER_SIZE - 1])
def test_a_cut_file_header_is_no_crash_of_ours(tmp_path: Path, cut: int) -> None:
    folder = tmp_path / "prints.gallery"
    data, _ = small_gallery(folder)
    log_of(folder).write_bytes(data[:cut])
    for read_only in (False, True):
        with pytest.raises(CorruptGallery):
            Gallery.open(folder, read_only=read_only)
    assert log_of(folder).read_bytes() == data[:cut]


def test_every_flipped_bit_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    folder = tmp_path / "prints.gallery"
    data, _ = small_gallery(folder)
    log = log_of(folder)
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 1 << position % 8
        log.write_bytes(damaged)
        with pytest.raises(CorruptGallery, match="offset"):
            Gallery.open(folder, read_only=True)
    with pytest.raises(CorruptGallery, match="offset"):
        Gallery.open(folder)
    assert log.read_bytes() == bytes(damaged)


def test_after_a_torn_write_one_can_write_on(tmp_path: Path) -> None:
    folder = tmp_path / "prints.gallery"
    data, states = small_gallery(folder)
    log_of(folder).write_bytes(data[:-9])
    head_of_log(folder).write_bytes(states[-2][2])
    with Gallery.open(folder) as gallery:
        gallery.enrol("after", random_print(9))
    assert list(Gallery.open(folder, read_only=True)) == ["a", "c", "after"]


def test_a_newer_gallery_says_so_and_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "prints.gallery"
    small_gallery(folder)
    for path in (log_of(folder), folder / MANIFEST_NAME):
        data = path.read_bytes()
        head = data[:8] + struct.pack("<H", 4) + data[10:44]
        newer = head + struct.pack("<I", zlib.crc32(head)) + data[HEADER_SIZE:] + b"what we cannot know"
        path.write_bytes(newer)
        before = names_in(folder)
        for read_only in (False, True):
            with pytest.raises(UnsupportedGalleryVersion, match="version 4"):
                Gallery.open(folder, read_only=read_only)
        assert path.read_bytes() == newer
        assert names_in(folder) == before
        path.write_bytes(data)
    assert len(Gallery.open(folder, read_only=True)) == 2


def test_a_template_that_does_not_decode_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "prints.gallery"
    Gallery.open(folder).close()
    with log_of(folder).open("ab") as log:
        manifest = manifest_of(folder)
        log.write(encode_frame([Record("k", b"no template")], manifest.log_position, manifest.log_header)[0])
    for read_only in (False, True, False):
        with pytest.raises(CorruptGallery, match="template"):
            Gallery.open(folder, read_only=read_only)


class Disk:
    """Stands in for `os` in the log's module, and fails at one of its calls, after doing half of what it should."""

    def __init__(self, failing: str, after: int, error: BaseException) -> None:
        self.failing, self.left, self.error = failing, after, error

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name != self.failing:
            return real

        def call(*arguments: Any, **named: Any) -> Any:
            if self.left:
                self.left -= 1
                return real(*arguments, **named)
            if name == "write":
                descriptor, data = arguments
                real(descriptor, data[: len(data) // 2])
            raise self.error

        return call


FULL = OSError(28, "No space left on device")
CHANGES: dict[str, Callable[[Gallery], Any]] = {
    "enrol": lambda gallery: gallery.enrol("new", random_print(9)),
    "enrol_many": lambda gallery: gallery.enrol_many([("new", random_print(9)), ("newer", random_print(8))]),
    "remove": lambda gallery: gallery.remove("c"),
    "replace": lambda gallery: gallery.replace("c", random_print(9)),
    "compact": lambda gallery: gallery.compact(),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("failing", ["write", "fsync"])
@pytest.mark.parametrize("error", [FULL, KeyboardInterrupt()])
def test_a_failing_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, failing: str, error: BaseException
) -> None:
    folder = tmp_path / "prints.gallery"
    data, states = small_gallery(folder)
    before = names_in(folder)
    with Gallery.open(folder) as gallery:
        with monkeypatch.context() as patch:
            put_disk(patch, Disk(failing, 0, error))
            with pytest.raises(GalleryError if error is FULL else KeyboardInterrupt):
                CHANGES[change](gallery)
        assert list(gallery) == states[-1][1]
        assert gallery.get("c") == random_print(3, minutiae=3)
        assert log_of(folder).read_bytes() == data
        assert names_in(folder) == before
        if failing == "fsync" and change != "compact":
            # Taking back needs fsync as well; when that fails nobody knows what is on the disk.
            with pytest.raises(GalleryError, match="open it again"):
                gallery.enrol("after", random_print(9))
        else:
            gallery.enrol("after", random_print(9))
    with Gallery.open(folder) as again:
        if "after" not in again:
            again.enrol("after", random_print(9))
        assert list(again) == [*states[-1][1], "after"]


def test_a_write_that_cannot_be_taken_back_is_cut_off_when_next_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dead(Disk):
        def ftruncate(self, descriptor: int, size: int) -> None:
            raise OSError(5, "Input/output error")

    folder = tmp_path / "prints.gallery"
    data, states = small_gallery(folder)
    with Gallery.open(folder) as gallery:
        with monkeypatch.context() as patch:
            put_disk(patch, Dead("write", 0, FULL))
            with pytest.raises(GalleryError, match="No space"):
                gallery.enrol("new", random_print(9))
        assert len(log_of(folder).read_bytes()) > len(data)
        with pytest.raises(GalleryError, match="open it again"):
            gallery.remove("c")
        assert list(gallery) == states[-1][1]
    with Gallery.open(folder) as again:
        assert list(again) == states[-1][1]
    assert log_of(folder).read_bytes() == data


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Disk):
        def write(self, descriptor: int, data: Any) -> int:
            return os.write(descriptor, data[:100])

    with Gallery.open(tmp_path / "prints.gallery") as gallery:
        put_disk(monkeypatch, Slow("nothing", 0, FULL))
        gallery.enrol("k", random_print(1))
    data = log_of(tmp_path / "prints.gallery").read_bytes()
    assert len(data) > 1000
    assert [record.key for record in replay(data, manifest_of(tmp_path / "prints.gallery").log_header).records] == ["k"]


@pytest.mark.parametrize("call", ["open", "write", "fsync"])
def test_a_gallery_that_cannot_be_made_leaves_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    folder = tmp_path / "prints.gallery"
    with monkeypatch.context() as patch:
        put_disk(patch, Disk(call, 1 if call != "write" else 0, FULL))
        with pytest.raises(GalleryError, match="No space"):
            Gallery.open(folder)
    assert not (folder / MANIFEST_NAME).exists()
    with Gallery.open(folder) as gallery:
        assert len(gallery) == 0


def test_acknowledged_means_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []

    class Counting(Disk):
        def fsync(self, descriptor: int) -> None:
            synced.append(os.fstat(descriptor).st_size)
            os.fsync(descriptor)

    with Gallery.open(tmp_path / "prints.gallery") as gallery:
        put_disk(monkeypatch, Counting("nothing", 0, FULL))
        for seed in range(3):
            gallery.enrol(f"k{seed}", random_print(seed))
            assert synced[-1] == log_of(tmp_path / "prints.gallery").stat().st_size
        assert len(synced) == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "prints.gallery"
    small_gallery(folder)
    for path in [*folder.iterdir(), folder]:
        path.chmod(0o555)
    try:
        check_read_only_folder(folder)
    finally:
        folder.chmod(0o755)


def test_a_read_only_file_system_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "prints.gallery"
    small_gallery(folder)

    class ReadOnly(Disk):
        def open(self, path: Path, flags: int, *mode: int) -> int:
            if flags & (os.O_RDWR | os.O_WRONLY | os.O_CREAT):
                raise PermissionError(13, "Permission denied")
            return os.open(path, flags, *mode)

    put_disk(monkeypatch, ReadOnly("nothing", 0, FULL))
    check_read_only_folder(folder)


def check_read_only_folder(folder: Path) -> None:
    before = sorted(folder.iterdir())
    with pytest.raises(GalleryError, match="read_only=True"):
        Gallery.open(folder)
    assert list(Gallery.open(folder, read_only=True)) == ["c", "a"]
    assert sorted(folder.iterdir()) == before


def test_waiting_for_nothing(tmp_path: Path) -> None:
    """A locked gallery is refused at once, so that a caller can say why instead of hanging."""
    # Were it to wait, the test would hang.
    with Gallery.open(tmp_path / "prints.gallery"), pytest.raises(GalleryLocked):
        Gallery.open(tmp_path / "prints.gallery")
