"""`placed`: a template of a part of a picture as one of the whole picture."""

from __future__ import annotations

import dataclasses

import numpy as np

from fingerprint_engine.errors import InputError
from fingerprint_engine.template.coarse_map import CELL_PX
from fingerprint_engine.template.template import Template


def placed(template: Template, row_px: int, col_px: int, shape: tuple[int, int]) -> Template:
    """The same print where it lies on the whole picture; descriptors and cells do not change.

    Parameters
    ----------
    template
        Of the part.
    row_px, col_px
        Where the part begins, in pixels at 500 ppi; multiples of `CELL_PX`.
    shape
        Rows and columns of the whole picture at 500 ppi.

    Raises
    ------
    InputError
        When the part does not begin at a cell, or does not lie within the picture.
    """
    rows, cols = template.shape
    if row_px % CELL_PX or col_px % CELL_PX:
        raise InputError(f"row_px, col_px: expected multiples of {CELL_PX}, got {row_px} and {col_px}")
    if min(row_px, col_px) < 0 or row_px + rows > shape[0] or col_px + cols > shape[1]:
        raise InputError(f"shape: expected room for {rows} x {cols} px from {row_px}, {col_px} on, got {shape}")
    minutiae, points, area = template.minutiae, template.singular_points, template.coarse_map
    down, right = np.float32(row_px), np.float32(col_px)
    return dataclasses.replace(
        template,
        minutiae=dataclasses.replace(minutiae, x=minutiae.x + right, y=minutiae.y + down),
        singular_points=dataclasses.replace(points, x=points.x + right, y=points.y + down),
        coarse_map=dataclasses.replace(area, row=area.row + row_px // CELL_PX, col=area.col + col_px // CELL_PX),
        shape=shape,
    )
