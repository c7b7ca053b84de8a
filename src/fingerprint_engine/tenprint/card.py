"""`read_card`: the images of one capture by position in, one set of named prints out."""

from __future__ import annotations

from collections.abc import Mapping

from fingerprint_engine.errors import FailureToExtract, ImageError, ParameterError
from fingerprint_engine.fingers import Finger, Impression, Slap
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.tenprint.hand import (
    DEFAULT_TENPRINT,
    TenprintParameters,
    checked_missing,
    read_hand,
    read_print,
)
from fingerprint_engine.tenprint.hand_problems import unread
from fingerprint_engine.tenprint.problems import MissingReason, Problem, ProblemKind
from fingerprint_engine.tenprint.sequence import check_sequence
from fingerprint_engine.tenprint.tenprint_set import CapturedPrint, TenprintSet
from fingerprint_engine.tenprint.turned_hand import arch
from fingerprint_engine.threads import check_workers, in_order

FINGERS = tuple(finger for finger in Finger if finger is not Finger.UNKNOWN)


def read_card(
    images: Mapping[int, FingerprintImage],
    *,
    missing: Mapping[Finger, MissingReason] | None = None,
    impressions: Mapping[int, Impression] | None = None,
    parameters: TenprintParameters = DEFAULT_TENPRINT,
    workers: int = 2,
) -> TenprintSet:
    """Read all images of one capture, and check that each finger is what it says.

    Parameters
    ----------
    images
        By position: `Finger` 1 to 10 for single fingers, `Slap` 11 to 15 for plain thumbs and slaps.
    missing
        Fingers that are known not to be there, with the reason.
    impressions
        How each image was taken, where that is known; by default single fingers are rolled, slaps plain.
    parameters
        Numbers.
    workers
        Threads.

    Returns
    -------
    TenprintSet
        An image without any finger, or that nothing can be read of, is a problem of the set.

    Raises
    ------
    ImageError, ParameterError
        When an argument is not what it should be.
    """
    placed = {_position(key): image for key, image in images.items()}
    if not placed or len(placed) != len(images):
        raise ParameterError(f"images: expected images by position, each once, got {len(images)}")
    for position, image in placed.items():
        if not isinstance(image, FingerprintImage):
            raise ImageError(f"images[{int(position)}]: expected a FingerprintImage, got {type(image).__name__}")
    ways = dict(impressions or {})
    stated = checked_missing(missing)
    check_workers(workers)

    def read(position: Finger | Slap) -> TenprintSet:
        rolled = isinstance(position, Finger)
        usual = Impression.LIVESCAN_ROLLED if rolled else Impression.LIVESCAN_PLAIN
        way = ways.get(int(position), usual)
        if len(fingers_of(position)) == 1:
            return _single(placed[position], position, way, stated, parameters)
        here = {finger: reason for finger, reason in stated.items() if finger in fingers_of(position)}
        try:
            return read_hand(placed[position], Slap(position), missing=here, impression=way, parameters=parameters)
        except FailureToExtract as failure:
            return TenprintSet((), _nothing(failure, Slap(position), here))

    parts = list(in_order(read, sorted(placed), workers=workers))
    return _joined(parts, stated, placed)


def _position(key: int) -> Finger | Slap:
    for kind in (Finger, Slap):
        if key in list(kind) and key != Finger.UNKNOWN:
            return kind(key)
    raise ParameterError(f"images: expected positions 1 to 15, got {key!r}")


def fingers_of(position: Finger | Slap) -> tuple[Finger, ...]:
    """The fingers that an image shows."""
    return position.fingers if isinstance(position, Slap) else (position,)


def _single(
    image: FingerprintImage,
    position: Finger | Slap,
    way: Impression,
    stated: Mapping[Finger, MissingReason],
    parameters: TenprintParameters,
) -> TenprintSet:
    """A finger that has its image to itself: rolled, or a plain thumb."""
    (finger,) = fingers_of(position)
    template, quality, failure = read_print(image, finger, way, parameters)
    problems = unread({finger: failure}, (), int(position)) if failure else ()
    if template is not None and arch([(template, 0.0)]) <= parameters.limits.sagging:
        detail = "expected ridges that arch over the end of the finger, found some that sag"
        problems = (*problems, Problem(ProblemKind.UPSIDE_DOWN, (finger,), detail, int(position)))
    if finger in stated and template is not None:
        detail = f"stated as {stated[finger].value}, and its image shows a print"
        problems = (*problems, Problem(ProblemKind.CONTRADICTED, (finger,), detail, int(position)))
    return TenprintSet((CapturedPrint(finger, way, int(position), image, None, template, quality),), problems)


def _nothing(failure: FailureToExtract, position: Slap, stated: Mapping[Finger, MissingReason]) -> tuple[Problem, ...]:
    """An image of a hand on which there is no finger."""
    expected = tuple(finger for finger in position.fingers if finger not in stated)
    return (Problem(ProblemKind.UNREADABLE, expected, str(failure), int(position), failure.measures),)


def _joined(
    parts: list[TenprintSet], stated: Mapping[Finger, MissingReason], placed: Mapping[Finger | Slap, FingerprintImage]
) -> TenprintSet:
    prints = tuple(one for part in parts for one in part.prints)
    problems = tuple(problem for part in parts for problem in part.problems)
    there = {one.finger for one in prints if one.template is not None}
    looked_for = {finger for key in placed for finger in fingers_of(key)}
    missing: dict[Finger, MissingReason] = {}
    for finger in FINGERS:
        if finger not in there:
            usual = MissingReason.NOT_FOUND if finger in looked_for else MissingReason.NOT_CAPTURED
            missing[finger] = stated.get(finger, usual)
    return TenprintSet(prints, (*problems, *check_sequence(prints)), missing)
