"""`Mark`: the templates of a mark, region by region."""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from fingerprint_engine.errors import FailureToExtract, InputError, ParameterError
from fingerprint_engine.template import Template


class Reader(enum.Enum):
    """Who read the minutiae of a region."""

    ENGINE = "engine"
    EXAMINER = "examiner"


@dataclasses.dataclass(frozen=True, slots=True)
class Upright:
    """Where the end of the finger points on the image, as an examiner says.

    Parameters
    ----------
    deg
        Counter-clockwise from upright, -180 to 360.
    tolerance_deg
        How far that may be wrong, 0 to 180.

    Raises
    ------
    ParameterError
        When a number is out of range.
    """

    deg: float
    tolerance_deg: float = 15.0

    def __post_init__(self) -> None:
        for name, value, low, high in (("deg", self.deg, -180, 360), ("tolerance_deg", self.tolerance_deg, 0, 180)):
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not low <= value <= high:
                raise ParameterError(f"upright: {name}: expected degrees from {low} to {high}, got {value!r:.40}")

    def allows(self, turn_rad: float, slack_deg: float) -> bool:
        """Whether a mark that was turned so far (counter-clockwise) onto an upright print may point there."""
        off = math.remainder(turn_rad + math.radians(self.deg), 2.0 * math.pi)
        return abs(off) <= math.radians(min(180.0, self.tolerance_deg + slack_deg)) + 1e-9


@dataclasses.dataclass(frozen=True, slots=True)
class MarkReading:
    """What one reader saw in one region.

    Attributes
    ----------
    template
        In the coordinates of the whole image.
    region
        Number of the region, from 0.
    reader
        Who read it.
    upright
        Where the finger's end points on the image; None where nobody says.
    evened
        A second look of the same reader, at the picture with its contrast evened; None where there is none.
    is_outlined
        Whether somebody drew around the ridges: all that was read is then of the mark.
    """

    template: Template
    region: int
    reader: Reader
    upright: Upright | None = None
    evened: Template | None = None
    is_outlined: bool = False

    @property
    def templates(self) -> tuple[Template, ...]:
        """Of all looks."""
        return (self.template,) if self.evened is None else (self.template, self.evened)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """What `read_mark` makes and `Gallery.search_mark` takes.

    Attributes
    ----------
    readings
        At least one; several of one region are readings of the same ridges, not independent.
    regions
        How many regions there were, those included that nobody could read.
    unread
        Why the engine could not read a region, by its number.

    Raises
    ------
    InputError
        When there is no reading, or one of no region.
    """

    readings: tuple[MarkReading, ...]
    regions: int = 1
    unread: Mapping[int, FailureToExtract] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.readings:
            raise InputError("mark: expected at least one reading, got none")
        if not all(0 <= one.region < self.regions for one in self.readings):
            raise InputError(f"mark: expected readings of regions 0 to {self.regions - 1}")
        if len({(one.template, one.region) for one in self.readings}) > len({one.template for one in self.readings}):
            raise InputError("mark: expected regions that differ, got one reading twice")
        object.__setattr__(self, "unread", MappingProxyType(dict(self.unread)))

    @classmethod
    def joined(cls, marks: Iterable[Mark]) -> Mark:
        """Several marks of one finger as one, whose regions are those of all.

        Raises
        ------
        InputError
            When there is none.
        """
        readings: list[MarkReading] = []
        unread: dict[int, FailureToExtract] = {}
        before = 0
        for mark in marks:
            readings += [dataclasses.replace(one, region=before + one.region) for one in mark.readings]
            unread |= {before + number: failure for number, failure in mark.unread.items()}
            before += mark.regions
        return cls(tuple(readings), before, unread)

    @property
    def templates(self) -> tuple[Template, ...]:
        """Of all looks of all readings."""
        return tuple(template for one in self.readings for template in one.templates)

    def __reduce__(self) -> tuple[type[Mark], tuple[object, ...]]:
        # The read-only view of what was not read cannot be pickled; the arguments can.
        return type(self), (self.readings, self.regions, dict(self.unread))
