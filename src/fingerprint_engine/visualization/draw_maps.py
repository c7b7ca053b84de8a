"""Each step's map of one print on one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.preprocessing.block_maps import BLOCK_PX
from fingerprint_engine.visualization import palette
from fingerprint_engine.visualization.canvas import Picture, blank_axes, new_figure, plain, scale_of, strokes, swatch
from fingerprint_engine.visualization.print_panel import mark_minutiae, mark_singular_points, show_pixels

if TYPE_CHECKING:
    from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints
    from fingerprint_engine.preprocessing.ridge_maps import RidgeMaps
    from fingerprint_engine.visualization.canvas import Axes

COLUMNS, ROWS = 4, 2
PANEL_IN, KEY_IN = 3.6, 0.62
STROKES_ACROSS = 32
"""Orientation strokes are thinned until at most this many stand side by side."""
PERIOD_RANGE_PX = (4.0, 16.0)
QUALITY_STEPS = (0, 50, 70, 80, 90, 100)
"""Ticks of the scale of quality, which is stretched at its upper end: most of a good print lies above 90, and a scar or
a fold that costs ten points there would not be seen on an even scale."""
QUALITY_POWER = 3.0
SHADE = (0.0, 0.45, 0.70)


def draw_maps(
    maps: RidgeMaps,
    *,
    minutiae: Minutiae | None = None,
    singular_points: SingularPoints | None = None,
    title: str = "",
) -> Picture:
    """Draw image, mask, orientation, enhanced ridges, coherence, period, quality and, if given, the minutiae.

    Parameters
    ----------
    maps
        What preprocessing found.
    minutiae, singular_points
        Drawn over the enhanced ridges in the last panel.
    title
        One line above the sheet.

    Raises
    ------
    MissingExtra
        When matplotlib is not installed.
    """
    rows, cols = maps.shape
    height = PANEL_IN * min(max(rows / cols, 0.6), 1.6)
    figure = new_figure(COLUMNS * PANEL_IN, ROWS * (height + KEY_IN + 0.3))
    grid = figure.add_gridspec(2 * ROWS, COLUMNS, height_ratios=[height, KEY_IN] * ROWS)
    panels = [figure.add_subplot(grid[2 * row, column]) for row in range(ROWS) for column in range(COLUMNS)]
    keys = [figure.add_subplot(grid[2 * row + 1, column]) for row in range(ROWS) for column in range(COLUMNS)]
    if title:
        figure.suptitle(plain(title), fontsize=13)
    _image_panel(panels[0], maps)
    _mask_panel(panels[1], keys[1], maps)
    _orientation_panel(panels[2], keys[2], maps)
    _enhanced_panel(panels[3], maps, "enhanced ridges")
    _key(keys[3], [swatch("not read", marker="s", linestyle="none", markersize=9, color="0.5")])
    _block_panel(panels[4], keys[4], maps, maps.coherence, "coherence of orientation", (0.0, 1.0))
    _block_panel(panels[5], keys[5], maps, maps.period, "ridge period, px at 500 ppi", PERIOD_RANGE_PX)
    quality = f"quality (overall {maps.overall_quality} of 100)"
    _block_panel(panels[6], keys[6], maps, maps.quality, quality, (0, 100), power=QUALITY_POWER, ticks=QUALITY_STEPS)
    if minutiae is None:
        panels[7].set_visible(False)
    else:
        _enhanced_panel(panels[7], maps, f"{len(minutiae)} minutiae")
        entries = mark_minutiae(panels[7], minutiae, scale=0.75)
        if singular_points is not None:
            entries += mark_singular_points(panels[7], singular_points, scale=0.75)
        _key(keys[7], entries)
    for axes in keys:
        axes.set_axis_off()
    for axes in panels:
        axes.set_xlim(-0.5, cols - 0.5)
        axes.set_ylim(rows - 0.5, -0.5)
        blank_axes(axes)
    return Picture(figure)


def _image_panel(axes: Axes, maps: RidgeMaps) -> None:
    show_pixels(axes, maps.image)
    axes.set_title(f"image, {maps.shape[1]} x {maps.shape[0]} px at 500 ppi", fontsize=11)


def _mask_panel(axes: Axes, key: Axes, maps: RidgeMaps) -> None:
    show_pixels(axes, maps.image)
    shade = np.zeros((*maps.shape, 4), dtype=np.float32)
    shade[~maps.mask] = (*SHADE, 0.55)
    axes.imshow(shade, interpolation="nearest")
    _outline(axes, maps)
    ground = {"marker": "s", "linestyle": "none", "markersize": 9, "color": (*SHADE, 0.55)}
    _key(key, [swatch("edge of the print", color=palette.BLACK, linewidth=0.9), swatch("background", **ground)])
    axes.set_title(f"mask: {100.0 * float(maps.mask.mean()):.0f} % foreground", fontsize=11)


def _orientation_panel(axes: Axes, key: Axes, maps: RidgeMaps) -> None:
    """Strokes along the ridges; faint where the ridges have little common orientation."""
    show_pixels(axes, maps.image, alpha=palette.FAINT_PRINT)
    step = max(1, -(-max(maps.orientation.shape) // STROKES_ACROSS))
    block_row, block_col = np.nonzero(_foreground_blocks(maps))
    kept = (block_row % step == 0) & (block_col % step == 0)
    block_row, block_col = block_row[kept], block_col[kept]
    x = block_col * BLOCK_PX + 3.5
    y = block_row * BLOCK_PX + 3.5
    angle = maps.orientation[block_row, block_col].astype(np.float64)
    half = 0.45 * BLOCK_PX * step
    across, down = half * np.cos(angle), -half * np.sin(angle)
    alpha = 0.25 + 0.75 * np.clip(maps.coherence[block_row, block_col].astype(np.float64), 0.0, 1.0)
    if x.size:
        ends: Any = {"colors": palette.VERMILLION, "widths": 1.6, "alpha": list(alpha)}
        strokes(axes, (x - across, y - down), (x + across, y + down), **ends)
    stroke: Any = {"color": palette.VERMILLION, "linewidth": 1.6}
    _key(key, [swatch("along the ridges", **stroke), swatch("neighbours disagree", alpha=0.35, **stroke)])
    axes.set_title("orientation", fontsize=11)


def _block_panel(
    axes: Axes,
    key: Axes,
    maps: RidgeMaps,
    blocks: NDArray[Any],
    title: str,
    limits: tuple[float, float],
    *,
    power: float = 1.0,
    ticks: Sequence[float] | None = None,
) -> None:
    """One block map in colour over the foreground, with its colour bar beneath."""
    rows, cols = blocks.shape
    extent = (-0.5, cols * BLOCK_PX - 0.5, rows * BLOCK_PX - 0.5, -0.5)
    values = np.ma.masked_array(blocks.astype(np.float64), mask=~_foreground_blocks(maps))
    shown = axes.imshow(
        values, extent=extent, cmap=palette.SEQUENTIAL, norm=scale_of(*limits, power), interpolation="nearest"
    )
    _outline(axes, maps)
    # In the upper part of the room for keys, so that all panels keep one size and stand in line.
    bar = axes.figure.colorbar(shown, cax=key.inset_axes((0.06, 0.62, 0.88, 0.22)), orientation="horizontal")
    bar.ax.tick_params(labelsize=9)
    if ticks is not None:
        bar.set_ticks(list(ticks))
        bar.minorticks_off()
    axes.set_title(title, fontsize=11)


def _key(axes: Axes, entries: list[Any]) -> None:
    """What the symbols of the panel above mean."""
    axes.legend(handles=entries, loc="upper center", ncols=2, fontsize=9, frameon=False, borderaxespad=0.0)


def _enhanced_panel(axes: Axes, maps: RidgeMaps, title: str) -> None:
    axes.imshow(-maps.enhanced, cmap="gray", vmin=-1.0, vmax=1.0, interpolation="antialiased")
    axes.set_title(title, fontsize=11)


def _outline(axes: Axes, maps: RidgeMaps) -> None:
    if maps.mask.any() and not maps.mask.all():
        axes.contour(maps.mask.astype(np.float32), levels=[0.5], colors=palette.BLACK, linewidths=0.9)


def _foreground_blocks(maps: RidgeMaps) -> NDArray[np.bool_]:
    """Blocks at least half of which is foreground."""
    rows, cols = maps.orientation.shape
    padded = np.zeros((rows * BLOCK_PX, cols * BLOCK_PX), dtype=np.bool_)
    padded[: maps.shape[0], : maps.shape[1]] = maps.mask
    return np.asarray(padded.reshape(rows, BLOCK_PX, cols, BLOCK_PX).mean(axis=(1, 3)) >= 0.5)
