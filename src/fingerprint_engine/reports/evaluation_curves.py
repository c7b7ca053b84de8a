"""The curves of an evaluation, each with what it shows in words for those who do not see it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.evaluation import ErrorCurve
from fingerprint_engine.evaluation.report import HEADINGS
from fingerprint_engine.reports.evaluation_run import Evaluation
from fingerprint_engine.reports.rendering import Figure, figure
from fingerprint_engine.visualization import draw_cmc, draw_det, draw_histograms, draw_rates_by_score

RATE_NAMES = {
    "eer": "EER",
    "fnmr_at_fmr_1_percent": "FNMR at FMR ≤ 1 %",
    "fnmr_at_fmr_01_percent": "FNMR at FMR ≤ 0.1 %",
    "zero_fmr": "ZeroFMR: FNMR without any false match",
}
ALT_SCORES, ALT_RANKS = (30, 40, 50), (1, 5, 10)
"""Points of the curves that are told to those who do not see them."""
CURVE_DPI = 130.0


def curves(evaluation: Evaluation, curve: ErrorCurve) -> list[Figure]:
    """DET, rates by threshold, scores and, where there are searches, CMC."""
    table, summary, found = evaluation.table, evaluation.report, evaluation.searches
    is_mated = table.is_mated
    mated, non_mated = table.score[is_mated], table.score[~is_mated]
    det = draw_det(curve.fmr, curve.fnmr, non_mated=summary.non_mated, mated=summary.mated, eer=summary.rates.eer)
    drawn = [
        (
            det,
            "DET: what each false match rate costs in false non-matches; nearer to the lower left is better. "
            "Grey: less than one comparison, that is no error seen",
            "DET curve: "
            + ", ".join(f"{RATE_NAMES[name]} {100 * getattr(summary.rates, name):.2f} %" for name in HEADINGS),
        ),
        (
            draw_rates_by_score(curve.threshold, curve.fmr, curve.fnmr),
            "FMR and FNMR against the threshold. Dashed: the FMR that a score states, which the measured one should "
            "not exceed",
            "Rates by threshold: "
            + "; ".join(
                f"at {score} FMR {100 * float((non_mated >= score).mean()):.3g} %, "
                f"FNMR {100 * float((mated < score).mean()):.3g} %"
                for score in ALT_SCORES
            ),
        ),
        (
            draw_histograms(mated, non_mated),
            "Scores of mated pairs (one finger) and non-mated pairs (two fingers); the less they overlap the better",
            f"Scores: mated {_spread(mated)}; non-mated {_spread(non_mated)}",
        ),
    ]
    if found is not None:
        rates = found.cmc()
        best = ", ".join(f"rank {rank} {100 * rates[rank - 1]:.2f} %" for rank in ALT_RANKS if rank <= len(rates))
        caption = f"CMC of {len(found)} searches in {found.references} fingers"
        drawn.append((draw_cmc(rates), caption, f"{caption}: {best}"))
    return [figure(picture, caption, dpi=CURVE_DPI, alt=alt) for picture, caption, alt in drawn]


def _spread(scores: NDArray[np.float64]) -> str:
    low, middle, high = np.percentile(scores, [0.0, 50.0, 100.0])
    return f"{low:.1f} to {high:.1f}, median {middle:.1f}"
