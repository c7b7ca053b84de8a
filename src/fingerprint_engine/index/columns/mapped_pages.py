"""Pages of mapped files: asked for before they are read one by one, given back when many are mapped."""

from __future__ import annotations

import itertools
import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import PrintColumns, Rows
from fingerprint_engine.index.columns.large_pages import OwnMemory

MAX_MAPPED_BYTES = 768 * 2**20
"""Measured: docs/decisions/shortlist.md, "Speed". Beside sketches and cells, which every search reads."""
_STATISTICS, _STATISTICS_BYTES = Path("/proc/self/statm"), 256


def is_mapped(data: NDArray[Any]) -> bool:
    """Whether an array is read through a mapped file."""
    return _file_of(data) is not None


def give_back(data: NDArray[Any]) -> None:
    """Give back the memory through which a mapped array was read; does nothing to an array in memory.

    Nothing is lost: the pages stay in the system's file cache and come back when they are read again, also while
    another thread reads them.
    """
    mapped = _file_of(data)
    if mapped is None or not hasattr(mmap, "MADV_DONTNEED"):
        return
    begin = _begin_of(data, mapped)
    first = -(-begin // mmap.PAGESIZE) * mmap.PAGESIZE
    length = (begin + data.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE - first
    if length > 0:
        mapped.madvise(mmap.MADV_DONTNEED, first, length)


def ask_for(blocks: Sequence[PrintColumns], block: Rows, row: Rows) -> None:
    """Ask the system to read the templates of some prints, block by block, rows rising; those in memory need it not.

    Where a file is not in the system's cache, the disk then reads many at a time. Without it each template is waited
    for, and much around it is read as well.
    """
    if row.size == 0 or not hasattr(mmap, "MADV_WILLNEED"):
        return
    borders = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), row.size]
    parts = [_Part.of(blocks[int(block[first])], row[first:end]) for first, end in itertools.pairwise(borders)]
    counts = np.diff(borders)
    begin, size, tag = (np.repeat(column, counts) for column in np.array([part.place for part in parts]).T)
    starts, stops = (np.concatenate(ends) for ends in zip(*((part.start, part.stop) for part in parts), strict=True))
    start, stop = (begin + np.clip(end + tag * at, 0, size) for end, at in ((starts, row), (stops, row + 1)))
    page, after = start // mmap.PAGESIZE, -(-stop // mmap.PAGESIZE)
    is_first = np.ones(row.size, np.bool_)
    is_first[1:] = page[1:] > after[:-1]
    is_first[borders[:-1]] = True
    runs = np.flatnonzero(is_first)
    files = np.repeat(np.arange(len(parts)), counts)[runs].tolist()
    until = after[[*(runs[1:] - 1), -1]].tolist()
    for number, first, last in zip(files, page[runs].tolist(), until, strict=True):
        mapped = parts[number].mapped
        if mapped is not None and first < last:
            mapped.madvise(mmap.MADV_WILLNEED, first * mmap.PAGESIZE, (last - first) * mmap.PAGESIZE)


class _Part(NamedTuple):
    """Prints of one block: its file, where their templates begin and end as the block states, and what that means.

    `place` says where in the file the block's templates begin, how many bytes they have, and how many more each has
    that is sealed. A damaged block may state any place.
    """

    mapped: mmap.mmap | None
    start: Rows
    stop: Rows
    place: tuple[int, int, int]

    @classmethod
    def of(cls, columns: PrintColumns, rows: Rows) -> _Part:
        mapped, size = _file_of(columns.data), columns.data.nbytes
        if mapped is None:
            return cls(None, rows, rows, (0, 0, 0))
        tag = 0 if columns.sealed is None else (size - int(columns.offset[-1])) // len(columns)
        place = (_begin_of(columns.data, mapped), size, tag)
        return cls(mapped, columns.offset[rows], columns.offset[rows + 1], place)


class MappedTemplates:
    """The templates of some blocks as far as they are mapped; a search reads thousands of them, here and there.

    That maps some hundred megabytes. Giving back and mapping again costs half as much as screening, so it is done for
    all blocks at once, and seldom.
    """

    def __init__(self, blocks: Sequence[PrintColumns]) -> None:
        self._blocks = blocks
        mapped = [block.data for block in blocks if _file_of(block.data) is not None]
        self._data = mapped if sum(data.nbytes for data in mapped) > MAX_MAPPED_BYTES else []  # else all may stay
        self._staying = sum(map(_index_bytes, blocks)) if self._data else 0

    def ask_for(self, block: Rows, row: Rows) -> None:
        """`ask_for`, unless all templates are so few that they stay in memory."""
        if self._data:
            ask_for(self._blocks, block, row)

    def give_back_if_many(self) -> None:
        """Give back all when more is mapped than `MAX_MAPPED_BYTES` beside what stays.

        That is what every search reads and, once all was given back, whatever else was mapped then: to give back again
        would not lower it.
        """
        if self._data and mapped_bytes() > MAX_MAPPED_BYTES + self._staying:
            for data in self._data:
                give_back(data)
            self._staying = max(self._staying, mapped_bytes())


def _index_bytes(block: PrintColumns) -> int:
    """Sketches and cells of a block as far as they are mapped; all lists of a block lie in one place."""
    cells = block.cells if block.cells is not None and is_mapped(block.cells.codes) else ()
    return sum(column.nbytes for column in cells) + (block.sketches.nbytes if is_mapped(block.sketches) else 0)


def mapped_bytes() -> int:
    """Resident memory of this process that belongs to mapped files; 0 where the system does not tell."""
    try:
        with _STATISTICS.open("rb", buffering=0) as statistics:  # asked after each piece: text takes twice as long
            return int(statistics.read(_STATISTICS_BYTES).split()[2]) * mmap.PAGESIZE
    except (OSError, IndexError):
        return 0


def _begin_of(data: NDArray[Any], mapped: mmap.mmap) -> int:
    """Where in its file an array begins."""
    return int(data.ctypes.data - np.frombuffer(mapped, np.uint8).ctypes.data)


def _file_of(data: NDArray[Any]) -> mmap.mmap | None:
    owner: object = data
    while True:  # asked several times a search, of every block
        if isinstance(owner, np.ndarray):
            owner = owner.base
        elif isinstance(owner, memoryview):
            owner = owner.obj
        else:
            break
    return owner if isinstance(owner, mmap.mmap) and not isinstance(owner, OwnMemory) else None
