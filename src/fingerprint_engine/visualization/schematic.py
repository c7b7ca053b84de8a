"""A print of which only the template is at hand: its area and ridge flow in place of its pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fingerprint_engine.template.coarse_map import CELL_PX, ORIENTATION_STEPS
from fingerprint_engine.visualization.canvas import strokes

if TYPE_CHECKING:
    from fingerprint_engine.template import Template
    from fingerprint_engine.visualization.canvas import Axes

GROUND = 240
PAPER = 252


def show_schematic(axes: Axes, template: Template, *, left: float = 0.0) -> None:
    """Show a template's area in light grey with its ridge orientation as grey strokes, first column at x = `left`."""
    rows, cols = template.shape
    coarse = template.coarse_map
    paper = np.full((max(rows, 1), max(cols, 1)), PAPER, dtype=np.uint8)
    for row, col in np.argwhere(coarse.foreground) + np.array([coarse.row, coarse.col]):
        paper[row * CELL_PX : (row + 1) * CELL_PX, col * CELL_PX : (col + 1) * CELL_PX] = GROUND
    extent = (left - 0.5, left + cols - 0.5, rows - 0.5, -0.5)
    axes.imshow(paper, cmap="gray", vmin=0, vmax=255, extent=extent, interpolation="nearest")
    row, col = np.nonzero(coarse.orientation < ORIENTATION_STEPS)
    angle = coarse.orientation[row, col].astype(np.float64) * (math.pi / ORIENTATION_STEPS)
    x = left + (col + coarse.col) * CELL_PX + (CELL_PX - 1) / 2
    y = (row + coarse.row) * CELL_PX + (CELL_PX - 1) / 2
    across, down = 0.42 * CELL_PX * np.cos(angle), -0.42 * CELL_PX * np.sin(angle)
    if x.size:
        strokes(axes, (x - across, y - down), (x + across, y + down), colors="#BBBBBB", widths=1.2, zorder=1)
