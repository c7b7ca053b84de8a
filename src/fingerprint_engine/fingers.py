"""Finger positions and impression types, with the codes of ANSI/NIST-ITL 1 (tables 8 and 7)."""

from __future__ import annotations

import enum


class Finger(enum.IntEnum):
    """Finger position; the numbers are those of ANSI/NIST-ITL and ISO/IEC 19794."""

    UNKNOWN = 0
    RIGHT_THUMB = 1
    RIGHT_INDEX = 2
    RIGHT_MIDDLE = 3
    RIGHT_RING = 4
    RIGHT_LITTLE = 5
    LEFT_THUMB = 6
    LEFT_INDEX = 7
    LEFT_MIDDLE = 8
    LEFT_RING = 9
    LEFT_LITTLE = 10

    @property
    def words(self) -> str:
        """The position in words, for example ``right index``."""
        return self.name.lower().replace("_", " ")


class Slap(enum.IntEnum):
    """Several fingers, or one plain thumb, on one image; the numbers are those of ANSI/NIST-ITL."""

    RIGHT_THUMB = 11
    LEFT_THUMB = 12
    RIGHT_FOUR = 13
    LEFT_FOUR = 14
    THUMBS = 15

    @property
    def words(self) -> str:
        """The position in words, for example ``right four``."""
        return self.name.lower().replace("_", " ")

    @property
    def fingers(self) -> tuple[Finger, ...]:
        """Its fingers as they lie on the glass from left to right, palm down, fingers up."""
        return _ON_GLASS[self]


_ON_GLASS = {
    Slap.RIGHT_THUMB: (Finger.RIGHT_THUMB,),
    Slap.LEFT_THUMB: (Finger.LEFT_THUMB,),
    Slap.RIGHT_FOUR: (Finger.RIGHT_INDEX, Finger.RIGHT_MIDDLE, Finger.RIGHT_RING, Finger.RIGHT_LITTLE),
    Slap.LEFT_FOUR: (Finger.LEFT_LITTLE, Finger.LEFT_RING, Finger.LEFT_MIDDLE, Finger.LEFT_INDEX),
    Slap.THUMBS: (Finger.LEFT_THUMB, Finger.RIGHT_THUMB),
}


class Impression(enum.IntEnum):
    """How the print was taken; the numbers are those of ANSI/NIST-ITL."""

    LIVESCAN_PLAIN = 0
    LIVESCAN_ROLLED = 1
    NONLIVE_PLAIN = 2
    NONLIVE_ROLLED = 3
    LATENT = 4
    SWIPE = 8
    UNKNOWN = 29
