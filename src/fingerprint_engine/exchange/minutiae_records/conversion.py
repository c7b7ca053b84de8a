"""A record of one version as a record of another, with what the other has no place for."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.minutiae_records.extended_data import (
    CORES_AND_DELTAS,
    ZONAL_QUALITY,
    CoresAndDeltas,
    RecordPoint,
    core_and_delta_block,
    cores_and_deltas,
)
from fingerprint_engine.exchange.minutiae_records.model import (
    QUALITY_NOT_ATTEMPTED,
    QUALITY_NOT_REPORTED,
    ExtendedBlock,
    MinutiaeRecord,
    MinutiaeView,
    RecordMinutia,
    RecordVersion,
)
from fingerprint_engine.exchange.representation import UNKNOWN_PRODUCT, UNKNOWN_VENDOR, CaptureDevice, QualityBlock

_FOUR_BITS = 15


def convert(record: MinutiaeRecord, version: RecordVersion, *, strict: bool = False) -> Mapped[MinutiaeRecord]:
    """Make a record of another version.

    Positions stay as they are; angles are rounded to the other's steps; cores and deltas are encoded anew; blocks of
    vendors and ridge counts are copied.

    Raises
    ------
    LossRefused
        In strict mode, when something has no place in the other version.
    """
    losses = Losses()
    if version is record.version:
        return losses.settle(record, strict=strict)
    views = tuple(_view(view, record.version, version, losses) for view in record.views)
    owners = not version.is_iso
    losses.add("CBEFF product identifier", when=not owners and record.owner not in (0, UNKNOWN_VENDOR))
    equipment = 0
    if record.version.first_edition and version.first_edition:
        equipment = record.equipment
    else:
        losses.add("capture equipment", when=record.equipment != 0)
    made = MinutiaeRecord(
        version,
        views,
        (record.owner or UNKNOWN_VENDOR) if owners else 0,
        (record.product or UNKNOWN_PRODUCT) if owners else 0,
        equipment,
    )
    return losses.settle(made, strict=strict)


def _view(view: MinutiaeView, old: RecordVersion, new: RecordVersion, losses: Losses) -> MinutiaeView:
    losses.add("angles are rounded to other steps", when=old.is_iso != new.is_iso and bool(view.minutiae))
    impression, number = view.impression, view.number
    if new.first_edition:
        losses.add(f"impression type {impression} is written as 0", when=impression > _FOUR_BITS)
        losses.add(f"view number {number} is written as {_FOUR_BITS}", when=number > _FOUR_BITS)
        impression, number = (impression if impression <= _FOUR_BITS else 0), min(number, _FOUR_BITS)
    iso_2011 = new is RecordVersion.ISO_2011
    losses.add("capture device, time and certifications", when=not iso_2011 and view.device != CaptureDevice())
    losses.add("ridge ending type", when=old is RecordVersion.ISO_2011 and view.ending_type != 0)
    keeps = 0 if new.first_edition else len(view.qualities) if iso_2011 else 1
    losses.add("quality blocks", when=any(one.vendor not in (0, UNKNOWN_VENDOR) for one in view.qualities[keeps:]))
    quality = _quality(view.quality, old, new)
    qualities = view.qualities[:keeps]
    if not new.is_iso:
        qualities = tuple(one if one.vendor else _unknown(one) for one in qualities)
    if iso_2011 and not qualities and quality <= 100:
        qualities = (QualityBlock(quality, UNKNOWN_VENDOR, UNKNOWN_PRODUCT),)
    return dataclasses.replace(
        view,
        number=number,
        impression=impression,
        quality=quality,
        minutiae=tuple(_minutia(minutia, old, new) for minutia in view.minutiae),
        extended=_blocks(view.extended, old, new, losses),
        qualities=qualities,
        device=view.device if iso_2011 else CaptureDevice(),
        minutia_bytes=6,
        ending_type=0,
    )


def _unknown(quality: QualityBlock) -> QualityBlock:
    return QualityBlock(quality.score, UNKNOWN_VENDOR, quality.algorithm or UNKNOWN_PRODUCT)


def _minutia(minutia: RecordMinutia, old: RecordVersion, new: RecordVersion) -> RecordMinutia:
    return minutia._replace(angle=_angle(minutia.angle, old, new), quality=_quality(minutia.quality, old, new))


def _angle(angle: int, old: RecordVersion, new: RecordVersion) -> int:
    return int(angle * old.step_deg / new.step_deg + 0.5) % new.steps if old.is_iso != new.is_iso else angle


def _quality(quality: int, old: RecordVersion, new: RecordVersion) -> int:
    """The quality in another edition: what one calls not reported, the other calls not attempted."""
    if old.first_edition and not new.first_edition:
        return QUALITY_NOT_ATTEMPTED if quality == QUALITY_NOT_REPORTED else quality
    if new.first_edition and not old.first_edition:
        return QUALITY_NOT_REPORTED if quality > 100 else max(1, quality)
    return quality


def _blocks(
    blocks: tuple[ExtendedBlock, ...], old: RecordVersion, new: RecordVersion, losses: Losses
) -> tuple[ExtendedBlock, ...]:
    made: list[ExtendedBlock] = []
    for block in blocks:
        if block.kind == CORES_AND_DELTAS:
            made.append(_points(block, old, new, losses))
        elif block.kind == ZONAL_QUALITY and not new.is_iso:
            losses.add("zonal quality")
        else:
            made.append(block)
    return tuple(made)


def _points(block: ExtendedBlock, old: RecordVersion, new: RecordVersion, losses: Losses) -> ExtendedBlock:
    found = cores_and_deltas(block, old)
    groups = []
    for group in (found.cores, found.deltas):
        mixed = not new.is_iso and len({bool(point.angles) for point in group}) > 1
        losses.add("directions of cores or deltas, where only some have one", when=mixed)
        groups.append(
            tuple(
                RecordPoint(point.x, point.y, () if mixed else tuple(_angle(angle, old, new) for angle in point.angles))
                for point in group
            )
        )
    return core_and_delta_block(CoresAndDeltas(groups[0], groups[1]), new)
