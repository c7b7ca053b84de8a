"""`MinutiaeView` to `Template` and back, with what is lost."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.coordinates import Grid, pixel_grid, ppcm_of_ppi, ppi_of_ppcm
from fingerprint_engine.exchange.impressions import finger_of, impression_code, impression_of
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.minutiae_records.extended_data import (
    CORES_AND_DELTAS,
    RIDGE_COUNTS,
    ZONAL_QUALITY,
    CoresAndDeltas,
    RecordPoint,
    core_and_delta_block,
    cores_and_deltas,
    first_of,
)
from fingerprint_engine.exchange.minutiae_records.model import (
    QUALITY_NOT_ATTEMPTED,
    QUALITY_NOT_REPORTED,
    ExtendedBlock,
    MinutiaeView,
    RecordMinutia,
    RecordVersion,
)
from fingerprint_engine.exchange.minutiae_records.native_block import find_native, is_native, native_block
from fingerprint_engine.exchange.points import FOREIGN, template_of_points
from fingerprint_engine.exchange.representation import UNKNOWN_PRODUCT, UNKNOWN_VENDOR, QualityBlock
from fingerprint_engine.geometry import CANONICAL_PPI
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, Minutiae, MinutiaKind, SingularKind, SingularPoints
from fingerprint_engine.template import Template, TemplateParameters

EXTRACTOR = "minutiae record"


def view_of_template(
    template: Template, version: RecordVersion, *, ppi: float = CANONICAL_PPI, native: bool = False
) -> tuple[MinutiaeView, Losses]:
    """Make a view of a template.

    Parameters
    ----------
    template
        What to write.
    version
        The edition that the view is for.
    ppi
        Resolution of the view's positions: 500 rounds them to whole pixels of the engine, more keeps fractions.
    native
        Whether to add the template's own bytes as an extended block: nothing is lost then but what others would be
        told wrongly.
    """
    losses, false_statements = Losses(), Losses()
    rows, cols = (math.ceil(side * ppi / CANONICAL_PPI) for side in template.shape)
    ppcm = ppcm_of_ppi(ppi)
    impression = impression_code(template.impression, false_statements, four_bits=version.first_edition)
    view = MinutiaeView(
        position=int(template.finger),
        number=0,
        impression=impression,
        quality=_quality_code(template.quality, version),
        width=cols,
        height=rows,
        x_ppcm=ppcm,
        y_ppcm=ppcm,
        minutiae=_record_minutiae(template, version, ppcm, (rows, cols), losses),
        extended=_singular_block(template.singular_points, version, ppcm, (rows, cols), losses),
        qualities=_quality_blocks(template.quality, version),
        ending_type=1,  # what the engine finds endings on
    )
    for what in ("map of area, ridge flow and ridge period", "local descriptors, which are made anew without the area"):
        losses.add(what)
    losses.add("extractor's name", when=bool(template.extractor))
    losses.add("digest of the extraction's parameters", when=template.parameters_digest != bytes(8))
    losses.add("resolution of the image", when=abs(template.source_ppi - ppi) > 1.0)
    if native:
        return dataclasses.replace(view, extended=(*view.extended, native_block(template))), false_statements
    losses.extend(false_statements)
    return view, losses


def template_of_view(
    view: MinutiaeView,
    version: RecordVersion,
    *,
    ppi: float | None = None,
    parameters: TemplateParameters | None = None,
    parameters_digest: bytes = FOREIGN,
) -> tuple[Template, Losses]:
    """Make a template of a view: its own bytes if a native block agrees with the standard fields, else of the fields.

    See `minutiae_records.templates` for the parameters.

    Raises
    ------
    ExchangeError
        When the view states no resolution or is larger than a hand.
    """
    losses = Losses()
    kept = find_native(view, losses)
    if kept is not None and view.x_ppcm > 0:
        again, _ = view_of_template(kept, version, ppi=ppi_of_ppcm(view.x_ppcm))
        if (again.minutiae, again.position) == (view.minutiae, view.position):
            return kept, losses
        losses.add("native block, which disagrees with the record's own fields")

    if ppi is None and not (view.x_ppcm > 0 and view.y_ppcm > 0):
        stated = f"{view.x_ppcm} x {view.y_ppcm} pixels per centimetre"
        raise ExchangeError(
            f"{version.clause}, resolution: expected positive units per inch, found {stated}; pass ppi="
        )
    x_ppi, y_ppi = (ppi_of_ppcm(view.x_ppcm), ppi_of_ppcm(view.y_ppcm)) if ppi is None else (ppi, ppi)
    grid = pixel_grid(x_ppi, y_ppi, version.step_deg)
    x, y = grid.to_px(*_columns(view, ("x", "y")))
    kind, angle, quality = _columns(view, ("kind", "angle", "quality"))
    minutiae = Minutiae(
        x.astype(np.float32),
        y.astype(np.float32),
        grid.to_rad(angle),
        np.where(kind > max(MinutiaKind), MinutiaKind.UNKNOWN, kind).astype(np.uint8),
        _known_quality(quality, version).astype(np.uint8),
    )
    _note_what_has_no_place(view, losses)
    template = template_of_points(
        minutiae,
        losses,
        shape=(view.height * CANONICAL_PPI / y_ppi, view.width * CANONICAL_PPI / x_ppi),
        extractor=EXTRACTOR,
        singular_points=_singular_points(view, version, grid),
        quality=int(_known_quality(np.array([view.quality]), version)[0]),
        finger=finger_of(view.position, losses),
        impression=impression_of(view.impression, losses),
        source_ppi=x_ppi,
        parameters=parameters,
        parameters_digest=parameters_digest,
    )
    return template, losses


def _record_minutiae(
    template: Template, version: RecordVersion, ppcm: int, size: tuple[int, int], losses: Losses
) -> tuple[RecordMinutia, ...]:
    columns = template.minutiae
    grid = MinutiaeView(0, 0, 0, 0, 0, 0, ppcm, ppcm).grid(version)
    x, y = grid.from_px(columns.x, columns.y)
    x, y = np.clip(x, 0, size[1] - 1), np.clip(y, 0, size[0] - 1)
    back_x, back_y = grid.to_px(x, y)
    moved = np.hypot(back_x - columns.x, back_y - columns.y)
    losses.add(
        f"fractions of positions, up to {moved.max(initial=0.0):.2f} px at 500 ppi",
        when=bool(moved.max(initial=0.0) > 0),
    )
    losses.add("directions are rounded to 2°", when=not version.is_iso and len(columns) > 0)
    quality = [_quality_code(int(one), version) for one in columns.quality]
    rows = zip(columns.kind, x, y, grid.from_rad(columns.direction), quality, strict=True)
    return tuple(RecordMinutia(*(int(value) for value in row)) for row in rows)


def _singular_block(
    points: SingularPoints, version: RecordVersion, ppcm: int, size: tuple[int, int], losses: Losses
) -> tuple[ExtendedBlock, ...]:
    if len(points) == 0:
        return ()
    grid = MinutiaeView(0, 0, 0, 0, 0, 0, ppcm, ppcm).grid(version)
    x, y = grid.from_px(points.x, points.y)
    x, y = np.clip(x, 0, size[1] - 1), np.clip(y, 0, size[0] - 1)
    angle = grid.from_rad(points.direction)
    cores, deltas = [], []
    for i in range(len(points)):
        if points.kind[i] == SingularKind.CORE:
            cores.append(RecordPoint(int(x[i]), int(y[i]), (int(angle[i]),)))
        else:
            deltas.append(RecordPoint(int(x[i]), int(y[i])))
            losses.add("directions of deltas: the formats have none or three per delta")
    return (core_and_delta_block(CoresAndDeltas(tuple(cores[:15]), tuple(deltas[:15])), version),)


def _singular_points(view: MinutiaeView, version: RecordVersion, grid: Grid) -> SingularPoints:
    block = first_of(view.extended, CORES_AND_DELTAS)
    if block is None:
        return SingularPoints.empty()
    found = cores_and_deltas(block, version)
    points = [*found.cores, *found.deltas]
    x, y = grid.to_px([point.x for point in points], [point.y for point in points])
    direction = grid.to_rad([point.angles[0] if point.angles else 0 for point in points])
    kinds = [SingularKind.CORE] * len(found.cores) + [SingularKind.DELTA] * len(found.deltas)
    return SingularPoints(
        x.ravel().astype(np.float32), y.ravel().astype(np.float32), direction.ravel(), np.array(kinds, np.uint8)
    )


def _columns(view: MinutiaeView, names: tuple[str, ...]) -> list[NDArray[np.int64]]:
    return [np.array([getattr(minutia, name) for minutia in view.minutiae], np.int64) for name in names]


def _known_quality(quality: NDArray[np.int64], version: RecordVersion) -> NDArray[np.int64]:
    """The engine's 0 to 100, or 255 where the record says nothing that the engine understands."""
    unknown = quality > 100
    if version.first_edition:
        unknown |= quality == QUALITY_NOT_REPORTED
    return np.where(unknown, UNKNOWN_QUALITY, quality)


def _quality_code(quality: int, version: RecordVersion) -> int:
    if version.first_edition:
        return QUALITY_NOT_REPORTED if quality == UNKNOWN_QUALITY else max(1, quality)
    return QUALITY_NOT_ATTEMPTED if quality == UNKNOWN_QUALITY else quality


def _quality_blocks(quality: int, version: RecordVersion) -> tuple[QualityBlock, ...]:
    if version is not RecordVersion.ISO_2011 or quality == UNKNOWN_QUALITY:
        return ()
    return (QualityBlock(quality, UNKNOWN_VENDOR, UNKNOWN_PRODUCT),)


def _note_what_has_no_place(view: MinutiaeView, losses: Losses) -> None:
    kinds = {block.kind for block in view.extended}
    losses.add("ridge counts", when=RIDGE_COUNTS in kinds)
    losses.add("zonal quality", when=ZONAL_QUALITY in kinds)
    foreign = sorted(
        block.kind
        for block in view.extended
        if block.kind not in (RIDGE_COUNTS, CORES_AND_DELTAS, ZONAL_QUALITY) and not is_native(block)
    )
    for kind in foreign:
        losses.add(f"extended block of type 0x{kind:04X}")
    losses.add("number of the view", when=view.number != 0)
    losses.add(
        "quality's vendor and algorithm", when=any(one.vendor not in (0, UNKNOWN_VENDOR) for one in view.qualities)
    )
    device = view.device
    losses.add("capture device", when=bool(device.technology or device.vendor or device.product))
    losses.add("capture time", when=device.time not in (b"\xff" * 9, bytes(9)))
    losses.add("certifications", when=bool(device.certifications))
    losses.add("minutiae of the reserved kind 3 become unknown", when=any(one.kind == 3 for one in view.minutiae))


def settle(pairs: list[tuple[Template, Losses]], *, strict: bool) -> Mapped[tuple[Template, ...]]:
    """Templates of all views, with all losses."""
    merged = Losses()
    for _, losses in pairs:
        merged.extend(losses)
    return merged.settle(tuple(template for template, _ in pairs), strict=strict)
