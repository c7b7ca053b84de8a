"""`read_hand`: an image of fingers in, named prints out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Mapping

import numpy as np

from fingerprint_engine.errors import FailureReason, FailureToExtract, ImageError, ParameterError
from fingerprint_engine.fingers import Finger, Impression, Slap
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters, make_template
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint.capture_quality import CaptureQuality, CaptureQualityParameters, capture_quality
from fingerprint_engine.tenprint.hand_problems import HandLimits, is_doubtful, problems_of_hand, unread
from fingerprint_engine.tenprint.problems import STATED, MissingReason, Problem, ProblemKind
from fingerprint_engine.tenprint.segmentation import Segmentation, SegmentationParameters, segment
from fingerprint_engine.tenprint.segmentation.turned_box import TurnedBox
from fingerprint_engine.tenprint.tenprint_set import CapturedPrint, TenprintSet
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
    found, upside_down = _segmented(image, slap, stated, parameters)
    if not found.tips:
        raise FailureToExtract(FailureReason.NO_FINGERPRINT, "expected fingertips, found none", {"fingertips": 0.0})
    position = int(found.slap)
    margin = parameters.margin_mm * image.ppi / 25.4
    fingers = [finger for finger in found.slap.fingers if finger in found.tips]
    cuts = [found.tips[finger].box.cut(image, margin) for finger in fingers]
    jobs = zip(fingers, cuts, strict=True)
    outcomes = list(in_order(lambda job: read_print(job[1], job[0], impression, parameters), jobs, workers=workers))
    prints = tuple(
        CapturedPrint(finger, impression, position, cut, found.tips[finger].box, template, quality)
        for finger, cut, (template, quality, _) in zip(fingers, cuts, outcomes, strict=True)
    )
    doubtful = {one.finger for one in prints if is_doubtful(one, found.tips[one.finger], parameters.limits)}
    if len(doubtful) == len(prints):
        raise FailureToExtract(
            FailureReason.NO_FINGERPRINT,
            f"expected fingertips, found {len(prints)} places that look like some and no ridges that can be read",
            {"fingertips": float(len(prints))},
        )
    sure = parameters.segmentation.hand.sure_margin
    problems = problems_of_hand(image, slap, found, parameters.limits, sure_margin=sure, upside_down=upside_down)
    failures = {finger: failure for finger, (_, _, failure) in zip(fingers, outcomes, strict=True) if failure}
    problems += unread(failures, doubtful, position)
    absent, contradictions = _absent(found, stated)
    return TenprintSet(prints, (*problems, *contradictions), absent)


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
        if reason not in STATED:
            names = ", ".join(sorted(one.name for one in STATED))
            raise ParameterError(f"missing: expected one of {names} for the {finger.words}, got {reason!r}")
    return stated


def _segmented(
    image: FingerprintImage, slap: Slap | None, absent: Collection[Finger], parameters: TenprintParameters
) -> tuple[Segmentation, bool]:
    """Fingertips of the image as it is or, where that shows a hand better, of the image upside down."""
    upright = segment(image, slap, parameters.segmentation, absent=absent)
    if upright.cost <= parameters.limits.likely_cost:
        return upright, False
    turned_image = FingerprintImage(np.ascontiguousarray(image.pixels[::-1, ::-1]), image.ppi)
    turned = segment(turned_image, slap, parameters.segmentation, absent=absent)
    is_likelier = turned.cost <= upright.cost - parameters.segmentation.hand.sure_margin
    if not is_likelier or turned.cost > parameters.limits.likely_cost:
        return upright, False
    return turned.moved(lambda box: _turned_back(box, image.shape)), True


def _turned_back(box: TurnedBox, shape: tuple[int, int]) -> TurnedBox:
    return dataclasses.replace(
        box, x=shape[1] - 1.0 - box.x, y=shape[0] - 1.0 - box.y, angle_rad=box.angle_rad + math.pi
    )


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
