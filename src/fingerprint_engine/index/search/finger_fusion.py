"""Several fingers of one subject fused into one score.

A score is ``-10 log10(p)`` of the chance p that a non-mated print scores as high. Of k independent fingers the best j
together reach a sum S by chance with at most ``C(k, j) Q(j, S ln 10 / 10)``, Q the tail of the sum of j exponentials
(R. A. Fisher's method of combining tests, 1932; `C` because the best j are chosen). The j that gives the highest score
counts, and k such choices cost a factor k (Bonferroni). So one clear finger among nine smudged ones still counts, and
adding fingers that do not match gains nothing.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.fingers import Finger
from fingerprint_engine.matching import fmr_of_score, score_of_fmr


@dataclasses.dataclass(frozen=True, slots=True)
class Fused:
    """The fused score of one subject, and the pairs (probe, print) behind it."""

    score: float
    pairs: tuple[tuple[int, int], ...]


def fuse_fingers(
    scores: NDArray[np.float64], probe_fingers: Sequence[int], print_fingers: Sequence[int], *, same_finger: bool
) -> Fused:
    """Fuse the comparisons of several probes of one person with the prints of one subject.

    Probes that state the same finger are not independent: the best of them counts, and so it is with prints. Each
    finger of the probes is paired with one finger of the subject at most. A finger that was compared with n prints
    had n chances, and its score is lowered by that.

    Parameters
    ----------
    scores
        float64, shape (probes, prints).
    probe_fingers, print_fingers
        Positions (`Finger`), 0 where unknown.
    same_finger
        Pair only fingers of the same position, or unknown ones.
    """
    probe_groups, print_groups = _groups(probe_fingers), _groups(print_fingers)
    table = []
    chances = [0] * len(probe_groups)
    for p, (finger, probes) in enumerate(probe_groups):
        for q, (other, prints) in enumerate(print_groups):
            if same_finger and finger != other and Finger.UNKNOWN not in (finger, other):
                continue
            chances[p] += len(probes) * len(prints)
            part = scores[np.ix_(probes, prints)]
            best = int(part.argmax())
            pair = probes[best // len(prints)], prints[best % len(prints)]
            table.append((-float(part.max()), p, q, pair))
    paired: dict[int, float] = {}
    taken: set[int] = set()
    pairs = []
    for negative, p, q, pair in sorted(table):
        if p not in paired and q not in taken and negative < 0.0:
            paired[p] = best_of_many(-negative, chances[p])
            taken.add(q)
            pairs.append(pair)
    return Fused(fuse_scores(list(paired.values()), sum(count > 0 for count in chances)), tuple(pairs))


def fuse_scores(scores: Sequence[float], fingers: int) -> float:
    """Fuse the scores of independent fingers; those of `fingers` that are not given count as 0."""
    ranked = sorted((score for score in scores if score > 0.0), reverse=True)
    if not ranked or fingers < 1:
        return 0.0
    best = max(
        _tail_score(sum(ranked[:count]), count) - 10.0 * math.log10(math.comb(fingers, count))
        for count in range(1, len(ranked) + 1)
    )
    return max(0.0, best - 10.0 * math.log10(fingers))


def best_of_many(score: float, chances: int) -> float:
    """The score of the best of several comparisons, each of which might have been it (Šidák, 1967)."""
    if chances <= 1:
        return score
    fmr = fmr_of_score(score)
    if fmr >= 1.0:
        return 0.0
    if fmr < 1e-12:  # the formula below has run out of digits; its limit has not
        return score - 10.0 * math.log10(chances)
    return score_of_fmr(-math.expm1(chances * math.log1p(-fmr)))


def _tail_score(total: float, count: int) -> float:
    """``-10 log10 Q(count, x)`` with ``Q = exp(-x) sum(x^i / i!)``, i < count, which does not run out of range."""
    x = total * math.log(10.0) / 10.0
    term, tail = 1.0, 1.0
    for i in range(1, count):
        term *= x / i
        tail += term
    return max(0.0, total - 10.0 * math.log10(tail))


def _groups(fingers: Sequence[int]) -> list[tuple[int, list[int]]]:
    """Places that show one finger; where the position is unknown each is its own."""
    known: dict[int, list[int]] = {}
    groups = []
    for place, finger in enumerate(fingers):
        if finger == Finger.UNKNOWN:
            groups.append((int(Finger.UNKNOWN), [place]))
        elif finger in known:
            known[finger].append(place)
        else:
            known[finger] = [place]
            groups.append((int(finger), known[finger]))
    return groups
