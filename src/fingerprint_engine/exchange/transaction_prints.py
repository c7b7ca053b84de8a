"""The prints of an ANSI/NIST-ITL transaction: images of Types 4, 13, 14 and 15, and templates of Type-9."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from fingerprint_engine.errors import ExchangeError, ImageError, LimitExceeded, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.ansi_nist import (
    Block,
    Header,
    ImageRecord,
    Record,
    RidgeFeatures,
    Transaction,
    View,
    build_transaction,
    features_in,
    geometry_of,
)
from fingerprint_engine.exchange.ansi_nist.tables.codes import BINARY_COMPRESSIONS, COMPRESSION_LABELS
from fingerprint_engine.exchange.image_codecs import Compression, decode, encode
from fingerprint_engine.exchange.impressions import finger_of, impression_of
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.points import FOREIGN, template_of_points
from fingerprint_engine.exchange.prints import PrintImage
from fingerprint_engine.fingers import Impression
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits
from fingerprint_engine.minutiae.columns import SingularKind
from fingerprint_engine.preprocessing import FingerprintImage, ImageCodec
from fingerprint_engine.template import Template

IMAGE_TYPES = (4, 13, 14, 15)
_OF_LABEL = {label: compression for compression, label in COMPRESSION_LABELS.items()} | {"JPEGL": Compression.JPEG}
"""Lossless JPEG is told from the data, and then refused by name."""
_NAMED = {label: _OF_LABEL[label] for label in BINARY_COMPRESSIONS}
_NUMBERED = tuple(_NAMED.values())
_SQUARE = 0.01


def images_of_transaction(
    transaction: Transaction,
    *,
    strict: bool = False,
    codecs: Sequence[ImageCodec] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Mapped[tuple[PrintImage, ...]]:
    """Decode the prints of a transaction.

    A slap whose record says where its fingers are (field 14.021) gives an image of each finger, any other record one.

    Parameters
    ----------
    transaction
        What `ansi_nist.loads` gave.
    strict
        Whether to refuse to lose anything, and to leave out records that cannot be decoded.
    codecs
        See `image_codecs.decode`.
    limits
        What all images together may cost, with the fingers that are cut out of them.

    Raises
    ------
    LimitExceeded
        When they cost more.
    LossRefused
        In strict mode.
    MissingExtra
        For WSQ without the extra ``wsq``.
    """
    losses, budget = Losses(), Budget(limits)
    found: list[PrintImage] = []
    for place, record in enumerate(transaction.records):
        if record.type not in IMAGE_TYPES:
            continue
        try:
            found.extend(_images(record, losses, codecs, budget))
        except LimitExceeded as error:
            raise error.at(f"record {place + 1}, Type-{record.type}") from error
        except ExchangeError as error:
            losses.add(f"record {place + 1}, Type-{record.type}: {error}")
    others = sorted({record.type for record in transaction.records} - {1, *IMAGE_TYPES})
    for kind in others:
        losses.add(f"records of Type-{kind}")
    return losses.settle(tuple(found), strict=strict)


def templates_of_transaction(
    transaction: Transaction,
    *,
    strict: bool = False,
    parameters_digest: bytes = FOREIGN,
    limits: Limits = DEFAULT_LIMITS,
) -> Mapped[tuple[Template, ...]]:
    """Make a template of each Type-9 record in a supported encoding.

    Parameters
    ----------
    transaction
        What `ansi_nist.loads` gave.
    strict
        Whether to refuse to lose anything.
    parameters_digest
        See `minutiae_records.templates`.
    limits
        What all templates together may cost.

    Raises
    ------
    LimitExceeded
        When they cost more.
    ExchangeError
        When a record is damaged.
    LossRefused
        In strict mode.
    """
    losses, budget = Losses(), Budget(limits)
    made = []
    for _, mapped in features_in(transaction):
        budget.spend("prints")
        features = mapped.value
        for loss in mapped.losses:
            losses.add(loss)
        losses.add("candidate positions but the first", when=len(features.positions) > 1)
        made.append(
            template_of_points(
                features.minutiae,
                losses,
                shape=features.shape,
                extractor=f"Type-9 {features.block}",
                singular_points=features.singular_points,
                finger=finger_of(features.positions[0], losses),
                impression=(
                    Impression.UNKNOWN if features.impression is None else impression_of(features.impression, losses)
                ),
                source_ppi=features.source_ppi or 500.0,
                parameters_digest=parameters_digest,
            )
        )
    return losses.settle(tuple(made), strict=strict)


def _images(
    record: Record, losses: Losses, codecs: Sequence[ImageCodec] | None, budget: Budget
) -> Iterator[PrintImage]:
    view = View(record)
    geometry, data = geometry_of(record), view["DATA"]
    if not isinstance(data, bytes) or not data:
        raise UnsupportedRecord(_why_no_image(view))
    if geometry is None:
        raise MalformedRecord("expected size and resolution of the image, found none or not all", field="HLL to TVPS")
    if abs(geometry.x_ppi / geometry.y_ppi - 1.0) > _SQUARE:
        raise ExchangeError(f"expected square pixels, found {geometry.x_ppi:g} x {geometry.y_ppi:g} ppi")
    depth = view["BPX"] if record.type != 4 else 8
    pixels, remarks = decode(
        data,
        _compression(view["CGA"]),
        rows=geometry.rows,
        cols=geometry.cols,
        depth=depth if isinstance(depth, int) else 8,
        codecs=codecs,
        budget=budget,
    )
    for remark in remarks:
        losses.add(remark)
    positions: Any = view["FGP"] or (0,)
    losses.add("candidate positions but the first", when=len(positions) > 1)
    impression = _impression(view["IMP"], losses)
    parts = _segments(view, record.type, pixels, budget)
    if not parts:
        budget.spend("prints")
        parts = [(int(positions[0]), pixels)]
    for position, part in parts:
        lost = losses if parts[0][1] is not pixels else Losses()
        try:
            image = FingerprintImage(part, geometry.x_ppi)
        except ImageError as error:
            raise ExchangeError(str(error)) from error
        yield PrintImage(image, finger_of(position, lost), impression, position)


def _why_no_image(view: View) -> str:
    """A Type-14 record without an image may name, in field AMP, the finger that is not there."""
    value: Any = view["AMP"] if view.record.type == 14 else None
    missing = [str(part["FRAP"]) for part in value or () if isinstance(part, dict) and part.get("FRAP") is not None]
    if not missing:
        return "the record holds no image"
    return f"no image: finger {', '.join(missing)} is missing or cannot be printed"


def _segments(
    view: View, record_type: int, pixels: np.ndarray[Any, np.dtype[np.uint8]], budget: Budget
) -> list[tuple[int, Any]]:
    """Position and pixels of each finger that field 14.021 places in a slap; bounds are cut to the image."""
    if record_type != 14:
        return []
    value: Any = view["SEG"]
    found = []
    for part in value or ():
        left, right, top, bottom = (part.get(name) for name in ("LHC", "RHC", "TVC", "BVC"))
        if None in (left, right, top, bottom, part.get("FRSP")):
            continue
        cut = pixels[max(0, top) : bottom + 1, max(0, left) : right + 1]
        if cut.size:
            budget.spend("prints")
            budget.spend("pixels", cut.size)  # each becomes an image of its own
            found.append((int(part["FRSP"]), cut))
    return found


def _compression(code: Any) -> Compression:
    if isinstance(code, int) and 0 <= code < len(_NUMBERED):
        return _NUMBERED[code]
    if code is None:
        return Compression.RAW
    if isinstance(code, str) and code in _NAMED:
        return _NAMED[code]
    raise UnsupportedRecord(f"compression: expected one of {', '.join(_NAMED)}, found another")


def _impression(code: Any, losses: Losses) -> Impression:
    return impression_of(code, losses) if isinstance(code, int) else Impression.UNKNOWN


def _features(template: Template, losses: Losses) -> RidgeFeatures:
    """A template's minutiae for Type-9; INCITS 378 rounds them to pixels and to 2°."""
    losses.add("fractions of positions and directions")
    losses.add("directions of deltas", when=bool((template.singular_points.kind == SingularKind.DELTA).any()))
    losses.add("map of area, ridge flow and ridge period")
    return RidgeFeatures(Block.INCITS_378, template.minutiae, template.singular_points, (int(template.finger),))


def transaction_of_images(
    prints: Sequence[PrintImage],
    header: Header,
    captured: datetime.date,
    compression: Compression,
    *,
    strict: bool = False,
) -> Mapped[Transaction]:
    """Make a transaction with a record of each image.

    Parameters
    ----------
    prints
        What to send, each with the template made of it if there is one; those of an unknown finger as position 0.
    header
        Type-1 of the transaction.
    captured
        Day on which the prints were taken.
    compression
        Of all images.
    strict
        Whether to refuse a lossy compression.

    Raises
    ------
    ExchangeError
        When the images contradict each other or the transaction's rules.
    LossRefused
        In strict mode.
    """
    losses = Losses()
    losses.add(f"pixels, by {compression} compression", when=not compression.is_lossless)
    images = []
    for one in prints:
        rows, cols = one.image.shape
        ppi = round(one.image.ppi)
        losses.add("fractions of the resolution", when=ppi != one.image.ppi)
        features = None if one.template is None else _features(one.template, losses)
        images.append(
            ImageRecord(
                payload=encode(one.image, compression),
                compression=compression,
                position=one.position or int(one.finger),
                impression=int(one.impression),
                cols=cols,
                rows=rows,
                ppi=ppi,
                captured=captured,
                features=features,
            )
        )
    return losses.settle(build_transaction(header, images), strict=strict)
