"""Pages of mapped files: what reading maps into this process is given back when there is much of it."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import PrintColumns

MAX_MAPPED_BYTES = 768 * 2**20
"""Measured: docs/decisions/shortlist.md, "Speed". Beside sketches and cells, which every search reads."""
_STATISTICS = Path("/proc/self/statm")


def give_back(data: NDArray[np.uint8]) -> None:
    """Give back the memory through which a mapped array was read; does nothing to an array in memory.

    Nothing is lost: the pages stay in the system's file cache and come back when they are read again, also while
    another thread reads them.
    """
    mapped = _file_of(data)
    if mapped is None or not hasattr(mmap, "MADV_DONTNEED"):
        return
    begin = data.ctypes.data - np.frombuffer(mapped, np.uint8).ctypes.data
    first = -(-begin // mmap.PAGESIZE) * mmap.PAGESIZE
    length = (begin + data.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE - first
    if length > 0:
        mapped.madvise(mmap.MADV_DONTNEED, first, length)


class MappedTemplates:
    """The templates of some blocks as far as they are mapped; a search reads thousands of them, here and there.

    That maps some hundred megabytes. Giving back and mapping again costs half as much as screening, so it is done for
    all blocks at once, and seldom.
    """

    def __init__(self, blocks: Sequence[PrintColumns]) -> None:
        self._data = [block.data for block in blocks if _file_of(block.data) is not None]
        self._needed = sum(map(_index_bytes, blocks)) if self._data else 0

    def give_back_if_many(self) -> None:
        """Give back all when more is mapped than `MAX_MAPPED_BYTES` beside what every search reads."""
        if self._data and mapped_bytes() > MAX_MAPPED_BYTES + self._needed:
            for data in self._data:
                give_back(data)


def _index_bytes(block: PrintColumns) -> int:
    """Sketches and cells of a block."""
    return block.sketches.nbytes + sum(column.nbytes for column in block.cells or ())


def mapped_bytes() -> int:
    """Resident memory of this process that belongs to mapped files; 0 where the system does not tell."""
    try:
        return int(_STATISTICS.read_text().split()[2]) * mmap.PAGESIZE
    except (OSError, IndexError):
        return 0


def _file_of(data: NDArray[np.uint8]) -> mmap.mmap | None:
    owner: object = data
    while isinstance(owner, np.ndarray | memoryview):
        owner = owner.base if isinstance(owner, np.ndarray) else owner.obj
    return owner if isinstance(owner, mmap.mmap) else None
