"""What may be true of one capture, and how probable it is before all captures are seen together."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from fingerprint_engine.records.roll_call.parameters import RollCallParameters


class Fate(enum.Enum):
    """What a capture may be of."""

    OF_UNIT = "of the unit"
    """Of a stated person of the roster, who is counted by it."""
    AGAIN = "counted again"
    """Of a person of the roster who is counted by another capture."""
    OUTSIDE = "from outside"
    """Of a known person who is not on the roster."""
    STRANGER = "unknown"
    """Of nobody on file."""
    SOMEBODY = "somebody of the unit"
    """Of a person of the roster whom nothing points at: a capture that failed under a wrong card."""


class Option(NamedTuple):
    """One thing that may be true of a capture.

    Attributes
    ----------
    fate, target
        What; and a place in the roster or among those from outside.
    log_weight
        Logarithm of its probability before all captures are seen together.
    support
        Log ratio of the fingers alone, without what a card says.
    """

    fate: Fate
    target: int
    log_weight: float
    support: float = 0.0


def options_of(
    claim: int | None,
    roster_size: int,
    evidence: Mapping[int, float],
    elsewhere: float,
    outside: Sequence[float],
    outside_size: int,
    parameters: RollCallParameters,
) -> list[Option]:
    """Everything that may be true of a capture, with logarithms of prior times likelihood ratio.

    Parameters
    ----------
    claim
        Whose card it came with; None for none.
    roster_size
        People on the roster.
    evidence
        Log ratios by place in the roster.
    elsewhere
        Log ratio with everybody of the roster who is not in `evidence`.
    outside
        Log ratios with candidates who are not on the roster.
    outside_size
        How many people were searched there.
    parameters
        Expectations.
    """
    p = parameters
    others = max(1, roster_size - (claim is not None))
    if claim is None:
        of_unit = (1.0 - p.stranger_without_card - p.counted_again) / others
        stranger = p.stranger_without_card
    else:
        of_unit = (1.0 - p.card_is_right) * p.wrong_card_is_of_unit / others
        stranger = (1.0 - p.card_is_right) * (1.0 - p.wrong_card_is_of_unit)
    found = []
    for place, ratio in evidence.items():
        prior = p.card_is_right if place == claim else of_unit
        found.append(Option(Fate.OF_UNIT, place, math.log(prior) + ratio, ratio))
        if place != claim:
            found.append(Option(Fate.AGAIN, place, math.log(p.counted_again / others) + ratio, ratio))
    unnamed = others - sum(place != claim for place in evidence)
    if unnamed > 0:
        found.append(Option(Fate.SOMEBODY, -1, math.log(of_unit * unnamed) + elsewhere))
    known = 0.5 * stranger / max(1, outside_size)
    found += [Option(Fate.OUTSIDE, place, math.log(known) + ratio, ratio) for place, ratio in enumerate(outside)]
    found.append(Option(Fate.STRANGER, -1, math.log(stranger)))
    top = max(option.log_weight for option in found)
    reach = [option for option in found if option.log_weight > top + _OUT_OF_REACH]
    total = float(np.logaddexp.reduce([option.log_weight for option in reach]))
    return [option._replace(log_weight=option.log_weight - total) for option in reach]


def is_stated(option: Option, probability: float, parameters: RollCallParameters) -> bool:
    """Whether this is said of a capture: it is sure enough, and the fingers speak for whoever is named.

    A card alone makes nobody present: it may be in the hands of somebody who covers for him.
    """
    is_told_by_fingers = option.fate not in (Fate.OF_UNIT, Fate.AGAIN, Fate.OUTSIDE) or option.support > 0.0
    return option.fate is not Fate.SOMEBODY and 1.0 - probability <= parameters.max_error and is_told_by_fingers


_OUT_OF_REACH = math.log(1e-9)
"""What is a billion times less probable than the best is left out."""
