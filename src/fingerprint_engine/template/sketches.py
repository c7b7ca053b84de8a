"""Sketches: a print in a fixed number of words, which a search scans before it looks at any template.

The best minutiae of a print, each as 64 bits such that alike neighbourhoods give alike bits, with their positions and
directions in coarse steps.
"""

from __future__ import annotations

import functools
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template import kernels
from fingerprint_engine.template.build import direction_codes
from fingerprint_engine.template.cylinders import texture_bits
from fingerprint_engine.template.template import Template

SKETCH_MINUTIAE = 32
"""Minutiae of a print that are sketched, the best first; see docs/decisions/shortlist.md."""
SKETCH_WORDS = 1 + SKETCH_MINUTIAE + 3 * SKETCH_MINUTIAE // 8
"""Words a print: the number of minutiae, their sketches, then x, y and direction, eight to a word."""
SKETCH_STEP_PX = 4
"""Step of sketched positions, from the leftmost and the topmost sketched minutia on."""
WEIGHTS_FILE = "sketch_weights.npy"


def sketches_of(template: Template) -> NDArray[np.uint64]:
    """Sketch a print.

    Slots beyond the number of minutiae repeat the first one, which changes no nearest neighbour.

    Returns
    -------
    uint64, shape (SKETCH_WORDS,).
    """
    minutiae = template.minutiae
    count = min(len(minutiae), SKETCH_MINUTIAE)
    row = np.zeros(SKETCH_WORDS, np.uint64)
    row[0] = count
    if count == 0:
        return row
    x, y, code = minutiae.x[:count], minutiae.y[:count], direction_codes(minutiae.direction[:count])
    texture = texture_bits(x, y, code, template.coarse_map, template.radius_px)
    words = np.concatenate([template.cylinders[:count], texture], axis=1)
    slots = np.zeros(SKETCH_MINUTIAE, np.int64)
    slots[:count] = np.arange(count)
    sketched = np.empty(count, np.uint64)
    kernels.sketch_words(words, *sketch_weights(), sketched)  # type: ignore[no-untyped-call]
    row[1 : 1 + SKETCH_MINUTIAE] = sketched[slots]
    places = np.stack([_steps(x), _steps(y), code])[:, slots]
    row[1 + SKETCH_MINUTIAE :] = np.ascontiguousarray(places).reshape(-1).view("<u8")
    return row


def _steps(positions: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Positions from the least one on; a print wider than 255 steps (2 in) loses the places beyond, not the sketches."""
    return np.minimum((positions - positions.min()) / SKETCH_STEP_PX + 0.5, 255.0).astype(np.uint8)


@functools.lru_cache(maxsize=1)
def sketch_weights() -> tuple[NDArray[np.int16], NDArray[np.int32]]:
    """What each descriptor bit adds to each of the 64 sums whose signs are the sketch, and what each valid cell does.

    Returns
    -------
    int16, shape (14, 52, 64): by word and cell of cylinder and texture, validity words among them; int32, shape (64,).
    """
    with resources.files("fingerprint_engine.template").joinpath(WEIGHTS_FILE).open("rb") as file:
        stored = np.load(file, allow_pickle=False)
    weights = np.ascontiguousarray(stored[:-1].reshape(14, 52, 64), np.int16)
    return weights, np.ascontiguousarray(stored[-1], np.int32)
