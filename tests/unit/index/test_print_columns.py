from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.reference.point_prints import finger, template

from fingerprint_engine.index.columns import print_columns
from fingerprint_engine.index.columns.print_columns import (
    PrintColumns,
    columns_of,
    forget_mapped,
    give_back_pages,
    mapped_bytes,
)
from fingerprint_engine.index.search.exact_scan import exact_scan
from fingerprint_engine.index.search.scan import Scan
from fingerprint_engine.index.search.staged_scan import staged_scan


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


def test_forgetting_a_mapped_block_frees_its_pages_and_changes_nothing(
    rng: np.random.Generator, tmp_path: Path
) -> None:
    made = columns_of([template(finger(rng, 30))])
    path = tmp_path / "prints"
    path.write_bytes(b"some header" + made.data.tobytes() * 400)
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    whole = np.frombuffer(mapped, np.uint8)
    data = whole[11:]
    block = PrintColumns(made.sketches, data, made.offset)
    before = int(data.sum())
    if Path("/proc/self/smaps").is_file():
        assert _resident_pages(data) > 100
        forget_mapped(block)
        assert _resident_pages(data) < 10
    forget_mapped(block)
    assert int(data.sum()) == before
    assert block.template_bytes(0) == made.template_bytes(0)


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


def test_forgetting_a_block_in_memory_does_nothing(rng: np.random.Generator) -> None:
    block = columns_of([template(finger(rng, 30))])
    kept = block.data.copy()
    forget_mapped(block)
    np.testing.assert_array_equal(block.data, kept)


def test_pages_are_given_back_only_when_there_are_many(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = [columns_of([template(finger(rng, 10))]) for _ in range(2)]
    forgotten: list[PrintColumns] = []
    monkeypatch.setattr(print_columns, "forget_mapped", forgotten.append)
    limit = print_columns.MOST_MAPPED_BYTES + sum(block.sketches.nbytes for block in blocks)
    monkeypatch.setattr(print_columns, "mapped_bytes", lambda: limit)
    give_back_pages(blocks)
    assert forgotten == []
    monkeypatch.setattr(print_columns, "mapped_bytes", lambda: limit + 1)
    give_back_pages(blocks)
    assert len(forgotten) == 2


@pytest.mark.parametrize("scan", [exact_scan, staged_scan])
def test_both_searches_give_pages_back(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch, scan: Callable[..., Scan]
) -> None:
    forgotten: list[PrintColumns] = []
    monkeypatch.setattr(print_columns, "forget_mapped", forgotten.append)
    monkeypatch.setattr(print_columns, "mapped_bytes", lambda: 2**50)
    block = columns_of([template(finger(rng, 10))])
    scan(template(finger(rng, 10)), [block], [np.ones(1, np.bool_)])
    assert forgotten
