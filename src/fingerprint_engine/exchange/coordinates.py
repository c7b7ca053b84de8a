"""Where the formats put their origins, what they count in and which way their angles run: the one place that knows.

A `Grid` describes one convention; from and to the engine's own (pixels at 500 ppi, integers at pixel centres, origin
top-left, radians counter-clockwise). Formats that count pixels name pixel centres by integers, formats that count
hundredths of a millimetre measure from the image's edge: on NIST's paired files (the same 48 minutiae in the legacy and
in the INCITS 378 encoding) the rows then agree within 0.1 px and the columns within 0.5 px.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.geometry import CANONICAL_PPI, MM_PER_INCH, TWO_PI, wrap_direction

ISO_STEP_DEG = 360.0 / 256.0
"""ISO/IEC 19794-2: 1.40625° per step."""
ANSI_STEP_DEG = 2.0
"""INCITS 378 and fields 9.126 to 9.150: 2° per step."""
CARD_COMPACT_STEP_DEG = 5.625
"""ISO/IEC 19794-2:2005 card format, compact size: 64 steps per turn."""
WHOLE_DEGREE = 1.0
"""Legacy Type-9, extended features, NBIS ``.xyt``."""
_CM_PER_INCH = MM_PER_INCH / 10.0
_NOMINAL_PPI = (250.0, 500.0, 1000.0, 2000.0)


@dataclasses.dataclass(frozen=True, slots=True)
class Grid:
    """How one format counts positions and directions.

    Parameters
    ----------
    x_per_inch, y_per_inch
        Units of the format per inch: its ppi where it counts pixels, 2540 where it counts hundredths of a millimetre.
    step_deg
        Degrees in one step of an angle.
    pixels
        Whether an integer names a pixel's centre (True) or a distance from the image's edge.
    height
        Height of the image in units where the origin is bottom-left; None where it is top-left.
    turned
        Whether directions point the opposite way, by 180°.
    x_origin, y_origin
        The origin's place in the image, in units (extended features count from their region of interest).
    """

    x_per_inch: float
    y_per_inch: float
    step_deg: float
    pixels: bool = True
    height: float | None = None
    turned: bool = False
    x_origin: float = 0.0
    y_origin: float = 0.0

    def __post_init__(self) -> None:
        if not (self.x_per_inch > 0 and self.y_per_inch > 0 and self.step_deg > 0):
            raise ExchangeError(
                f"coordinates: expected positive units per inch, got {self.x_per_inch:g} x {self.y_per_inch:g}"
            )

    def to_px(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Positions in units to pixels at 500 ppi; arrays of any one shape."""
        half = 0.5 if self.pixels else 0.0
        across = np.asarray(x, np.float64) + self.x_origin + half
        down = np.asarray(y, np.float64) + self.y_origin
        down = (down if self.height is None else self.height - down) + half
        return across * CANONICAL_PPI / self.x_per_inch - 0.5, down * CANONICAL_PPI / self.y_per_inch - 0.5

    def from_px(self, x_px: ArrayLike, y_px: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positions in pixels at 500 ppi to whole units, rounded to the nearest; they may lie outside the image."""
        half = 0.5 if self.pixels else 0.0
        across = (np.asarray(x_px, np.float64) + 0.5) * self.x_per_inch / CANONICAL_PPI - half
        down = (np.asarray(y_px, np.float64) + 0.5) * self.y_per_inch / CANONICAL_PPI - half
        down = down if self.height is None else self.height - down
        return _whole(across - self.x_origin), _whole(down - self.y_origin)

    def to_rad(self, angle: ArrayLike) -> NDArray[np.float32]:
        """Angles in steps to radians in [0, 2π)."""
        turn = TWO_PI / 2.0 if self.turned else 0.0
        return wrap_direction(np.asarray(angle, np.float64) * (self.step_deg / 360.0 * TWO_PI) + turn)

    def from_rad(self, direction_rad: ArrayLike) -> NDArray[np.int64]:
        """Radians to the nearest step, wrapped to one turn."""
        turn = TWO_PI / 2.0 if self.turned else 0.0
        steps = round(360.0 / self.step_deg)
        return np.asarray(_whole((np.asarray(direction_rad, np.float64) + turn) * (steps / TWO_PI)) % steps, np.int64)


def pixel_grid(x_ppi: float, y_ppi: float, step_deg: float) -> Grid:
    """ISO/IEC 19794-2 and INCITS 378 records: pixels of the record's own resolution, origin top-left."""
    return Grid(x_ppi, y_ppi, step_deg)


def legacy_grid(rows: int, ppi: float) -> Grid:
    """Type-9 fields 9.005 to 9.012: 0.01 mm, origin bottom-left, directions turned by 180°.

    Parameters
    ----------
    rows, ppi
        Of the image that the record belongs to: without its height nothing can be placed.
    """
    per_inch = MM_PER_INCH * 100.0
    return Grid(per_inch, per_inch, WHOLE_DEGREE, pixels=False, height=rows * per_inch / ppi, turned=True)


def iafis_grid() -> Grid:
    """Type-9 fields 9.013 to 9.025 (FBI IAFIS): 0.01 mm, origin top-left, directions not turned.

    Unlike the legacy fields: on NIST's file of the same 48 minutiae in this block, y and y of the legacy fields add up
    to the image's height, and directions differ by 180°.
    """
    return extended_feature_grid()


def extended_feature_grid(x_offset: float = 0.0, y_offset: float = 0.0) -> Grid:
    """Extended features (fields 9.300 to 9.399): 10 µm from the top-left corner of the region of interest.

    Parameters
    ----------
    x_offset, y_offset
        Of the region of interest in the image, in 10 µm.
    """
    per_inch = MM_PER_INCH * 100.0
    return Grid(per_inch, per_inch, WHOLE_DEGREE, pixels=False, x_origin=x_offset, y_origin=y_offset)


def card_grid(size: str, x_offset: float = 0.0, y_offset: float = 0.0) -> Grid:
    """Card formats of ISO/IEC 19794-2:2005: ``"normal"`` counts 0.01 mm, ``"compact"`` 0.1 mm and 5.625°.

    Parameters
    ----------
    size
        ``"normal"`` or ``"compact"``.
    x_offset, y_offset
        Of the card's origin in the image, in the card's units.
    """
    if size not in ("normal", "compact"):
        raise ExchangeError(f"card format: expected 'normal' or 'compact', got {size!r}")
    per_inch, step = (
        (MM_PER_INCH * 100.0, ISO_STEP_DEG) if size == "normal" else (MM_PER_INCH * 10.0, CARD_COMPACT_STEP_DEG)
    )
    return Grid(per_inch, per_inch, step, pixels=False, x_origin=x_offset, y_origin=y_offset)


def xyt_grid(rows: int, ppi: float) -> Grid:
    """NBIS ``.xyt``: pixels, y counted up from the image's height, whole degrees turned by 180°."""
    return Grid(ppi, ppi, WHOLE_DEGREE, height=float(rows), turned=True)


def ppi_of_ppcm(per_cm: float) -> float:
    """Resolution of a whole number of pixels per centimetre: 197 is what records write for 500 ppi, 394 for 1000."""
    return nominal_ppi(per_cm * _CM_PER_INCH, _CM_PER_INCH)


def ppi_of_ppmm(per_mm: float) -> float:
    """Resolution of pixels per millimetre with two decimals: 19.69 (also 19.68) is what Type-1 writes for 500 ppi."""
    return nominal_ppi(per_mm * MM_PER_INCH, MM_PER_INCH / 100.0)


def ppcm_of_ppi(ppi: float) -> int:
    """Whole pixels per centimetre of a resolution."""
    return round(ppi / _CM_PER_INCH)


def nominal_ppi(ppi: float, step_ppi: float) -> float:
    """The usual resolution that rounds, or is cut off, to ``ppi`` where values come in steps of ``step_ppi``.

    The paired files prove it for 197 pixels per centimetre: their positions fit 500 ppi, not 500.38.
    """
    return next((usual for usual in _NOMINAL_PPI if abs(ppi - usual) < step_ppi), ppi)


def _whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.floor(values + 0.5), np.int64)
