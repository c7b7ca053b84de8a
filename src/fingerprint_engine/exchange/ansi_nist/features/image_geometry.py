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


def geometry_of(record: Record, ppi: float | None = None) -> ImageGeometry | None:
    """The image's geometry; None where the record has no image of a print, or does not say its size and resolution.

    Parameters
    ----------
    record
        Of any type.
    ppi
        Resolution where the record states none.

    Raises
    ------
    MalformedRecord
        Where a field is no number.
    """
    if record.type not in PRINT_TYPES:
        return None
    view = View(record)
    cols, rows = view["HLL"], view["VLL"]
    resolution = resolution_of(record) or (None if ppi is None else (ppi, ppi))
    return _checked(cols, rows, *resolution) if resolution and cols and rows else None


def resolution_of(record: Record) -> tuple[float, float] | None:
    """Pixels per inch along x and y of the image in a record; None where it states none.

    Types 3 to 6 refer to Type-1: their field ISR is 0 for the nominal resolution (1.012) and 1 for the native one
    (1.011). No file from another system has been seen in which ISR is 1.
    """
    view = View(record)
    if record.type in RESOLUTION_IN_HEADER:
        ppmm = record.context.native_ppmm if view["ISR"] == 1 else record.context.nominal_ppmm
        return (ppi_of_ppmm(ppmm), ppi_of_ppmm(ppmm)) if ppmm else None
    return _scaled(view["SLC"], view["THPS"], view["TVPS"])


def unstated_resolution(record: Record) -> str:
    """Which field does not state a resolution that it should, and what it says."""
    view = View(record)
    if record.type in RESOLUTION_IN_HEADER:
        native = view["ISR"] == 1
        ppmm = record.context.native_ppmm if native else record.context.nominal_ppmm
        return f"1.0{11 if native else 12}: expected the resolution, found {ppmm:05.2f} pixels/mm"
    kind, unit = record.type, view["SLC"]
    if unit not in (_PPI, _PPCM):
        return f"{kind}.008: expected 1 or 2, pixels per inch or centimetre, found {_shown(unit)}"
    number, name = (9, "THPS") if not view["THPS"] or view["THPS"] < 0 else (10, "TVPS")
    return f"{kind}.{number:03d}: expected the resolution, found {_shown(view[name])}"


def scaled_geometry(
    cols: int | None, rows: int | None, unit: int | None, x_scale: int | None, y_scale: int | None
) -> ImageGeometry | None:
    """The geometry that HLL, VLL, SLC (1 per inch, 2 per centimetre), THPS and TVPS state, None if one is missing."""
    resolution = _scaled(unit, x_scale, y_scale)
    return _checked(cols, rows, *resolution) if cols and rows and resolution else None


def linked_geometry(transaction: Transaction, record: Record, ppi: float | None = None) -> ImageGeometry | None:
    """The geometry of the image that shares the record's IDC; ``ppi`` where that states no resolution."""
    if record.idc is None:
        return None
    linked = transaction.linked(record.idc)
    images = (image for kind in PRINT_TYPES for image in linked if image.type == kind)
    return next((found for found in (geometry_of(image, ppi) for image in images) if found is not None), None)


def _checked(cols: int, rows: int, x_ppi: float, y_ppi: float) -> ImageGeometry:
    if cols <= 0 or rows <= 0 or x_ppi <= 0 or y_ppi <= 0 or cols * rows > 1_000_000_000:
        raise ExchangeError(f"image: expected a positive size and resolution, found {cols} x {rows}, {x_ppi:g} ppi")
    return ImageGeometry(cols, rows, x_ppi, y_ppi)


def _scaled(unit: int | None, x_scale: int | None, y_scale: int | None) -> tuple[float, float] | None:
    """Pixels per inch that SLC, THPS and TVPS state."""
    if unit not in (_PPI, _PPCM) or not x_scale or not y_scale or x_scale < 0 or y_scale < 0:
        return None
    if unit == _PPCM:
        return ppi_of_ppcm(x_scale), ppi_of_ppcm(y_scale)
    return float(x_scale), float(y_scale)


def _shown(value: object) -> str:
    return "none" if value is None else str(value)
