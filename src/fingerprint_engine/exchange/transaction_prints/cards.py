"""A ten-print card as `tenprint.read_card` takes it, from a transaction and back: slaps whole, with their segments."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from fingerprint_engine.errors import ContradictoryRecord
from fingerprint_engine.exchange.ansi_nist import Header, Segment, Transaction, View, build_transaction
from fingerprint_engine.exchange.ansi_nist.tables.codes import ROLLED
from fingerprint_engine.exchange.image_codecs import Compression
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.transaction_prints.building import image_record
from fingerprint_engine.exchange.transaction_prints.images import images_of_transaction
from fingerprint_engine.fingers import Finger, Impression, Slap
from fingerprint_engine.limits import DEFAULT_LIMITS, Limits
from fingerprint_engine.preprocessing import FingerprintImage, ImageCodec
from fingerprint_engine.tenprint import MissingReason, TenprintSet
from fingerprint_engine.tenprint.card import fingers_of

_REASONS = {"XX": MissingReason.AMPUTATED, "UP": MissingReason.UNABLE_TO_PRINT}
"""14.018, ABC: partial print because of amputation, and unable to print."""
_CODES = {reason: code for code, reason in _REASONS.items()}
_POSITIONS = {int(one): one for kind in (Finger, Slap) for one in kind if one != Finger.UNKNOWN}


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class CardImages:
    """What `read_card` takes.

    Attributes
    ----------
    images
        By position, slaps whole.
    impressions
        How each was taken.
    missing
        Fingers that field 14.018 says are amputated (XX) or could not be printed (UP).
    """

    images: Mapping[int, FingerprintImage]
    impressions: Mapping[int, Impression]
    missing: Mapping[Finger, MissingReason]


def card_of_transaction(
    transaction: Transaction,
    *,
    strict: bool = False,
    ppi: float | None = None,
    codecs: Sequence[ImageCodec] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Mapped[CardImages]:
    """The images of a card, for `tenprint.read_card`.

    Parameters
    ----------
    transaction, strict, ppi, codecs, limits
        See `images_of_transaction`.

    Returns
    -------
    Mapped
        Palms, latents and second images of a position are among the losses.
    """
    decoded = images_of_transaction(transaction, whole=True, ppi=ppi, codecs=codecs, limits=limits)
    losses = Losses()
    for loss in decoded.losses:
        losses.add(loss)
    images: dict[int, FingerprintImage] = {}
    impressions: dict[int, Impression] = {}
    for one in decoded.value:
        position = _POSITIONS.get(one.position)
        if position is None or one.impression is Impression.LATENT:
            losses.add(f"an image of position {one.position}, which is none of a ten-print card")
        elif int(position) in images:
            losses.add(f"a second image of the {position.words}")
        else:
            images[int(position)], impressions[int(position)] = one.image, one.impression
    return losses.settle(CardImages(images, impressions, _missing(transaction, losses)), strict=strict)


def transaction_of_card(
    images: Mapping[int, FingerprintImage],
    tenprints: TenprintSet,
    header: Header,
    captured: datetime.date,
    compression: Compression,
    *,
    strict: bool = False,
) -> Mapped[Transaction]:
    """Make a transaction of a card that was read: slaps with their segments, missing fingers with their codes.

    INTERPOL's rule for submissions of slaps alone is kept: each finger that was cut out of a slap follows as a record
    of its own. Where there are rolled prints it does not.

    Parameters
    ----------
    images
        As `read_card` took them.
    tenprints
        What it gave.
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
    """
    losses = Losses()
    losses.add(f"pixels, by {compression} compression", when=not compression.is_lossless)
    unknown = sorted(set(images) - set(_POSITIONS))
    if unknown:
        raise ContradictoryRecord(f"expected positions 1 to 15, found {unknown[0]}", "14.013")
    shown = {int(one.finger) for one in tenprints.prints if one.template is not None}
    missing = {int(finger): _CODES[why] for finger, why in tenprints.missing.items() if why in _CODES}
    absent = {finger: code for finger, code in missing.items() if finger not in shown}
    ways = {int(one.position): int(one.impression) for one in tenprints.prints}
    records = []
    for position in sorted(images):
        usual = Impression.LIVESCAN_ROLLED if position in Finger.__members__.values() else Impression.LIVESCAN_PLAIN
        way = ways.get(position, int(usual))
        segments = _segments(position, images[position], tenprints)
        records.append(image_record(images[position], position, way, captured, compression, losses, segments=segments))
    if not any(record.impression in ROLLED for record in records):
        cut = [one for one in tenprints.prints if one.box is not None and int(one.finger) not in images]
        for one in cut:
            way = int(one.impression)
            records.append(image_record(one.image, int(one.finger), way, captured, compression, losses))
    return losses.settle(build_transaction(header, records, missing=absent), strict=strict)


def _segments(position: int, image: FingerprintImage, tenprints: TenprintSet) -> tuple[Segment, ...]:
    """Field 14.021 of a slap; plain thumbs on images of their own have none."""
    if position not in (Slap.RIGHT_FOUR, Slap.LEFT_FOUR, Slap.THUMBS):
        return ()
    found = [one for one in tenprints.prints if one.position == position and one.box is not None]
    return tuple(Segment(int(one.finger), *one.box.bounds(image.shape)) for one in found if one.box is not None)


def _missing(transaction: Transaction, losses: Losses) -> dict[Finger, MissingReason]:
    """Fingers of field 14.018; lost is what an image says of fingers of others, and the second of two reasons."""
    missing: dict[Finger, MissingReason] = {}
    for record in transaction.records:
        if record.type != 14:
            continue
        view = View(record)
        value: Any = view["AMP"]
        shown: Any = view["FGP"]
        position = _POSITIONS.get(shown[0]) if shown and isinstance(shown[0], int) else None
        for part in value or ():
            code, why = (part.get("FRAP"), part.get("ABC")) if isinstance(part, dict) else (None, None)
            finger = _POSITIONS.get(code) if isinstance(code, int) else None
            reason = _REASONS.get(str(why))
            if not isinstance(finger, Finger) or reason is None:
                losses.add(f"14.018: finger {code!r} with the code {str(why)[:4]!r}")
                continue
            if position is not None and finger not in fingers_of(position):
                losses.add(f"14.018: the {finger.words}, in an image of the {position.words}")
                continue
            losses.add(f"14.018: two reasons for the {finger.words}", when=missing.get(finger, reason) is not reason)
            missing.setdefault(finger, reason)
    return missing
