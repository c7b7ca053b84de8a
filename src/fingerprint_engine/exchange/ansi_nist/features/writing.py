"""`RidgeFeatures` to Type-9: one function per encoding gives its fields, all written by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ExchangeError, UnsupportedRecord
from fingerprint_engine.exchange.ansi_nist.features.image_geometry import ImageGeometry
from fingerprint_engine.exchange.ansi_nist.features.model import Block, RidgeFeatures, split_singular_points
from fingerprint_engine.exchange.ansi_nist.model import Context, Record, new_record
from fingerprint_engine.exchange.coordinates import ANSI_STEP_DEG, extended_feature_grid, legacy_grid, pixel_grid
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.geometry import MM_PER_INCH
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY

Fields = dict[str, Any]
WRITTEN_BLOCKS = (Block.INCITS_378, Block.EXTENDED, Block.LEGACY)
MAX_378_MINUTIAE = 255
_INCITS_M1, _BASIC_MINUTIAE = 27, 513
_SYSTEM = "fingerprint_engine"
_HUNDREDTHS_PER_INCH = MM_PER_INCH * 100.0
_LETTERS_LEGACY, _LETTERS_EXTENDED = "DAB", "XEB"
_UNKNOWN_IMPRESSION = 29


def minutiae_record(
    features: RidgeFeatures,
    idc: int,
    image: ImageGeometry,
    blocks: Iterable[Block] = (Block.INCITS_378,),
    *,
    context: Context = Context(),  # noqa: B008  (frozen)
    strict: bool = False,
) -> Mapped[Record]:
    """Make a Type-9 record.

    Parameters
    ----------
    features
        What to write; its own ``block`` and ``shape`` do not matter.
    idc
        Of the image that the features belong to.
    image
        That image's size and resolution, in whose terms positions are written.
    blocks
        Encodings to write side by side: INCITS 378, extended features, or the legacy fields, which allow no other.
    context
        Of the transaction that the record is for.
    strict
        Whether to refuse to lose anything.

    Raises
    ------
    ExchangeError
        Where a position lies outside the image, or an encoding cannot hold the print.
    UnsupportedRecord
        For an encoding that is only read.
    LossRefused
        In strict mode.
    """
    chosen = tuple(dict.fromkeys(blocks))
    unsupported = [block for block in chosen if block not in WRITTEN_BLOCKS]
    if unsupported or not chosen:
        raise UnsupportedRecord(f"Type-9: expected encodings among {', '.join(WRITTEN_BLOCKS)}")
    if Block.LEGACY in chosen and len(chosen) > 1:
        raise ExchangeError("9.004: the legacy fields (S) allow no other encoding (U) beside them")
    losses = Losses()
    impression = _UNKNOWN_IMPRESSION if features.impression is None else features.impression
    values: Fields = {"IDC": f"{idc:02d}", "IMP": impression, "FMT": "S" if Block.LEGACY in chosen else "U"}
    for block in chosen:
        values.update(_WRITERS[block](features, image, losses))
    return losses.settle(new_record(9, values, context), strict=strict)


def _incits_378(features: RidgeFeatures, image: ImageGeometry, losses: Losses) -> Fields:
    minutiae, points = features.minutiae, features.singular_points
    if len(minutiae) > MAX_378_MINUTIAE:
        raise ExchangeError(f"9.136: expected at most {MAX_378_MINUTIAE} minutiae, found {len(minutiae)}")
    grid = pixel_grid(image.x_ppi, image.y_ppi, ANSI_STEP_DEG)
    x, y = _inside(*grid.from_px(minutiae.x, minutiae.y), (image.cols - 1, image.rows - 1), "9.137")
    angles = grid.from_rad(minutiae.direction)
    losses.add("directions are rounded to 2°, positions to pixels", when=len(minutiae) > 0)
    losses.add("directions of deltas: the encoding has three per delta", when=bool(split_singular_points(points)[1]))
    losses.add("candidate positions but the first", when=len(features.positions) > 1)
    qualities = [0 if quality == UNKNOWN_QUALITY else max(1, int(quality)) for quality in minutiae.quality]
    columns = zip(x, y, angles, minutiae.kind, qualities, strict=True)
    rows = [(i, *(int(value) for value in row)) for i, row in enumerate(columns, 1)]
    fields: Fields = {
        "CBI": (str(_INCITS_M1), str(_BASIC_MINUTIAE), "0"),
        "CEI": ("NONE", "0"),
        "HLL": image.cols,
        "VLL": image.rows,
        "SLC": 1,
        "THPS": round(image.x_ppi),
        "TVPS": round(image.y_ppi),
        "FVW": 0,
        "FGP": features.positions[0],
        "NOM": len(minutiae),
    }
    if rows:
        fields["FMD"] = rows
    px, py = _inside(*grid.from_px(points.x, points.y), (image.cols - 1, image.rows - 1), "9.139")
    turns = grid.from_rad(points.direction)
    cores, deltas = split_singular_points(points)
    if cores:
        fields["CIN"] = [(int(px[i]), int(py[i]), int(turns[i])) for i in cores]
    if deltas:
        fields["DIN"] = [(int(px[i]), int(py[i]), 0) for i in deltas]
    return fields


def _extended(features: RidgeFeatures, image: ImageGeometry, losses: Losses) -> Fields:
    minutiae, points = features.minutiae, features.singular_points
    grid = extended_feature_grid()
    width, height = _hundredths(image.cols, image.x_ppi), _hundredths(image.rows, image.y_ppi)
    x, y = _inside(*grid.from_px(minutiae.x, minutiae.y), (width, height), "9.331")
    angles = grid.from_rad(minutiae.direction)
    losses.add("quality of minutiae", when=bool((minutiae.quality != UNKNOWN_QUALITY).any()))
    losses.add("directions are rounded to 1°, positions to 0.01 mm", when=len(minutiae) > 0)
    kinds = [_LETTERS_EXTENDED[kind] for kind in minutiae.kind]
    rows = [(int(a), int(b), int(c), kind) for a, b, c, kind in zip(x, y, angles, kinds, strict=True)]
    fields: Fields = {"ROI": (width, height), "FPP": [(position,) for position in features.positions]}
    fields.update({"MIN": rows} if rows else {"NMIN": "Y"})
    px, py = _inside(*grid.from_px(points.x, points.y), (width, height), "9.320")
    turns = grid.from_rad(points.direction)
    cores, deltas = split_singular_points(points)
    if cores:
        fields["COR"] = [(int(px[i]), int(py[i]), int(turns[i])) for i in cores]
    if deltas:
        fields["DEL"] = [(int(px[i]), int(py[i])) for i in deltas]
        losses.add("directions of deltas: the encoding has three per delta")
    return fields


def _legacy(features: RidgeFeatures, image: ImageGeometry, losses: Losses) -> Fields:
    minutiae, points = features.minutiae, features.singular_points
    grid = legacy_grid(image.rows, image.y_ppi)
    limits = (min(9_999, _hundredths(image.cols, image.x_ppi)), min(9_999, _hundredths(image.rows, image.y_ppi)))
    x, y = _inside(*grid.from_px(minutiae.x, minutiae.y), limits, "9.012")
    angles = grid.from_rad(minutiae.direction)
    losses.add("quality of minutiae", when=bool((minutiae.quality != UNKNOWN_QUALITY).any()))
    losses.add("directions are rounded to 1°, positions to 0.01 mm", when=len(minutiae) > 0)
    losses.add("directions of cores and deltas", when=len(points) > 0)
    columns = enumerate(zip(x, y, angles, minutiae.kind, strict=True), 1)
    rows = [(f"{i:03d}", f"{a:04d}{b:04d}{c:03d}", "01", _LETTERS_LEGACY[kind]) for i, (a, b, c, kind) in columns]
    fields: Fields = {
        "OFR": (_SYSTEM, "A"),
        "FGPT": features.positions,
        "FPC": ("T", "UN"),
        "MINT": len(minutiae),
        "RDG": 0,
    }
    if rows:
        fields["MRCT"] = rows
    px, py = _inside(*grid.from_px(points.x, points.y), limits, "9.008")
    cores, deltas = split_singular_points(points)
    if cores:
        fields["CRP"] = [f"{px[i]:04d}{py[i]:04d}" for i in cores]
    if deltas:
        fields["DLT"] = [f"{px[i]:04d}{py[i]:04d}" for i in deltas]
    return fields


_WRITERS: Mapping[Block, Callable[[RidgeFeatures, ImageGeometry, Losses], Fields]] = {
    Block.INCITS_378: _incits_378,
    Block.EXTENDED: _extended,
    Block.LEGACY: _legacy,
}


def _hundredths(pixels: int, ppi: float) -> int:
    return math.ceil(pixels * _HUNDREDTHS_PER_INCH / ppi)


def _inside(
    x: NDArray[np.int64], y: NDArray[np.int64], limits: tuple[int, int], field: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions, moved by at most two units onto the image, to which rounding may have pushed them."""
    kept_x, kept_y = np.clip(x, 0, limits[0]), np.clip(y, 0, limits[1])
    moved = max(np.abs(kept_x - x).max(initial=0), np.abs(kept_y - y).max(initial=0))
    if moved > 2:
        raise ExchangeError(f"{field}: expected positions in the image, found one {moved} units outside")
    return kept_x, kept_y
