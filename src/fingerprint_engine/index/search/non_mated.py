"""Measuring how high non-mated prints score in a gallery, in which some people may be enrolled under two names.

The best print of another subject should lie above the threshold for an FPIR of q in a share q of searches. A finger
that is enrolled under two subjects scores like a mate there, and a few such aliases would raise every threshold so far
that nothing hits any more. So scores beyond what non-mated prints reach in one search of twenty are set aside, wherever
this gallery's own scores lie; what is left is compared with what the calibration says of scores cut off there.

Every print is compared, as the calibration assumes. Stages look closely at few prints, and the best score among those
lies lower: what was measured in stages would hold for no search that compares more.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.index.search.decision import score_of_fpir
from fingerprint_engine.index.search.parameters import SearchParameters
from fingerprint_engine.index.search.search import Snapshot, scan_for
from fingerprint_engine.template import Template

MAX_PRINTS = 20_000
"""Chosen: the excess does not grow with the number, and 500 searches among so many take a few minutes."""
MIN_SEARCHES = 20
"""Chosen: below, a quantile of nine tenths rests on a print or two."""
QUANTILES = (0.5, 0.9)
"""Chosen: the middle, and as far out as a few hundred searches tell."""
CUT_FPIR = 0.05
"""Chosen: beyond, scores are set aside; of those of mates only few lie between this and the outer quantile."""
FIRST_QUANTILE = 0.25
"""Chosen: where looking for the cut begins; wrong only if three quarters of the prints have an alias."""
MAX_ROUNDS = 20
FALSE_SUSPECTS = 1.0
"""Chosen: so many pairs are named by chance in one measurement, as far as the calibration reaches."""


class Suspects(NamedTuple):
    """Two prints of different subjects that score as only prints of one finger should."""

    key: str
    other_key: str
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class NonMatedMeasurement:
    """How high non-mated prints score in a gallery.

    Attributes
    ----------
    shift
        What is added to thresholds, 0 or more.
    searches, prints
        How many prints were searched for, and the median number that each was compared with.
    excess
        How much higher than calibrated the best score is, at each of `QUANTILES`.
    cut
        Score beyond which comparisons were set aside.
    set_aside
        Searches with such a comparison; a share of `CUT_FPIR` of them is expected without any alias.
    suspects
        Pairs that are probably one finger under two subjects, the highest score first. They are not kept: what is
        kept of a measurement holds no key.
    """

    shift: float
    searches: int
    prints: int
    excess: tuple[float, ...]
    cut: float
    set_aside: int
    suspects: tuple[Suspects, ...]

    def as_kept(self) -> dict[str, Any]:
        """What a gallery keeps of it."""
        return {
            "shift": self.shift,
            "searches": self.searches,
            "prints": self.prints,
            "excess": list(self.excess),
            "set_aside": self.set_aside,
            "suspects": len(self.suspects),
            "source": f"calibration and {self.searches} non-mated searches of this gallery ({self.shift:+.1f})",
        }


class _Search(NamedTuple):
    """One print that was searched for, and what it scored against those of other subjects."""

    place: tuple[int, int]
    block: NDArray[np.int64]
    row: NDArray[np.int64]
    score: NDArray[np.float64]

    def best_below(self, cut: float) -> float:
        return float(self.score[self.score <= cut].max(initial=0.0))


def non_mated_on(snapshot: Snapshot, count: int, progress: Callable[[int, int], object]) -> NonMatedMeasurement:
    """Compare some of the prints with those of all other subjects, or with an even share of a large gallery.

    Where the scores of this gallery lie higher than the calibration says, thresholds are raised by the largest
    difference at two quantiles. They are never lowered.

    Raises
    ------
    InputError
        When there are too few prints for a quantile.
    """
    places = [(n, r) for n, view in enumerate(snapshot.views) for r in np.flatnonzero(view.alive).tolist()]
    chosen = places[:: max(1, -(-len(places) // count))]
    if len(chosen) < MIN_SEARCHES:
        raise InputError(f"searches: expected at least {MIN_SEARCHES} prints to search for, got {len(chosen)}")
    met = [np.zeros(len(view.alive), np.bool_) for view in snapshot.views]
    for number, row in places[:: -(-len(places) // MAX_PRINTS)]:
        met[number][row] = True
    searches, searched = [], []
    for done, (number, row) in enumerate(chosen, start=1):
        subject = snapshot.views[number].traits.subject[row]
        masks = [rows & (view.traits.subject != subject) for rows, view in zip(met, snapshot.views, strict=True)]
        probe = Template.from_bytes(snapshot.views[number].columns.template_bytes(row))
        scan = scan_for(probe, snapshot.views, masks, SearchParameters(), exhaustive=True, workers=2)
        searches.append(_Search((number, row), scan.block, scan.row, scan.score))
        searched.append(scan.searched)
        progress(done, len(chosen))
    prints = int(np.median(searched))
    cut = _cut(searches, prints)
    excess = tuple(_excess(searches, prints, quantile, cut) for quantile in QUANTILES)
    return NonMatedMeasurement(
        shift=max(0.0, *excess),
        searches=len(searches),
        prints=prints,
        excess=excess,
        cut=cut,
        set_aside=sum(bool(search.score.max(initial=0.0) > cut) for search in searches),
        suspects=_suspects(snapshot, searches, prints, cut - score_of_fpir(CUT_FPIR, prints)),
    )


def _cut(searches: Sequence[_Search], prints: int) -> float:
    """The score beyond which comparisons are set aside: that of `CUT_FPIR`, moved to where this gallery's scores lie.

    Found by turns: the cut follows from the excess of the median, and that from what lies below the cut.
    """
    everything = np.array([search.best_below(np.inf) for search in searches])
    excess = float(np.quantile(everything, FIRST_QUANTILE)) - score_of_fpir(1.0 - FIRST_QUANTILE, prints)
    cut = score_of_fpir(CUT_FPIR, prints) + excess
    for _ in range(MAX_ROUNDS):
        before, cut = cut, score_of_fpir(CUT_FPIR, prints) + _excess(searches, prints, 0.5, cut)
        if abs(cut - before) < 1e-6:
            break
    return cut


def _excess(searches: Sequence[_Search], prints: int, quantile: float, cut: float) -> float:
    """How much higher the best scores below the cut are than calibrated ones that are cut off at the same rate."""
    best = np.array([search.best_below(cut) for search in searches])
    return float(np.quantile(best, quantile)) - score_of_fpir(1.0 - quantile * (1.0 - CUT_FPIR), prints)


def _suspects(snapshot: Snapshot, searches: Sequence[_Search], prints: int, excess: float) -> tuple[Suspects, ...]:
    """Pairs with a score that non-mated prints of this gallery should reach `FALSE_SUSPECTS` times in all searches."""
    limit = score_of_fpir(min(CUT_FPIR, FALSE_SUSPECTS / len(searches)), prints) + excess
    found: dict[frozenset[tuple[int, int]], float] = {}
    for search in searches:
        for place in np.flatnonzero(search.score > limit).tolist():
            pair = frozenset({search.place, (int(search.block[place]), int(search.row[place]))})
            found[pair] = max(found.get(pair, 0.0), float(search.score[place]))

    def named(pair: frozenset[tuple[int, int]], score: float) -> Suspects:
        first, second = sorted(snapshot.views[block].key(row) for block, row in pair)
        return Suspects(first, second, score)

    return tuple(sorted((named(pair, score) for pair, score in found.items()), key=lambda pair: (-pair.score, pair)))
