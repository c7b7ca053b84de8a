from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.reference.point_prints import finger, template
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.index import Gallery
from fingerprint_engine.index.cells.lists import lists_of
from fingerprint_engine.index.columns import block as block_module
from fingerprint_engine.index.columns import mapped_pages
from fingerprint_engine.index.columns.block import KeptBatch, PrintColumns, columns_of, sound_batch_of
from fingerprint_engine.index.columns.mapped_pages import give_back, mapped_bytes
from fingerprint_engine.index.search.parameters import StageParameters
from fingerprint_engine.index.search.scan import exact_scan
from fingerprint_engine.index.search.staged_scan import staged_scan
from fingerprint_engine.template import Template, TemplateBatch


def _resident_pages(data: np.ndarray) -> int:
    """Pages of an array that count as this process's memory (Linux)."""
    begin, end = data.ctypes.data, data.ctypes.data + data.nbytes
    lines = Path("/proc/self/smaps").read_text().splitlines()
    total = 0
    inside = False
    for line in lines:
        head = line.split(" ", 1)[0]
        if "-" in head and ":" not in head:
            low, high = (int(part, 16) for part in head.split("-"))
            inside = low < end and high > begin
        elif inside and line.startswith("Rss:"):
            total += int(line.split()[1]) * 1024 // mmap.PAGESIZE
    return total


def test_columns_hold_templates_and_sketches(rng: np.random.Generator) -> None:
    prints = [template(finger(rng, count)) for count in (30, 4)]
    block = columns_of(prints)
    assert len(block) == 2
    assert [block.template_bytes(row) for row in (0, 1)] == [made.to_bytes() for made in prints]
    assert columns_of([]).sketches.shape == (0, block.sketches.shape[1])


@pytest.fixture
def mapped(rng: np.random.Generator, tmp_path: Path) -> PrintColumns:
    """A print whose template lies in a mapped file, before a megabyte of others."""
    made = columns_of([template(finger(rng, 30))])
    path = tmp_path / "prints"
    path.write_bytes(b"some header" + made.data.tobytes() * 400)
    with path.open("rb") as file:
        whole = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
    return PrintColumns(made.sketches, whole[11:], made.offset)


def test_a_batch_is_what_packing_the_templates_gives(rng: np.random.Generator) -> None:
    prints = [template(finger(rng, count)) for count in (30, 4, 12)]
    block = columns_of(prints)
    packed = block.batch(np.array([2, 0]))
    for name, column in TemplateBatch.of([prints[2], prints[0]]).columns._asdict().items():
        np.testing.assert_array_equal(getattr(packed.columns, name), column)


def test_a_sound_batch_leaves_out_templates_whose_checksum_is_wrong(rng: np.random.Generator) -> None:
    block = columns_of([template(finger(rng, 10)) for _ in range(3)])
    data = block.data.copy()
    data[int(block.offset[1]) + 40] ^= 1
    rows, packed = PrintColumns(block.sketches, data, block.offset).sound_batch(np.arange(3))
    assert rows.tolist() == [0, 2]
    assert len(packed) == 2


def test_prints_of_several_blocks_are_packed_together_without_those_that_are_damaged(rng: np.random.Generator) -> None:
    prints = [template(finger(rng, count)) for count in (12, 30, 4, 9)]
    first, second = columns_of(prints[:2]), columns_of(prints[2:])
    data = second.data.copy()
    data[int(second.offset[1]) + 40] ^= 1
    blocks = [first, PrintColumns(second.sketches, data, second.offset)]
    places, packed = sound_batch_of(blocks, np.array([0, 1, 1]), np.array([1, 0, 1]))
    assert places.tolist() == [0, 1]
    for name, column in TemplateBatch.of([prints[1], prints[2]]).columns._asdict().items():
        np.testing.assert_array_equal(getattr(packed.columns, name), column)
    nothing, none = sound_batch_of(blocks, np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert (nothing.size, len(none)) == (0, 0)


def test_giving_back_a_mapped_block_frees_its_pages_and_changes_nothing(mapped: PrintColumns) -> None:
    before, first = int(mapped.data.sum()), mapped.template_bytes(0)
    if Path("/proc/self/smaps").is_file():
        assert _resident_pages(mapped.data) > 100
        give_back(mapped.data)
        assert _resident_pages(mapped.data) < 10
    give_back(mapped.data)
    assert int(mapped.data.sum()) == before
    assert mapped.template_bytes(0) == first


class _Asked(mmap.mmap):
    """A mapped file that notes which pages it is asked to read."""

    pages: set[int]

    def madvise(self, option: int, start: int = 0, length: int = 0) -> None:
        assert option == mmap.MADV_WILLNEED
        assert 0 <= start < len(self)
        assert 0 < length <= len(self) + mmap.PAGESIZE
        self.pages |= set(range(start // mmap.PAGESIZE, -(-(start + length) // mmap.PAGESIZE)))


class _Sealed:
    """Templates of which each is kept with some bytes more."""

    def __init__(self, block: PrintColumns) -> None:
        self._block = block

    def open(self, row: int) -> bytes | None:
        return self._block.template_bytes(row)


MORE = 16
"""Bytes of a sealed template beyond those of the plain one."""


def _asked(folder: Path, rng: np.random.Generator, more: int) -> tuple[PrintColumns, _Asked]:
    """Prints in a file, from an odd place on, and what is asked of the file."""
    plain = columns_of([template(finger(rng, int(rng.integers(20, 40)))) for _ in range(99)])
    path = folder / "asked"
    path.write_bytes(bytes(5000) + b"".join(plain.template_bytes(row) + bytes(more) for row in range(99)))
    with path.open("rb") as file:
        pages = _Asked(file.fileno(), 0, access=mmap.ACCESS_READ)
    pages.pages = set()
    data, sealed = np.frombuffer(pages, np.uint8)[5000:], _Sealed(plain) if more else None
    return PrintColumns(plain.sketches, data, plain.offset, sealed=sealed), pages


@pytest.mark.skipif(not hasattr(mmap, "MADV_WILLNEED"), reason="the system takes no advice")
@pytest.mark.parametrize("more", [0, MORE])
def test_the_pages_of_templates_are_asked_for_and_no_others(
    tmp_path: Path, rng: np.random.Generator, more: int
) -> None:
    block, pages = _asked(tmp_path, rng, more)
    rows = np.array([0, 1, 2, 40, 98])
    mapped_pages.ask_for([block], np.zeros_like(rows), rows)
    begins = 5000 + block.offset + more * np.arange(100)
    ends = [(int(begins[row]), int(begins[row + 1]) - 1) for row in rows]
    assert pages.pages == {
        page for begin, end in ends for page in range(begin // mmap.PAGESIZE, end // mmap.PAGESIZE + 1)
    }
    mapped_pages.ask_for([block], rows[:0], rows[:0])
    for damaged in (-block.offset, block.offset[::-1], block.offset * 2**30):
        mapped_pages.ask_for([PrintColumns(block.sketches, block.data, damaged)], np.zeros_like(rows), rows)


@pytest.mark.skipif(not hasattr(mmap, "MADV_WILLNEED"), reason="the system takes no advice")
def test_each_block_is_asked_for_its_own_pages(tmp_path: Path, rng: np.random.Generator) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
    (first, of_first), (second, of_second) = (_asked(tmp_path / name, rng, 0) for name in ("first", "second"))
    in_memory = columns_of([template(finger(rng, 30))])
    mapped_pages.ask_for([first, in_memory, second], np.array([0, 0, 1, 2, 2]), np.array([3, 98, 0, 3, 4]))
    for block, asked, rows in ((first, of_first, [3, 98]), (second, of_second, [3, 4])):
        ends = [(5000 + int(block.offset[row]), 5000 + int(block.offset[row + 1]) - 1) for row in rows]
        assert asked.pages == {
            page for begin, end in ends for page in range(begin // mmap.PAGESIZE, end // mmap.PAGESIZE + 1)
        }


@pytest.mark.skipif(not hasattr(mmap, "MADV_WILLNEED"), reason="the system takes no advice")
def test_a_search_asks_for_what_it_screens_where_not_all_templates_stay_in_memory(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    block, pages = _asked(tmp_path, rng, 0)
    probe, few = Template.from_bytes(block.template_bytes(0)), StageParameters(screened_from=1, screened=9, compared=3)
    masks = [np.ones(len(block), np.bool_)] * 2
    scan = staged_scan(probe, [block, block], masks, parameters=few)
    assert not pages.pages
    monkeypatch.setattr(mapped_pages, "MAX_MAPPED_BYTES", 2 * block.data.nbytes - 1)
    monkeypatch.setattr(mapped_pages, "mapped_bytes", lambda: 0)
    again = staged_scan(probe, [block, block], masks, parameters=few)
    assert 0 < len(pages.pages) <= 4 * scan.screened
    np.testing.assert_array_equal(again.score, scan.score)


def test_mapped_bytes_follow_what_is_read(tmp_path: Path) -> None:
    if not Path("/proc/self/statm").is_file():
        assert mapped_bytes() == 0
        return
    path = tmp_path / "pages"
    path.write_bytes(bytes(8 * 2**20))
    before = mapped_bytes()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert not any(mapped[::4096])
        assert mapped_bytes() >= before + 6 * 2**20


def test_giving_back_a_block_in_memory_does_nothing(rng: np.random.Generator) -> None:
    block = columns_of([template(finger(rng, 30))])
    kept = block.data.copy()
    give_back(block.data)
    np.testing.assert_array_equal(block.data, kept)


def test_what_others_have_mapped_is_not_given_back_again_and_again(
    mapped: PrintColumns, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []
    monkeypatch.setattr(mapped_pages, "MAX_MAPPED_BYTES", 1)
    monkeypatch.setattr(mapped_pages, "mapped_bytes", lambda: 10 * mapped.sketches.nbytes)
    monkeypatch.setattr(mapped_pages, "give_back", given.append)
    templates = mapped_pages.MappedTemplates([mapped, mapped])
    for _ in range(3):
        templates.give_back_if_many()
    assert len(given) == 2


@pytest.mark.skipif(not Path("/proc/self/smaps").is_file(), reason="the system does not tell what is resident")
@pytest.mark.parametrize("way", [exact_scan, staged_scan])
def test_a_search_gives_mapped_pages_back_when_there_are_many(
    mapped: PrintColumns, monkeypatch: pytest.MonkeyPatch, way: Callable[..., object]
) -> None:
    listed, many = mapped.with_cells(lists_of(mapped.sketches)), 2 * mapped.data.nbytes - 1
    monkeypatch.setattr(mapped_pages, "MAX_MAPPED_BYTES", many)
    limit = many  # sketches and cells are in memory
    probe = Template.from_bytes(mapped.template_bytes(0))
    monkeypatch.setattr(block_module.KeptBatch, "of", lambda *_: None)
    for mapped_now, is_given_back in ((limit, False), (limit + 1, True)):
        monkeypatch.setattr(mapped_pages, "mapped_bytes", lambda now=mapped_now: now)
        assert int(mapped.data.sum()) > 0
        way(probe, [listed, listed], [np.arange(len(mapped)) < 1, np.zeros(len(mapped), np.bool_)])
        assert (_resident_pages(mapped.data) < 10) == is_given_back
    monkeypatch.setattr(mapped_pages, "MAX_MAPPED_BYTES", many + 1)
    assert int(mapped.data.sum()) > 0
    way(probe, [listed, listed], [np.arange(len(mapped)) < 1, np.zeros(len(mapped), np.bool_)])
    assert _resident_pages(mapped.data) > 10  # so few may all stay


def test_a_small_gallery_is_unpacked_once_and_again_when_it_grew(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[int] = []
    inner = block_module.batch_of_natives

    def counted(data: np.ndarray, offset: np.ndarray, rows: np.ndarray, **options: bool) -> TemplateBatch:
        unpacked.append(rows.size)
        return inner(data, offset, rows, **options)

    monkeypatch.setattr(block_module, "batch_of_natives", counted)
    gallery = Gallery()
    gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(6))
    first = gallery.identify(pressed_again(2))
    assert unpacked == [6]
    assert gallery.identify(pressed_again(2)) == first
    assert unpacked == [6]
    gallery.remove("k3")
    gallery.enrol("k9", random_print(9))
    assert gallery.identify(pressed_again(9)).candidates[0].key == "k9"
    assert "k3" not in [candidate.key for candidate in gallery.identify(pressed_again(3)).candidates]
    assert gallery.identify(pressed_again(2)).candidates[0] == first.candidates[0]


def test_a_block_with_a_damaged_print_is_not_kept_whole(rng: np.random.Generator) -> None:
    block = columns_of([template(finger(rng, 30)) for _ in range(5)])
    data = block.data.copy()
    data[block.offset[2] + 60] ^= 1
    damaged = PrintColumns(block.sketches, data, block.offset, None, KeptBatch())
    rows, batch = damaged.kept_batch(np.arange(5))
    assert rows.tolist() == [0, 1, 3, 4]
    assert len(batch) == 4
    sound = PrintColumns(block.sketches, block.data, block.offset, None, KeptBatch())
    rows, batch = sound.kept_batch(np.array([1, 2, 3]))
    assert rows.tolist() == [1, 2, 3]
    for found, expected in zip(batch.columns, block.batch(rows).columns, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_small_block_is_unpacked_once_whichever_of_its_rows_are_compared(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = columns_of([template(finger(rng, count)) for count in (30, 4, 12, 0, 7)])
    kept = PrintColumns(block.sketches, block.data, block.offset, None, KeptBatch())
    kept.kept_batch(np.arange(5))
    wanted = {rows: block.batch(np.array(rows)) for rows in ((0, 2, 4), (1, 4), (3,), (1, 2, 3))}
    monkeypatch.setattr(block_module, "batch_of_natives", None)  # whoever unpacks again fails
    for rows, batch in wanted.items():
        found_rows, found = kept.kept_batch(np.array(rows))
        assert found_rows.tolist() == list(rows)
        for column, expected in zip(found.columns, batch.columns, strict=True):
            assert column.dtype == expected.dtype
            np.testing.assert_array_equal(column, expected)
