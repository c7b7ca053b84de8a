"""Compiled loops between pixels side by side and cells, whose pixels are planes.

The innermost loops write one line each and go by fixed steps: so the machine does several turns of them at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import kernel

Planes = NDArray[np.float32]
CELL_PX = 4
"""Pixels per side of the cells that `take_apart` makes."""


@kernel
def take_apart(planes: Planes, top: int, left: int, height: int, width: int, cells: Planes) -> None:
    """Write a part of some planes as cells: ``cells[16 p + 4 y + x]`` holds pixel (y, x) of each cell of plane p.

    The part begins at a row and a column and is so high and wide. Where ``cells`` have room for more lie zeros.
    """
    for plane in range(planes.shape[0]):
        for row in range(cells.shape[1] * CELL_PX):
            first = (plane * CELL_PX + row % CELL_PX) * CELL_PX
            for x in range(CELL_PX):
                line = cells[first + x, row // CELL_PX]
                filled = (width - x + CELL_PX - 1) // CELL_PX if row < height else 0
                if filled:
                    pixels = planes[plane, top + row, left + x : left + width]
                    for i in range(filled):
                        line[i] = pixels[4 * i]
                line[filled:] = np.float32(0.0)


@kernel
def lay_together(
    values: Planes, top: int, left: int, height: int, width: int, ground: NDArray[np.float32], out: Planes
) -> None:
    """Write planes of the four values of cells side by side: ``values[4 p + 2 y + x]`` is value (y, x) of plane p.

    They fill a part of ``out`` that begins at a row and a column and is so high and wide; cells may reach beyond it.
    All else is the ``ground`` of a plane.
    """
    for plane in range(out.shape[0]):
        out[plane, :top], out[plane, top + height :] = ground[plane], ground[plane]
        for row in range(height):
            first = 4 * plane + 2 * (row % 2)
            a, b, line = values[first, row // 2], values[first + 1, row // 2], out[plane, top + row]
            line[:left], line[left + width :] = ground[plane], ground[plane]
            part = line[left : left + width]
            for i in range(width // 2):
                part[2 * i], part[2 * i + 1] = a[i], b[i]
            if width % 2:
                part[width - 1] = a[width // 2]
