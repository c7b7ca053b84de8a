"""Pieces of comparing, each of so much work that whoever stops a search waits for no more than a moment.

Time and interruptions are looked at between pieces, never inside a kernel. A comparison takes as long as its two prints
are large, from 10 µs to 10 ms; so pieces are cut by work, and hold fewer of large prints.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MAX_WORK = 500_000
"""Chosen: 10 ms of usual prints, 60 ms of the largest and most crowded; see `work_of_sizes`."""
BYTES_PER_MINUTIA = 56


def work_of_sizes(minutiae: int, size: NDArray[np.int64]) -> NDArray[np.float64]:
    """Work of comparing a probe of so many minutiae with each of some prints: the product of the sizes of both.

    The size of a print in bytes stands for its minutiae and for its map.
    """
    return np.asarray(np.maximum(size, BYTES_PER_MINUTIA) * (max(minutiae, 1) / BYTES_PER_MINUTIA))


def pieces_by_work(work: NDArray[np.float64], max_prints: int) -> list[slice]:
    """Runs of prints that together are at most `MAX_WORK`, or one print; and at most so many prints."""
    total = work.cumsum()
    if 0 < work.size <= max_prints and total[-1] <= MAX_WORK:  # as mostly
        return [slice(0, work.size)]
    pieces, begin = [], 0
    while begin < work.shape[0]:
        done = total[begin - 1] if begin else 0.0
        end = int(total.searchsorted(done + MAX_WORK, side="right"))
        end = min(max(end, begin + 1), begin + max_prints)
        pieces.append(slice(begin, min(end, work.shape[0])))
        begin = pieces[-1].stop
    return pieces
