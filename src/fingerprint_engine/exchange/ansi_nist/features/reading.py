"""Type-9 to `RidgeFeatures`: one function per encoding, each a table of where its numbers stand."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

from fingerprint_engine.errors import MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.ansi_nist.features.image_geometry import (
    ImageGeometry,
    linked_geometry,
    scaled_geometry,
)
from fingerprint_engine.exchange.ansi_nist.features.model import (
    MAX_MINUTIAE,
    Block,
    RawPoint,
    RidgeFeatures,
    blocks_of,
    minutiae_of,
    singular_points_of,
)
from fingerprint_engine.exchange.ansi_nist.model import Record, Transaction, View
from fingerprint_engine.exchange.ansi_nist.tables.field_table import specs
from fingerprint_engine.exchange.coordinates import (
    ANSI_STEP_DEG,
    Grid,
    extended_feature_grid,
    iafis_grid,
    legacy_grid,
    pixel_grid,
)
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.geometry import MM_PER_INCH
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, MinutiaKind, SingularKind

MAX_REGION = 50_000
"""9.300: half a metre, in 10 µm."""
Subfield = Mapping[str, Any]
_POSITION = re.compile(r"(\d{4})(\d{4})(\d{3})?")
_LETTERS = {"A": MinutiaKind.ENDING, "E": MinutiaKind.ENDING, "B": MinutiaKind.BIFURCATION}


def features_in(transaction: Transaction, *, ppi: float | None = None) -> list[tuple[int, Mapped[RidgeFeatures]]]:
    """Features of every Type-9 record that has a supported encoding, with the record's place; ``ppi`` as below."""
    return [
        (place, features_of(transaction, record, ppi=ppi))
        for place, record in enumerate(transaction.records)
        if record.type == 9 and blocks_of(record)
    ]


def features_of(
    transaction: Transaction,
    record: Record,
    block: Block | None = None,
    *,
    strict: bool = False,
    ppi: float | None = None,
) -> Mapped[RidgeFeatures]:
    """Features of a Type-9 record.

    Parameters
    ----------
    transaction
        Whose record it is: the image of the same IDC tells the size where the block does not.
    record
        Of Type-9.
    block
        Which encoding to read; by default the one with the most detail.
    strict
        Whether to refuse to lose anything.
    ppi
        Resolution of the image, where neither the block nor the image states it.

    Raises
    ------
    UnsupportedRecord
        Where the record has no such encoding.
    MalformedRecord
        Where a field is not what its encoding says, or the image's size is needed and nothing says it.
    LossRefused
        In strict mode.
    """
    if record.type != 9:
        raise UnsupportedRecord(f"expected a Type-9 record, found Type-{record.type}")
    present = blocks_of(record)
    chosen = block if block is not None else next(iter(present), None)
    if chosen is None or chosen not in present:
        raise UnsupportedRecord(
            f"Type-9: expected {chosen or 'a known encoding'}, found {', '.join(present) or 'none'}"
        )
    losses = Losses()
    losses.add("other encodings in the record", when=len(present) > 1)
    view = View(record)
    if max(len(field.subfields) for field in record.fields) > MAX_MINUTIAE:
        raise MalformedRecord(f"expected at most {MAX_MINUTIAE} minutiae", None, "Type-9")
    features = _READERS[chosen](view, linked_geometry(transaction, record, ppi), losses, ppi)
    return losses.settle(features, strict=strict)


def _legacy(view: View, image: ImageGeometry | None, losses: Losses, _: float | None) -> RidgeFeatures:
    if image is None:
        raise MalformedRecord("expected an image of the same IDC: positions count from its bottom", None, "9.012")
    grid = legacy_grid(image.rows, image.y_ppi)
    cores = [_packed(text, "9.008", SingularKind.CORE) for text in view["CRP"] or ()]
    deltas = [_packed(text, "9.009", SingularKind.DELTA) for text in view["DLT"] or ()]
    losses.add("directions of cores and deltas, which the encoding does not hold", when=bool(cores or deltas))
    points = [_lettered_minutia(part, "9.012", "C", losses) for part in view["MRCT"] or ()]
    _note_count(view, "MINT", points, losses)
    losses.add("pattern class", when="FPC" in view)
    return _features(Block.LEGACY, view, points, cores + deltas, grid, image, view["FGPT"])


def _iafis(view: View, image: ImageGeometry | None, losses: Losses, _: float | None) -> RidgeFeatures:
    cores = [_directed(part, "9.021", SingularKind.CORE) for part in view["CRA"] or ()]
    deltas = [_directed(part, "9.022", SingularKind.DELTA) for part in view["DLA"] or ()]
    points = [_lettered_minutia(part, "9.023", "D", losses) for part in view["MAT"] or ()]
    _note_count(view, "NMN", points, losses)
    losses.add("second and third direction of deltas", when=bool(deltas))
    losses.add("pattern class", when="APC" in view)
    return _features(Block.IAFIS, view, points, cores + deltas, iafis_grid(), image, view["FGN"])


def _incits_378(view: View, image: ImageGeometry | None, losses: Losses, ppi: float | None) -> RidgeFeatures:
    own = scaled_geometry(*(view[name] for name in ("HLL", "VLL", "SLC", "THPS", "TVPS")))
    geometry = own or image
    if geometry is None and ppi is not None and view["HLL"] and view["VLL"]:
        geometry = scaled_geometry(view["HLL"], view["VLL"], 1, round(ppi), round(ppi))
    if geometry is None:
        reason = "expected a size and resolution in the block or an image of the same IDC; pass ppi="
        raise MalformedRecord(reason, None, "9.131")
    grid = pixel_grid(geometry.x_ppi, geometry.y_ppi, ANSI_STEP_DEG)
    points = []
    for part in view["FMD"] or ():
        x, y, angle, kind = _numbers(part, ("MXC", "MYC", "MAV", "M1M"), "9.137")
        quality = part["QOM"] if part["QOM"] and 1 <= part["QOM"] <= 100 else UNKNOWN_QUALITY
        points.append(RawPoint(x, y, angle, kind if 0 <= kind <= max(MinutiaKind) else 0, quality))
    singular = []
    for part in view["CIN"] or ():
        x, y = _numbers(part, ("XCC", "YCC"), "9.139")
        singular.append(RawPoint(x, y, part["ANGC"] or 0, SingularKind.CORE))
    for part in view["DIN"] or ():
        x, y = _numbers(part, ("XCD", "YCD"), "9.140")
        singular.append(RawPoint(x, y, part["ANG1"] or 0, SingularKind.DELTA))
    _note_count(view, "NOM", points, losses)
    losses.add("ridge counts", when="RCI" in view)
    losses.add("second and third direction of deltas", when="DIN" in view or "ADA" in view)
    losses.add("finger quality", when="FQD" in view)
    position = view["FGP"]
    return _features(
        Block.INCITS_378, view, points, singular, grid, geometry, None if position is None else (position,)
    )


def _extended(view: View, image: ImageGeometry | None, losses: Losses, _: float | None) -> RidgeFeatures:
    region = view["ROI"] or {}
    offset = region.get("EHO") or 0, region.get("EVO") or 0
    if not all(0 <= one <= MAX_REGION for one in offset):
        raise MalformedRecord(f"expected offsets of 0 to {MAX_REGION}", None, "9.300")
    grid = extended_feature_grid(*offset)
    points = []
    for part in view["MIN"] or ():
        x, y, angle = _numbers(part, ("MXC", "MYC", "MTD"), "9.331")
        points.append(RawPoint(x, y, angle, _kind(part["MTY"])))
        losses.add("uncertainty of minutiae", when=bool(part["MRU"] or part["MDU"]))
    singular = []
    for part in view["COR"] or ():
        x, y = _numbers(part, ("CXC", "CYC"), "9.320")
        losses.add("cores without a direction get 0", when=part["CDI"] is None)
        singular.append(RawPoint(x, y, part["CDI"] or 0, SingularKind.CORE))
    for part in view["DEL"] or ():
        x, y = _numbers(part, ("DXC", "DYC"), "9.321")
        losses.add("deltas without a direction get 0", when=part["DUP"] is None)
        losses.add("second and third direction of deltas", when=part["DLF"] is not None)
        singular.append(RawPoint(x, y, part["DUP"] or 0, SingularKind.DELTA))
    read = {"ROI", "FPP", "COR", "DEL", "MIN"}
    extended = {spec.mnemonic for spec in specs(9).values() if spec.number in Block.EXTENDED.numbers}
    others = [name for name in view if name in extended - read]
    losses.add(f"extended features {', '.join(others)}", when=bool(others))
    positions = [part["FGP"] for part in view["FPP"] or () if part["FGP"] is not None]
    made = _features(Block.EXTENDED, view, points, singular, grid, image, positions)
    return made if image is not None else dataclasses.replace(made, shape=_region_shape(region))


def _region_shape(region: Subfield) -> tuple[int, int] | None:
    """Rows and columns at 500 ppi, from the image's corner to the region's far one, for features without an image."""
    cols, rows = region.get("EWI") or 0, region.get("EHI") or 0
    if not (0 < cols <= MAX_REGION and 0 < rows <= MAX_REGION):
        return None
    hundredths = MM_PER_INCH * 100.0
    right, bottom = (region.get("EHO") or 0) + cols, (region.get("EVO") or 0) + rows
    return ImageGeometry(right, bottom, hundredths, hundredths).canonical_shape


_READERS: Mapping[Block, Callable[[View, ImageGeometry | None, Losses, float | None], RidgeFeatures]] = {
    Block.LEGACY: _legacy,
    Block.IAFIS: _iafis,
    Block.INCITS_378: _incits_378,
    Block.EXTENDED: _extended,
}


def _features(
    block: Block,
    view: View,
    points: list[RawPoint],
    singular: list[RawPoint],
    grid: Grid,
    geometry: ImageGeometry | None,
    positions: Any,
) -> RidgeFeatures:
    return RidgeFeatures(
        block,
        minutiae_of(points, grid),
        singular_points_of(singular, grid),
        tuple(position for position in positions or () if position is not None) or (0,),
        view["IMP"],
        None if geometry is None else geometry.canonical_shape,
        None if geometry is None else geometry.x_ppi,
    )


def _lettered_minutia(part: Subfield, field: str, compound: str, losses: Losses) -> RawPoint:
    """A minutia of 9.012 or 9.023, in which C and D have changed places: compound, and not determined."""
    losses.add("compound minutiae become unknown", when=part["type"] == compound)
    point = _packed(part["position"], field, _kind(part["type"]), digits=11)
    losses.add(
        "quality of minutiae on the scale 0 to 63, whose sense no file shows", when=part["quality"] not in (None, 0, 1)
    )
    losses.add("ridge counts", when=bool(part["neighbours"]))
    return point


def _kind(letter: str | None) -> MinutiaKind:
    return _LETTERS.get((letter or "").upper(), MinutiaKind.UNKNOWN)


def _packed(text: Any, field: str, kind: int, *, digits: int = 8) -> RawPoint:
    """A position written as XXXXYYYY, or XXXXYYYYTTT with a direction."""
    match = _POSITION.fullmatch(text) if isinstance(text, str) and len(text) == digits else None
    if match is None:
        raise MalformedRecord(f"expected a position of {digits} digits", None, field)
    return RawPoint(int(match[1]), int(match[2]), int(match[3] or 0), kind)


def _directed(part: Subfield, field: str, kind: int) -> RawPoint:
    point = _packed(part["position"], field, kind)
    return point._replace(angle=part["direction"] or 0)


def _numbers(part: Subfield, names: tuple[str, ...], field: str) -> tuple[int, ...]:
    numbers = tuple(part[name] for name in names)
    if any(number is None or abs(number) > 1_000_000 for number in numbers):
        raise MalformedRecord(f"expected numbers {', '.join(names)} in each subfield", None, field)
    return numbers


def _note_count(view: View, name: str, points: list[RawPoint], losses: Losses) -> None:
    stated = view[name]
    losses.add(
        f"number of minutiae, stated as {stated}, but there are {len(points)}", when=stated not in (None, len(points))
    )
