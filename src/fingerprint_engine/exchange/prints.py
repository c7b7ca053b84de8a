"""A print on its way in or out: an image with what a record says about it."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.preprocessing import FingerprintImage


@dataclasses.dataclass(frozen=True, slots=True)
class PrintImage:
    """An image of a print.

    Parameters
    ----------
    image
        Pixels and resolution.
    finger, impression
        Which finger, and how it was taken.
    """

    image: FingerprintImage
    finger: Finger = Finger.UNKNOWN
    impression: Impression = Impression.UNKNOWN
