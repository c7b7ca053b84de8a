"""Which part of two aligned prints shows the same skin."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template.coarse_map import CELL_PX

if TYPE_CHECKING:
    from fingerprint_engine.geometry import RigidTransform
    from fingerprint_engine.template import Template

GRID_PX = 4
"""Distance of the points at which the areas are sampled: fine enough for an outline that follows the cells."""


@dataclasses.dataclass(frozen=True, slots=True)
class Overlap:
    """The shared area on a grid of points, once in each print.

    Attributes
    ----------
    probe, reference
        bool, shape (⌈rows/4⌉, ⌈cols/4⌉) of the print: True where the other print shows the same place; point (i, j)
        lies at x = 4j, y = 4i.
    """

    probe: NDArray[np.bool_]
    reference: NDArray[np.bool_]


def find_overlap(probe: Template, reference: Template, transform: RigidTransform) -> Overlap:
    """Map each print's area onto the other.

    Parameters
    ----------
    probe, reference
        The two prints.
    transform
        Maps the probe onto the reference.
    """
    return Overlap(
        _shared_points(probe, reference, transform),
        _shared_points(reference, probe, transform.inverse()),
    )


def _shared_points(own: Template, other: Template, transform: RigidTransform) -> NDArray[np.bool_]:
    rows, cols = own.shape
    y, x = np.mgrid[0:rows:GRID_PX, 0:cols:GRID_PX].astype(np.float64)
    return in_print(own, x, y) & in_print(other, *transform.apply(x, y))


def in_print(template: Template, x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether points, in pixels at 500 ppi, lie on the print's area."""
    foreground = template.coarse_map.foreground
    if foreground.size == 0:
        return np.zeros(np.shape(x), dtype=np.bool_)
    row = np.floor(y / CELL_PX).astype(np.int64) - template.coarse_map.row
    col = np.floor(x / CELL_PX).astype(np.int64) - template.coarse_map.col
    inside = (row >= 0) & (row < foreground.shape[0]) & (col >= 0) & (col < foreground.shape[1])
    found = foreground[row.clip(0, foreground.shape[0] - 1), col.clip(0, foreground.shape[1] - 1)]
    return np.asarray(inside & found)
