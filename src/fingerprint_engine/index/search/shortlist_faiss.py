"""A shortlist through FAISS: an inverted file of minutia sketches, whose neighbours vote for their prints.

Compared with the plain scan it reads only some of the sketches. The price is training, memory, and mates in cells that
it did not visit; docs/decisions/shortlist.md has the figures. The only module that imports faiss.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import PrintColumns
from fingerprint_engine.index.search.parameters import StageParameters
from fingerprint_engine.index.search.shortlists import NOT_ELIGIBLE, probe_words
from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE

BITS = 128
MIN_PRINTS_FOR_CELLS = 2_000
"""Chosen: fewer prints are searched flat, since they would not train the cells."""
_SKETCHES_PER_CELL = 64
_DEFAULT_PARAMETERS = StageParameters()


class FaissShortlist:
    """Votes of neighbouring sketches; see `shortlists.Shortlist` for the port.

    Parameters
    ----------
    blocks
        The prints; their sketches are copied into the index.
    parameters
        `probe_minutiae` is used.
    cells
        Cells of the inverted file; by default about the square root of the number of sketches. 0: none, a flat index.
    visited
        Cells that a probe minutia visits.
    radius_bits
        Only sketches within this Hamming distance vote.
    """

    name = "faiss"

    def __init__(
        self,
        blocks: Sequence[PrintColumns],
        parameters: StageParameters = _DEFAULT_PARAMETERS,
        *,
        cells: int | None = None,
        visited: int = 64,
        radius_bits: int = 46,
    ) -> None:
        self._parameters = parameters
        self._radius = radius_bits
        self._lengths = [block.sketches.shape[0] for block in blocks]
        prints = sum(self._lengths)
        if cells is None:
            cells = 2 ** round(np.log2(max(1.0, (prints * SKETCH_MINUTIAE) ** 0.5)))
        self._index: Any
        if prints < MIN_PRINTS_FOR_CELLS or cells < 2:
            self._index = faiss.IndexBinaryIDMap2(faiss.IndexBinaryFlat(BITS))
        else:
            self._quantizer = faiss.IndexBinaryFlat(BITS)
            self._index = faiss.IndexBinaryIVF(self._quantizer, BITS, cells)
            self._index.nprobe = min(visited, cells)
            self._train(blocks, cells, prints)
        begin = 0
        for block in blocks:
            count = block.sketches.shape[0]
            ids = np.repeat(np.arange(begin, begin + count, dtype=np.int64), SKETCH_MINUTIAE)
            if count:
                self._index.add_with_ids(_codes(block.sketches), ids)
            begin += count

    def scores(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = math.inf, workers: int = 1
    ) -> list[NDArray[np.float32] | None]:
        """As `Shortlist.scores`; the threads are FAISS's own (``OMP_NUM_THREADS``), `workers` is not used."""
        del workers
        if time.monotonic() >= deadline:
            return [None] * len(self._lengths)
        words = probe_words(probe, self._parameters)
        votes = np.zeros(sum(self._lengths), np.float32)
        if words.shape[1] and self._index.ntotal:
            limits, distance, ids = self._index.range_search(_bytes(words.T), self._radius)
            # Each probe minutia votes once for a print, through its nearest sketch there.
            minutia = np.repeat(np.arange(words.shape[1]), np.diff(limits.astype(np.int64)))
            nearness = np.square(self._parameters.near_bits - distance.astype(np.int64))
            order = np.lexsort((-nearness, ids, minutia))
            minutia, ids, nearness = minutia[order], ids[order], nearness[order]
            first = np.ones(ids.shape[0], np.bool_)
            first[1:] = (ids[1:] != ids[:-1]) | (minutia[1:] != minutia[:-1])
            np.add.at(votes, ids[first], nearness[first].astype(np.float32))
        starts = np.concatenate([[0], np.cumsum(self._lengths)])
        return [
            np.where(mask, votes[begin : begin + count], np.float32(NOT_ELIGIBLE)).astype(np.float32)
            for mask, begin, count in zip(eligible, starts, self._lengths, strict=False)
        ]

    def visit(self, cells: int) -> None:
        """Let a probe minutia visit so many cells from now on: more find more and cost more."""
        if hasattr(self._index, "nprobe"):
            self._index.nprobe = max(1, min(cells, self._index.nlist))

    def _train(self, blocks: Sequence[PrintColumns], cells: int, prints: int) -> None:
        """Find the cells with sketches of prints taken evenly from all blocks."""
        step = max(1, prints * SKETCH_MINUTIAE // (cells * _SKETCHES_PER_CELL))
        self._index.train(np.concatenate([_codes(block.sketches[::step]) for block in blocks]))


def _codes(sketches: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Sketches of prints (first words, then second words) as FAISS wants them: 16 bytes per minutia, one row each."""
    return _bytes(np.stack([sketches[:, :SKETCH_MINUTIAE], sketches[:, SKETCH_MINUTIAE:]], axis=2).reshape(-1, 2))


def _bytes(pairs: NDArray[np.uint64]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(pairs).view(np.uint8).reshape(-1, BITS // 8)
