"""A print on its way in or out: an image with what a record says about it."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.template import Template

_ONE_FINGER = frozenset((*range(13), 16, 17, 19))
"""Unknown, the ten fingers, plain thumbs, extra digits, and parts of one finger (tip, entire joint image)."""


@dataclasses.dataclass(frozen=True, slots=True)
class PrintImage:
    """An image of a print.

    Parameters
    ----------
    image
        Pixels and resolution.
    finger, impression
        Which finger, and how it was taken.
    position
        Code of the position in the record, which also knows groups of fingers, palms and soles.
    template
        Made of the image, if it is to go along: transactions then get a Type-9 record of it.
    """

    image: FingerprintImage
    finger: Finger = Finger.UNKNOWN
    impression: Impression = Impression.UNKNOWN
    position: int = 0
    template: Template | None = None

    @property
    def is_of_one_finger(self) -> bool:
        """Whether the position is that of one finger, or unknown: not a slap, a palm or a sole."""
        return self.position in _ONE_FINGER
