"""Minutia cylinders: the neighbourhood of a minutia as 6 x 52 bits, after Cappelli, Ferrara and Maltoni (MCC, 2010).

A disc around the minutia, turned with it, is cut into 52 cells (an 8 x 8 grid less its corners) and 6 sectors of
relative direction. A bit says that other minutiae lie near that cell with about that relative direction; a validity bit
says that the cell lies on the print, so that "no minutia" differs from "not seen".
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template.coarse_map import CoarseMap
from fingerprint_engine.template.kernels import descriptors
from fingerprint_engine.template.parameters import TemplateParameters

GRID = 8
CELLS = 52
SECTORS = 6
WORDS = SECTORS + 1
"""Words per minutia: one per sector, with a bit per cell, and one for validity."""
_MASK_STEP_PX = 4


@lru_cache(maxsize=8)
def cell_offsets(radius_px: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cell centres relative to the minutia, along and across its direction; float64, shape (52,) each."""
    side = 2.0 * radius_px / GRID
    centres = (np.arange(GRID) - (GRID - 1) / 2.0) * side
    along, across = np.meshgrid(centres, centres, indexing="ij")
    inside = np.hypot(along, across) <= radius_px
    return np.ascontiguousarray(along[inside]), np.ascontiguousarray(across[inside])


@lru_cache(maxsize=8)
def angular_table(sigma_rad: float) -> NDArray[np.float64]:
    """Directional contribution for each difference of direction codes and each sector; float64, shape (256, 6)."""
    width = 2.0 * math.pi / SECTORS
    difference = np.arange(256) * (2.0 * math.pi / 256.0)
    centres = -math.pi + (np.arange(SECTORS) + 0.5) * width
    angle = np.mod(centres[None, :] - difference[:, None] + math.pi, 2.0 * math.pi) - math.pi
    scale = math.sqrt(2.0) * sigma_rad
    below, above = (np.vectorize(math.erf)((angle + side) / scale) for side in (-width / 2, width / 2))
    return np.ascontiguousarray(0.5 * (above - below))


def cylinder_bits(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    code: NDArray[np.uint8],
    mask: NDArray[np.bool_] | None,
    parameters: TemplateParameters,
) -> NDArray[np.uint64]:
    """Cylinders of all minutiae of a print.

    Parameters
    ----------
    x, y, code
        Columns of the minutiae: pixels at 500 ppi and direction in 256 steps per turn.
    mask
        bool pixels, True on the print; None when it is not known, then the convex hull of the minutiae stands in.

    Returns
    -------
    uint64, shape (n, 7): six sectors and validity.
    """
    words = np.zeros((x.shape[0], WORDS), np.uint64)
    if x.shape[0] == 0:
        return words
    along, across = cell_offsets(parameters.radius_px)
    angle = code.astype(np.float64) * (2.0 * math.pi / 256.0)
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    px = x[:, None] + along * cosine + across * sine
    py = y[:, None] - along * sine + across * cosine
    if mask is None:
        valid = near_hull(px, py, x, y, parameters.hull_dilation_px)
    else:
        valid = near_mask(px, py, mask, parameters.mask_dilation_px)
    descriptors.cylinder_words(  # type: ignore[no-untyped-call]
        x.astype(np.float64),
        y.astype(np.float64),
        code,
        along,
        across,
        valid,
        angular_table(parameters.angular_sigma_rad),
        parameters.spatial_sigma_px,
        parameters.activation,
        words,
    )
    return words


@lru_cache(maxsize=1)
def doubled_orientations() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cosine and sine of twice the angle of each orientation code; float64, shape (128,)."""
    angles = np.arange(128) * (2.0 * math.pi / 128.0)
    return np.cos(angles), np.sin(angles)


def texture_bits(
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    code: NDArray[np.uint8],
    coarse_map: CoarseMap,
    radius_px: float,
) -> NDArray[np.uint64]:
    """Texture cylinders: relative ridge orientation at each cell, in a 6 bit cyclic code; uint64, shape (n, 7)."""
    words = np.zeros((x.shape[0], WORDS), np.uint64)
    along, across = cell_offsets(radius_px)
    descriptors.texture_words(  # type: ignore[no-untyped-call]
        x.astype(np.float32),  # all as in packed columns, writable too: other types would be compiled once more
        y.astype(np.float32),
        code.copy(),
        along,
        across,
        coarse_map.orientation.copy(),
        np.int32(coarse_map.row),
        np.int32(coarse_map.col),
        *doubled_orientations(),
        words,
    )
    return words


def near_mask(
    px: NDArray[np.float64], py: NDArray[np.float64], mask: NDArray[np.bool_], dilation_px: float
) -> NDArray[np.bool_]:
    """Which points lie on the mask or within a distance of it; on a grid of 4 px."""
    step = _MASK_STEP_PX
    pad = math.ceil(dilation_px / step) + 1
    sampled = mask[step // 2 :: step, step // 2 :: step]
    padded = np.zeros([side + 2 * pad for side in sampled.shape], np.bool_)
    padded[pad:-pad, pad:-pad] = sampled
    grid = _dilated(padded, dilation_px / step)
    rows = np.floor(py / step).astype(np.int64) + pad
    cols = np.floor(px / step).astype(np.int64) + pad
    # The outermost places are too far from the mask, as is all beyond them.
    return grid[np.clip(rows, 0, grid.shape[0] - 1), np.clip(cols, 0, grid.shape[1] - 1)]


def _dilated(grid: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """What lies on a mask or within a radius of it; nothing lies so near the border of the grid."""
    reach, (rows, cols) = int(radius), grid.shape
    near = np.zeros_like(grid)
    inner = near[reach : rows - reach, reach : cols - reach]
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            if math.hypot(down, right) <= radius:
                inner |= grid[reach + down : rows - reach + down, reach + right : cols - reach + right]
    return near


def convex_hull(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float64]:
    """Corners of the convex hull in order (Andrew's monotone chain); shape (k, 2), k ≥ 1, also for points on a line."""
    points = sorted({(float(a), float(b)) for a, b in zip(x, y, strict=True)})
    if len(points) <= 2:
        return np.array(points)
    halves: list[list[tuple[float, float]]] = []
    for sequence in (points, points[::-1]):
        chain: list[tuple[float, float]] = []
        for point in sequence:
            while len(chain) >= 2 and _turn(chain[-2], chain[-1], point) <= 0.0:
                chain.pop()
            chain.append(point)
        halves.append(chain[:-1])
    return np.array(halves[0] + halves[1])


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def near_hull(
    px: NDArray[np.float64],
    py: NDArray[np.float64],
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    dilation_px: float,
) -> NDArray[np.bool_]:
    """Which points lie in the convex hull of the minutiae or within a distance of it."""
    corners = convex_hull(x, y)
    following = np.roll(corners, -1, axis=0)
    inside = np.full(px.shape, len(corners) >= 3)
    near = np.zeros(px.shape, np.bool_)
    for (ax, ay), (bx, by) in zip(corners, following, strict=True):
        ex, ey = bx - ax, by - ay
        length = ex * ex + ey * ey
        wx, wy = px - ax, py - ay
        inside &= ex * wy - ey * wx >= 0.0
        along = np.clip((wx * ex + wy * ey) / length, 0.0, 1.0) if length > 0.0 else np.zeros_like(px)
        near |= (wx - along * ex) ** 2 + (wy - along * ey) ** 2 <= dilation_px * dilation_px
    return np.asarray(inside | near)
