"""One print in a picture: its pixels at 500 ppi coordinates, its minutiae and its singular points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import CANONICAL_PPI
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, MinutiaKind, SingularKind
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.visualization import palette
from fingerprint_engine.visualization.canvas import strokes, swatch

if TYPE_CHECKING:
    from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints
    from fingerprint_engine.visualization.canvas import Axes

Pixels = NDArray[np.uint8]
TAIL_PX = 13.0
MARKERS = {MinutiaKind.ENDING: "o", MinutiaKind.BIFURCATION: "s", MinutiaKind.UNKNOWN: "D"}
COLORS = {
    MinutiaKind.ENDING: palette.ENDING,
    MinutiaKind.BIFURCATION: palette.BIFURCATION,
    MinutiaKind.UNKNOWN: palette.UNKNOWN_KIND,
}
NAMES = {MinutiaKind.ENDING: "ending", MinutiaKind.BIFURCATION: "bifurcation", MinutiaKind.UNKNOWN: "unknown kind"}
SINGULAR_STYLE = {
    SingularKind.CORE: ("core", "o", palette.CORE),
    SingularKind.DELTA: ("delta", "^", palette.DELTA),
}


def size_at_500_ppi(image: FingerprintImage | Pixels) -> tuple[float, float]:
    """Rows and columns in pixels at 500 ppi; a bare array is at 500 ppi already."""
    if isinstance(image, FingerprintImage):
        scale = CANONICAL_PPI / image.ppi
        return image.shape[0] * scale, image.shape[1] * scale
    return float(image.shape[0]), float(image.shape[1])


def show_pixels(axes: Axes, image: FingerprintImage | Pixels, *, left: float = 0.0, alpha: float = 1.0) -> None:
    """Show a print, its first column at x = `left`; pixels of other resolutions are stretched, not resampled."""
    rows, cols = size_at_500_ppi(image)
    pixels = image.pixels if isinstance(image, FingerprintImage) else image
    extent = (left - 0.5, left + cols - 0.5, rows - 0.5, -0.5)
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, extent=extent, alpha=alpha, interpolation="antialiased")


def tail_ends(minutiae: Minutiae, length_px: float = TAIL_PX) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Where the direction tails end."""
    return minutiae.x + length_px * np.cos(minutiae.direction), minutiae.y - length_px * np.sin(minutiae.direction)


def marker_areas(quality: NDArray[np.uint8], *, smallest: float = 8.0, largest: float = 46.0) -> NDArray[np.float64]:
    """Areas in points² that grow with quality; unknown quality gets the middle."""
    share = np.where(quality == UNKNOWN_QUALITY, 50.0, quality.astype(np.float64)) / 100.0
    return np.asarray(smallest + (largest - smallest) * share)


def mark_minutiae(axes: Axes, minutiae: Minutiae, *, scale: float = 1.0) -> list[Any]:
    """Mark every minutia by kind (shape and colour), direction (tail) and quality (size); returns legend entries."""
    entries = []
    end_x, end_y = tail_ends(minutiae)
    areas = marker_areas(minutiae.quality) * scale
    for kind in (MinutiaKind.ENDING, MinutiaKind.BIFURCATION, MinutiaKind.UNKNOWN):
        chosen = minutiae.kind == kind
        if not chosen.any():
            continue
        start, end = (minutiae.x[chosen], minutiae.y[chosen]), (end_x[chosen], end_y[chosen])
        strokes(axes, start, end, colors=palette.HALO, widths=3.2 * scale, zorder=3)
        strokes(axes, start, end, colors=COLORS[kind], widths=1.5 * scale, zorder=4)
        style: Any = {"marker": MARKERS[kind], "facecolors": "white", "edgecolors": COLORS[kind]}
        axes.scatter(*start, s=areas[chosen], linewidths=1.4 * scale, zorder=5, **style)
        entries.append(_legend_entry(f"{NAMES[kind]} ({int(chosen.sum())})", MARKERS[kind], COLORS[kind]))
    return entries


def mark_singular_points(axes: Axes, points: SingularPoints, *, scale: float = 1.0) -> list[Any]:
    """Mark cores (with the way the loop opens) and deltas; returns legend entries."""
    entries = []
    for kind, (name, marker, color) in SINGULAR_STYLE.items():
        chosen = points.kind == kind
        if not chosen.any():
            continue
        x, y, direction = points.x[chosen], points.y[chosen], points.direction[chosen]
        if kind == SingularKind.CORE:
            end = (x + 2.2 * TAIL_PX * np.cos(direction), y - 2.2 * TAIL_PX * np.sin(direction))
            strokes(axes, (x, y), end, colors=palette.HALO, widths=5.0 * scale, zorder=5)
            strokes(axes, (x, y), end, colors=color, widths=2.6 * scale, zorder=6)
        axes.scatter(x, y, s=190 * scale, marker=marker, facecolors="none", edgecolors="white", linewidths=5, zorder=6)
        axes.scatter(x, y, s=190 * scale, marker=marker, facecolors="none", edgecolors=color, linewidths=2.6, zorder=7)
        size = {"markersize": 11, "markeredgewidth": 2.4}
        entries.append(_legend_entry(f"{name} ({int(chosen.sum())})", marker, color, **size))
    return entries


def _legend_entry(label: str, marker: str, color: str, **style: Any) -> Any:
    look = {"markersize": 7, "markeredgewidth": 1.4, "color": color, "linestyle": "none"} | style
    return swatch(label, marker=marker, markerfacecolor="white", markeredgecolor=color, **look)
