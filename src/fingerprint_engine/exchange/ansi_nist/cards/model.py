"""What a transaction is built from: its header, and images with what is said about them."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping

from fingerprint_engine.exchange.ansi_nist.features.model import RidgeFeatures
from fingerprint_engine.exchange.ansi_nist.tables.codes import LATENT, PALMS
from fingerprint_engine.exchange.image_codecs import Compression

VERSION = "0502"
"""ANSI/NIST-ITL 1-2011 update 2015."""


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """Type-1 of a new transaction.

    Parameters
    ----------
    transaction_type
        1.004, such as ``"CAR"`` or ``"CPS"``.
    destination, origin
        Agencies, 1.007 and 1.008.
    control_number, control_reference
        1.009 and, in answers, 1.010.
    created
        Aware moment of creation, from which 1.005 (its own local date) and 1.014 (UTC) are made.
    domain
        Name and version, 1.013; None leaves it out.
    priority
        1 (highest) to 9, 1.006.
    version
        1.002.
    utf_8
        Whether 1.015 declares UTF-8; without it all text has to be ASCII.
    """

    transaction_type: str
    destination: str
    origin: str
    control_number: str
    created: datetime.datetime
    domain: tuple[str, str] | None = None
    priority: int | None = None
    control_reference: str | None = None
    version: str = VERSION
    utf_8: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Segment:
    """One finger in a slap: columns left to right and rows top to bottom of the image, in its pixels."""

    finger: int
    left: int
    right: int
    top: int
    bottom: int


@dataclasses.dataclass(frozen=True, slots=True)
class QualityScore:
    """Quality of one finger: 0 to 100, 254 not attempted, 255 failed.

    Parameters
    ----------
    finger, score
        Which finger, and how good.
    vendor, product
        CBEFF identifiers of what gave the score; the vendor in four hexadecimal digits.
    """

    finger: int
    score: int
    vendor: str
    product: int


@dataclasses.dataclass(frozen=True, slots=True)
class ImageRecord:
    """An image to be sent, and what is said about it.

    Parameters
    ----------
    payload
        The compressed image; empty for a finger that could not be printed.
    compression
        Of the payload.
    position, impression
        Codes of ANSI/NIST-ITL, see `codes`.
    cols, rows, ppi
        Size in pixels and resolution.
    captured
        Day on which the print was taken.
    segments
        Fingers of a slap.
    features
        Become a Type-9 record with the IDC of the image.
    nist_quality
        NFIQ 1 by finger, 1 (best) to 5, 254 or 255.
    quality_scores
        NFIQ 2 and the like.
    source_agency
        Of the image, by default the header's origin.
    comment
        At most 126 characters.
    binary
        Whether to write Type-4 instead of Type-14.
    idc
        By default the next one that is free.
    """

    payload: bytes = dataclasses.field(repr=False)
    compression: Compression
    position: int
    impression: int
    cols: int
    rows: int
    ppi: int
    captured: datetime.date
    segments: tuple[Segment, ...] = ()
    features: RidgeFeatures | None = None
    nist_quality: Mapping[int, int] = dataclasses.field(default_factory=dict)
    quality_scores: tuple[QualityScore, ...] = ()
    source_agency: str | None = None
    comment: str | None = None
    binary: bool = False
    idc: int | None = None

    @property
    def type(self) -> int:
        """Record type: 13 for latents, 15 for palms, else 14, or 4 for those who ask for it."""
        if self.impression in LATENT:
            return 13
        if self.position in PALMS:
            return 15
        return 4 if self.binary else 14
