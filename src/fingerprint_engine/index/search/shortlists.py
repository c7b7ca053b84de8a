"""The shortlist port: an order of prints that is cheap to make, and its two plain implementations.

`SketchScan` looks at the sketches of every print; `ExactShortlist` compares every print and is what the others are
measured against. `shortlist_cells` has a third.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.centres import typical_sketches
from fingerprint_engine.index.columns.block import PrintColumns, Rows
from fingerprint_engine.index.search.kernels import WHOLE, scan_sketches
from fingerprint_engine.index.search.parameters import StageParameters
from fingerprint_engine.index.search.work_pieces import work_of
from fingerprint_engine.matching import Matcher
from fingerprint_engine.matching.work_pieces import pieces_by_work
from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE, sketches_of
from fingerprint_engine.threads import in_order

NOT_ELIGIBLE = -1.0
_DEFAULT_PARAMETERS = StageParameters()
_MAX_SCAN_PIECE, _MIN_SCAN_PIECE, _EXACT_PIECE = 16_384, 1_024, 256
Piece = tuple[int, int, int]
"""Number of a block, first row and the row after the last."""


class Shortlist(Protocol):
    """An order of the prints of some blocks; made for these blocks once, asked by any number of probes and threads."""

    name: str

    def scores(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = ..., workers: int = ...
    ) -> list[NDArray[np.float32] | None]:
        """How much each print resembles the probe, as far as the shortlist can tell.

        Parameters
        ----------
        probe
            What is searched for.
        eligible
            One mask per block: which of its prints may be looked at.
        deadline
            Moment of `time.monotonic` after which no more work is begun.
        workers
            Threads; the answer does not depend on it, nor on how prints are split into blocks.

        Returns
        -------
        One float32 array per block: higher is better, from 0; `NOT_ELIGIBLE` where the mask says so. None for a block
        that was not finished in time.
        """
        ...


class SketchScan:
    """Late interaction of sketches: nothing to build, nothing to train; all prints get a glance, most no more."""

    name = "sketch scan"

    def __init__(self, blocks: Sequence[PrintColumns], parameters: StageParameters = _DEFAULT_PARAMETERS) -> None:
        self._blocks = list(blocks)
        self._parameters = parameters

    def scores(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = math.inf, workers: int = 1
    ) -> list[NDArray[np.float32] | None]:
        """As `Shortlist.scores`."""
        words = probe_words(probe, self._parameters)
        near, glance = self._parameters.near_bits, glance_of(words, self._parameters)
        found = [np.empty(block.sketches.shape[0], np.int32) for block in self._blocks]

        def scan(piece: Piece) -> None:
            number, begin, end = piece
            mask = np.ascontiguousarray(eligible[number][begin:end])
            sketches = self._blocks[number].sketches[begin:end]
            scan_sketches(words, sketches, mask, near, glance, found[number][begin:end])  # type: ignore[no-untyped-call]

        lengths = [len(block) for block in found]
        size = min(max(_MIN_SCAN_PIECE, -(-sum(lengths) // workers)), _MAX_SCAN_PIECE)
        late = _late_blocks(scan, pieces_of(lengths, size), deadline, workers)
        return [None if number in late else block.astype(np.float32) for number, block in enumerate(found)]


class ExactShortlist:
    """The full comparison with every print: no shortlist at all, and the oracle of the others."""

    name = "exact"

    def __init__(self, blocks: Sequence[PrintColumns]) -> None:
        self._blocks = list(blocks)

    def scores(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = math.inf, workers: int = 1
    ) -> list[NDArray[np.float32] | None]:
        """As `Shortlist.scores`."""
        matcher = Matcher(probe)
        found = [np.full(block.sketches.shape[0], NOT_ELIGIBLE, np.float32) for block in self._blocks]

        def compare(piece: tuple[int, Rows]) -> None:
            number, rows = piece
            found[number][rows] = matcher.scores(self._blocks[number].batch(rows))

        pieces = [
            (number, rows[piece])
            for number, rows in enumerate(np.flatnonzero(mask) for mask in eligible)
            for piece in pieces_by_work(work_of(len(probe), self._blocks[number], rows), _EXACT_PIECE)
        ]
        late = _late_blocks(compare, pieces, deadline, workers)
        return [None if number in late else block for number, block in enumerate(found)]


def probe_words(probe: Template, parameters: StageParameters) -> NDArray[np.uint64]:
    """Sketches of a probe's best minutiae as the scan wants them; uint64, shape (2, n)."""
    count = min(len(probe), parameters.probe_minutiae)
    return np.ascontiguousarray(sketches_of(probe, max(count, 1)).reshape(2, -1)[:, :count])


def glance_of(words: NDArray[np.uint64], parameters: StageParameters) -> tuple[int, int, int]:
    """The glance of a scan: how many minutiae, their near bits, and the score from which on a print is scanned whole.

    So many of a hundred typical prints reach it. These are the same everywhere, so whether a print does depends on
    nothing but itself and the probe.
    """
    few, near = min(parameters.glance_minutiae, words.shape[1]), parameters.glance_near_bits
    if parameters.glance_passes == 100 and few:
        return 0, near, 0  # whatever it gave, the print would be scanned
    typical = typical_sketches(SKETCH_MINUTIAE)
    scores = np.empty(len(typical), np.int32)
    every, never = np.ones(len(typical), np.bool_), (few, near, WHOLE)
    scan_sketches(words, typical, every, parameters.near_bits, never, scores)  # type: ignore[no-untyped-call]
    kept = len(typical) * parameters.glance_passes // 100
    return few, near, max(1, int(np.sort(scores)[-kept])) if kept else WHOLE


def pieces_of(lengths: Sequence[int], size: int) -> list[Piece]:
    """Blocks of so many rows cut into pieces of at most `size`."""
    return [
        (number, begin, min(begin + size, length))
        for number, length in enumerate(lengths)
        for begin in range(0, length, size)
    ]


def _late_blocks(work: Callable[[Any], None], pieces: Sequence[Any], deadline: float, workers: int) -> set[int]:
    """Numbers of the blocks of which a piece was not begun in time; a piece begins with the number of its block."""
    done = list(in_order(work, pieces, workers=workers, ahead=len(pieces), deadline=deadline))
    return {number for number, *_ in pieces[len(done) :]}
