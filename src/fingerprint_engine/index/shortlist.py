"""The exact shortlist: every enrolled print is compared, nothing is left out.

This is the seam where an approximate shortlist for large galleries goes: a function from a probe and the packed prints
to scored keys, with the number of prints that it compared.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np

from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template, TemplateBatch

LEAST_COMPARABLE_MINUTIAE = 2
"""Fewer give no local structure: such prints score 0 against everything (see `matching.compare`)."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shortlist:
    """What came of comparing a probe with the enrolled prints.

    Attributes
    ----------
    ranked
        Score and key of the best prints with a score above 0: falling score, equal scores by key.
    compared
        Number of prints that were compared.
    too_few_minutiae
        Number of prints that cannot match anything.
    """

    ranked: list[tuple[float, str]]
    compared: int
    too_few_minutiae: int


def exact_shortlist(probe: Template, batches: Iterable[tuple[tuple[str, ...], TemplateBatch]], count: int) -> Shortlist:
    """Compare the probe with every print and keep the `count` best, whatever their order of enrolment."""
    matcher = Matcher(probe)
    kept: list[tuple[float, str]] = []
    compared = too_few = 0
    for keys, batch in batches:
        scores = matcher.scores(batch)
        unusable = int((np.diff(batch.columns.first) < LEAST_COMPARABLE_MINUTIAE).sum())
        too_few += unusable
        compared += len(batch) - unusable
        # All that tie with the last one kept are looked at, so that the key decides and not the position.
        floor = -np.partition(-scores, count - 1)[count - 1] if len(scores) > count else 0.0
        best = np.flatnonzero((scores > 0.0) & (scores >= floor))
        kept += [(float(scores[position]), keys[position]) for position in best]
        kept = sorted(kept, key=_rank)[:count]
    return Shortlist(kept, compared, too_few)


def _rank(scored: tuple[float, str]) -> tuple[float, str]:
    return -scored[0], scored[1]
