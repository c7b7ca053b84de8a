"""Scores of a mark's looks and readings with one print, merged into one.

Two looks of one reader at the same ridges are averaged: what one of them sees by chance, the other does not. Readings
of one region show the same ridges: the best counts, lowered for the chances it had. Regions are independent
looks at one finger: the best n of them are fused as fingers of a person are (see `finger_fusion`), and choosing costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.search.finger_fusion import best_of_many, fuse_scores

LOOK_GAIN = 1.05
"""Measured on synthetic marks: the mean of two looks is above a score as rarely as one look is above 1.05 times as
much, see docs/decisions/tenprint.md."""


class Merged(NamedTuple):
    """The score of a print, and the readings behind it, best first."""

    score: float
    readings: tuple[int, ...]


def share_on_print(evidence: Mapping[str, float]) -> float:
    """How much of a mark lies on the print it was compared with, 0 to 1; 1 where not both say what they cover.

    The finger that left a mark shows all of it on a rolled print, most of it on a plain one. By chance a mark matches
    at the rim of a print just as well, where little of it is contradicted. Of bare minutiae (no ridge flow) the area is
    a guess.
    """
    overlap, cells = evidence["overlap_cells"], evidence["cells_probe"]
    return min(1.0, overlap / cells) if overlap > 0.0 and evidence["flow_known"] > 0.0 else 1.0


def merge_looks(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores of one reading with prints; `scores`, shape (looks, prints), are those of its looks."""
    mean: NDArray[np.float64] = scores.mean(axis=0)
    return mean if len(scores) == 1 else LOOK_GAIN * mean


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
