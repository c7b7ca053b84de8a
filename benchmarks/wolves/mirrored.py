"""Mirror images of prints: those of other fingers, as like to each other as real ones, and never seen by a wolf."""

from __future__ import annotations

import dataclasses

import numpy as np

from benchmarks.wolves.forgery import BACKGROUND, CELL_PX, UNKNOWN_FLOW, cropped_map
from benchmarks.wolves.prints import Prints
from fingerprint_engine.geometry import wrap_direction
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template, build_template


def mirrored(prints: Prints) -> Prints:
    """The same prints, left and right exchanged."""
    names = [f"{finger} mirrored" for finger in prints.fingers]
    return Prints(f"{prints.name} mirrored", [_mirrored(template) for template in prints.templates], names)


def _mirrored(template: Template) -> Template:
    """Minutiae, area, flow and periods of the mirror image; descriptors follow from them."""
    found, grid = template.minutiae, template.coarse_map
    rows, cols = (-(-side // CELL_PX) for side in template.shape)
    height, width = grid.orientation.shape
    window = (slice(grid.row, grid.row + height), slice(cols - grid.col - width, cols - grid.col))
    codes, periods = np.full((rows, cols), BACKGROUND, np.uint8), np.zeros((rows, cols), np.uint8)
    turned = np.where(
        grid.orientation < UNKNOWN_FLOW, (128 - grid.orientation.astype(np.int64)) % 128, grid.orientation
    )
    codes[window] = turned[:, ::-1]
    if grid.period.size:
        periods[window] = np.kron(grid.period, np.ones((2, 2), np.uint8))[:height, :width][:, ::-1]
    minutiae = Minutiae(
        np.float32(cols * CELL_PX - 1) - found.x,
        found.y,
        wrap_direction(np.pi - found.direction),
        found.kind,
        found.quality,
    )
    shape = (template.shape[0], cols * CELL_PX)
    mask = np.kron(codes != BACKGROUND, np.ones((CELL_PX, CELL_PX), np.bool_))[: shape[0]]
    made = build_template(minutiae, shape=shape, mask=mask, parameters_digest=template.parameters_digest)
    known = periods if grid.period.size else None
    return dataclasses.replace(made, coarse_map=cropped_map(codes, known) if height else grid)
