"""`build_template`: quantize the minutiae, describe their neighbourhoods, map the area."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae.columns import MAX_QUALITY, UNKNOWN_QUALITY, Minutiae, SingularPoints
from fingerprint_engine.template.coarse_map import BLOCK_PX, CELL_PX, CoarseMap, coarse_map_of
from fingerprint_engine.template.cylinders import cylinder_bits, near_hull
from fingerprint_engine.template.parameters import TemplateParameters
from fingerprint_engine.template.quantization import (
    MAX_SIDE_PX,
    direction_codes,
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
        What was found; the best `parameters.max_minutiae` minutiae are kept.
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
        When a map has another shape than the print, a point lies outside it, or a number is out of range.
    """
    shape = _check_shape(shape)
    _check_details(quality, source_ppi, extractor, parameters_digest)
    if mask is not None and (mask.dtype != np.bool_ or mask.shape != shape):
        raise InputError(f"mask: expected bool of shape {shape}, got {mask.dtype} of shape {mask.shape}")
    blocks = (-(-shape[0] // BLOCK_PX), -(-shape[1] // BLOCK_PX))
    for name, values in (("orientation", orientation), ("period", period)):
        if values is not None and (values.shape != blocks or not np.isfinite(values).all()):
            raise InputError(f"{name}: expected finite blocks of shape {blocks}, got shape {values.shape}")

    minutiae = quantize_minutiae(minutiae, shape).best(parameters.max_minutiae)
    code = direction_codes(minutiae.direction)
    return Template(
        minutiae=minutiae,
        singular_points=quantize_singular_points(singular_points or SingularPoints.empty(), shape),
        cylinders=_frozen(cylinder_bits(minutiae.x, minutiae.y, code, mask, parameters)),
        coarse_map=_coarse_map(minutiae, shape, mask, orientation, period),
        finger=Finger(finger),
        impression=Impression(impression),
        quality=int(quality),
        shape=shape,
        source_ppi=float(np.float32(source_ppi)),
        extractor=extractor,
        parameters_digest=bytes(parameters_digest),
        descriptor_digest=parameters.digest(),
        radius_px=float(np.float32(parameters.radius_px)),
    )


def _coarse_map(
    minutiae: Minutiae,
    shape: tuple[int, int],
    mask: NDArray[np.bool_] | None,
    orientation: NDArray[np.float32] | None,
    period: NDArray[np.float32] | None,
) -> CoarseMap:
    rows, cols = -(-shape[0] // CELL_PX), -(-shape[1] // CELL_PX)
    if mask is not None:
        padded = np.pad(mask, [(0, rows * CELL_PX - shape[0]), (0, cols * CELL_PX - shape[1])])
        covered = padded.reshape(rows, CELL_PX, cols, CELL_PX).sum(axis=(1, 3))
        return coarse_map_of(covered * 2 >= CELL_PX * CELL_PX, orientation, period)
    if len(minutiae) == 0:
        return CoarseMap.empty()
    centres_y, centres_x = np.meshgrid(
        np.arange(rows) * CELL_PX + (CELL_PX - 1) / 2.0, np.arange(cols) * CELL_PX + (CELL_PX - 1) / 2.0, indexing="ij"
    )
    # The descriptors' dilation would claim ground that was never seen; one cell keeps the minutiae themselves inside.
    foreground = near_hull(centres_x, centres_y, minutiae.x, minutiae.y, float(CELL_PX))
    return coarse_map_of(foreground, orientation, period)


def _check_shape(shape: tuple[int, int]) -> tuple[int, int]:
    rows, cols = (int(side) for side in shape)
    if not (1 <= rows <= MAX_SIDE_PX and 1 <= cols <= MAX_SIDE_PX):
        raise InputError(f"shape: expected sides of 1 to {MAX_SIDE_PX} px at 500 ppi, got {rows} x {cols}")
    return rows, cols


def _check_details(quality: int, source_ppi: float, extractor: str, parameters_digest: bytes) -> None:
    if not 0 <= quality <= MAX_QUALITY and quality != UNKNOWN_QUALITY:
        raise InputError(f"quality: expected 0 to {MAX_QUALITY} or {UNKNOWN_QUALITY} (unknown), got {quality}")
    if not math.isfinite(source_ppi) or source_ppi <= 0:
        raise InputError(f"source_ppi: expected a positive number, got {source_ppi}")
    if len(extractor.encode()) > 255:
        raise InputError(f"extractor: expected at most 255 bytes of UTF-8, got {len(extractor.encode())}")
    if len(parameters_digest) != 8:
        raise InputError(f"parameters_digest: expected 8 bytes, got {len(parameters_digest)}")


def _frozen(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    words.setflags(write=False)
    return words
