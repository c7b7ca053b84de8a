"""From a false positive identification rate to a score, and from scores to an outcome."""

from __future__ import annotations

import math
from collections.abc import Sequence

from fingerprint_engine.errors import InputError, ParameterError
from fingerprint_engine.index.search.identification import Outcome
from fingerprint_engine.template import Template


def check_rate(rate: float, name: str) -> float:
    """Return a rate above 0 and at most 1, or raise `ParameterError`."""
    is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
    if not is_number or not math.isfinite(rate) or not 0.0 < rate <= 1.0:
        raise ParameterError(f"{name}: expected a number above 0 and at most 1, got {rate!r}")
    return float(rate)


def check_count(count: object, name: str = "max_candidates") -> int:
    """Return a number from 1 up, or raise `ParameterError`."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ParameterError(f"{name}: expected a whole number from 1 up, got {count!r}")
    return count


def check_workers(workers: object) -> int:
    """Return a number of threads, or raise `ParameterError`."""
    return check_count(workers, "workers")


def check_deadline(deadline_s: float | None) -> float | None:
    """Return a number of seconds from 0 up, or None; or raise `ParameterError`."""
    if deadline_s is None:
        return None
    is_number = isinstance(deadline_s, int | float) and not isinstance(deadline_s, bool)
    if not is_number or math.isnan(deadline_s) or deadline_s < 0.0:
        raise ParameterError(f"deadline_s: expected seconds from 0 up, got {deadline_s!r}")
    return float(deadline_s)


def check_probes(probe: Template | Sequence[Template]) -> tuple[Template, ...]:
    """Return the probes of a search, one or several, or raise `InputError`."""
    probes = (probe,) if isinstance(probe, Template) or not isinstance(probe, list | tuple) else tuple(probe)
    for one in probes:
        if not isinstance(one, Template):
            raise InputError(f"probe: expected a Template or several, got {type(one).__name__}")
    if not probes:
        raise InputError("probe: expected at least one Template, got none")
    return probes


def score_for_fmr(fmr: float) -> float:
    """Score that a single comparison must reach for at most this false match rate."""
    return max(0.0, -10.0 * math.log10(fmr))


def score_for_fpir(fpir: float, searched: int) -> float:
    """Score that a candidate must reach for at most this rate of false positive identifications.

    A search of N prints gives a false positive with probability ``FPIR = 1 - (1 - FMR)^N`` when comparisons are
    independent (Bolle et al., *Guide to Biometrics*, 2004, chapter 7), so each may have ``FMR = 1 - (1 - FPIR)^(1/N)``.
    Written with `log1p` and `expm1`: at N = 10⁶ the plain form has lost most of its digits.

    Parameters
    ----------
    fpir
        Above 0 and at most 1.
    searched
        Number of prints that are compared; none counts as one.
    """
    if fpir >= 1.0:
        return 0.0
    fmr = -math.expm1(math.log1p(-fpir) / max(1, searched))
    return max(0.0, -10.0 * math.log10(fmr))


def outcome_of(
    best_score: float,
    hit_score: float,
    possible_score: float,
    *,
    is_complete: bool,
    is_usable: bool,
    may_hit: bool = True,
) -> Outcome:
    """What a search says, given the best score. A score of 0 is no evidence and never a hit.

    A poor probe and an incomplete search keep their hits, because a score stands for its error rate; what they lose is
    the right to say "no hit". Only of a handful of minutiae do scores claim too much: those may not hit.
    """
    if best_score > 0.0 and best_score >= hit_score and may_hit:
        return Outcome.HIT
    if best_score > 0.0 and best_score >= possible_score:
        return Outcome.POSSIBLE
    if not is_usable:
        return Outcome.REJECTED_FOR_QUALITY
    return Outcome.NO_HIT if is_complete else Outcome.INCOMPLETE
