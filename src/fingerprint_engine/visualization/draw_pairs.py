"""Matched minutiae of two prints of which nothing else is at hand: what partial evidence shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.visualization import palette
from fingerprint_engine.visualization.canvas import Picture, blank_axes, new_figure, plain, strokes
from fingerprint_engine.visualization.print_panel import MARKERS, TAIL_PX

WIDTH_IN = 12.0
MARGIN_PX = 25.0


def draw_pairs(points: NDArray[np.float64], *, title: str = "") -> Picture:
    """Draw the matched minutiae of both prints side by side, each pair joined.

    Parameters
    ----------
    points
        Shape (k, 2, 4): x, y (pixels at 500 ppi), direction (radians) and kind of each minutia of probe and reference.
    title
        One line above.

    Raises
    ------
    MissingExtra
        When matplotlib is not installed.
    """
    low = points[:, :, :2].min(axis=0) if len(points) else np.zeros((2, 2))
    high = points[:, :, :2].max(axis=0) if len(points) else np.ones((2, 2))
    start = float(high[0, 0] - low[0, 0]) + 4 * MARGIN_PX
    width, height = start + float(high[1, 0] - low[1, 0]), float((high - low)[:, 1].max())
    figure = new_figure(WIDTH_IN, min(max(0.95 * WIDTH_IN * height / width, 2.0), 1.5 * WIDTH_IN) + 0.8)
    axes = figure.add_subplot()
    ends: list[tuple[Any, Any]] = []
    for side, left in enumerate((0.0, start)):
        x, y = points[:, side, 0] - low[side, 0] + left, points[:, side, 1] - low[side, 1]
        ends.append((x, y))
        if len(points):
            direction = points[:, side, 2]
            tails = (x + TAIL_PX * np.cos(direction), y - TAIL_PX * np.sin(direction))
            strokes(axes, (x, y), tails, colors=palette.MATCHED, widths=1.9, zorder=7)
        for kind, marker in MARKERS.items():
            chosen = points[:, side, 3] == kind
            axes.scatter(
                x[chosen], y[chosen], s=34.0, marker=marker, facecolors="white", edgecolors=palette.MATCHED, zorder=8
            )
    if len(points):
        strokes(axes, ends[0], ends[1], colors=palette.MATCHED, widths=1.0, alpha=0.5, zorder=4)
    axes.set_xlim(-MARGIN_PX, width + MARGIN_PX)
    axes.set_ylim(height + MARGIN_PX, -MARGIN_PX)
    axes.set_aspect("equal")
    blank_axes(axes)
    heading = f"{len(points)} matched minutiae; nothing else was given"
    axes.set_title(f"{plain(title)}\n{heading}" if title else heading, fontsize=13, pad=6)
    return Picture(figure)
