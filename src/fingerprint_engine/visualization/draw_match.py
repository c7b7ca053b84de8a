"""Why two prints match, or do not: both prints side by side with the evidence drawn in."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.visualization import palette
from fingerprint_engine.visualization.canvas import Picture, blank_axes, color_scale, new_figure, plain, strokes, swatch
from fingerprint_engine.visualization.disagreement import local_disagreement
from fingerprint_engine.visualization.overlap import GRID_PX, find_overlap
from fingerprint_engine.visualization.print_panel import MARKERS, Pixels, show_pixels, size_at_500_ppi, tail_ends
from fingerprint_engine.visualization.schematic import show_schematic
from fingerprint_engine.visualization.wording import score_in_words

if TYPE_CHECKING:
    from fingerprint_engine.matching import Comparison
    from fingerprint_engine.preprocessing.image import FingerprintImage
    from fingerprint_engine.template import Template
    from fingerprint_engine.visualization.canvas import Axes, Figure

WIDTH_IN = 12.0
GAP_PX = 30.0
WORST_PX = 12.0
"""Disagreement at the end of the colour scale: about a ridge period and a half."""
MARK_PT2 = 34.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Side:
    """One of the two prints: where it stands and which of its minutiae are what."""

    name: str
    template: Template
    image: FingerprintImage | Pixels | None
    left: float
    rows: float
    cols: float
    matched: NDArray[np.int32]
    contradicted: NDArray[np.int32]
    shared: NDArray[np.bool_] | None

    @property
    def outside(self) -> NDArray[np.int64]:
        """Minutiae that are neither matched nor contradicted: the other print shows nothing of their place."""
        spoken_for = np.concatenate([self.matched, self.contradicted])
        return np.setdiff1d(np.arange(len(self.template)), spoken_for)


def draw_match(
    comparison: Comparison,
    probe: Template,
    reference: Template,
    *,
    probe_image: FingerprintImage | Pixels | None = None,
    reference_image: FingerprintImage | Pixels | None = None,
    title: str = "",
) -> Picture:
    """Draw the evidence of a comparison.

    Matched minutiae are joined, in a colour that says how well the pair agrees with the pairs around it; crosses mark
    minutiae that contradict the match, faint marks those outside the overlap, a dashed line outlines the overlap.

    Parameters
    ----------
    comparison
        Of exactly these two templates, in this order.
    probe, reference
        The templates that were compared.
    probe_image, reference_image
        What they were made of, at any resolution, or uint8 pixels at 500 ppi; without, area and ridge flow are drawn
        from the template.
    title
        One line above the score.

    Raises
    ------
    MissingExtra
        When matplotlib is not installed.
    """
    pairs = np.asarray(comparison.pairs, dtype=np.int32).reshape(-1, 2)
    overlap = None if comparison.transform is None else find_overlap(probe, reference, comparison.transform)
    rows, cols = probe.shape if probe_image is None else size_at_500_ppi(probe_image)
    other_rows, other_cols = reference.shape if reference_image is None else size_at_500_ppi(reference_image)
    start = cols + GAP_PX
    sides = (
        _Side("probe", probe, probe_image, 0.0, rows, cols, pairs[:, 0], comparison.contradicted_probe,
              None if overlap is None else overlap.probe),
        _Side("reference", reference, reference_image, start, other_rows, other_cols, pairs[:, 1],
              comparison.contradicted_reference, None if overlap is None else overlap.reference),
    )  # fmt: skip
    width, height = start + other_cols, max(rows, other_rows)
    figure = new_figure(WIDTH_IN, min(0.95 * WIDTH_IN * height / width, 1.5 * WIDTH_IN) + 1.3)
    axes = figure.add_subplot()
    for side in sides:
        _draw_side(axes, side)
    if len(pairs):
        disagreement = np.zeros(len(pairs))
        if comparison.transform is not None:
            disagreement = local_disagreement(probe.minutiae, reference.minutiae, pairs, comparison.transform)
        _join(figure, axes, sides, disagreement)
    axes.set_xlim(-6.0, width + 5.0)
    axes.set_ylim(height + 5.0, -24.0)
    blank_axes(axes)
    heading = [plain(title), score_in_words(comparison.score, comparison.fmr), comparison.doubt]
    axes.set_title("\n".join(line for line in heading if line), fontsize=14, fontweight="bold", pad=6)
    entries = _legend(sides, aligned=overlap is not None)
    figure.legend(handles=entries, loc="outside lower center", ncols=len(entries), fontsize=10, frameon=False)
    return Picture(figure)


def _draw_side(axes: Axes, side: _Side) -> None:
    """The print, its name, the outline of the overlap, and its unmatched minutiae."""
    if side.image is None:
        show_schematic(axes, side.template, left=side.left)
    else:
        show_pixels(axes, side.image, left=side.left, alpha=palette.FAINT_PRINT)
    label = f"{side.name}: {len(side.template)} minutiae"
    axes.text(side.left + side.cols / 2, -6.0, label, ha="center", va="bottom", fontsize=11)
    if side.shared is not None and side.shared.any():
        rows, cols = side.shared.shape
        padded = np.pad(side.shared.astype(np.float32), 1)
        x, y = side.left + GRID_PX * np.arange(-1, cols + 1), GRID_PX * np.arange(-1, rows + 1)
        axes.contour(x, y, padded, levels=[0.5], colors=palette.OVERLAP, linewidths=1.6, linestyles="dashed")
    _mark(axes, side, side.outside, palette.OUTSIDE_OVERLAP, width=1.0)
    minutiae = side.template.minutiae
    marks_x, marks_y = minutiae.x[side.contradicted] + side.left, minutiae.y[side.contradicted]
    axes.scatter(marks_x, marks_y, s=60, marker="x", c=palette.HALO, linewidths=4.5, zorder=5)
    axes.scatter(marks_x, marks_y, s=52, marker="x", c=palette.CONTRADICTED, linewidths=2.2, zorder=6)


def _mark(axes: Axes, side: _Side, chosen: NDArray[Any], colors: Any, *, width: float) -> None:
    """Mark minutiae by kind and direction, in one colour or in one each."""
    minutiae = side.template.minutiae
    end_x, end_y = tail_ends(minutiae, 10.0)
    start = (minutiae.x[chosen] + side.left, minutiae.y[chosen])
    end = (end_x[chosen] + side.left, end_y[chosen])
    if not len(chosen):
        return
    strokes(axes, start, end, colors=colors, widths=width, zorder=7)
    several = isinstance(colors, np.ndarray)
    for kind, marker in MARKERS.items():
        which = minutiae.kind[chosen] == kind
        if which.any():
            edges = colors[which] if several else colors
            look: Any = {"facecolors": "white", "edgecolors": edges, "linewidths": width}
            axes.scatter(start[0][which], start[1][which], s=MARK_PT2, marker=marker, zorder=8, **look)


def _join(figure: Figure, axes: Axes, sides: tuple[_Side, _Side], disagreement: NDArray[np.float64]) -> None:
    """Join the matched pairs, coloured by how much each moves differently from its neighbours; the best lie on top."""
    order = np.argsort(-disagreement, kind="stable")
    look: Any = {"cmap": color_scale(palette.AGREEMENT), "vmin": 0.0, "vmax": WORST_PX}
    scale = axes.scatter([], [], c=[], **look)
    colors = np.asarray(scale.to_rgba(disagreement[order]))
    ends = []
    for side in sides:
        chosen = side.matched[order]
        minutiae = side.template.minutiae
        ends.append((minutiae.x[chosen] + side.left, minutiae.y[chosen]))
        _mark(axes, side, chosen, colors, width=1.9)
    strokes(axes, ends[0], ends[1], colors=colors, widths=1.1, alpha=0.75, zorder=4)
    bar = figure.colorbar(scale, ax=axes, orientation="vertical", fraction=0.02, pad=0.01, extend="max")
    bar.set_label("pair moves differently from its neighbours by, px", fontsize=9)
    bar.ax.tick_params(labelsize=9)


def _legend(sides: tuple[_Side, _Side], *, aligned: bool) -> list[Any]:
    """What the marks mean; of prints that were told apart before an alignment there is little to say."""
    probe, reference = sides
    grey = palette.OUTSIDE_OVERLAP
    contradicted = f"contradicted ({len(probe.contradicted)} + {len(reference.contradicted)})"
    why_neither = "neither: outside the overlap" if aligned else "told apart before any alignment"
    outside = f"{why_neither} ({len(probe.outside)} + {len(reference.outside)})"
    cross: Any = {"marker": "x", "linestyle": "none", "markersize": 8, "markeredgewidth": 2.2}
    ring: Any = {"marker": "o", "linestyle": "none", "markersize": 6, "markerfacecolor": "none"}
    matched: Any = {"marker": "o", "markersize": 6, "markerfacecolor": "white", "color": palette.MATCHED}
    kinds = [swatch("ending", color="black", **ring), swatch("bifurcation", color="black", **(ring | {"marker": "s"}))]
    if not aligned:
        return [swatch(outside, color=grey, **ring), *kinds]
    return [
        swatch(f"matched ({len(probe.matched)} pairs)", **matched),
        swatch(contradicted, color=palette.CONTRADICTED, **cross),
        swatch(outside, color=grey, **ring),
        swatch("overlap", color=palette.OVERLAP, linestyle="dashed", linewidth=1.6),
        *kinds,
    ]
