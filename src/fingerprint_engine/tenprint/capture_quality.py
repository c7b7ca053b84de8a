"""Quality for people who capture: a number, the reason and what to do.

The scale is our own, 0 to 100: 100 is a print that matches its mates as well as any. It is no NFIQ 2 score, and no fit
to one was made: see docs/decisions/tenprint.md.
"""

from __future__ import annotations

import dataclasses
import enum
import math

from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.minutiae import UNKNOWN_QUALITY
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.template import Template
from fingerprint_engine.template.coarse_map import CELL_PX
from fingerprint_engine.tenprint.contact import Contact, contact_of

_FITTED = "chosen on 20 spoiled fingers of U.are.U, judged on 20 others, `benchmarks.tenprint.quality`"
_PLANTED = "planted faults, `benchmarks.tenprint.advice`: one good print in fifty is beyond"


class Reason(enum.Enum):
    """What holds a print's quality down; the value is how it is said."""

    NONE = "good"
    UNREADABLE = "unreadable"
    SMALL_AREA = "small area"
    OFF_CENTRE = "off centre"
    DRY = "dry"
    WET = "wet"
    FAINT = "faint"
    SMUDGED = "smudged"
    MOVED = "moved"


ADVICE = {
    Reason.NONE: "",
    Reason.UNREADABLE: "clean the glass and the finger, then capture again",
    Reason.SMALL_AREA: "lay the whole fingertip flat on the glass",
    Reason.OFF_CENTRE: "lay the middle of the fingertip on the glass, not its end or side",
    Reason.DRY: "moisten the finger a little, press a little more",
    Reason.WET: "dry the finger and the glass, press a little less",
    Reason.FAINT: "press a little more",
    Reason.SMUDGED: "clean the glass and the finger",
    Reason.MOVED: "keep the finger still until it is read",
}


@dataclasses.dataclass(frozen=True, slots=True)
class CaptureQualityParameters(Parameters):
    """Numbers of `capture_quality`."""

    full_clarity: float = parameter(90.0, unit="template quality", low=10.0, high=100.0, source=_FITTED)
    full_certainty: float = parameter(90.0, unit="mean quality of minutiae", low=10.0, high=100.0, source=_FITTED)
    full_minutiae: float = parameter(
        20.0, unit="minutiae", low=1.0, high=100.0, source="chosen: few say little, however sure they are"
    )
    small_area_mm2: float = parameter(80.0, unit="mm²", low=10.0, high=500.0, source=_PLANTED)
    flooded: float = parameter(0.3, unit="share of the print", low=0.0, high=1.0, source=_PLANTED)
    wet_ink: float = parameter(0.86, unit="share of dark", low=0.0, high=1.0, source=_PLANTED)
    faint_levels: float = parameter(45.0, unit="grey levels", low=0.0, high=255.0, source=_PLANTED)
    drawn_out: float = parameter(0.07, unit="see `Contact`", low=0.0, high=1.0, source=_PLANTED)
    core_margin_px: float = parameter(45.0, unit="px at 500 ppi", low=0.0, high=200.0, source=_PLANTED)
    coreless_mm2: float = parameter(
        170.0, unit="mm²", low=10.0, high=500.0, source="planted faults: arches have no core, and are larger"
    )
    dry_ink: float = parameter(0.33, unit="share of dark", low=0.0, high=1.0, source=_PLANTED)
    bare: float = parameter(0.04, unit="share of the print", low=0.0, high=1.0, source=_PLANTED)
    wiped: float = parameter(0.06, unit="share of the print", low=0.0, high=1.0, source=_PLANTED)
    good: int = parameter(40, unit="1", low=0, high=100, source="chosen: what is worse is never without advice")


@dataclasses.dataclass(frozen=True, slots=True)
class CaptureQuality:
    """How good a print is.

    Parameters
    ----------
    score
        0 to 100, on a scale of our own; 0 where no template could be made.
    reason
        What holds it down.
    area_mm2
        Area of readable ridges.
    minutiae
        How many the template holds.
    """

    score: int
    reason: Reason
    area_mm2: float = 0.0
    minutiae: int = 0

    @property
    def advice(self) -> str:
        """What to do; empty where nothing needs to be done."""
        return ADVICE[self.reason]


_DEFAULT = CaptureQualityParameters()


def capture_quality(
    image: FingerprintImage,
    outcome: Template | FailureToExtract,
    parameters: CaptureQualityParameters = _DEFAULT,
) -> CaptureQuality:
    """Judge a print that was read, or could not be.

    Parameters
    ----------
    image
        The finger alone.
    outcome
        The template, or why there is none.
    parameters
        Numbers.
    """
    if isinstance(outcome, FailureToExtract):
        return CaptureQuality(0, Reason.UNREADABLE)
    area = float(outcome.coarse_map.foreground.sum()) * (CELL_PX * 25.4 / 500.0) ** 2
    score = capture_score(outcome, parameters)
    return CaptureQuality(score, _reason(contact_of(image, outcome), score, parameters), area, len(outcome))


def capture_score(template: Template, parameters: CaptureQualityParameters = _DEFAULT) -> int:
    """How well a print will match, 0 to 100.

    The product of three shares of what a good print has: how clear its ridges are over how large an area, how sure its
    minutiae are, and whether there are enough of them.
    """
    p = parameters
    known = template.minutiae.quality[template.minutiae.quality != UNKNOWN_QUALITY]
    certainty = min(1.0, float(known.mean()) / p.full_certainty) if known.size else 1.0
    clarity = min(1.0, template.quality / p.full_clarity)
    return round(100.0 * clarity * certainty * math.sqrt(min(1.0, len(template) / p.full_minutiae)))


def _reason(contact: Contact, score: int, p: CaptureQualityParameters) -> Reason:
    """The first fault that is found; those that look like others come first."""
    depth = contact.core_depth_px
    if contact.area_mm2 < p.small_area_mm2:
        return Reason.SMALL_AREA
    moved = contact.drawn_out > p.drawn_out
    if contact.flooded > p.flooded or (contact.dark > p.wet_ink and not moved):
        return Reason.WET
    if contact.depth < p.faint_levels:
        return Reason.FAINT
    if contact.dark < p.dry_ink and contact.bare > p.bare:
        return Reason.DRY
    if moved:
        return Reason.MOVED
    if contact.area_mm2 < p.coreless_mm2 if depth is None else depth < p.core_margin_px:
        return Reason.OFF_CENTRE
    if contact.wiped > p.wiped or score < p.good:
        return Reason.SMUDGED
    return Reason.NONE
