"""What a forger may say of a print: its area, quality, ridge period and ridge flow."""

from __future__ import annotations

import enum


class Area(enum.IntEnum):
    """What the forger says was seen."""

    ONE_CELL = 0
    CELLS_OF_MINUTIAE = 1
    HULL = 2
    SEEN = 3
    NONE = 4


class Quality(enum.IntEnum):
    """What the forger says of the minutiae."""

    OWN = -1
    ZERO = 0
    HALF = 50
    FULL = 100
    UNKNOWN = 255


class Period(enum.IntEnum):
    """What the forger says of the ridge period."""

    UNKNOWN = 0
    TYPICAL = 1
    OWN = 2
    COARSE = 3


class Flow(enum.IntEnum):
    """What the forger says of the ridge flow: that of the print, that of the nearest minutia, or in one cell only."""

    UNKNOWN = 0
    OWN = 1
    NEAREST = 2
    ONE_CELL = 3
