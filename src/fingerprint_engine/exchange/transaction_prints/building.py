"""A transaction of images, each with the template that was made of it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from fingerprint_engine.exchange.ansi_nist import (
    Block,
    Header,
    ImageRecord,
    RidgeFeatures,
    Segment,
    Transaction,
    build_transaction,
)
from fingerprint_engine.exchange.image_codecs import Compression, encode
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.prints import PrintImage
from fingerprint_engine.minutiae.columns import SingularKind
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.template import Template


def _features(template: Template, losses: Losses) -> RidgeFeatures:
    """A template's minutiae for Type-9; INCITS 378 rounds them to pixels and to 2°."""
    losses.add("fractions of positions and directions")
    losses.add("directions of deltas", when=bool((template.singular_points.kind == SingularKind.DELTA).any()))
    losses.add("map of area, ridge flow and ridge period")
    return RidgeFeatures(Block.INCITS_378, template.minutiae, template.singular_points, (int(template.finger),))


def image_record(
    image: FingerprintImage,
    position: int,
    impression: int,
    captured: datetime.date,
    compression: Compression,
    losses: Losses,
    *,
    template: Template | None = None,
    segments: tuple[Segment, ...] = (),
) -> ImageRecord:
    """The record of one image, and what it cannot hold."""
    rows, cols = image.shape
    ppi = round(image.ppi)
    losses.add("fractions of the resolution", when=ppi != image.ppi)
    return ImageRecord(
        payload=encode(image, compression),
        compression=compression,
        position=position,
        impression=impression,
        cols=cols,
        rows=rows,
        ppi=ppi,
        captured=captured,
        features=None if template is None else _features(template, losses),
        segments=segments,
    )


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
        position, impression = one.position or int(one.finger), int(one.impression)
        record = image_record(one.image, position, impression, captured, compression, losses, template=one.template)
        images.append(record)
    return losses.settle(build_transaction(header, images), strict=strict)
