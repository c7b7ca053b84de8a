"""Sketches: a print in a fixed number of words, which a search scans before it looks at any template.

The best minutiae of a print, each as 128 bits such that similar neighbourhoods give similar bits. See
docs/decisions/shortlist.md for the size.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template.cylinders import CELLS, WORDS
from fingerprint_engine.template.kernels.sketches import sketch_natives
from fingerprint_engine.template.template import Template

SKETCH_MINUTIAE = 32
"""Minutiae of a print that are sketched, the best first."""
SKETCH_WORDS = 2 * SKETCH_MINUTIAE
"""Words per print: the first 64 bits of its minutiae, then the second."""
WEIGHTS_FILE = "sketch_weights.npy"


def sketches_of(template: Template, minutiae: int = SKETCH_MINUTIAE) -> NDArray[np.uint64]:
    """Sketch a print.

    Slots beyond the number of minutiae repeat the first one, which changes no nearest neighbour; a print without any
    is all zeros.

    Parameters
    ----------
    template
        The print.
    minutiae
        How many slots; prints are stored with `SKETCH_MINUTIAE`, a probe may use more.

    Returns
    -------
    uint64, shape (2 * minutiae,).
    """
    data = np.frombuffer(template.to_bytes(), np.uint8)
    row: NDArray[np.uint64] = sketch_many(data, np.array([0, data.shape[0]]), minutiae)[0]
    return row


def sketch_many(
    data: NDArray[np.uint8], offset: NDArray[np.int64], minutiae: int = SKETCH_MINUTIAE
) -> NDArray[np.uint64]:
    """Sketch native templates that lie one after another, without making templates of them; releases the GIL.

    Parameters
    ----------
    data, offset
        Template t is ``data[offset[t] : offset[t + 1]]``; one that is damaged gets zeros.

    Returns
    -------
    uint64, shape (n, 2 * minutiae).
    """
    sketches = np.empty((offset.shape[0] - 1, 2 * minutiae), np.uint64)
    sketch_natives(data, np.asarray(offset, np.int64), *sketch_weights(), sketches)  # type: ignore[no-untyped-call]
    return sketches


def sketch_templates(templates: Sequence[bytes]) -> NDArray[np.uint64]:
    """`sketch_many` of native templates that do not lie one after another yet."""
    offset = np.zeros(len(templates) + 1, np.int64)
    np.cumsum([len(template) for template in templates], out=offset[1:])
    return sketch_many(np.frombuffer(b"".join(templates), np.uint8), offset)


@functools.lru_cache(maxsize=1)
def sketch_weights() -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """What each bit of a cylinder adds to each of the 128 sums whose signs are the sketch; fitted on mated minutiae.

    Returns
    -------
    int16, shape (7, 52, 128): by word (validity is the last) and cell; int16, shape (128,): what all sums begin with.
    """
    with resources.files("fingerprint_engine.template").joinpath(WEIGHTS_FILE).open("rb") as file:
        stored = np.load(file, allow_pickle=False)
    return np.ascontiguousarray(stored[:-1].reshape(WORDS, CELLS, -1)), np.ascontiguousarray(stored[-1])
