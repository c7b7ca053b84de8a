"""`PrintColumns`: what a search reads of many prints; the same in memory and mapped from a file."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import sketch_many

MOST_MAPPED_BYTES = 192 * 2**20
"""Beside the sketches; with more pages of files mapped, a search gives back those with templates."""
_STATISTICS = Path("/proc/self/statm")


class PrintColumns(NamedTuple):
    """A block of prints as columns.

    Attributes
    ----------
    sketches
        uint64, shape (n, SKETCH_WORDS): `template.sketches.sketches_of` each print. Every search reads all of it.
    data
        uint8: the prints' native templates, one after another. Read for a few prints a search; may lie in a file.
    offset
        int64, shape (n + 1,): print t is ``data[offset[t] : offset[t + 1]]``.
    """

    sketches: NDArray[np.uint64]
    data: NDArray[np.uint8]
    offset: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.sketches.shape[0])

    def template_bytes(self, row: int) -> bytes:
        """The native template of a print."""
        return self.data[int(self.offset[row]) : int(self.offset[row + 1])].tobytes()


def forget_mapped(block: PrintColumns) -> None:
    """Give back the memory through which templates of a mapped block were read; does nothing to one in memory.

    Nothing is lost: the pages stay in the system's file cache and come back when they are read again, also while
    another thread reads them.
    """
    owner: object = block.data
    while isinstance(owner, np.ndarray | memoryview):
        owner = owner.base if isinstance(owner, np.ndarray) else owner.obj
    if not isinstance(owner, mmap.mmap) or not hasattr(mmap, "MADV_DONTNEED"):
        return
    begin = block.data.ctypes.data - np.frombuffer(owner, np.uint8).ctypes.data
    first = -(-begin // mmap.PAGESIZE) * mmap.PAGESIZE
    length = (begin + block.data.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE - first
    if length > 0:
        owner.madvise(mmap.MADV_DONTNEED, first, length)


def give_back_pages(blocks: Sequence[PrintColumns]) -> None:
    """`forget_mapped` when there are many: reading some thousand places of a file maps some hundred megabytes of it."""
    if mapped_bytes() > MOST_MAPPED_BYTES + sum(block.sketches.nbytes for block in blocks):
        for block in blocks:
            forget_mapped(block)


def mapped_bytes() -> int:
    """Resident memory of this process that belongs to mapped files; 0 where the system does not tell."""
    try:
        return int(_STATISTICS.read_text().split()[2]) * mmap.PAGESIZE
    except (OSError, IndexError):
        return 0


def columns_of(templates: Iterable[Template]) -> PrintColumns:
    """Columns of templates, in memory."""
    pieces = [template.to_bytes() for template in templates]
    offset = np.zeros(len(pieces) + 1, np.int64)
    np.cumsum([len(piece) for piece in pieces], out=offset[1:])
    data = np.frombuffer(b"".join(pieces), np.uint8)
    return PrintColumns(sketch_many(data, offset), data, offset)
