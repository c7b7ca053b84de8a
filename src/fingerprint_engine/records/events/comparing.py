"""Fingers of one person beside those on file: which agree, which disagree, and what they say together."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence
from typing import Any

import numpy as np

from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.search.finger_fusion import fuse_fingers
from fingerprint_engine.matching import Matcher
from fingerprint_engine.matching.comparison import scores_that_decide
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.records.people.best_set import Reference
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest

_MEASURED = "benchmarks/records/mated_scores.py"


@dataclasses.dataclass(frozen=True, slots=True)
class CheckParameters(Parameters):
    """When fingers speak for and against one person."""

    min_minutiae: int = parameter(
        12, unit="minutiae", low=0, high=255, source="as a search: fewer say little by not matching"
    )
    disagree_below: float = parameter(
        10.0,
        unit="score",
        low=0.0,
        high=100.0,
        source="chosen: one non-mated pair in ten scores higher, " + _MEASURED + " says how many mates score less",
    )
    mates_below: float = parameter(
        0.01,
        unit="share of mated comparisons below that score",
        low=0.0,
        high=1.0,
        source=_MEASURED + ": at most 0.004 on seven sensors",
    )
    max_error: float = parameter(
        0.01,
        unit="probability",
        low=0.0,
        high=1.0,
        source="chosen: who is told that he is not himself should be told wrongly once in a hundred times at most",
    )


class FingerVerdict(enum.Enum):
    """What one finger says."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    UNCLEAR = "unclear"
    NOT_ON_FILE = "not on file"


@dataclasses.dataclass(frozen=True, slots=True)
class FingerEvidence:
    """One captured finger beside the file.

    Attributes
    ----------
    finger
        As captured.
    verdict, score
        What it says.
    print_id
        The print of the file that it was compared with; empty when there is none.
    found_as
        The position on file that it matches, when that is another one: a finger was taken for another.
    """

    finger: Finger
    verdict: FingerVerdict
    score: float
    print_id: str = ""
    found_as: Finger | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "finger": int(self.finger),
            "verdict": self.verdict.value,
            "score": round(self.score, 3),
            "print": self.print_id,
            "found_as": None if self.found_as is None else int(self.found_as),
        }


@dataclasses.dataclass(frozen=True, slots=True)
class FusedEvidence:
    """All fingers together: one score, and the probability of this much disagreement with oneself."""

    fingers: tuple[FingerEvidence, ...]
    score: float
    own_disagreement: float


def compare_with_file(
    probes: Sequence[Template],
    references: Sequence[Reference],
    *,
    match_score: float,
    parameters: CheckParameters,
) -> FusedEvidence:
    """Compare captured fingers with the best set of a person.

    Parameters
    ----------
    probes
        Any fingers, of known or unknown position.
    references
        The best set.
    match_score
        Score from which one finger alone settles it.
    parameters
        When a finger disagrees.
    """
    scores = np.zeros((len(probes), len(references)))
    comparable = np.zeros(scores.shape, np.bool_)
    for place, probe in enumerate(probes):
        kind = template_digest(probe)
        columns = [q for q, one in enumerate(references) if template_digest(one.template) == kind]
        if columns:
            compared = [references[q].template for q in columns]
            scores[place, columns] = scores_that_decide(
                Matcher(probe).scores(compared), len(probe), [len(template) for template in compared]
            )
            comparable[place, columns] = True
    fingers = tuple(
        _finger(probe, references, scores[place], comparable[place], match_score, parameters)
        for place, probe in enumerate(probes)
    )
    fused = 0.0
    if references:
        fused = fuse_fingers(
            scores,
            [int(probe.finger) for probe in probes],
            [int(one.finger) for one in references],
            same_finger=False,
        ).score
    disagreeing = sum(one.verdict is FingerVerdict.DISAGREES for one in fingers)
    return FusedEvidence(fingers, fused, parameters.mates_below**disagreeing)


def _finger(
    probe: Template,
    references: Sequence[Reference],
    scores: np.ndarray[Any, np.dtype[np.float64]],
    comparable: np.ndarray[Any, np.dtype[np.bool_]],
    match_score: float,
    parameters: CheckParameters,
) -> FingerEvidence:
    same = [
        q
        for q, one in enumerate(references)
        if comparable[q] and (Finger.UNKNOWN in (probe.finger, one.finger) or one.finger is probe.finger)
    ]
    best = max(same, key=lambda q: scores[q], default=None)
    anywhere = int(scores.argmax()) if comparable.any() else None
    if best is not None and scores[best] >= match_score:
        return FingerEvidence(probe.finger, FingerVerdict.AGREES, float(scores[best]), references[best].print_id)
    if anywhere is not None and scores[anywhere] >= match_score:
        found = references[anywhere]
        return FingerEvidence(probe.finger, FingerVerdict.AGREES, float(scores[anywhere]), found.print_id, found.finger)
    if best is None:
        return FingerEvidence(probe.finger, FingerVerdict.NOT_ON_FILE, 0.0)
    is_usable = min(len(probe), len(references[best].template)) >= parameters.min_minutiae
    verdict = FingerVerdict.UNCLEAR
    if is_usable and scores[best] < parameters.disagree_below:
        verdict = FingerVerdict.DISAGREES
    return FingerEvidence(probe.finger, verdict, float(scores[best]), references[best].print_id)
