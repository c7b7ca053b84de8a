"""`Gallery.open(in_memory=True)`: the answers of a mapped gallery, from memory that no file changes."""

from __future__ import annotations

import errno
import io
import mmap
import shutil
import weakref
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numba
import numpy as np
import pytest
from tests.unit.index.gallery_files import cut, manifest_of, segments_of, turn_a_bit
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine import KeyRing, NotEnoughMemory
from fingerprint_engine.cli import main
from fingerprint_engine.errors import CorruptGallery, GalleryError
from fingerprint_engine.index import Gallery, SearchParameters, StageParameters, where_it_fits
from fingerprint_engine.index.columns import large_pages, mapped_pages
from fingerprint_engine.index.columns.block import PrintColumns
from fingerprint_engine.index.columns.large_pages import large_array, read_into_memory
from fingerprint_engine.index.columns.mapped_pages import MappedTemplates, give_back, is_mapped
from fingerprint_engine.index.storage import compaction, durable_files, memory_check
from fingerprint_engine.index.storage import folder as gallery_folder
from fingerprint_engine.index.storage.reading import named_errors
from fingerprint_engine.index.storage.segments import cells_file
from fingerprint_engine.index.storage.segments.segment import Segment
from fingerprint_engine.index.where_it_fits import open_where_it_fits
from fingerprint_engine.tenprint import mark_of_templates

PRINTS, SEGMENT_PRINTS = 80, 20
FEW = StageParameters(sketched=8, screened_from=1, screened=6, compared=4, compared_growth=0.0)
WAYS = [SearchParameters(shortlist=name, stages=FEW) for name in ("faiss", "scan", "exact")]
PAGE_MAP = Path("/proc/self/pagemap")
RING = KeyRing.generate()


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every segment has an index, four are full, and small arrays are large enough for memory of their own."""
    monkeypatch.setattr(cells_file, "MIN_INDEXED_PRINTS", 2)
    monkeypatch.setattr(compaction, "FULL_PRINTS", SEGMENT_PRINTS)
    monkeypatch.setattr(large_pages, "LARGE_PAGE", mmap.PAGESIZE)


@pytest.fixture(scope="module", params=[None, RING], ids=["plain", "sealed"])
def keys(request: pytest.FixtureRequest) -> KeyRing | None:
    found: KeyRing | None = request.param
    return found


def _filled(folder: Path, keys: KeyRing | None) -> Path:
    with pytest.MonkeyPatch.context() as patch, Gallery.open(folder, keys=keys) as gallery:
        small_segments.__wrapped__(patch)  # type: ignore[attr-defined]
        for seed in range(PRINTS):
            gallery.enrol(f"k{seed}", random_print(seed), subject=f"s{seed}")
            if seed % SEGMENT_PRINTS == SEGMENT_PRINTS - 1:
                gallery.compact()
        gallery.enrol_many((f"twin{seed}", pressed_again(seed)) for seed in range(0, PRINTS, 9))
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing | None) -> Path:
    return _filled(tmp_path_factory.mktemp("made") / "prints.gallery", keys)


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "prints.gallery")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _filled(tmp_path_factory.mktemp("plain") / "prints.gallery", None)


@pytest.fixture
def unsealed(plain: Path, tmp_path: Path) -> Path:
    return shutil.copytree(plain, tmp_path / "unsealed.gallery")


def _answers(gallery: Gallery) -> list[object]:
    """What searches of every kind find, and how."""
    found: list[object] = [
        gallery.identify(pressed_again(seed, press=5), parameters=way).as_dict() for seed in (3, 41, 79) for way in WAYS
    ]
    pressed = pressed_again(12, press=6)
    mark = mark_of_templates([pressed])
    return [*found, gallery.search_mark(mark).as_dict(), gallery.duplicates().pairs]


def _blocks(gallery: Gallery) -> list[PrintColumns]:
    return [view.columns for view in gallery.snapshot().views if view.segment]


def _is_loaded(gallery: Gallery) -> bool:
    blocks = _blocks(gallery)
    assert blocks
    assert all(block.cells is not None for block in blocks if len(block) > 1)
    return not any(is_mapped(array) for block in blocks for array in (block.sketches, *(block.cells or ())))


def test_answers_are_the_same_to_the_bit_whatever_is_changed(
    folder: Path, tmp_path: Path, keys: KeyRing | None
) -> None:
    other = shutil.copytree(folder, tmp_path / "other.gallery")
    with Gallery.open(folder, keys=keys) as mapped, Gallery.open(other, keys=keys, in_memory=True) as loaded:
        assert _is_loaded(loaded)
        assert _is_loaded(mapped) == (keys is not None)
        changes: list[Callable[[Gallery], object]] = [
            len,
            lambda gallery: gallery.enrol("new", pressed_again(41, press=7)),
            lambda gallery: gallery.remove_many(f"k{seed}" for seed in range(0, PRINTS, 4)),
            Gallery.compact,
            lambda gallery: gallery.replace("k41", pressed_again(41, press=8)),
            lambda gallery: gallery.compact(reencrypt=keys is not None),
        ]
        for change in changes:
            change(mapped)
            change(loaded)
            assert _answers(loaded) == _answers(mapped)
            assert _is_loaded(loaded)
    for read_only in (True, False):
        with Gallery.open(other, keys=keys, read_only=read_only, in_memory=True) as again:
            assert _is_loaded(again)
            assert "new" in again


def test_kernels_take_both_for_the_same_kind_of_array(folder: Path, keys: KeyRing | None) -> None:
    with (
        Gallery.open(folder, keys=keys, read_only=True) as mapped,
        Gallery.open(folder, keys=keys, read_only=True, in_memory=True) as loaded,
    ):
        for one, other in zip(_blocks(mapped), _blocks(loaded), strict=True):
            assert one.cells is not None
            assert other.cells is not None
            for first, second in zip((one.sketches, *one.cells), (other.sketches, *other.cells), strict=True):
                np.testing.assert_array_equal(first, second)
                assert numba.typeof(first) == numba.typeof(second)  # else all kernels are compiled once more
                assert not second.flags.writeable
                assert second.flags.c_contiguous
                assert second.flags.aligned


def test_segments_that_fill_up_while_it_is_open_are_read_into_memory_too(
    unsealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Gallery.open(unsealed, in_memory=True) as gallery:
        before = len(_blocks(gallery))
        monkeypatch.setattr(gallery_folder, "BLOCK_PRINTS", 5)
        gallery.enrol_many((f"more{seed}", random_print(900 + seed)) for seed in range(6))
        blocks = _blocks(gallery)
        assert len(blocks) > before
        assert not any(is_mapped(block.sketches) for block in blocks)


def test_an_index_that_compaction_makes_anew_is_read_into_memory_too(unsealed: Path) -> None:
    _index_of(unsealed).write_bytes(b"")
    with Gallery.open(unsealed, in_memory=True) as gallery:
        assert any(block.cells is None for block in _blocks(gallery))
        gallery.compact()
        assert _is_loaded(gallery)


def test_a_gallery_that_gets_keys_keeps_its_index_in_memory(unsealed: Path) -> None:
    with Gallery.open(unsealed, in_memory=True) as gallery:
        before = gallery.identify(pressed_again(3), parameters=WAYS[0]).candidates
        gallery.change_keys(RING)
        assert _is_loaded(gallery)
        assert gallery.identify(pressed_again(3), parameters=WAYS[0]).candidates == before


def _index_of(folder: Path) -> Path:
    entry = manifest_of(folder).segments[1]
    (index,) = entry.indexes
    return folder / entry.index_name(index)


@pytest.mark.parametrize("damage", [cut, turn_a_bit, Path.unlink])
def test_a_damaged_index_is_named_and_gone_without_as_where_it_is_mapped(
    folder: Path, keys: KeyRing | None, damage: Callable[[Path], object]
) -> None:
    entry = manifest_entry(folder, keys)
    damage(folder / entry.index_name(entry.indexes[0]))
    found = []
    for in_memory in (False, True):
        with Gallery.open(folder, keys=keys, read_only=True, in_memory=in_memory) as gallery:
            found.append((gallery.snapshot().index_problems, _answers(gallery)))
    assert found[0] == found[1]
    assert len(found[0][0]) == 1


def manifest_entry(folder: Path, keys: KeyRing | None) -> Any:
    with Gallery.open(folder, keys=keys) as gallery:
        assert gallery._folder is not None
        return gallery._folder.manifest.segments[1]


def _sketch_of(path: Path) -> int:
    """Where a segment's sketches begin."""
    with Gallery.open(path.parent, read_only=True) as gallery:
        block = next(one for one in gallery._table.blocks if isinstance(one, Segment) and one.path == path)
        return block.file.header.extents["sketches"].offset


def _turn_a_bit_of_sketches(path: Path) -> None:
    at, data = _sketch_of(path), bytearray(path.read_bytes())
    data[at + 100] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [cut, _turn_a_bit_of_sketches, Path.unlink])
def test_a_damaged_segment_is_refused_with_the_same_words(unsealed: Path, damage: Callable[[Path], object]) -> None:
    path = segments_of(unsealed)[1]
    damage(path)
    said = []
    for in_memory in (False, True):
        with pytest.raises(CorruptGallery) as refused:
            Gallery.open(unsealed, in_memory=in_memory)
        said.append(str(refused.value))
        with Gallery.open(unsealed, read_only=True, skip_damaged=True, in_memory=in_memory) as left:
            assert [one.name for one in left.lost] == [path.name]
    assert said[0] == said[1]
    assert str(path) in said[0]


class _Failing(io.FileIO):
    """A file on a disk that cannot be read any more, or that ends early."""

    is_cut = False

    def readinto(self, buffer: Any) -> int:
        if self.is_cut:
            return 0
        raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize(("is_cut", "said"), [(False, "Input/output error"), (True, "from offset")])
def test_a_file_that_cannot_be_read_is_named(
    unsealed: Path, monkeypatch: pytest.MonkeyPatch, is_cut: bool, said: str
) -> None:
    path = segments_of(unsealed)[0]
    monkeypatch.setattr(_Failing, "is_cut", is_cut)
    monkeypatch.setattr(large_pages.io, "FileIO", _Failing)
    with pytest.raises(CorruptGallery, match=said) as refused:
        Gallery.open(unsealed, read_only=True, in_memory=True)
    assert str(path) in str(refused.value)
    with Gallery.open(unsealed, read_only=True, in_memory=True, skip_damaged=True) as left:
        assert len(left.lost) == len(segments_of(unsealed))
    Gallery.open(unsealed, read_only=True).close()


def _no_memory(size: int) -> Any:
    raise MemoryError(size)


def test_without_memory_it_is_not_opened_so_but_goes_on_where_it_was(
    unsealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(large_pages, "large_array", _no_memory)
        for options in ({}, {"read_only": True, "skip_damaged": True}):
            with pytest.raises(GalleryError, match="there is no memory for") as refused:
                Gallery.open(unsealed, in_memory=True, **options)
            assert not isinstance(refused.value, CorruptGallery)
    with Gallery.open(unsealed, in_memory=True) as gallery:
        gallery.remove_many(f"k{seed}" for seed in range(0, PRINTS, 2))
        before = gallery.identify(pressed_again(3)).candidates
        with monkeypatch.context() as patch:
            patch.setattr(large_pages, "large_array", _no_memory)
            gallery.compact()
        assert not _is_loaded(gallery)
        assert gallery.identify(pressed_again(3)).candidates == before
        gallery.compact()  # which has nothing to write, and there is memory now
        assert _is_loaded(gallery)


def test_what_is_larger_than_the_memory_that_is_left_is_not_read(
    unsealed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Gallery.open(unsealed, in_memory=True) as gallery:
        wanted = _bytes_of_index(gallery)
    monkeypatch.setattr(memory_check, "available_bytes", lambda: wanted)
    Gallery.open(unsealed, read_only=True, in_memory=True).close()
    monkeypatch.setattr(memory_check, "available_bytes", lambda: wanted - 1)
    for options in ({}, {"read_only": True}):
        with pytest.raises(NotEnoughMemory, match=r"its index takes .* of memory are available$"):
            Gallery.open(unsealed, in_memory=True, **options)
    assert main(["dedupe", str(unsealed)]) == 0
    assert "it is searched through mapped files" in capsys.readouterr().err
    assert main(["dedupe", str(unsealed), "--no-in-memory"]) == 0
    assert capsys.readouterr().err == ""
    assert main(["dedupe", str(unsealed), "--in-memory"]) == 4
    assert "of memory are available" in capsys.readouterr().err


def _bytes_of_index(gallery: Gallery) -> int:
    assert gallery._folder is not None
    segments = gallery._folder.manifest.segments
    return sum(512 * entry.prints + sum(index.size for index in entry.indexes) for entry in segments)


GROUP = {"memory.max": "3000\n", "memory.current": "1500\n", "memory.stat": "anon 7\nfile 800\nshmem 200\n"}


@pytest.mark.parametrize(
    ("system", "group", "found"),
    [
        ("MemFree: 1 kB\nMemAvailable:   2 kB\n", {}, 2048),
        ("MemAvailable:   4 kB\n", GROUP, 2100),
        ("MemAvailable:   1 kB\n", GROUP, 1024),
        ("MemAvailable:   1 kB\n", GROUP | {"memory.max": "max\n"}, 1024),
        ("MemAvailable:   4 kB\n", GROUP | {"memory.current": "9000\n"}, 0),
        ("nothing", GROUP, 2100),
        ("nothing", {}, None),
    ],
)
def test_memory_is_what_the_system_says_and_no_more_than_a_group_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, group: dict[str, str], found: int | None
) -> None:
    (tmp_path / "meminfo").write_text(system)
    for name, text in group.items():
        (tmp_path / name).write_text(text)
    _system(monkeypatch, tmp_path)
    assert memory_check.available_bytes() == found
    _system(monkeypatch, tmp_path / "absent")
    assert memory_check.available_bytes() is None


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("0::/\n", 4096),
        ("0::/absent.slice\n", 4096),
        ("3:memory:/other\n0::/some.slice/one.service\n", 300),
        ("0::/some.slice\n", 2500),
        ("0::/../some.slice\n", 4096),
        ("3:memory:/some.slice\n", 4096),
    ],
)
def test_a_group_inside_another_has_no_more_than_either_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str, found: int
) -> None:
    (tmp_path / "meminfo").write_text("MemAvailable: 4 kB\n")
    (tmp_path / "own").write_text(own)
    for folder, limit in (("some.slice", 2600), ("some.slice/one.service", 400)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "memory.max").write_text(f"{limit}\n")
        (tmp_path / folder / "memory.current").write_text("100\n")
    _system(monkeypatch, tmp_path)
    assert memory_check.available_bytes() == found


def _system(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let a folder say what the system says."""
    for name, path in (("_SYSTEM", folder / "meminfo"), ("_GROUPS", folder), ("_OWN_GROUP", folder / "own")):
        monkeypatch.setattr(memory_check, name, path)


def test_a_system_that_cannot_map_so_much_has_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MemoryError, match="no memory for"):
        large_array(1 << 60)
    monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    assert large_array(100_000).sum() == 0


@pytest.mark.parametrize("error", [OSError(errno.ENOMEM, "Cannot allocate memory"), MemoryError()])
def test_memory_that_runs_out_while_it_is_read_is_named_and_given_back(
    unsealed: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    held: list[weakref.ref[_Held]] = []

    def fail(*_: object) -> None:
        mine = _Held()
        held.append(weakref.ref(mine))
        raise type(error)(*error.args)

    with Gallery.open(unsealed, read_only=True) as mapped:
        monkeypatch.setattr(durable_files, "read_into_memory", fail)
        with pytest.raises(NotEnoughMemory, match="there is no memory"):
            Gallery.open(unsealed, read_only=True, in_memory=True)
        held.clear()
        opened: list[bool] = []

        def open_(*given: Any, **options: Any) -> Gallery:
            opened.append(any(one() is not None for one in held))
            return Gallery.open(*given, **options)

        monkeypatch.setattr(where_it_fits, "Gallery", SimpleNamespace(open=open_))
        gallery, reason = open_where_it_fits(unsealed, read_only=True)
        with gallery:
            assert "there is no memory" in reason
            assert _answers(gallery) == _answers(mapped)
        assert opened == [False, False]


def test_a_file_that_there_is_no_memory_to_map_is_no_damage(tmp_path: Path) -> None:
    with pytest.raises(NotEnoughMemory, match="there is no memory to open the gallery"), named_errors(tmp_path):
        raise OSError(errno.ENOMEM, "Cannot allocate memory")


class _Held:
    """What a read holds."""


class _WithoutLargePages(large_pages.OwnMemory):
    def madvise(self, option: int, start: int = 0, length: int = 0) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")


@pytest.mark.parametrize("without", ["advice", "large pages"])
def test_a_system_without_large_pages_gives_others(
    unsealed: Path, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    if without == "advice":
        monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    else:
        monkeypatch.setattr(large_pages, "OwnMemory", _WithoutLargePages)
    with Gallery.open(unsealed, read_only=True) as mapped, Gallery.open(unsealed, read_only=True, in_memory=True) as g:
        assert _is_loaded(g)
        assert _answers(g) == _answers(mapped)


def test_what_is_written_over_files_changes_no_answer(unsealed: Path) -> None:
    segments, index = segments_of(unsealed), _index_of(unsealed)
    probe, by_cells = pressed_again(SEGMENT_PRINTS + 3, press=5), WAYS[0]
    with (
        Gallery.open(unsealed, read_only=True) as mapped,
        Gallery.open(unsealed, read_only=True, in_memory=True) as loaded,
    ):
        before = loaded.identify(probe, parameters=by_cells).as_dict()
        assert mapped.identify(probe, parameters=by_cells).as_dict() == before
        places = {path: _sketch_of(path) for path in segments}
        for path, at in places.items():
            with path.open("r+b") as file:
                file.seek(at)
                file.write(bytes(512 * SEGMENT_PRINTS))
        with index.open("r+b") as file:
            file.seek(cells_file.HEADER_SIZE + 56)
            file.write(bytes(16 * 200))
        assert loaded.identify(probe, parameters=by_cells).as_dict() == before
        assert mapped.identify(probe, parameters=by_cells).as_dict() != before  # so it was written over


def test_another_file_in_the_place_of_a_segment_is_not_read(unsealed: Path, tmp_path: Path) -> None:
    with Gallery.open(unsealed, read_only=True) as gallery:
        segment = gallery._table.blocks[0]
        assert isinstance(segment, Segment)
        other = shutil.copy(segment.path, tmp_path / "other")
        Path(other).replace(segment.path)
        with pytest.raises(CorruptGallery, match="changed while it was opened"):
            segment.load()
        assert is_mapped(segment.view().columns.sketches)


def _present(data: np.ndarray[Any, Any]) -> int:
    """Pages of an array that are in this process's memory."""
    first, last = data.ctypes.data // mmap.PAGESIZE, (data.ctypes.data + data.nbytes - 1) // mmap.PAGESIZE
    with PAGE_MAP.open("rb") as file:
        file.seek(8 * first)
        entries = np.frombuffer(file.read(8 * (last + 1 - first)), np.uint64)
    return int((entries >> np.uint64(63)).sum())


@pytest.mark.skipif(not PAGE_MAP.exists(), reason="the system does not tell what is resident")
def test_what_is_in_memory_is_not_resident_a_second_time(folder: Path, keys: KeyRing | None) -> None:
    found = {}
    for in_memory in (False, True):
        with Gallery.open(folder, keys=keys, in_memory=in_memory) as gallery:
            gallery.identify(pressed_again(3), parameters=WAYS[1])
            segments = [block for block in gallery._table.blocks if isinstance(block, Segment)]
            extents = [block.file.header.extents for block in segments]
            ends = [one["data"].offset if keys else one["sketches"].offset + one["sketches"].size for one in extents]
            begins = [one["sketches"].offset for one in extents]
            stored = [block.file.data[b:e] for block, b, e in zip(segments, begins, ends, strict=True)]
            found[in_memory] = [_present(one) for one in stored]
            assert all(_present(block.columns.sketches) for block in gallery.snapshot().views if block.segment)
    assert max(found[True]) <= 2  # pages at either end hold other things too
    assert keys is not None or min(found[False]) > 2


def test_only_what_is_mapped_counts_as_staying_mapped(unsealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped_pages, "MAX_MAPPED_BYTES", 1)
    with (
        Gallery.open(unsealed, read_only=True) as mapped,
        Gallery.open(unsealed, read_only=True, in_memory=True) as loaded,
    ):
        blocks = _blocks(mapped)
        index = sum(array.nbytes for block in blocks for array in (block.sketches, *(block.cells or ())))
        given: list[object] = []
        monkeypatch.setattr(mapped_pages, "give_back", given.append)
        for gallery, staying in ((mapped, index), (loaded, 0)):
            for more in (1, 2):
                given.clear()
                monkeypatch.setattr(mapped_pages, "mapped_bytes", lambda now=staying + more: now)
                MappedTemplates(_blocks(gallery)).give_back_if_many()
                assert len(given) == (len(blocks) if more == 2 else 0)


def test_memory_of_its_own_is_never_given_back_as_pages_of_files_are(tmp_path: Path) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(bytes(range(256)) * 256)
    with path.open("rb") as file:
        data = read_into_memory(file.fileno(), 3, 50_000)
    assert not is_mapped(data)
    give_back(data)
    np.testing.assert_array_equal(data, np.frombuffer(path.read_bytes(), np.uint8)[3:50_003])
    assert data.ctypes.data % mmap.PAGESIZE == 0
    with path.open("rb") as file, pytest.raises(CorruptGallery, match="50000 bytes from offset 20000 on, got 45536"):
        read_into_memory(file.fileno(), 20_000, 50_000)


def test_old_and_new_index_never_stand_side_by_side(unsealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alive: dict[int, int] = {}
    peaks: list[int] = []

    class Counted(large_pages.OwnMemory):
        def __init__(self, *given: Any, **more: Any) -> None:
            alive[id(self)] = len(self)
            peaks.append(sum(alive.values()))

        def __del__(self) -> None:
            del alive[id(self)]

    monkeypatch.setattr(large_pages, "OwnMemory", Counted)
    with Gallery.open(unsealed, in_memory=True) as gallery:
        gallery.remove_many(f"k{seed}" for seed in range(0, PRINTS, SEGMENT_PRINTS))
        whole, count = sum(alive.values()), len(alive)
        assert count == 2 * len(_blocks(gallery)) >= 8
        peaks.clear()
        done = gallery.compact()
        assert done.rewritten >= 4
        assert _is_loaded(gallery)
        assert len(peaks) == 2 * done.rewritten
        assert max(peaks) == peaks[-1] == sum(alive.values())
        assert peaks[0] < whole / 4  # all old ones were gone before the first new one came
    assert not alive
