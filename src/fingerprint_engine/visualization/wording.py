"""A score and its false match rate in words; needs no matplotlib."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fingerprint_engine.matching import MIN_MATCH_MINUTIAE, score_of_fmr

if TYPE_CHECKING:
    from fingerprint_engine.matching import Verification

_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_CEILING = 1e15
COMMON = 0.1
"""Above this rate a share reads more easily than "one in 1.2"."""

MIN_MEASURED_FMR = 1e-6
"""Chosen: a calibration rests on some 100,000 comparisons of different fingers; what is far beyond is extrapolated."""


def _two_digits(value: float) -> str:
    """Two significant digits, with separators and without an exponent; from a million on with a word."""
    if value >= _CEILING:
        return "more than 1,000 trillion"
    exponent = math.floor(math.log10(value))
    rounded = round(value, 1 - exponent)
    for scale, word in _SCALES:
        if rounded >= scale:
            return f"{rounded / scale:.2g} {word}" if rounded < 100 * scale else f"{rounded / scale:.0f} {word}"
    return f"{rounded:,.0f}"


def false_matches_in_words(fmr: float) -> str:
    """What a false match rate means, for example ``"one false match in 540,000 comparisons"``.

    Parameters
    ----------
    fmr
        A rate in [0, 1]: how often two different fingers score this much or more.
    """
    if fmr <= 0.0:
        return f"less than one false match in {_two_digits(_CEILING).removeprefix('more than ')} comparisons"
    if fmr >= 0.995:
        return "any two prints score as high"
    if fmr > COMMON:
        return f"{100.0 * fmr:.0f} % of comparisons of different fingers score as high"
    return f"one false match in {_two_digits(1.0 / fmr)} comparisons"


def evidence_in_words(fmr: float) -> str:
    """What the false match rate of a score means, claiming no more than data can carry.

    Parameters
    ----------
    fmr
        A rate in [0, 1]; below `MIN_MEASURED_FMR` it is not told apart.
    """
    if fmr < MIN_MEASURED_FMR:
        return f"fewer than one false match in {_two_digits(1.0 / MIN_MEASURED_FMR)} comparisons (extrapolated)"
    return false_matches_in_words(fmr)


def score_in_words(score: float, fmr: float) -> str:
    """A score with its meaning, for example ``"score 57.3: one false match in 540,000 comparisons"``.

    Parameters
    ----------
    score
        ``-10·log10(FMR)``, zero or more.
    fmr
        The false match rate that the score stands for.
    """
    return f"score {score:.1f}: {evidence_in_words(fmr)}"


def verdict_in_words(answer: Verification) -> str:
    """What a verification says: ``"match"``, ``"no match"``, or that too little was seen for either."""
    if not answer.is_decidable:
        return f"undecided, a match needs {MIN_MATCH_MINUTIAE} minutiae in both prints"
    return "match" if answer.is_match else "no match"


def threshold_in_words(max_fmr: float) -> str:
    """What was asked for, for example ``"score 40.0 or more (one false match in 10,000 comparisons)"``.

    Parameters
    ----------
    max_fmr
        The false match rate that the caller accepts.
    """
    return f"score {score_of_fmr(max_fmr):.1f} or more ({false_matches_in_words(max_fmr)})"
