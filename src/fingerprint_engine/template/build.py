"""`build_template`: quantise, describe, pack."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.geometry import TWO_PI
from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints
from fingerprint_engine.template.coarse_map import BLOCK_PX, CELL_PX, CoarseMap, coarse_map_of
from fingerprint_engine.template.cylinders import cylinder_bits, near_hull
from fingerprint_engine.template.parameters import TemplateParameters
from fingerprint_engine.template.template import Template

POSITION_STEPS = 4
"""Steps a pixel of stored positions."""
DIRECTION_STEPS = 256
"""Steps a turn of stored directions."""
MAX_SIDE_PX = 65535 // POSITION_STEPS
MAX_QUALITY, UNKNOWN_QUALITY = 100, 255
_TOLERANCE_PX = 1.0
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

    minutiae = quantise_minutiae(minutiae, shape).best(parameters.max_minutiae)
    code = direction_codes(minutiae.direction)
    return Template(
        minutiae=minutiae,
        singular_points=quantise_singular_points(singular_points or SingularPoints.empty(), shape),
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


def direction_codes(direction_rad: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Directions in radians to 256 steps a turn, rounded to the nearest."""
    codes = np.round(np.asarray(direction_rad, np.float64) * (DIRECTION_STEPS / TWO_PI)).astype(np.int64)
    return (codes % DIRECTION_STEPS).astype(np.uint8)


def quantise_minutiae(minutiae: Minutiae, shape: tuple[int, int]) -> Minutiae:
    """Minutiae as they are stored: positions in quarters of a pixel, directions in 256 steps."""
    return Minutiae(
        _positions(minutiae.x, shape[1], "minutiae.x"),
        _positions(minutiae.y, shape[0], "minutiae.y"),
        direction_codes(minutiae.direction) * np.float32(TWO_PI / DIRECTION_STEPS),
        minutiae.kind,
        minutiae.quality,
    )


def quantise_singular_points(points: SingularPoints, shape: tuple[int, int]) -> SingularPoints:
    """Singular points as they are stored; those outside the print (extrapolated ones) move to its rim."""
    return SingularPoints(
        _rounded(np.clip(points.x, 0.0, shape[1] - 1.0)),
        _rounded(np.clip(points.y, 0.0, shape[0] - 1.0)),
        direction_codes(points.direction) * np.float32(TWO_PI / DIRECTION_STEPS),
        points.kind,
    )


def _positions(values: NDArray[np.float32], size: int, name: str) -> NDArray[np.float32]:
    if values.size and (values.min() < -_TOLERANCE_PX or values.max() > size - 1 + _TOLERANCE_PX):
        raise InputError(f"{name}: expected 0 to {size - 1} px, got {values.min():.1f} to {values.max():.1f}")
    return _rounded(np.clip(values, 0.0, size - 1.0))


def _rounded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return (np.round(values.astype(np.float64) * POSITION_STEPS) / POSITION_STEPS).astype(np.float32)


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
