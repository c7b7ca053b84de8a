"""Fingertips of a hand on its image: boxes, names, quality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import CANONICAL_PPI
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.visualization.canvas import Picture, blank_axes, new_figure, plain
from fingerprint_engine.visualization.palette import CONTRADICTED, MATCHED
from fingerprint_engine.visualization.print_panel import show_pixels, size_at_500_ppi

if TYPE_CHECKING:
    from fingerprint_engine.visualization.canvas import Axes

_PANEL_IN = 4.6
_LINE_IN = 0.2


class BoxedFinger(NamedTuple):
    """A finger on an image: corners of its box in native pixels, shape (4, 2), or None; what is written on it."""

    corners: NDArray[np.float64] | None
    label: str
    is_good: bool


class HandPanel(NamedTuple):
    """An image with its fingers."""

    image: FingerprintImage
    title: str
    fingers: Sequence[BoxedFinger]


def draw_hands(panels: Sequence[HandPanel], remarks: Sequence[str], *, title: str = "") -> Picture:
    """A sheet: every image with its fingers, and sentences below.

    Parameters
    ----------
    panels
        Images in the order of the sheet, four in a row.
    remarks
        Problems, missing fingers and advice.
    title
        Of the sheet.
    """
    across = min(4, max(1, len(panels)))
    down = -(-len(panels) // across)
    figure = new_figure(_PANEL_IN * across, _PANEL_IN * down + _LINE_IN * (len(remarks) + 2))
    grid = figure.add_gridspec(down + 1, across, height_ratios=[_PANEL_IN] * down + [_LINE_IN * (len(remarks) + 2)])
    if title:
        figure.suptitle(plain(title), fontsize=11)
    for place, panel in enumerate(panels):
        _draw(figure.add_subplot(grid[place // across, place % across]), panel)
    below = figure.add_subplot(grid[down, :])
    blank_axes(below)
    text = "\n".join(map(plain, remarks)) if remarks else "no problems"
    below.text(0.01, 0.98, text, fontsize=8, va="top", ha="left", family="monospace", transform=below.transAxes)
    return Picture(figure)


def _draw(axes: Axes, panel: HandPanel) -> None:
    show_pixels(axes, panel.image)
    rows, cols = size_at_500_ppi(panel.image)
    axes.set_xlim(-0.5, cols - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_title(plain(panel.title), fontsize=9)
    scale = CANONICAL_PPI / panel.image.ppi
    for finger in panel.fingers:
        color = MATCHED if finger.is_good else CONTRADICTED
        corners = finger.corners
        if corners is None:
            corners = np.array([[4.0, 4.0], [cols - 5.0, 4.0], [cols - 5.0, rows - 5.0], [4.0, rows - 5.0]]) / scale
        outline = np.vstack([corners, corners[:1]]) * scale
        axes.plot(outline[:, 0], outline[:, 1], color=color, linewidth=1.4)
        x, y = corners.mean(axis=0) * scale
        note = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5}
        axes.text(x, y, plain(finger.label), fontsize=7, ha="center", va="center", color=color, bbox=note)
    blank_axes(axes)
