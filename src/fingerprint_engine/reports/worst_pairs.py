"""The worst errors of an evaluation: which they are, and the circumstances that one can see."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.evaluation import ScoreTable
from fingerprint_engine.matching import Comparison
from fingerprint_engine.template import Template

FEW_MINUTIAE = 20
LOW_QUALITY = 40
SMALL_OVERLAP = 0.5
STRONG_DEFORMATION = 0.15
LARGE_RESIDUAL_PX = 5.0
"""Chosen by looking at pairs: where a person begins to name the circumstance. They word reports and decide nothing."""


@dataclasses.dataclass(frozen=True, slots=True)
class WorstPair:
    """One comparison that went wrong, or came nearest to it; probe and reference are positions in the table."""

    probe: int
    reference: int
    score: float
    is_mated: bool


def worst_pairs(table: ScoreTable, count: int) -> tuple[list[WorstPair], list[WorstPair]]:
    """The mated pairs with the lowest and the non-mated pairs with the highest scores; failed samples are left out."""
    failed = table.has_failed[table.probe] | table.has_failed[table.reference]
    is_mated = table.is_mated

    def chosen(rows: NDArray[np.int64], sign: float) -> list[WorstPair]:
        order = rows[np.argsort(sign * table.score[rows], kind="stable")][:count]
        return [
            WorstPair(int(table.probe[i]), int(table.reference[i]), float(table.score[i]), bool(is_mated[i]))
            for i in order
        ]

    return chosen(np.flatnonzero(is_mated & ~failed), 1.0), chosen(np.flatnonzero(~is_mated & ~failed), -1.0)


def reason_in_words(comparison: Comparison, probe: Template, reference: Template, *, is_mated: bool) -> str:
    """The circumstances that the evidence shows; they need not be the cause."""
    evidence = comparison.evidence
    contradicted = len(comparison.contradicted_probe) + len(comparison.contradicted_reference)
    if not is_mated:
        return (
            f"{len(comparison.pairs)} pairs of minutiae agree by chance, "
            f"{len(comparison.contradicted_probe)} + {len(comparison.contradicted_reference)} minutiae contradict; "
            f"flow agreement in the overlap {evidence.get('orientation_agreement', 0.0):.2f}"
        )
    reasons = [comparison.doubt] if comparison.doubt else []
    fewest = min(len(probe), len(reference))
    if fewest < FEW_MINUTIAE:
        reasons.append(f"few minutiae ({fewest} in one print)")
    quality = min(probe.quality, reference.quality)
    if quality < LOW_QUALITY:
        reasons.append(f"low quality ({quality} of 100 in one print)")
    if comparison.transform is None:
        return "; ".join([*reasons, "no alignment found: no two minutiae have surroundings that are similar enough"])
    smaller = min(evidence["cells_probe"], evidence["cells_reference"])
    overlap = evidence["overlap_cells"] / max(smaller, 1.0)
    if overlap < SMALL_OVERLAP:
        reasons.append(f"small overlap ({100 * overlap:.0f} % of the smaller print, as aligned)")
    if evidence["deformation"] > STRONG_DEFORMATION:
        reasons.append(f"distortion (best fit stretches or shears by about {100 * evidence['deformation']:.0f} %)")
    if evidence.get("residual", 0.0) > LARGE_RESIDUAL_PX:
        reasons.append(f"matched minutiae lie {evidence['residual']:.1f} px apart")
    if contradicted > 2 * max(len(comparison.pairs), 1):
        reasons.append(f"most minutiae in the overlap disagree ({contradicted}): missed, false, or wrongly aligned")
    return "; ".join(reasons) or "no single circumstance stands out: look at the picture"
