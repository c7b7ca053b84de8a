"""`read_hand`: an image of fingers in, named prints out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from fingerprint_engine.errors import FailureReason, FailureToExtract, ImageError, ParameterError
from fingerprint_engine.fingers import Finger, Impression, Slap
from fingerprint_engine.geometry import mm_to_px
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters, make_template
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint.capture_quality import CaptureQuality, CaptureQualityParameters, capture_quality
from fingerprint_engine.tenprint.hand_problems import HandLimits, is_doubtful, problems_of_hand, unread
from fingerprint_engine.tenprint.problems import STATED, MissingReason, Problem, ProblemKind
from fingerprint_engine.tenprint.segmentation import Segmentation, SegmentationParameters
from fingerprint_engine.tenprint.tenprint_set import CapturedPrint, TenprintSet
from fingerprint_engine.tenprint.turned_hand import arch, segmented_turned
from fingerprint_engine.threads import check_workers, in_order


@dataclasses.dataclass(frozen=True, slots=True)
class TenprintParameters(Parameters):
    """Everything that decides what `read_hand` and `read_card` say."""

    segmentation: SegmentationParameters = SegmentationParameters()
    limits: HandLimits = HandLimits()
    quality: CaptureQualityParameters = CaptureQualityParameters()
    pipeline: PipelineParameters = DEFAULT_PARAMETERS
    margin_mm: float = parameter(
        1.0, unit="mm", low=0.0, high=10.0, source="chosen: ground around a finger, for its outline"
    )


DEFAULT_TENPRINT = TenprintParameters()


def read_hand(
    image: FingerprintImage,
    slap: Slap | None = None,
    *,
    missing: Mapping[Finger, MissingReason] | None = None,
    impression: Impression = Impression.UNKNOWN,
    parameters: TenprintParameters = DEFAULT_TENPRINT,
    workers: int = 1,
) -> TenprintSet:
    """Find the fingertips of a hand, name them and make their templates.

    Parameters
    ----------
    image
        One to four fingers of a hand, or two thumbs, palm down, fingers up, turned by up to 45°.
    slap
        What it shows; None decides between a right hand, a left hand and two thumbs, and says when that is not sure.
        A stated hand is kept, and checked.
    missing
        Fingers that are known not to be there, with the reason.
    impression
        Kept in the prints as it is.
    parameters
        Numbers.
    workers
        Threads for the templates.

    Raises
    ------
    FailureToExtract
        When there is no fingertip at all: an empty glass, a photograph, a palm.
    ImageError, ParameterError
        When an argument is not what it should be.
    """
    if not isinstance(image, FingerprintImage):
        raise ImageError(f"image: expected a FingerprintImage (see load_image), got {type(image).__name__}")
    if slap is not None and not isinstance(slap, Slap):
        raise ParameterError(f"slap: expected a Slap or None, got {type(slap).__name__}")
    stated = checked_missing(missing)
    check_workers(workers)
    found, prints, failures = _any_way_up(image, slap, stated, impression, parameters, workers)
    if not found.tips:
        raise FailureToExtract(FailureReason.NO_FINGERPRINT, "expected fingertips, found none", {"fingertips": 0.0})
    position = int(found.slap)
    doubtful = {one.finger for one in prints if is_doubtful(one, found.tips[one.finger], parameters.limits)}
    if len(doubtful) == len(prints):
        raise FailureToExtract(
            FailureReason.NO_FINGERPRINT,
            f"expected fingertips, found {len(prints)} places that look like some and no ridges that can be read",
            {"fingertips": float(len(prints))},
        )
    sure = parameters.segmentation.hand.sure_margin
    problems = problems_of_hand(image, slap, found, parameters.limits, sure_margin=sure)
    problems += unread(failures, doubtful, position)
    absent, contradictions = _absent(found, stated)
    return TenprintSet(prints, (*problems, *contradictions), absent)


def _directed(prints: Sequence[CapturedPrint]) -> list[tuple[Template, float]]:
    """Templates and where their fingers point."""
    return [(one.template, one.box.angle_rad) for one in prints if one.template is not None and one.box is not None]


def read_print(
    image: FingerprintImage, finger: Finger, impression: Impression, parameters: TenprintParameters
) -> tuple[Template | None, CaptureQuality, FailureToExtract | None]:
    """Template and quality of one finger that has an image to itself; why there is none, where there is none."""
    try:
        template = make_template(image, finger=finger, impression=impression, parameters=parameters.pipeline)
    except FailureToExtract as failure:
        return None, capture_quality(image, failure, parameters.quality), failure
    return template, capture_quality(image, template, parameters.quality), None


def checked_missing(missing: Mapping[Finger, MissingReason] | None) -> dict[Finger, MissingReason]:
    """What a caller says of missing fingers, or `ParameterError`."""
    stated = dict(missing or {})
    for finger, reason in stated.items():
        if not isinstance(finger, Finger) or finger is Finger.UNKNOWN:
            raise ParameterError(f"missing: expected fingers 1 to 10, got {finger!r}")
        if not isinstance(reason, MissingReason) or reason not in STATED:
            names = ", ".join(sorted(one.name for one in STATED))
            raise ParameterError(f"missing: expected one of {names} for the {finger.words}, got {reason!r}")
    return stated


_Read = tuple[Segmentation, tuple[CapturedPrint, ...], dict[Finger, FailureToExtract]]


def _any_way_up(
    image: FingerprintImage,
    slap: Slap | None,
    stated: Mapping[Finger, MissingReason],
    impression: Impression,
    parameters: TenprintParameters,
    workers: int,
) -> _Read:
    """Prints of the image as it is or, where ridges or fingertips contradict that, of the image turned."""
    limits = parameters.limits

    def read(turns: int) -> _Read:
        found = segmented_turned(image, turns, slap, stated, parameters.segmentation)
        return found, *_prints(image, found, impression, parameters, workers)

    upright = read(0)
    over = arch(_directed(upright[1]))
    is_arched = over >= -limits.sagging
    if upright[0].cost <= (limits.unusual_cost if is_arched else limits.likely_cost) and over > limits.sagging:
        return upright
    likely = []
    for turns in (2, 1, 3):
        turned = read(turns)
        if arch(_directed(turned[1])) >= -limits.sagging:
            likely.append(turned)
            if turned[0].cost <= limits.likely_cost:
                break
    best = min(likely, key=lambda one: one[0].cost, default=upright)
    return best if best[0].cost <= limits.likely_cost or over <= limits.sagging else upright


def _prints(
    image: FingerprintImage,
    found: Segmentation,
    impression: Impression,
    parameters: TenprintParameters,
    workers: int,
) -> tuple[tuple[CapturedPrint, ...], dict[Finger, FailureToExtract]]:
    """A print of each fingertip, and why one has no template."""
    margin = mm_to_px(parameters.margin_mm, image.ppi)
    fingers = [finger for finger in found.slap.fingers if finger in found.tips]
    cuts = [found.tips[finger].box.cut(image, margin) for finger in fingers]
    jobs = zip(fingers, cuts, strict=True)
    outcomes = list(in_order(lambda job: read_print(job[1], job[0], impression, parameters), jobs, workers=workers))
    prints = tuple(
        CapturedPrint(finger, impression, int(found.slap), cut, found.tips[finger].box, template, quality)
        for finger, cut, (template, quality, _) in zip(fingers, cuts, outcomes, strict=True)
    )
    return prints, {finger: failure for finger, (_, _, failure) in zip(fingers, outcomes, strict=True) if failure}


def _absent(
    found: Segmentation, stated: Mapping[Finger, MissingReason]
) -> tuple[dict[Finger, MissingReason], tuple[Problem, ...]]:
    """Fingers of the hand that are not there, and those that should not be."""
    absent: dict[Finger, MissingReason] = {}
    problems = []
    position = int(found.slap)
    for finger in found.slap.fingers:
        if finger not in found.tips:
            absent[finger] = stated.get(finger, MissingReason.NOT_FOUND)
            if finger not in stated:
                detail = "expected a fingertip, found none, and nobody says why"
                problems.append(Problem(ProblemKind.NOT_FOUND, (finger,), detail, position))
        elif finger in stated:
            detail = f"stated as {stated[finger].value}, and a fingertip lies in its place"
            problems.append(Problem(ProblemKind.CONTRADICTED, (finger,), detail, position))
    return absent, tuple(problems)
