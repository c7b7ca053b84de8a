"""Minutiae and singular points over the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY
from fingerprint_engine.visualization import palette
from fingerprint_engine.visualization.canvas import Picture, blank_axes, new_figure, plain
from fingerprint_engine.visualization.print_panel import (
    Pixels,
    mark_minutiae,
    mark_singular_points,
    show_pixels,
    size_at_500_ppi,
)

if TYPE_CHECKING:
    from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints
    from fingerprint_engine.preprocessing.image import FingerprintImage

WIDTH_IN = 7.0
LEGEND_IN = 0.9


def draw_minutiae(
    image: FingerprintImage | Pixels,
    minutiae: Minutiae,
    singular_points: SingularPoints | None = None,
    *,
    title: str = "",
) -> Picture:
    """Draw minutiae over the print they were found in.

    Endings are circles and bifurcations squares, in different colours; the tail shows the direction, the size the
    quality. Cores are large rings with an arm the way the loop opens, deltas are triangles.

    Parameters
    ----------
    image
        The print at any resolution, or uint8 pixels at 500 ppi.
    minutiae, singular_points
        Positions in pixels at 500 ppi, as everywhere.
    title
        One line above the print.

    Raises
    ------
    MissingExtra
        When matplotlib is not installed.
    """
    rows, cols = size_at_500_ppi(image)
    height_in = min(WIDTH_IN * rows / cols, 2.0 * WIDTH_IN)
    figure = new_figure(WIDTH_IN, height_in + LEGEND_IN)
    axes = figure.add_subplot()
    show_pixels(axes, image, alpha=0.75)
    entries = mark_minutiae(axes, minutiae)
    if singular_points is not None:
        entries += mark_singular_points(axes, singular_points)
    axes.set_xlim(-0.5, cols - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    blank_axes(axes)
    known = minutiae.quality[minutiae.quality != UNKNOWN_QUALITY]
    note = f"; larger marks: better quality (median {np.median(known):.0f} of 100)" if known.size else ""
    axes.set_title(f"{plain(title)}\n{len(minutiae)} minutiae{note}".strip(), fontsize=10, color=palette.BLACK)
    if entries:
        figure.legend(handles=entries, loc="outside lower center", ncols=len(entries), fontsize=9, frameon=False)
    return Picture(figure)
