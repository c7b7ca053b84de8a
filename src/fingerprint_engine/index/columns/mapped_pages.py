"""Pages of mapped files: what reading maps into this process is given back when there is much of it."""

from __future__ import annotations

import mmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAX_MAPPED_BYTES = 192 * 2**20
"""Measured: docs/decisions/shortlist.md, "Speed". Beside the sketches, which every search reads."""
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


def give_back_if_many(data: NDArray[np.uint8], needed_bytes: int) -> None:
    """`give_back` when more pages are mapped than `MAX_MAPPED_BYTES` beside those that are needed again soon.

    Reading some thousand places of a file maps some hundred megabytes of it.
    """
    if _file_of(data) is not None and mapped_bytes() > MAX_MAPPED_BYTES + needed_bytes:
        give_back(data)


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
