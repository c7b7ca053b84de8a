"""`TenprintSet`: the named prints of one person from one capture, and what is missing or wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

from fingerprint_engine.fingers import Finger, Impression, Slap
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint.capture_quality import CaptureQuality
from fingerprint_engine.tenprint.problems import MissingReason, Problem
from fingerprint_engine.tenprint.segmentation.turned_box import TurnedBox

SLAPS = frozenset(int(slap) for slap in Slap)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class CapturedPrint:
    """One finger on one image.

    Attributes
    ----------
    finger, impression
        What it is said or found to be.
    position
        Code of the image it was cut from: a `Finger` or a `Slap`.
    image
        The finger alone, native pixels.
    box
        Where it lies on the image it was cut from; None where it has the image to itself.
    template
        None where none could be made.
    quality
        See `CaptureQuality`.
    """

    finger: Finger
    impression: Impression
    position: int
    image: FingerprintImage
    box: TurnedBox | None
    template: Template | None
    quality: CaptureQuality

    @property
    def is_of_slap(self) -> bool:
        """Whether it was taken plain, alone or with others, by the position of its image."""
        return self.position in SLAPS


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class TenprintSet:
    """Prints of one capture.

    Attributes
    ----------
    prints
        In the order of the images, and on each in the order of the fingers.
    problems
        What is wrong.
    missing
        Fingers that should be there and are not, with the reason; see `MissingReason`.
    """

    prints: tuple[CapturedPrint, ...]
    problems: tuple[Problem, ...] = ()
    missing: Mapping[Finger, MissingReason] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "missing", MappingProxyType(dict(sorted(self.missing.items()))))

    @property
    def quality(self) -> dict[Finger, CaptureQuality]:
        """The best quality of each finger that is there."""
        best: dict[Finger, CaptureQuality] = {}
        for one in self.prints:
            if one.finger not in best or one.quality.score > best[one.finger].score:
                best[one.finger] = one.quality
        return dict(sorted(best.items()))

    @property
    def templates(self) -> tuple[Template, ...]:
        """Of all prints that have one; what `Gallery.identify` takes."""
        return tuple(one.template for one in self.prints if one.template is not None)

    def of(self, finger: Finger) -> tuple[CapturedPrint, ...]:
        """All prints of a finger."""
        return tuple(one for one in self.prints if one.finger is finger)

    def __reduce__(self) -> tuple[type[TenprintSet], tuple[object, ...]]:
        # The read-only view of the missing cannot be pickled; the arguments can.
        return type(self), (self.prints, self.problems, dict(self.missing))
