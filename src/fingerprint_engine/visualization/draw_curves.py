"""Error rates as curves: DET, rates against the score, histograms, CMC. Plain columns of numbers come in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.matching import fmr_of_score
from fingerprint_engine.visualization import palette
from fingerprint_engine.visualization.canvas import Picture, new_figure

if TYPE_CHECKING:
    from fingerprint_engine.visualization.canvas import Axes, Figure

SIZE_IN = (6.2, 4.4)
Rates = NDArray[np.float64]


def draw_det(fmr: Rates, fnmr: Rates, *, non_mated: int, mated: int, eer: float | None = None) -> Picture:
    """FNMR against FMR, both logarithmic; what one comparison more or less would decide is shaded.

    Parameters
    ----------
    fmr, fnmr
        float64, shape (n,), rates at every operating point by rising threshold.
    non_mated, mated
        Numbers of comparisons: rates below one in so many cannot be told from 0, and are drawn on the border.
    eer
        Equal error rate, marked where it lies inside the axes.
    """
    figure, axes = _axes("false match rate (FMR)", "false non-match rate (FNMR)")
    low_x, low_y = 0.5 / max(non_mated, 1), 0.5 / max(mated, 1)
    axes.axvspan(low_x, 1.0 / max(non_mated, 1), color="0.93", zorder=0)
    axes.axhspan(low_y, 1.0 / max(mated, 1), color="0.93", zorder=0)
    # Between two operating points only the one with the lower FMR keeps within the limit: its FNMR is what one gets.
    axes.step(np.maximum(fmr, low_x), np.maximum(fnmr, low_y), where="pre", color=palette.BLUE, linewidth=1.8)
    if not ((fmr > 0.0) & (fnmr > 0.0)).any():
        text = "no error to draw:\nsome threshold separates all pairs"
        axes.text(0.5, 0.4, text, ha="center", transform=axes.transAxes)
    diagonal = [max(low_x, low_y), 1.0]
    axes.plot(diagonal, diagonal, color="0.5", linewidth=0.8, linestyle="dotted", label="FMR = FNMR")
    if eer is not None and diagonal[0] < eer < 1.0:
        mark = f"equal error rate: {100 * eer:.2f} %"
        axes.plot([eer], [eer], "o", color=palette.VERMILLION, markersize=7, fillstyle="none", label=mark)
    axes.set(xscale="log", yscale="log", xlim=(low_x, 1.0), ylim=(low_y, 1.0))
    _percent(axes.xaxis)
    _percent(axes.yaxis)
    axes.legend(frameon=False, fontsize=9, loc="upper right", bbox_to_anchor=(0.88, 1.0))
    return Picture(figure)


def draw_rates_by_score(threshold: Rates, fmr: Rates, fnmr: Rates) -> Picture:
    """FMR and FNMR against the threshold, beside the FMR that a score claims.

    Parameters
    ----------
    threshold, fmr, fnmr
        float64, shape (n,), by rising threshold; the last threshold may be infinity, which is not drawn.
    """
    figure, axes = _axes("threshold (score)", "rate")
    shown = np.isfinite(threshold)
    score = threshold[shown]
    # A threshold between two observed ones decides as the higher of them: the curve steps before, not after.
    look: Any = {"where": "pre", "linewidth": 1.8}
    axes.step(score, _or_gap(fmr[shown]), color=palette.VERMILLION, label="FMR measured", **look)
    axes.step(score, _or_gap(fnmr[shown]), color=palette.BLUE, label="FNMR measured", **look)
    if score.size:
        claimed = np.linspace(0.0, min(float(score.max()), 60.0), 50)
        stated = [fmr_of_score(score) for score in claimed]
        axes.plot(claimed, stated, color="0.4", linestyle="dashed", label="FMR that a score states")
    axes.set_yscale("log")
    positive = np.concatenate([fmr[fmr > 0.0], fnmr[fnmr > 0.0], [0.1]])
    axes.set_ylim(float(positive.min()) / 1.5, 1.3)
    _percent(axes.yaxis)
    axes.legend(frameon=False, fontsize=9)
    return Picture(figure)


def draw_histograms(mated: Rates, non_mated: Rates) -> Picture:
    """How the scores of mated and of non-mated pairs are spread, as shares of each kind.

    Parameters
    ----------
    mated, non_mated
        float64, scores.
    """
    figure, axes = _axes("score", "share of the mated, or non-mated, pairs")
    top = max((float(column.max()) for column in (mated, non_mated) if column.size), default=1.0)
    bins = np.linspace(0.0, max(math.ceil(top), 1.0), 61)
    for scores, color, label in ((non_mated, palette.VERMILLION, "non-mated"), (mated, palette.BLUE, "mated")):
        if scores.size:
            weights = np.full(scores.shape, 1.0 / scores.size)
            text = f"{label} ({scores.size:,})"
            axes.hist(scores, bins=list(bins), weights=weights, color=color, alpha=0.55, label=text)
    axes.set_yscale("log")
    _percent(axes.yaxis)
    axes.legend(frameon=False, fontsize=9)
    return Picture(figure)


def draw_cmc(hit_rate: Rates) -> Picture:
    """Cumulative match characteristic.

    Parameters
    ----------
    hit_rate
        float64, shape (references,): share of searches with the mate at rank 1, 2, … or better.
    """
    figure, axes = _axes("rank", "mate at this rank or better")
    axes.plot(np.arange(1, len(hit_rate) + 1), hit_rate, color=palette.BLUE, marker="o", markersize=4, linewidth=1.5)
    axes.set_ylim(min(0.9, float(hit_rate.min()) - 0.02), 1.005)
    _percent(axes.yaxis)
    axes.set_xlim(0.5, len(hit_rate) + 0.5)
    axes.set_xticks(np.arange(1, len(hit_rate) + 1, max(1, len(hit_rate) // 10)))
    return Picture(figure)


def _axes(across: str, up: str) -> tuple[Figure, Axes]:
    figure = new_figure(*SIZE_IN)
    axes = figure.add_subplot()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(visible=True, color="0.9", linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _percent(axis: Any) -> None:
    """Rates in percent; between the powers of ten nothing, for there is no room."""
    axis.set_major_formatter(lambda rate, _: f"{100.0 * rate:.6g} %")
    axis.set_minor_formatter(lambda _rate, _: "")


def _or_gap(rate: Rates) -> Rates:
    """Zero has no place on a logarithmic axis."""
    return np.where(rate > 0.0, rate, np.nan)
