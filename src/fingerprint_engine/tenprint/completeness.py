"""Whether a set is enough for what it is wanted for, and what to capture again."""

from __future__ import annotations

import dataclasses
import enum

from fingerprint_engine.fingers import Finger
from fingerprint_engine.parameters import Parameters, one_of, parameter
from fingerprint_engine.tenprint.finger_counts import SUBJECTS, Missed, missed_by
from fingerprint_engine.tenprint.problems import STATED, MissingReason, ProblemKind
from fingerprint_engine.tenprint.tenprint_set import TenprintSet


class Purpose(enum.Enum):
    """What a set is wanted for."""

    SEARCH = "search"
    ENROL = "enrol"
    VERIFY = "verify"


@dataclasses.dataclass(frozen=True, slots=True)
class CompletenessParameters(Parameters):
    """How many fingers are enough; a finger counts from `usable` on."""

    usable: int = parameter(
        30, unit="quality for capture", low=0, high=100, source="docs/decisions/tenprint.md: below, 78 % are missed"
    )
    search: int = parameter(
        4, unit="fingers", low=1, high=10, source="INTERPOL AFIS Expert Group: two plain prints are not sufficient"
    )
    enrol: int = parameter(10, unit="fingers", low=1, high=10, source="INTERPOL AFIS Expert Group: all ten")
    verify: int = parameter(1, unit="fingers", low=1, high=10, source="one finger is compared with one finger")


@dataclasses.dataclass(frozen=True, slots=True)
class Completeness:
    """What is there and what is not.

    Attributes
    ----------
    purpose
        What it was judged for.
    is_sufficient
        Whether enough fingers are usable, those not counted that someone says cannot be captured.
    usable
        Fingers that are good enough.
    missing
        The others, each with the reason.
    recapture
        Fingers to capture again, with what to do; worst first.
    warnings
        Sentences for whoever decides to go on.
    missed
        Share of mates that a search among a million misses with the usable fingers; see `finger_counts`.
    """

    purpose: Purpose
    is_sufficient: bool
    usable: tuple[Finger, ...]
    missing: dict[Finger, MissingReason]
    recapture: dict[Finger, str]
    warnings: tuple[str, ...]
    missed: Missed


_DEFAULT = CompletenessParameters()
_WRONG = frozenset(
    (
        ProblemKind.SWAPPED_FINGERS,
        ProblemKind.SWAPPED_HANDS,
        ProblemKind.WRONG_FINGER,
        ProblemKind.FINGER_TWICE,
        ProblemKind.OTHER_PERSON,
        ProblemKind.OTHER_HAND,
        ProblemKind.CONTRADICTED,
    )
)


def completeness(
    tenprints: TenprintSet, purpose: Purpose | str, parameters: CompletenessParameters = _DEFAULT
) -> Completeness:
    """Judge a set.

    Parameters
    ----------
    tenprints
        What `read_hand` or `read_card` made.
    purpose
        ``"search"``, ``"enrol"`` or ``"verify"``.
    parameters
        Numbers.

    Raises
    ------
    ParameterError
        When there is no such purpose.
    """
    said = purpose.value if isinstance(purpose, Purpose) else purpose
    wanted = Purpose(one_of(said, "purpose", [one.value for one in Purpose]))
    p = parameters
    quality = tenprints.quality
    usable = tuple(finger for finger, one in quality.items() if one.score >= p.usable)
    impossible = {finger for finger, reason in tenprints.missing.items() if reason in STATED}
    needed = {Purpose.SEARCH: p.search, Purpose.ENROL: p.enrol - len(impossible), Purpose.VERIFY: p.verify}[wanted]
    wrong = {finger for problem in tenprints.problems if problem.kind in _WRONG for finger in problem.fingers}
    recapture = {
        finger: one.advice or "capture again"
        for finger, one in sorted(quality.items(), key=lambda item: item[1].score)
        if one.score < p.usable
    }
    recapture |= dict.fromkeys(sorted(wrong), "capture again in its own place")
    if wanted is Purpose.ENROL:
        for finger, reason in tenprints.missing.items():
            if reason not in STATED:
                recapture.setdefault(finger, "capture it, or say why it cannot be captured")
    blocked = any(problem.kind in _WRONG for problem in tenprints.problems)
    enough = len(usable) >= max(1, needed) and not blocked
    return Completeness(
        wanted,
        enough,
        usable,
        dict(tenprints.missing),
        recapture,
        _warnings(wanted, len(usable), needed, blocked),
        missed_by(len(usable)),
    )


def _warnings(purpose: Purpose, usable: int, needed: int, blocked: bool) -> tuple[str, ...]:
    said = []
    if usable < needed:
        said.append(f"{usable} usable fingers, and {needed} are expected to {purpose.value}")
        if purpose is Purpose.SEARCH:
            few, enough = missed_by(usable), missed_by(needed)
            said.append(
                f"among {SUBJECTS:,} people a search misses {few.good:.2%} of mates with so few good prints and "
                f"{few.poor:.1%} with poor ones; with {needed} it is {enough.good:.2%} and {enough.poor:.1%}"
            )
    if blocked:
        said.append("fingers are not what they say: resolve the problems before going on")
    return tuple(said)
