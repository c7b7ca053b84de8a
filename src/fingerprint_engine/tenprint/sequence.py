"""Whether each finger of a capture is what it says: rolled prints against the plain ones, and each against the others.

Swapped fingers and swapped hands are the commonest error on a card. A rolled print that does not match the plain one of
its position, and matches that of another, is named; so are one finger twice and prints of two people.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from fingerprint_engine.fingers import Finger
from fingerprint_engine.matching import compare_many
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint.problems import Problem, ProblemKind
from fingerprint_engine.tenprint.tenprint_set import CapturedPrint


@dataclasses.dataclass(frozen=True, slots=True)
class SequenceParameters(Parameters):
    """Scores from which on fingers are said to be what they are; 40 is one false match in 10,000."""

    same: float = parameter(
        40.0,
        unit="score",
        low=10.0,
        high=100.0,
        source="45 pairs of fingers that should not match, and a margin as well",
    )
    margin: float = parameter(
        15.0, unit="score", low=0.0, high=100.0, source="chosen: thirty times as likely elsewhere as in its place"
    )
    twice: float = parameter(
        60.0, unit="score", low=10.0, high=200.0, source="one in 10,000 cards, 90 pairs of prints on each"
    )
    different: float = parameter(10.0, unit="score", low=0.0, high=40.0, source="one non-mated pair in ten scores more")
    readable: int = parameter(
        45, unit="quality for capture", low=0, high=100, source="synthetic slaps: mated prints of it score above 10"
    )
    strangers: int = parameter(2, unit="fingers", low=1, high=10, source="chosen: one finger may just match badly")


_DEFAULT = SequenceParameters()


def check_sequence(prints: Sequence[CapturedPrint], parameters: SequenceParameters = _DEFAULT) -> tuple[Problem, ...]:
    """Name fingers that are not what they say.

    Parameters
    ----------
    prints
        Of one capture. Single fingers (rolled) are compared with those of slaps and plain thumbs, and each kind with
        itself.
    parameters
        Numbers.
    """
    readable = [one for one in prints if one.template is not None]
    rolled = _best_of(one for one in readable if not one.is_of_slap)
    plain = _best_of(one for one in readable if one.is_of_slap)
    problems: list[Problem] = []
    moved: set[Finger] = set()
    if rolled and plain:
        scores = _scores(rolled, plain)
        found = _misplaced(rolled, plain, scores, parameters)
        moved = {finger for pair in found for finger in pair}
        problems += _named(found, rolled, plain, scores)
        problems += _strangers(rolled, plain, scores, moved, parameters)
    for same_way in (rolled, plain):
        problems += _twice(same_way, parameters)
    return tuple(problems)


def _best_of(prints: Iterable[CapturedPrint]) -> dict[Finger, CapturedPrint]:
    """The best print of each finger, in the order of the fingers."""
    chosen: dict[Finger, CapturedPrint] = {}
    for one in prints:
        if one.finger not in chosen or one.quality.score > chosen[one.finger].quality.score:
            chosen[one.finger] = one
    return {finger: chosen[finger] for finger in sorted(chosen)}


def _templates(prints: dict[Finger, CapturedPrint]) -> list[Template]:
    return [one.template for one in prints.values() if one.template is not None]


def _scores(rolled: dict[Finger, CapturedPrint], plain: dict[Finger, CapturedPrint]) -> NDArray[np.float64]:
    """Of each rolled print with each plain one."""
    references = _templates(plain)
    return np.array([compare_many(template, references) for template in _templates(rolled)])


def _misplaced(
    rolled: dict[Finger, CapturedPrint],
    plain: dict[Finger, CapturedPrint],
    scores: NDArray[np.float64],
    p: SequenceParameters,
) -> list[tuple[Finger, Finger]]:
    """Rolled positions and the plain positions whose finger they show."""
    rows, cols = list(rolled), list(plain)
    worth = np.minimum(scores, 120.0)
    for i, row in enumerate(rows):
        if row in plain:
            worth[i, cols.index(row)] += p.margin
    found = []
    for i, j in zip(*linear_sum_assignment(-worth), strict=True):
        own = float(scores[i, cols.index(rows[i])]) if rows[i] in plain else 0.0
        if rows[i] is not cols[j] and scores[i, j] >= p.same and scores[i, j] >= own + p.margin:
            found.append((rows[i], cols[j]))
    return found


def _named(
    found: list[tuple[Finger, Finger]],
    rolled: dict[Finger, CapturedPrint],
    plain: dict[Finger, CapturedPrint],
    scores: NDArray[np.float64],
) -> list[Problem]:
    """What the misplaced fingers amount to."""
    rows, cols = list(rolled), list(plain)
    problems, done = [], set()
    mirrored = [pair for pair in found if (pair[0] - pair[1]) % 5 == 0]
    if len(mirrored) >= 3:
        fingers = tuple(sorted({finger for pair in mirrored for finger in pair}))
        measures = {f"{a.name.lower()}/{b.name.lower()}": _at(scores, rows, cols, a, b) for a, b in mirrored}
        detail = f"{len(mirrored)} rolled fingers match the plain ones of the other hand"
        problems.append(Problem(ProblemKind.SWAPPED_HANDS, fingers, detail, None, measures))
        done = set(mirrored)
    for pair in found:
        if pair in done:
            continue
        a, b = pair
        measures = {"score": _at(scores, rows, cols, a, b), "score_in_place": _at(scores, rows, cols, a, a)}
        back = (b, a)
        if back in found:
            done.add(back)
            measures["score_back"] = _at(scores, rows, cols, b, a)
            detail = f"the rolled {a.words} matches the plain {b.words}, and the other way round"
            problems.append(Problem(ProblemKind.SWAPPED_FINGERS, (a, b), detail, int(a), measures))
        else:
            detail = f"the rolled {a.words} matches the plain {b.words}, not that of its own position"
            problems.append(Problem(ProblemKind.WRONG_FINGER, (a, b), detail, int(a), measures))
    return problems


def _at(scores: NDArray[np.float64], rows: list[Finger], cols: list[Finger], row: Finger, col: Finger) -> float:
    return float(scores[rows.index(row), cols.index(col)]) if row in rows and col in cols else 0.0


def _strangers(
    rolled: dict[Finger, CapturedPrint],
    plain: dict[Finger, CapturedPrint],
    scores: NDArray[np.float64],
    moved: set[Finger],
    p: SequenceParameters,
) -> list[Problem]:
    """Fingers whose two prints are both readable and match nothing."""
    rows, cols = list(rolled), list(plain)
    unlike = [
        finger
        for finger in rows
        if finger in plain
        and finger not in moved
        and _at(scores, rows, cols, finger, finger) < p.different
        and min(rolled[finger].quality.score, plain[finger].quality.score) >= p.readable
    ]
    if not unlike:
        return []
    measures = {finger.name.lower(): _at(scores, rows, cols, finger, finger) for finger in unlike}
    if len(unlike) >= p.strangers:
        detail = f"rolled and plain prints of {len(unlike)} fingers are readable and do not match"
        return [Problem(ProblemKind.OTHER_PERSON, tuple(unlike), detail, None, measures)]
    detail = "its rolled and its plain print are readable and do not match"
    return [Problem(ProblemKind.UNCONFIRMED, tuple(unlike), detail, None, measures)]


def _twice(prints: dict[Finger, CapturedPrint], p: SequenceParameters) -> list[Problem]:
    """Positions that show the same finger."""
    problems = []
    templates = _templates(prints)
    table = {finger: compare_many(one, templates) for finger, one in zip(prints, templates, strict=True)}
    order = list(prints)
    for a, b in itertools.combinations(order, 2):
        score = float(table[a][order.index(b)])
        if score >= p.twice:
            detail = f"the prints of {a.words} and {b.words} show one finger"
            problems.append(Problem(ProblemKind.FINGER_TWICE, (a, b), detail, None, {"score": score}))
    return problems
