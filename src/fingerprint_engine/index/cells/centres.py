"""The centres of the cells, and FAISS, which says how far each of them is. The only module that imports faiss."""

from __future__ import annotations

import functools
import hashlib
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.weighed_bits import WeighedBits
from fingerprint_engine.template.sketches import sketch_weights

BITS = 128
CENTRES_FILE, SIZES_FILE = "cell_centres.npy", "cell_sizes.npy"
SIZED_PRINTS = 100_000
"""Typical prints, whose minutiae in each cell `cell_sizes` counts."""
_BYTES, _COPIES = BITS // 8, 4


@functools.lru_cache(maxsize=1)
def cell_centres() -> NDArray[np.uint64]:
    """Centres of the cells, fitted on sketches of synthetic prints; uint64, shape (cells, 2)."""
    return _shipped(CENTRES_FILE)


@functools.lru_cache(maxsize=1)
def cell_sizes() -> NDArray[np.uint16]:
    """How many minutiae of `SIZED_PRINTS` synthetic prints lie in each cell; uint16, shape (cells,)."""
    return _shipped(SIZES_FILE)


def _shipped(name: str) -> NDArray[Any]:
    with resources.files("fingerprint_engine.index.cells").joinpath(name).open("rb") as file:
        array: NDArray[Any] = np.ascontiguousarray(np.load(file, allow_pickle=False))
    array.setflags(write=False)
    return array


@functools.lru_cache(maxsize=1)
def typical_sketches(slots: int) -> NDArray[np.uint64]:
    """Prints made of so many centres each, as a scan wants them: they resemble a probe as much as prints by chance do.

    Returns
    -------
    uint64, shape (n, 2 * slots): first words, then second words.
    """
    centres = cell_centres()
    several = centres[: len(centres) // slots * slots].reshape(slots, -1, 2)  # neighbours go to different prints
    several = several[:, ::2]  # measured: half as many say as much, and every search asks them
    made = np.concatenate([np.ascontiguousarray(several[:, :, word].T) for word in range(2)], axis=1)
    made.setflags(write=False)
    return made


@functools.lru_cache(maxsize=1)
def cells_digest() -> bytes:
    """Eight bytes that differ whenever this release has other cells or other sketches."""
    parts = (cell_centres(), *sketch_weights())
    return hashlib.blake2b(b"".join(part.tobytes() for part in parts), digest_size=8).digest()


def twice_distances(bits: WeighedBits) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """How far each minutia is from each cell, by the bits that count.

    FAISS counts unlike bits. Of centres that stand there four times, a bit that is asked for as it is two, three or
    four times and otherwise inverted counts 0, 2 or 4 times more when it is unlike.

    Returns
    -------
    twice, beyond
        int32, shape (n, cells) and (n,): twice a distance, and what it has beyond that for every cell.
    """
    codes = [bits.codes, bits.codes, bits.codes ^ ~bits.sure, bits.codes ^ ~bits.strong]
    asked = np.ascontiguousarray(np.concatenate(codes).T).view(np.uint8).reshape(-1, _COPIES * _BYTES)
    faiss, index = _index()
    twice = np.empty((asked.shape[0], index.ntotal), np.int32)
    centres, sizes = index.xb.data(), (asked.shape[0], index.ntotal, index.code_size)
    # Not `index.search`: to give thousands of nearest ones of each takes it ten times as long as all distances.
    faiss.hammings(faiss.swig_ptr(asked), centres, *sizes, faiss.swig_ptr(twice))
    beyond = 2 * BITS - np.bitwise_count(bits.sure).sum(axis=0) - np.bitwise_count(bits.strong).sum(axis=0)
    return twice, beyond.astype(np.int32)


@functools.lru_cache(maxsize=1)
def _index() -> Any:
    """FAISS, and its flat index of all centres: of some ten thousand that takes it half a millisecond a probe."""
    import faiss

    index: Any = faiss.IndexBinaryFlat(_COPIES * BITS)
    index.add(np.tile(cell_centres(), _COPIES).view(np.uint8).reshape(-1, _COPIES * _BYTES))
    return faiss, index
