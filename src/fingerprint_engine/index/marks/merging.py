"""Scores of the readings of a mark with one print, merged into one.

Readings of one region show the same ridges: the best counts, lowered for the chances it had. Regions are independent
looks at one finger: the best n of them are fused as fingers of a person are (see `finger_fusion`), and choosing costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fingerprint_engine.index.search.finger_fusion import best_of_many, fuse_scores


class Merged(NamedTuple):
    """The score of a print, and the readings behind it, best first."""

    score: float
    readings: tuple[int, ...]


def merge_regions(scores: Sequence[float], regions: Sequence[int], best_regions: int) -> Merged:
    """Merge the scores of one print.

    Parameters
    ----------
    scores
        Of each reading, 0 where it does not match.
    regions
        Of which region each reading is.
    best_regions
        So many regions count at most.
    """
    best: dict[int, tuple[float, int]] = {}
    chances: dict[int, int] = {}
    for number, (score, region) in enumerate(zip(scores, regions, strict=True)):
        chances[region] = chances.get(region, 0) + 1
        if score > best.get(region, (0.0, 0))[0]:
            best[region] = (score, number)
    lowered = [(best_of_many(score, chances[region]), number) for region, (score, number) in best.items()]
    chosen = sorted(lowered, key=lambda one: (-one[0], one[1]))[:best_regions]
    score = fuse_scores([score for score, _ in chosen], len(chances))
    return Merged(score, tuple(number for _, number in chosen))
