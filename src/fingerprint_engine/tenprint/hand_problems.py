"""What is wrong with a hand as it lies on the image."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Collection, Mapping

from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.geometry import mm_to_px
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.tenprint.problems import Problem, ProblemKind
from fingerprint_engine.tenprint.segmentation import Fingertip, Segmentation
from fingerprint_engine.tenprint.tenprint_set import CapturedPrint


@dataclasses.dataclass(frozen=True, slots=True)
class HandLimits(Parameters):
    """From where on something is a problem."""

    likely_cost: float = parameter(
        10.0, unit="nats", low=0.0, high=100.0, source="synthetic slaps: nine of ten hands are more like the usual one"
    )
    border_share: float = parameter(0.04, unit="share of a box", low=0.0, high=1.0, source="chosen: 16 px of the end")
    border_mm: float = parameter(0.8, unit="mm", low=0.0, high=5.0, source="chosen: two cells of the ridge grid")
    beside_border: float = parameter(
        0.5, unit="share of a side", low=0.0, high=1.0, source="chosen: whole fingers are round and touch it nowhere"
    )
    whole_pad: float = parameter(
        1.4, unit="widths", low=0.5, high=3.0, source="chosen: a pad as long may end at the border, 1.55 is usual"
    )
    overlap_share: float = parameter(
        0.12, unit="share of a box", low=0.0, high=1.0, source="chosen: boxes are not round"
    )
    extra_contrast: float = parameter(0.4, unit="1", low=0.0, high=1.0, source="earlier hands are fainter")
    unusual_cost: float = parameter(
        16.0, unit="nats", low=0.0, high=100.0, source="synthetic slaps: one hand in a hundred is less usual"
    )
    touching_mm2: float = parameter(
        550.0, unit="mm²", low=100.0, high=5000.0, source="chosen: no fingertip is as large, two are"
    )
    sure_worth: float = parameter(
        0.75, unit="1", low=0.0, high=1.0, source="synthetic slaps: of fingertips one in a hundred has less"
    )
    hardly_worth: float = parameter(0.3, unit="1", low=0.0, high=1.0, source="chosen: photographs have such places")
    hardly_readable: int = parameter(
        35, unit="quality for capture", low=0, high=100, source="chosen: photographs have 24, the poorest slaps 35"
    )
    max_turn_deg: float = parameter(
        60.0, unit="deg", low=45.0, high=90.0, source="chosen: hands are turned by 45° and less, fingers lean by 15°"
    )
    thumbs_margin: float = parameter(
        7.5, unit="nats", low=0.0, high=100.0,
        source="synthetic slaps: two thumbs lead by 7.4 and more, two fingers taken for thumbs by 7.2 and less",
    )  # fmt: skip
    sagging: float = parameter(
        -0.17, unit="see `arch`", low=-1.0, high=0.0, source="none of 1,600 upright synthetic prints has less"
    )
    palm_mm2: float = parameter(
        1100.0, unit="mm²", low=200.0, high=5000.0, source="chosen: two fingertips and a phalanx that touch have less"
    )


def problems_of_hand(
    image: FingerprintImage,
    slap: Slap | None,
    found: Segmentation,
    limits: HandLimits,
    *,
    sure_margin: float,
) -> tuple[Problem, ...]:
    """Problems of the place, the number and the side of fingertips.

    Parameters
    ----------
    image
        What they lie on.
    slap
        What the image is said to show; None if nothing.
    found
        The fingertips.
    limits
        From where on something is a problem.
    sure_margin
        See `HandParameters`.
    """
    position = int(found.slap)
    problems = []
    problems += _lying(found, limits, position)
    problems += problems_of_side(slap, found, limits, sure_margin)
    if found.lead <= sure_margin:
        detail = "the fingertips may be other fingers of the hand: state which ones are missing"
        problems.append(
            Problem(ProblemKind.FINGER_UNCERTAIN, tuple(found.tips), detail, position, {"lead": found.lead})
        )
    for finger, tip in found.tips.items():
        if tip.worth < limits.sure_worth:
            detail = "faint or broken beside the others: a light touch, or what an earlier hand left"
            problems.append(Problem(ProblemKind.FINGER_UNCERTAIN, (finger,), detail, position, {"worth": tip.worth}))
    extra = [tip for tip in found.others if tip.contrast >= limits.extra_contrast and tip.is_clear]
    if extra:
        count = len(found.tips) + len(extra)
        detail = f"expected at most {len(found.slap.fingers)} fingertips of one hand, found {count}"
        problems.append(Problem(ProblemKind.TOO_MANY_FINGERS, (), detail, position, {"fingertips": float(count)}))
    if found.cost > limits.unusual_cost:
        detail = "the fingertips lie as those of no usual hand: two hands, or fingers that are not where they belong?"
        problems.append(Problem(ProblemKind.UNUSUAL_HAND, (), detail, position, {"cost": found.cost}))
    problems += _without_gap(found.widest_mm2, limits, position)
    problems += _cut(image, found, limits, position)
    for (first, one), (second, other) in itertools.combinations(found.tips.items(), 2):
        share = one.box.shared_with(other.box)
        if share > limits.overlap_share:
            detail = f"the boxes of the two have {share:.0%} in common: spread the fingers"
            problems.append(Problem(ProblemKind.OVERLAPPING, (first, second), detail, position, {"share": share}))
    return tuple(problems)


def is_doubtful(one: CapturedPrint, tip: Fingertip, limits: HandLimits) -> bool:
    """Whether nothing can be read of a fingertip, or it is hardly one and hardly anything can be read."""
    return one.template is None or (tip.worth < limits.hardly_worth and one.quality.score < limits.hardly_readable)


def unread(
    failures: Mapping[Finger, FailureToExtract], doubtful: Collection[Finger], position: int
) -> tuple[Problem, ...]:
    """Fingers that were found and could not be read, or may be none."""
    return tuple(
        Problem(ProblemKind.UNREADABLE, (finger,), str(failures[finger]), position, failures[finger].measures)
        if finger in failures
        else Problem(ProblemKind.UNREADABLE, (finger,), "hardly a fingertip, and hardly readable", position)
        for finger in sorted({*failures, *doubtful})
    )


def _lying(found: Segmentation, limits: HandLimits, position: int) -> list[Problem]:
    """Whether the hand points elsewhere than up."""
    angles = [tip.box.angle_rad for tip in found.tips.values()]
    angle = math.degrees(math.atan2(sum(map(math.sin, angles)), sum(map(math.cos, angles)))) if angles else 0.0
    if abs(angle) <= limits.max_turn_deg:
        return []
    is_down = abs(angle) >= 180.0 - limits.max_turn_deg
    kind = ProblemKind.UPSIDE_DOWN if is_down else ProblemKind.ON_ITS_SIDE
    where = "down" if is_down else "left" if angle > 0.0 else "right"
    detail = f"expected fingers that point up, found a hand that points {where}"
    return [Problem(kind, (), detail, position, {"angle_deg": angle})]


def _cut(image: FingerprintImage, found: Segmentation, limits: HandLimits, position: int) -> list[Problem]:
    """Fingertips of which a part lies beyond the border; a pad that is long enough may end there."""
    near, problems = mm_to_px(limits.border_mm, image.ppi), []
    for finger, tip in found.tips.items():
        outside = tip.box.sticks_out(image.shape)
        *sides, joint = tip.box.along_border(image.shape, near)
        beside = max(*sides, joint if tip.box.height < limits.whole_pad * tip.box.width else 0.0)
        if outside > limits.border_share or beside > limits.beside_border:
            detail = f"{outside:.0%} of the fingertip lie beyond the border of the image, {beside:.0%} of a side at it"
            measures = {"share": outside, "side": beside}
            problems.append(Problem(ProblemKind.CUT_BY_BORDER, (finger,), detail, position, measures))
    return problems


def _without_gap(area_mm2: float, limits: HandLimits, position: int) -> list[Problem]:
    """Ridges without a gap that are more than a fingertip."""
    if area_mm2 <= limits.touching_mm2:
        return []
    measures = {"area_mm2": area_mm2}
    if area_mm2 > limits.palm_mm2:
        detail = f"expected fingers, found ridges that cover {area_mm2:.0f} mm² without a gap: a palm?"
        return [Problem(ProblemKind.PALM, (), detail, position, measures)]
    detail = f"ridges cover {area_mm2:.0f} mm² without a gap, more than one fingertip has: spread the fingers"
    return [Problem(ProblemKind.OVERLAPPING, (), detail, position, measures)]


def problems_of_side(slap: Slap | None, found: Segmentation, limits: HandLimits, sure_margin: float) -> list[Problem]:
    """Whether the hand is the one it is said to be, or surely one of them; arguments as `problems_of_hand`."""
    costs = sorted(found.costs.items(), key=lambda item: item[1])
    if len(costs) < 2:
        return []
    position = int(found.slap)
    margin = costs[1][1] - costs[0][1]
    # Two fingers of a hand lie nearly as two thumbs do.
    sure = limits.thumbs_margin if costs[0][0] is Slap.THUMBS and len(found.tips) == 2 else sure_margin
    measures = {f"cost_{kind.name.lower()}": cost for kind, cost in costs}
    if slap is not None and costs[0][0] is not slap and margin > sure:
        detail = f"stated as {slap.words}, the fingertips lie as those of {costs[0][0].words}"
        return [Problem(ProblemKind.OTHER_HAND, (), detail, position, measures)]
    too_few = len(found.tips) < (2 if found.slap is Slap.THUMBS else 3)
    if slap is None and (margin <= sure or too_few):
        detail = f"{costs[0][0].words} and {costs[1][0].words} fit nearly alike: state which it is"
        return [Problem(ProblemKind.HAND_UNCERTAIN, (), detail, position, measures)]
    return []
