"""`RollCallParameters`: what is expected of a roll-call before anybody has touched a reader."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.parameters import Parameters, parameter

_MEASURED = "benchmarks/records/mated_scores.py"


@dataclasses.dataclass(frozen=True, slots=True)
class RollCallParameters(Parameters):
    """Expectations of a roll-call; an administration that knows its own better states them."""

    card_is_right: float = parameter(
        0.995, unit="probability", low=0.5, high=1.0, source="chosen: a card in the wrong hand once in 200 captures"
    )
    wrong_card_is_of_unit: float = parameter(
        0.5, unit="probability", low=0.0, high=1.0, source="chosen: as often a swap inside as somebody from outside"
    )
    counted_again: float = parameter(
        0.0002, unit="probability", low=0.0, high=1.0, source="chosen: somebody answers for another, rarer than a swap"
    )
    stranger_without_card: float = parameter(
        0.02, unit="probability", low=0.0, high=1.0, source="chosen: of captures without a card"
    )
    absent: float = parameter(0.01, unit="probability", low=0.0, high=1.0, source="chosen: of the roster")
    lost: float = parameter(
        0.005,
        unit="share of mated comparisons that score as non-mated ones do",
        low=0.0,
        high=1.0,
        source=_MEASURED + ": below score 10 are at most 0.004 on seven sensors",
    )
    mislabelled: float = parameter(
        0.02, unit="share of fingers taken for another", low=0.0, high=1.0, source="chosen: haste at the reader"
    )
    score_end: float = parameter(
        110.0, unit="score", low=10.0, high=1000.0, source="calibration of scores, whose last knot lies there"
    )
    min_minutiae: int = parameter(
        12, unit="minutiae", low=0, high=255, source="as a search: fewer say little by not matching"
    )
    max_fingers_against: int = parameter(
        3,
        unit="fingers",
        low=1,
        high=10,
        source="chosen: dry or wet skin spoils all fingers of a person at once, so more do not count against him",
    )
    max_error: float = parameter(
        0.01, unit="probability", low=0.0, high=1.0, source="chosen: a statement less sure than this is not made"
    )
