"""The shortlist port: an order of prints that is cheap to make, and its two plain implementations.

`SketchScan` looks at the sketches of every print; `ExactShortlist` compares every print and is what the others are
measured against. `shortlist_cells` has a third.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.cells.centres import typical_sketches
from fingerprint_engine.index.cells.weighed_bits import WeighedBits, weighed_bits
from fingerprint_engine.index.columns.block import PrintColumns, Rows
from fingerprint_engine.index.search.kernels import NO_FLOOR, WEIGHTS, scan_sketches
from fingerprint_engine.index.search.parameters import StageParameters
from fingerprint_engine.index.search.work_pieces import SKETCH_MS, threads_worth, work_of
from fingerprint_engine.matching import Matcher
from fingerprint_engine.matching.work_pieces import pieces_by_work
from fingerprint_engine.minutiae import MAX_QUALITY, UNKNOWN_QUALITY
from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import SKETCH_MINUTIAE
from fingerprint_engine.threads import done_in_time

_DEFAULT_PARAMETERS = StageParameters()
_MAX_SCAN_PIECE, _EXACT_PIECE = 16_384, 256
SCAN_EVERY = 2
"""Measured: of so many typical prints one says well enough how near sketches come in a scan with a glance."""
USUAL_QUALITY = 80
"""Chosen: the quality of minutiae that do not say."""
Piece = tuple[int, int, int]
"""Number of a block, first row and the row after the last."""


class Rated(NamedTuple):
    """Rows of a block that were looked at, rising, and how much each resembles the probe: float32, from 0."""

    rows: Rows
    scores: NDArray[np.float32]


class Shortlist(Protocol):
    """An order of the prints of some blocks; made for these blocks once, asked by any number of probes and threads."""

    name: str

    def scores(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = ..., workers: int = ...
    ) -> list[Rated | None]:
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
        The prints of each block that were looked at. None for a block that was not finished in time.
        """
        ...


class Glance(NamedTuple):
    """How near first words have to come to those of some minutiae of a probe, int64, and what prints have to reach."""

    near: NDArray[np.int64]
    floor: int


NO_GLANCE = Glance(np.zeros(0, np.int64), NO_FLOOR)


class SketchScan:
    """Late interaction of sketches: nothing to build, nothing to train; all prints get a glance, most no more."""

    name = "sketch scan"

    def __init__(self, blocks: Sequence[PrintColumns], parameters: StageParameters = _DEFAULT_PARAMETERS) -> None:
        self._blocks = list(blocks)
        self._parameters = parameters

    def scores(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = math.inf, workers: int = 1
    ) -> list[Rated | None]:
        """As `Shortlist.scores`."""
        return self.scores_of([mask.nonzero()[0] for mask in eligible], probe, deadline, workers)

    def scores_of(
        self, rows: Sequence[Rows], probe: Template, deadline: float = math.inf, workers: int = 1
    ) -> list[Rated | None]:
        """`scores` of some rows of each block."""
        bits = weighed_bits(probe, self._parameters.probe_minutiae)
        near, glance = nearness_of(bits, self._parameters, SCAN_EVERY)
        weight = weights_of(probe, near.size)
        found = [Rated(chosen, np.empty(chosen.size, np.float32)) for chosen in rows]

        def scan(piece: Piece) -> None:
            number, begin, end = piece
            chosen, scores = (column[begin:end] for column in found[number])
            sketches = self._blocks[number].sketches
            scan_sketches(*bits, near, weight, sketches, chosen, *glance, scores)  # type: ignore[no-untyped-call]

        lengths = [chosen.size for chosen in rows]
        threads = threads_worth(sum(lengths) * SKETCH_MS, workers)
        size = min(max(-(-sum(lengths) // threads), 1), _MAX_SCAN_PIECE)
        late = _late_blocks(scan, pieces_of(lengths, size), deadline, threads)
        return [None if number in late else rated for number, rated in enumerate(found)]


class ExactShortlist:
    """The full comparison with every print: no shortlist at all, and the oracle of the others."""

    name = "exact"

    def __init__(self, blocks: Sequence[PrintColumns]) -> None:
        self._blocks = list(blocks)

    def scores(
        self, probe: Template, eligible: Sequence[NDArray[np.bool_]], deadline: float = math.inf, workers: int = 1
    ) -> list[Rated | None]:
        """As `Shortlist.scores`."""
        matcher = Matcher(probe)
        found = [Rated(rows, np.zeros(rows.size, np.float32)) for rows in map(np.flatnonzero, eligible)]

        def compare(piece: tuple[int, slice]) -> None:
            number, run = piece
            found[number].scores[run] = matcher.scores(self._blocks[number].batch(found[number].rows[run]))

        pieces = [
            (number, piece)
            for number, (rows, _) in enumerate(found)
            for piece in pieces_by_work(work_of(len(probe), self._blocks[number], rows), _EXACT_PIECE)
        ]
        late = _late_blocks(compare, pieces, deadline, workers)
        return [None if number in late else rated for number, rated in enumerate(found)]


def near_bits_of(bits: WeighedBits, parameters: StageParameters) -> NDArray[np.int64]:
    """How near a minutia has to come to each of a probe's to count, in bits: nearer where many minutiae lie.

    So many bits more than those within which a few of the typical prints have a minutia.
    """
    return bits.reaches(typical_sketches(SKETCH_MINUTIAE), (parameters.near_prints, parameters.near_bits))[0]


def nearness_of(bits: WeighedBits, parameters: StageParameters, every: int = 1) -> tuple[NDArray[np.int64], Glance]:
    """`near_bits_of`, of every so many typical prints, and the glance of a scan: so many of all reach its floor.

    These are the same everywhere, so whether a print does depends on nothing but itself and the probe.
    """
    typical = typical_sketches(SKETCH_MINUTIAE)
    if parameters.glance_passes >= len(typical) and bits.codes.size:  # a probe without minutiae resembles none
        return near_bits_of(bits, parameters), NO_GLANCE
    whole = parameters.near_prints, parameters.near_bits
    first = parameters.glance_near_prints, parameters.glance_near_bits
    near, near_first, reached = bits.reaches(typical, whole, first, parameters.glance_minutiae, every)
    reached.sort()
    return near, Glance(near_first, max(1, int(reached[-parameters.glance_passes])))


def widened(parameters: StageParameters, probe: Template) -> StageParameters:
    """Parameters with which a probe is looked for: the less it tells, the more is read and looked at for it."""
    return parameters.widened(evidence_of(probe, parameters.voting(len(probe))))


def evidence_of(probe: Template, minutiae: int) -> float:
    """What may be found again of so many minutiae of a probe, as so many of the best quality.

    They count by the square of their quality, as `weights_of` does; where it is not known, or all claim the same, which
    is no claim, as `USUAL_QUALITY`.
    """
    quality = probe.minutiae.quality[:minutiae].astype(np.float64)
    says_nothing = (quality == quality[:1]).all()
    is_silent = np.full(quality.size, True) if says_nothing else quality == UNKNOWN_QUALITY
    return float(np.square(np.where(is_silent, USUAL_QUALITY, quality) / MAX_QUALITY).sum())


def weights_of(probe: Template, minutiae: int) -> NDArray[np.int64]:
    """What the nearness of each of so many minutiae counts: its quality squared, and that of the best `WEIGHTS`."""
    quality = probe.minutiae.quality[:minutiae]  # the best first, unknown ones last
    return _weight_table(int(quality[0]) if quality.size else 0).take(quality)


@functools.lru_cache(maxsize=UNKNOWN_QUALITY + 1)
def _weight_table(best: int) -> NDArray[np.int64]:
    """What a minutia of each quality counts where this is the best."""
    if best in (0, UNKNOWN_QUALITY):
        return np.full(UNKNOWN_QUALITY + 1, WEIGHTS)
    table = WEIGHTS * np.arange(UNKNOWN_QUALITY + 1) ** 2 // best**2
    table[UNKNOWN_QUALITY] = WEIGHTS
    return table


def pieces_of(lengths: Sequence[int], size: int) -> list[Piece]:
    """Blocks of so many rows cut into pieces of at most `size`."""
    return [
        (number, begin, min(begin + size, length))
        for number, length in enumerate(lengths)
        for begin in range(0, length, size)
    ]


def _late_blocks(work: Callable[[Any], None], pieces: Sequence[Any], deadline: float, workers: int) -> set[int]:
    """Numbers of the blocks of which a piece was not begun in time; a piece begins with the number of its block."""
    done = done_in_time(work, pieces, workers=workers, deadline=deadline)
    return {number for number, *_ in pieces[len(done) :]}
