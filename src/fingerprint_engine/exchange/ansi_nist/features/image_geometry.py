"""Size and resolution of the image in a record, whatever its type and scale units."""

from __future__ import annotations

import math
from typing import NamedTuple

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.model import Record, Transaction, View
from fingerprint_engine.exchange.coordinates import ppi_of_ppcm, ppi_of_ppmm
from fingerprint_engine.geometry import CANONICAL_PPI

PRINT_TYPES = (4, 13, 14, 15, 3, 5, 6)
"""Record types that hold a print's image, those of full detail first."""
RESOLUTION_IN_HEADER = frozenset({3, 4, 5, 6})
"""Record types whose resolution Type-1 states."""
_PPI, _PPCM = 1, 2


class ImageGeometry(NamedTuple):
    """Columns and rows of an image, and its pixels per inch in both directions."""

    cols: int
    rows: int
    x_ppi: float
    y_ppi: float

    @property
    def canonical_shape(self) -> tuple[int, int]:
        """Rows and columns at 500 ppi."""
        return math.ceil(self.rows * CANONICAL_PPI / self.y_ppi), math.ceil(self.cols * CANONICAL_PPI / self.x_ppi)


def geometry_of(record: Record) -> ImageGeometry | None:
    """The image's geometry; None where the record has no image of a print, or does not say its size and resolution.

    Types 3 to 6 refer to Type-1: their field ISR is 0 for the nominal resolution (1.012) and 1 for the native one
    (1.011). No file from another system has been seen in which ISR is 1.

    Raises
    ------
    MalformedRecord
        Where a field is no number.
    """
    if record.type not in PRINT_TYPES:
        return None
    view = View(record)
    if record.type in RESOLUTION_IN_HEADER:
        ppmm = record.context.native_ppmm if view["ISR"] == 1 else record.context.nominal_ppmm
        cols, rows = view["HLL"], view["VLL"]
        return _checked(cols, rows, ppi_of_ppmm(ppmm), ppi_of_ppmm(ppmm)) if ppmm and cols and rows else None
    return scaled_geometry(view["HLL"], view["VLL"], view["SLC"], view["THPS"], view["TVPS"])


def scaled_geometry(
    cols: int | None, rows: int | None, unit: int | None, x_scale: int | None, y_scale: int | None
) -> ImageGeometry | None:
    """The geometry that HLL, VLL, SLC (1 per inch, 2 per centimetre), THPS and TVPS state, None if one is missing."""
    if not (cols and rows and x_scale and y_scale) or unit not in (_PPI, _PPCM):
        return None
    if unit == _PPCM:
        return _checked(cols, rows, ppi_of_ppcm(x_scale), ppi_of_ppcm(y_scale))
    return _checked(cols, rows, float(x_scale), float(y_scale))


def linked_geometry(transaction: Transaction, record: Record) -> ImageGeometry | None:
    """The geometry of the image that shares the record's IDC."""
    if record.idc is None:
        return None
    linked = transaction.linked(record.idc)
    images = (image for kind in PRINT_TYPES for image in linked if image.type == kind)
    return next((geometry for geometry in map(geometry_of, images) if geometry is not None), None)


def _checked(cols: int, rows: int, x_ppi: float, y_ppi: float) -> ImageGeometry:
    if cols <= 0 or rows <= 0 or x_ppi <= 0 or y_ppi <= 0 or cols * rows > 1_000_000_000:
        raise ExchangeError(f"image: expected a positive size and resolution, found {cols} x {rows}, {x_ppi:g} ppi")
    return ImageGeometry(cols, rows, x_ppi, y_ppi)
