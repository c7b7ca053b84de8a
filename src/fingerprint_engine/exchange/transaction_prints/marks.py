"""Marks as `tenprint.read_mark` takes them, from a transaction: images of Type-13, and what Type-9 says of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fingerprint_engine.errors import MalformedRecord, ParameterError
from fingerprint_engine.exchange.ansi_nist import Record, Transaction, View
from fingerprint_engine.exchange.ansi_nist.features.model import RidgeFeatures, blocks_of
from fingerprint_engine.exchange.ansi_nist.features.reading import features_of
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.transaction_prints.images import images_of_transaction
from fingerprint_engine.fingers import Finger
from fingerprint_engine.geometry import MM_PER_INCH
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits
from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.preprocessing import FingerprintImage, ImageCodec
from fingerprint_engine.tenprint import MarkRegion, Upright

_MARK = 13
_PRINTS = (4, 14)
_PER_INCH = 100.0 * MM_PER_INCH
DEFAULT_TOLERANCE_DEG = 15.0
"""9.301: what an uncertainty that is not stated means."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class MarkImage:
    """What `read_mark` takes.

    Attributes
    ----------
    image
        Of the record.
    region
        Field 9.300, where that is less than the image; None: all of it.
    minutiae, singular_points
        What an examiner marked, at 500 ppi; None where no Type-9 record belongs to the image.
    upright
        Field 9.301, where the end of the finger points.
    finger
        Where the record knows it.
    """

    image: FingerprintImage
    region: MarkRegion | None = None
    minutiae: Minutiae | None = None
    singular_points: SingularPoints | None = None
    upright: Upright | None = None
    finger: Finger = Finger.UNKNOWN


def marks_of_transaction(
    transaction: Transaction,
    *,
    strict: bool = False,
    ppi: float | None = None,
    codecs: Sequence[ImageCodec] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Mapped[tuple[MarkImage, ...]]:
    """The marks of a transaction: its images of Type-13 or, where it has none, other prints that Type-9 describes.

    Parameters
    ----------
    transaction, strict, ppi, codecs, limits
        See `images_of_transaction`.

    Returns
    -------
    Mapped
        None where the transaction holds no such image; `templates_of_transaction` reads Type-9 without one.

    Raises
    ------
    LimitExceeded, LossRefused, MissingExtra
        As `images_of_transaction`.
    ExchangeError
        When a Type-9 record is damaged.
    """
    losses, budget = Losses(), Budget(limits)
    described = {record.idc for record in transaction.of_type(9) if blocks_of(record)}
    chosen = list(transaction.of_type(_MARK))
    chosen = chosen or [record for record in transaction.of_type(*_PRINTS) if record.idc in described]
    found = []
    for record in chosen:
        alone = dataclasses.replace(transaction, records=(transaction.header, record))
        images = images_of_transaction(alone, strict=strict, ppi=ppi, whole=True, codecs=codecs, budget=budget)
        for loss in images.losses:
            losses.add(loss)
        for one in images.value:
            features = list(_features(transaction, record, losses, ppi))
            found.append(_mark(one.image, one.finger, features, losses))
    return losses.settle(tuple(found), strict=strict)


def _features(
    transaction: Transaction, record: Record, losses: Losses, ppi: float | None
) -> Iterator[tuple[Record, RidgeFeatures]]:
    """What Type-9 records say of an image."""
    linked = () if record.idc is None else transaction.linked(record.idc)
    for other in linked:
        if other.type == 9 and blocks_of(other):
            mapped = features_of(transaction, other, ppi=ppi)
            for loss in mapped.losses:
                losses.add(loss)
            yield other, mapped.value


def _mark(
    image: FingerprintImage, finger: Finger, features: list[tuple[Record, RidgeFeatures]], losses: Losses
) -> MarkImage:
    if not features:
        return MarkImage(image, finger=finger)
    losses.add("Type-9 records of an image but the first", when=len(features) > 1)
    record, read = features[0]
    view = View(record)
    region: Any = view["ROI"] or {}
    turn: Any = view["ORT"] or {}
    losses.add("9.300: the polygon of the region; its rectangle is taken", when=bool(region.get("polygon")))
    return MarkImage(image, _region(region, image), read.minutiae, read.singular_points, _upright(turn), finger)


def _region(roi: Mapping[str, Any], image: FingerprintImage) -> MarkRegion | None:
    """The rectangle of field 9.300 in pixels of the image."""
    width, height = roi.get("EWI") or 0, roi.get("EHI") or 0
    left, top = roi.get("EHO") or 0, roi.get("EVO") or 0
    if not width or not height:
        return None
    scale = image.ppi / _PER_INCH
    rows, cols = image.shape
    x, y = left * scale, top * scale
    right, bottom = min(float(cols), (left + width) * scale), min(float(rows), (top + height) * scale)
    if x < 0.0 or y < 0.0 or right - x < 1.0 or bottom - y < 1.0:
        raise MalformedRecord(f"expected a region on the image of {cols} x {rows} px", None, "9.300")
    if x < 1.0 and y < 1.0 and right > cols - 2.0 and bottom > rows - 2.0:
        return None
    return MarkRegion.rectangle(x, y, right - x, bottom - y)


def _upright(turn: Mapping[str, Any]) -> Upright | None:
    """Field 9.301: degrees from upright, counter-clockwise, and how far that may be wrong."""
    deg, tolerance = turn.get("EOD"), turn.get("EUC")
    if deg is None:
        return None
    try:
        return Upright(float(deg), DEFAULT_TOLERANCE_DEG if tolerance is None else float(tolerance))
    except ParameterError as error:
        raise MalformedRecord(str(error), None, "9.301") from None
