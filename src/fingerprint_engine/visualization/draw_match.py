"""Why two prints match, or do not: both prints side by side with the evidence drawn in."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.matching.comparison import Comparison, Verification
from fingerprint_engine.visualization import palette
from fingerprint_engine.visualization.canvas import (
    Picture,
    blank_axes,
    edged_text,
    new_figure,
    plain,
    shortened,
    strokes,
    swatch,
)
from fingerprint_engine.visualization.disagreement import local_disagreement, moves_alone
from fingerprint_engine.visualization.overlap import GRID_PX, find_overlap
from fingerprint_engine.visualization.print_panel import MARKERS, Pixels, show_pixels, size_at_500_ppi
from fingerprint_engine.visualization.schematic import show_schematic
from fingerprint_engine.visualization.spread import beside, spread
from fingerprint_engine.visualization.wording import score_in_words, threshold_in_words, verdict_in_words

if TYPE_CHECKING:
    from fingerprint_engine.preprocessing.image import FingerprintImage
    from fingerprint_engine.template import Template
    from fingerprint_engine.visualization.canvas import Axes

WIDTH_IN = 12.0
GAP_PX = 30.0
MARK_PT2 = 34.0
MARKS_APART_PT = 8.0
"""From centre to centre: marks that lie closer cover each other, and one is counted where the legend says two."""
TAIL_PX = 9.0
NUMBER_PT = 9.0
DASHED = (0, (3.0, 2.0))


@dataclasses.dataclass(frozen=True, slots=True)
class _Side:
    """One of the two prints: where it stands, which of its minutiae are what, and where their marks go."""

    name: str
    template: Template
    image: FingerprintImage | Pixels | None
    left: float
    rows: float
    cols: float
    matched: NDArray[np.int64]
    contradicted: NDArray[np.int32]
    shared: NDArray[np.bool_] | None
    marks: NDArray[np.float64]

    @property
    def outside(self) -> NDArray[np.int64]:
        """Minutiae that are neither matched nor contradicted: the other print shows nothing of their place."""
        spoken_for = np.concatenate([self.matched, self.contradicted])
        return np.setdiff1d(np.arange(len(self.template)), spoken_for)


def draw_match(
    answer: Comparison | Verification,
    probe: Template,
    reference: Template,
    *,
    probe_image: FingerprintImage | Pixels | None = None,
    reference_image: FingerprintImage | Pixels | None = None,
    probe_name: str = "",
    reference_name: str = "",
    title: str = "",
    captions: bool = True,
    marks: bool = True,
) -> Picture:
    """Draw the evidence of a comparison.

    Matched minutiae are joined and bear the same number in both prints, from top to bottom of the probe; a dashed line
    in another colour marks a pair that moves unlike the pairs around it. Crosses mark minutiae that contradict the
    match, faint marks those outside the overlap or too doubtful to be compared, a dashed outline the overlap. Marks
    that would cover each other are moved apart, with a thin line to the place that they stand for.

    Parameters
    ----------
    answer
        Of exactly these two templates, in this order; of a verification verdict and threshold are shown too.
    probe, reference
        The templates that were compared.
    probe_image, reference_image
        What they were made of, at any resolution, or uint8 pixels at 500 ppi; without, area and ridge flow are drawn
        from the template.
    probe_name, reference_name
        What to call them, for example their files.
    title
        One line above the score.
    captions
        Whether there are words around the prints: heading, names and legend. A page in another language has its own.
    marks
        Whether anything is drawn into the prints: without, one sees what was there to be read.

    Raises
    ------
    MissingExtra
        When matplotlib is not installed.
    """
    comparison = answer.comparison if isinstance(answer, Verification) else answer
    pairs, alone = numbered_pairs(comparison, probe, reference)
    overlap = None if comparison.transform is None else find_overlap(probe, reference, comparison.transform)
    rows, cols = probe.shape if probe_image is None else size_at_500_ppi(probe_image)
    other_rows, other_cols = reference.shape if reference_image is None else size_at_500_ppi(reference_image)
    start = cols + GAP_PX
    width, height = start + other_cols, max(rows, other_rows)
    height_in = min(0.97 * WIDTH_IN * height / width, 1.5 * WIDTH_IN)
    px_a_point = max(width / (0.97 * WIDTH_IN), height / height_in) / 72.0
    sides = (
        _Side(_label("probe", probe_name, probe), probe, probe_image, 0.0, rows, cols, pairs[:, 0],
              comparison.contradicted_probe, None if overlap is None else overlap.probe,
              _mark_places(probe, 0.0, MARKS_APART_PT * px_a_point)),
        _Side(_label("reference", reference_name, reference), reference, reference_image, start, other_rows, other_cols,
              pairs[:, 1], comparison.contradicted_reference, None if overlap is None else overlap.reference,
              _mark_places(reference, start, MARKS_APART_PT * px_a_point)),
    )  # fmt: skip
    figure = new_figure(WIDTH_IN, height_in + (1.5 if captions else 0.2))
    axes = figure.add_subplot()
    for side in sides:
        _draw_print(axes, side, captions=captions)
        if marks:
            _mark_unmatched(axes, side)
            _number(axes, side, alone, NUMBER_PT * px_a_point)
    if marks:
        _join(axes, sides, alone)
    axes.set_xlim(-6.0, width + 5.0)
    axes.set_ylim(height + 5.0, -24.0 if captions else -6.0)
    axes.set_aspect("equal")
    blank_axes(axes)
    if captions and marks:
        bold, lines = _heading(answer, comparison, title)
        figure.suptitle(bold, fontsize=14, fontweight="bold")
        axes.set_title("\n".join(lines), fontsize=11, pad=6)
        entries = _legend(sides, alone, aligned=overlap is not None)
        figure.legend(handles=entries, loc="outside lower center", ncols=4, fontsize=10, frameon=False)
    return Picture(figure)


def numbered_pairs(
    comparison: Comparison, probe: Template, reference: Template
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The pairs in the order of their numbers in pictures, and of each whether it moves unlike those around it.

    Parameters
    ----------
    comparison
        Of exactly these two templates, in this order.
    probe, reference
        The templates that were compared.
    """
    pairs = np.asarray(comparison.pairs, dtype=np.int64).reshape(-1, 2)
    pairs = pairs[np.lexsort((probe.minutiae.x[pairs[:, 0]], probe.minutiae.y[pairs[:, 0]]))]
    if comparison.transform is None:
        return pairs, np.zeros(len(pairs), dtype=np.bool_)
    return pairs, moves_alone(local_disagreement(probe.minutiae, reference.minutiae, pairs, comparison.transform))


def _label(role: str, name: str, template: Template) -> str:
    return f"{role}{' ' if name else ''}{plain(shortened(name))}: {len(template)} minutiae"


def _heading(answer: Comparison | Verification, comparison: Comparison, title: str) -> tuple[str, list[str]]:
    """The line that is read first, and those below it."""
    said = score_in_words(comparison.score, comparison.fmr)
    lines = [plain(title)]
    if isinstance(answer, Verification):
        said = f"{verdict_in_words(answer)}: {said}"
        lines.append(f"asked for: {threshold_in_words(answer.max_fmr)}")
    return said, [line for line in [*lines, comparison.doubt] if line]


def _mark_places(template: Template, left: float, apart_px: float) -> NDArray[np.float64]:
    minutiae = template.minutiae
    return spread(np.column_stack([minutiae.x + left, minutiae.y]), apart_px)


def _draw_print(axes: Axes, side: _Side, *, captions: bool) -> None:
    """The print and its name."""
    if side.image is None:
        show_schematic(axes, side.template, left=side.left)
    else:
        show_pixels(axes, side.image, left=side.left, alpha=palette.FAINT_PRINT)
    if captions:
        axes.text(side.left + side.cols / 2, -6.0, side.name, ha="center", va="bottom", fontsize=11)


def _mark_unmatched(axes: Axes, side: _Side) -> None:
    """The outline of the overlap, and the minutiae that have no partner."""
    if side.shared is not None and side.shared.any():
        rows, cols = side.shared.shape
        padded = np.pad(side.shared.astype(np.float32), 1)
        x, y = side.left + GRID_PX * np.arange(-1, cols + 1), GRID_PX * np.arange(-1, rows + 1)
        axes.contour(x, y, padded, levels=[0.5], colors=palette.OVERLAP, linewidths=1.2, linestyles="dashed")
    true = np.column_stack([side.template.minutiae.x + side.left, side.template.minutiae.y])
    moved = np.hypot(*(side.marks - true).T) > 1.0
    if moved.any():
        strokes(axes, tuple(true[moved].T), tuple(side.marks[moved].T), colors=palette.BLACK, widths=0.8, zorder=5)
    _mark(axes, side, side.outside, palette.OUTSIDE_OVERLAP, width=1.0)
    x, y = side.marks[side.contradicted].T
    axes.scatter(x, y, s=60, marker="x", c=palette.HALO, linewidths=4.5, zorder=5)
    axes.scatter(x, y, s=52, marker="x", c=palette.CONTRADICTED, linewidths=2.2, zorder=6)


def _mark(axes: Axes, side: _Side, chosen: NDArray[Any], color: str, *, width: float) -> None:
    """Mark minutiae by kind and direction."""
    if not len(chosen):
        return
    x, y = side.marks[chosen].T
    direction = side.template.minutiae.direction[chosen]
    tails = (x + TAIL_PX * np.cos(direction), y - TAIL_PX * np.sin(direction))
    strokes(axes, (x, y), tails, colors=color, widths=width, zorder=7)
    for kind, marker in MARKERS.items():
        which = side.template.minutiae.kind[chosen] == kind
        look: Any = {"facecolors": "white", "edgecolors": color, "linewidths": width}
        axes.scatter(x[which], y[which], s=MARK_PT2, marker=marker, zorder=8, **look)


def _join(axes: Axes, sides: tuple[_Side, _Side], alone: NDArray[np.bool_]) -> None:
    """Join the matched pairs; those that move unlike their neighbours in a colour and line of their own."""
    probe, reference = sides
    looks: tuple[Any, ...] = ((~alone, palette.MATCHED, "solid"), (alone, palette.MOVED_ALONE, DASHED))
    for which, color, style in looks:
        if not which.any():
            continue
        ends = (probe.marks[probe.matched[which]], reference.marks[reference.matched[which]])
        strokes(axes, tuple(ends[0].T), tuple(ends[1].T), colors=color, widths=1.0, alpha=0.6, styles=style, zorder=4)
        for side in sides:
            _mark(axes, side, side.matched[which], color, width=1.9)


def _number(axes: Axes, side: _Side, alone: NDArray[np.bool_], distance: float) -> None:
    """The number of each pair, on the side of its mark where there is room."""
    direction = side.template.minutiae.direction.astype(np.float64)
    tails = side.marks + TAIL_PX * np.column_stack([np.cos(direction), -np.sin(direction)])
    marks = side.marks[side.matched]
    places = beside(marks, direction[side.matched] + np.pi, np.vstack([side.marks, tails]), distance)
    for number, (place, is_alone) in enumerate(zip(places, alone, strict=True), 1):
        edged_text(axes, str(number), tuple(place), palette.MOVED_ALONE if is_alone else palette.MATCHED)


def _legend(sides: tuple[_Side, _Side], alone: NDArray[np.bool_], *, aligned: bool) -> list[Any]:
    """What the marks mean; of prints that were told apart before an alignment there is little to say."""
    probe, reference = sides
    grey = palette.OUTSIDE_OVERLAP
    why_neither = "neither: outside the overlap, or doubtful" if aligned else "told apart before any alignment"
    outside = f"{why_neither} ({len(probe.outside)} + {len(reference.outside)})"
    ring: Any = {"marker": "o", "linestyle": "none", "markersize": 6, "markerfacecolor": "none"}
    kinds = [swatch("ending", color="black", **ring), swatch("bifurcation", color="black", **(ring | {"marker": "s"}))]
    if not aligned:
        return [swatch(outside, color=grey, **ring), *kinds]
    joined: Any = {"marker": "o", "markersize": 6, "markerfacecolor": "white"}
    cross: Any = {"marker": "x", "linestyle": "none", "markersize": 8, "markeredgewidth": 2.2}
    contradicted = f"contradicted: no partner where one should be ({len(probe.contradicted)} + "
    contradicted += f"{len(reference.contradicted)})"
    moved = f"matched, but moves unlike the pairs around it ({int(alone.sum())})"
    return [
        swatch(f"matched, same number in both ({int((~alone).sum())} pairs)", color=palette.MATCHED, **joined),
        *([swatch(moved, color=palette.MOVED_ALONE, linestyle=DASHED, **joined)] if alone.any() else []),
        swatch(contradicted, color=palette.CONTRADICTED, **cross),
        swatch(outside, color=grey, **ring),
        swatch("overlap", color=palette.OVERLAP, linestyle="dashed", linewidth=1.6),
        *kinds,
    ]
