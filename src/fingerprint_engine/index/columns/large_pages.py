"""Memory of this process for what every search reads from end to end, in large pages where the system gives them.

A mapped file is read through pages of 4 KB, and looking up where each lies costs a search a quarter of its time in
sketches and cells: docs/decisions/shortlist.md, "An index in memory". The same bytes in pages of 2 MB do not.
"""

from __future__ import annotations

import contextlib
import io
import mmap

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery

LARGE_PAGE = 1 << 21
"""Of x86-64, and of ARM with small pages of 4 KB; where it is another, the ends of an array lie in small pages."""


class OwnMemory(mmap.mmap):
    """Memory that belongs to no file: its bytes would be lost if it were given back as pages of mapped files are."""


def large_array(size: int) -> NDArray[np.uint8]:
    """So many zeros, in large pages where there are any; the system has them back once no array lies in them.

    Raises
    ------
    MemoryError
    """
    if size < LARGE_PAGE or not hasattr(mmap, "MADV_HUGEPAGE"):
        return np.zeros(size, np.uint8)
    try:  # private: what is shared, as by default, gets small pages unless the system is told otherwise
        memory = OwnMemory(-1, size + LARGE_PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError(f"no memory for {size} bytes") from error
    with contextlib.suppress(OSError):  # a system that was built without large pages
        memory.madvise(mmap.MADV_HUGEPAGE)
    whole = np.frombuffer(memory, np.uint8)
    begin = -whole.ctypes.data % LARGE_PAGE  # what is never touched takes no memory
    return whole[begin : begin + size]


def read_into_memory(descriptor: int, begin: int, size: int) -> NDArray[np.uint8]:
    """Bytes of an open file, read into a `large_array` that nobody can write to.

    Raises
    ------
    CorruptGallery
        When the file ends before.
    OSError
        When it cannot be read.
    MemoryError
    """
    data = large_array(size)
    left = data.data
    with io.FileIO(descriptor, closefd=False) as file:
        file.seek(begin)
        while left:
            count = file.readinto(left)
            if not count:
                raise CorruptGallery(f"expected {size} bytes from offset {begin} on, got {size - len(left)}")
            left = left[count:]
    data.setflags(write=False)
    return data
