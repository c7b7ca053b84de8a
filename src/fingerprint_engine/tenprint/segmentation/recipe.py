"""THE RECIPE: an image of a hand in, its fingertips out, one line a step."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Collection, Mapping

import cv2
import numpy as np

from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.geometry import px_to_mm
from fingerprint_engine.parameters import Parameters
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.tenprint.segmentation.domes import CELL_MM, COARSE, Dome, DomeParameters, find_domes
from fingerprint_engine.tenprint.segmentation.hand_shape import HandParameters, name_tips, worth_of
from fingerprint_engine.tenprint.segmentation.patches import Patches, PatchParameters
from fingerprint_engine.tenprint.segmentation.ridge_grid import RidgeGrid, RidgeGridParameters, ridge_grid
from fingerprint_engine.tenprint.segmentation.tip_tracing import Tip, TracingParameters, trace_tip
from fingerprint_engine.tenprint.segmentation.turned_box import TurnedBox

MAX_SHARED = 0.4
"""Of a fingertip's box with another one's; more is the same finger seen twice."""
WIDEST_PHALANX = 1.15
"""Widths of the fingertip above it; what is wider is another finger."""
WIDER = 0.3
"""Chosen: logarithm of how much wider than the usual finger of a hand one may be at no cost."""
BESIDE = 0.55
"""Chosen on synthetic slaps: what is so much like a fingertip is a finger beside which another ends, not writing."""
STANDS_ALONE = 0.75
"""Chosen: traces of less go astray between writing, holes and other fingers; their dome is nearer to the truth."""
NARROWEST_MM = 4.0
"""Chosen: an image has no fingertip where it is narrower than half of a child's."""
HANDS = (Slap.RIGHT_FOUR, Slap.LEFT_FOUR)


@dataclasses.dataclass(frozen=True, slots=True)
class SegmentationParameters(Parameters):
    """Everything that decides where fingertips are found."""

    grid: RidgeGridParameters = RidgeGridParameters()
    domes: DomeParameters = DomeParameters()
    patches: PatchParameters = PatchParameters()
    tracing: TracingParameters = TracingParameters()
    hand: HandParameters = HandParameters()


@dataclasses.dataclass(frozen=True, slots=True)
class Fingertip:
    """A fingertip on an image.

    Attributes
    ----------
    box
        In native pixels.
    contrast
        Of its ridges, as a share of the picture's strong ones.
    worth
        How sure it is that this is a fingertip, 0 to 1.
    """

    box: TurnedBox
    contrast: float
    worth: float

    @property
    def is_clear(self) -> bool:
        """Whether it looks like a whole fingertip, and not like a lower phalanx or a part of something."""
        return self.worth >= 0.5


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """Fingertips of a hand.

    Attributes
    ----------
    slap
        The hand that the fingers were named by.
    tips
        Of each finger that was found.
    others
        What looks like fingertips too and is none of this hand's.
    costs
        How unlike each kind of hand the tips lie, in nats: the lower, the more alike.
    widest_mm2
        Area of the largest patch of ridges without a gap.
    lead
        How much more alike the names are to a usual hand than the next best ones of the same hand, in nats.
    """

    slap: Slap
    tips: Mapping[Finger, Fingertip]
    others: tuple[Fingertip, ...]
    costs: Mapping[Slap, float]
    widest_mm2: float
    lead: float = math.inf

    @property
    def cost(self) -> float:
        """How unlike a usual hand this is, in nats; infinite where there is no fingertip."""
        return min(self.costs.values(), default=math.inf)

    def moved(self, move: Callable[[TurnedBox], TurnedBox]) -> Segmentation:
        """The same fingertips with other boxes."""
        tips = {finger: dataclasses.replace(tip, box=move(tip.box)) for finger, tip in self.tips.items()}
        others = tuple(dataclasses.replace(tip, box=move(tip.box)) for tip in self.others)
        return dataclasses.replace(self, tips=tips, others=others)


def segment(
    image: FingerprintImage,
    slap: Slap | None = None,
    parameters: SegmentationParameters | None = None,
    *,
    absent: Collection[Finger] = (),
) -> Segmentation:
    """Find and name the fingertips of a hand.

    Parameters
    ----------
    image
        Of one to four fingers, or two thumbs.
    slap
        What it shows; None decides between a right and a left hand and two thumbs.
    parameters
        Defaults unless given.
    absent
        Fingers that are known not to be there.
    """
    p = parameters or SegmentationParameters()
    if px_to_mm(min(image.shape), image.ppi) < NARROWEST_MM:
        return Segmentation(slap or Slap.RIGHT_FOUR, {}, (), {}, 0.0)
    grid = ridge_grid(image, p.grid)
    tips = traced_tips(grid, p)
    kinds = {*HANDS, Slap.THUMBS} if slap is None or slap in (*HANDS, Slap.THUMBS) else {slap}
    if not tips:
        return Segmentation(slap or Slap.RIGHT_FOUR, {}, (), {}, _widest_mm2(grid))
    width_mm = px_to_mm(image.shape[1], image.ppi)
    namings = {kind: name_tips(tips, kind, CELL_MM / COARSE, width_mm, p.hand, absent) for kind in sorted(kinds)}
    chosen = slap or min(namings, key=lambda kind: namings[kind].cost)
    worths = [worth_of(tip, p.hand) for tip in tips]
    found = [
        Fingertip(_in_pixels(tip, grid.scale), tip.contrast, worth) for tip, worth in zip(tips, worths, strict=True)
    ]
    best = min(namings, key=lambda kind: namings[kind].cost)
    # A hand that is stated as the other one keeps the names that were stated, each finger that of its own kind.
    is_other = best is not chosen and {best, chosen} == set(HANDS)
    is_other &= namings[best].cost < namings[chosen].cost - p.hand.sure_margin
    naming = namings[best].renamed(chosen) if is_other else namings[chosen]
    used = set(naming.tips.values())
    below = {place for place in range(len(tips)) if any(lies_below(tips[place], tips[tip]) for tip in used)}
    return Segmentation(
        chosen,
        {finger: found[place] for finger, place in naming.tips.items()},
        tuple(tip for place, tip in enumerate(found) if place not in used | below),
        {kind: one.cost for kind, one in namings.items()},
        _widest_mm2(grid),
        naming.lead,
    )


def traced_tips(grid: RidgeGrid, p: SegmentationParameters, turned_rad: float = 0.0) -> list[Tip]:
    """All that looks like a fingertip, hands and earlier hands alike."""
    domes = find_domes(grid.ridges, p.domes, turned_rad=turned_rad)
    patches = Patches(grid, p.patches)

    # Fingers that touch are one patch of ridges: what tells them apart is a neck, or half the way to the next dome.
    beside = [
        Tip(dome.x, dome.y, dome.angle_rad, dome.width, dome.width, 0.0, 0.0, 0.0)
        for dome in domes
        if dome.response >= BESIDE
    ]

    def traces(start: Dome, others: list[Tip]) -> list[Tip]:
        ways = ((grid, others), (grid, beside), (patches.around(start), others))
        found = [trace_tip(seen, start, known, p.tracing) for seen, known in ways if seen is not None]
        if all(tip is None or tip.response < STANDS_ALONE for tip in found):
            found.append(trace_tip(grid, start, beside, p.tracing, rounds=1))
        return [tip for tip in found if tip is not None]

    first = _apart([tip for dome in domes for tip in traces(dome, [])])
    if not first:
        return []
    # Fingers of a hand point nearly the same way and do not reach into each other: each is traced once more from
    # there and within that, and the trace that stands most alone stays.
    common, usual = _weighted_median(first, lambda tip: tip.angle_rad), _weighted_median(first, lambda tip: tip.width)
    starts = [start for dome in domes for start in (dome, dome.leaning(common))]
    likely = [tip for tip in first if tip.response >= BESIDE]
    again = [tip for start in starts for tip in traces(start, likely)]
    return _apart(again, lambda tip: _astray(tip, common, usual, p))


def _weighted_median(tips: list[Tip], value: Callable[[Tip], float]) -> float:
    """Median of something about tips; those that stand alone count most."""
    ranked = sorted((value(tip), max(tip.response, 0.0) ** 3 + 1e-9) for tip in tips)
    half, reached = 0.5 * sum(weight for _, weight in ranked), 0.0
    for one, weight in ranked:
        reached += weight
        if reached >= half:
            return one
    return ranked[-1][0]


def _astray(tip: Tip, common: float, usual: float, p: SegmentationParameters) -> float:
    """What a tip loses for pointing elsewhere than the others, and for being wider.

    A lean of `lean_deg` more than twice costs a tenth, and so does a third more than the usual width.
    """
    lean = (tip.angle_rad - common) / math.radians(p.hand.lean_deg)
    wide = max(0.0, math.log(tip.width / usual) - WIDER)
    return 0.02 * lean**2 + (wide / WIDER) ** 2


def _apart(tips: list[Tip], loss: Callable[[Tip], float] = lambda _: 0.0) -> list[Tip]:
    """Of tips that share much of their boxes, the one that stands most alone, less what it loses."""
    kept: list[Tip] = []
    for tip in sorted(tips, key=lambda one: loss(one) - one.response):
        if all(_in_cells(tip).shared_with(_in_cells(other)) < MAX_SHARED for other in kept):
            kept.append(tip)
    return kept


def lies_below(tip: Tip, other: Tip) -> bool:
    """Whether a tip lies further down the same finger as another one: it is a lower phalanx then, and no wider."""
    if tip.width > WIDEST_PHALANX * other.width:
        return False
    dx, dy = tip.x - other.x, tip.y - other.y
    c, s = math.cos(other.angle_rad), math.sin(other.angle_rad)
    return abs(c * dx - s * dy) < 0.7 * other.width and 0.8 * other.width < s * dx + c * dy < 6.0 * other.width


def _widest_mm2(grid: RidgeGrid) -> float:
    """Area of the largest patch of ridges, once bridges between patches are cut."""
    ridged = cv2.erode((grid.ridges > 0.5).astype(np.uint8), np.ones((7, 7), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(ridged)
    cells = float(stats[1:, cv2.CC_STAT_AREA].max()) if len(stats) > 1 else 0.0
    return cells * (CELL_MM / COARSE) ** 2


def _in_cells(tip: Tip) -> TurnedBox:
    return TurnedBox(*tip.middle, tip.width, tip.length, tip.angle_rad)


def _in_pixels(tip: Tip, scale: float) -> TurnedBox:
    """From cells to native pixels; the middle of cell 0 lies half a cell from the border."""
    return _in_cells(tip).scaled(scale)
