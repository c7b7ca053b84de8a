"""`build_template`: quantize the minutiae, describe their neighbourhoods, map the area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, Minutiae, SingularPoints
from fingerprint_engine.template.coarse_map import (
    BLOCK_PX,
    CELL_PX,
    cells_of,
    coarse_map_of,
    covered_window,
)
from fingerprint_engine.template.cylinders import cylinder_bits, near_hull
from fingerprint_engine.template.limits import MAX_CELLS, SOURCE_PPI_RANGE
from fingerprint_engine.template.parameters import TemplateParameters
from fingerprint_engine.template.quantization import (
    MAX_SIDE_PX,
    direction_codes,
    each_once,
    quantize_minutiae,
    quantize_singular_points,
)
from fingerprint_engine.template.template import Template

_DEFAULT_PARAMETERS = TemplateParameters()


def build_template(
    minutiae: Minutiae,
    singular_points: SingularPoints | None = None,
    *,
    shape: tuple[int, int],
    mask: NDArray[np.bool_] | None = None,
    orientation: NDArray[np.float32] | None = None,
    period: NDArray[np.float32] | None = None,
    quality: int = UNKNOWN_QUALITY,
    finger: Finger = Finger.UNKNOWN,
    impression: Impression = Impression.UNKNOWN,
    source_ppi: float = 500.0,
    extractor: str = "",
    parameters_digest: bytes = bytes(8),
    parameters: TemplateParameters = _DEFAULT_PARAMETERS,
) -> Template:
    """Make a template of the minutiae of one print.

    Parameters
    ----------
    minutiae, singular_points
        What was found; as many of the best are kept as `parameters.kept_minutiae` says of the area. Of several that
        are stored at one place with one direction the best is.
    shape
        Rows and columns of the print in pixels at 500 ppi.
    mask
        bool, shape `shape`, True on the print; None when unknown, then the convex hull of the minutiae stands in.
    orientation, period
        float32 maps of 8 px blocks: radians in [0, π) and pixels; None when unknown.
    quality
        Overall quality 0 to 100, 255 when unknown.
    finger, impression, source_ppi, extractor, parameters_digest
        Kept as they are; see `Template`.

    Raises
    ------
    InputError
        When a map has another shape than the print, a point lies outside it, or a number is out of range; and when the
        print covers more than `MAX_CELLS` cells of 16 px.
    """
    shape = _check_shape(shape)
    if mask is not None and (mask.dtype != np.bool_ or mask.shape != shape):
        raise InputError(f"mask: expected bool of shape {shape}, got {mask.dtype} of shape {mask.shape}")
    blocks = (-(-shape[0] // BLOCK_PX), -(-shape[1] // BLOCK_PX))
    for name, values in (("orientation", orientation), ("period", period)):
        if values is not None and (values.shape != blocks or not np.isfinite(values).all()):
            raise InputError(f"{name}: expected finite blocks of shape {blocks}, got shape {values.shape}")

    found = each_once(quantize_minutiae(minutiae, shape))
    foreground = _foreground(found, shape, mask)
    minutiae = found.best(parameters.kept_minutiae(int(foreground.sum())))
    if mask is None and len(minutiae) < len(found):
        foreground = _foreground(minutiae, shape, mask)
    code = direction_codes(minutiae.direction)
    return Template(
        minutiae=minutiae,
        singular_points=quantize_singular_points(singular_points or SingularPoints.empty(), shape),
        cylinders=cylinder_bits(minutiae.x, minutiae.y, code, mask, parameters),
        coarse_map=coarse_map_of(foreground, orientation, period),
        finger=finger,
        impression=impression,
        quality=quality,
        shape=shape,
        source_ppi=_stored_ppi(source_ppi),
        extractor=extractor,
        parameters_digest=parameters_digest,
        descriptor_digest=parameters.digest(),
        radius_px=float(np.float32(parameters.radius_px)),
    )


def _foreground(minutiae: Minutiae, shape: tuple[int, int], mask: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """The cells of the whole print that it covers."""
    if mask is None:
        return hull_cells(minutiae, shape)
    foreground = cells_of(mask)
    _check_area(covered_window(foreground))
    return foreground


def hull_cells(minutiae: Minutiae, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The cells of the whole print in the hull of its minutiae or beside it.

    The descriptors' dilation would claim ground that was never seen; one cell keeps the minutiae themselves inside.
    """
    foreground = np.zeros((-(-shape[0] // CELL_PX), -(-shape[1] // CELL_PX)), np.bool_)
    if not len(minutiae):
        return foreground
    around = tuple(
        slice(max(0, int(values.min()) // CELL_PX - 1), int(values.max()) // CELL_PX + 2)
        for values in (minutiae.y, minutiae.x)
    )
    window = foreground[around]
    _check_area(window)
    centres = (np.arange(place.start, place.start + side) for place, side in zip(around, window.shape, strict=True))
    rows, cols = (cells * CELL_PX + (CELL_PX - 1) / 2.0 for cells in centres)
    centres_y, centres_x = np.meshgrid(rows, cols, indexing="ij")
    window[:] = near_hull(centres_x, centres_y, minutiae.x, minutiae.y, float(CELL_PX))
    return foreground


def _check_area(window: NDArray[np.bool_]) -> None:
    if window.size > MAX_CELLS:
        rows, cols = (side * CELL_PX for side in window.shape)
        raise InputError(
            f"area: expected a print of at most {MAX_CELLS} cells of {CELL_PX} px at 500 ppi, "
            f"got one in {cols} x {rows} px"
        )


def _check_shape(shape: tuple[int, int]) -> tuple[int, int]:
    rows, cols = (int(side) for side in shape)
    if not (1 <= rows <= MAX_SIDE_PX and 1 <= cols <= MAX_SIDE_PX):
        raise InputError(f"shape: expected sides of 1 to {MAX_SIDE_PX} px at 500 ppi, got {rows} x {cols}")
    return rows, cols


def _stored_ppi(source_ppi: float) -> float:
    if isinstance(source_ppi, bool) or not isinstance(source_ppi, int | float | np.integer | np.floating):
        raise InputError(f"source_ppi: expected a number, got {type(source_ppi).__name__}")
    low, high = SOURCE_PPI_RANGE
    if not low <= source_ppi <= high:
        raise InputError(f"source_ppi: expected {low:g} to {high:g}, got {source_ppi}")
    return float(np.float32(source_ppi))
