"""Two synthetic people's hands, made once, and slaps of them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
import pytest

from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.synthesis import FingerParameters, MasterFinger, make_finger
from fingerprint_engine.synthesis.slaps.slap import SlapParameters, SyntheticSlap, make_slap

USUAL_FINGERS = FingerParameters(delta_spread=0.0)
CLEAN = SlapParameters(missing=0.0, fine_share=0.0, rim=0.0, halo=0.0, degradation=0.3)


@functools.cache
def hand_of(person: int) -> dict[Finger, MasterFinger]:
    return {
        finger: make_finger(np.random.default_rng([5, person, finger]), USUAL_FINGERS, finger=finger)
        for finger in Finger
        if finger is not Finger.UNKNOWN
    }


@functools.cache
def slap_of(person: int, slap: Slap, seed: int, parameters: SlapParameters) -> SyntheticSlap:
    return make_slap(hand_of(person), slap, np.random.default_rng(seed), parameters)


@pytest.fixture
def make() -> Callable[..., SyntheticSlap]:
    """A slap: ``make(Slap.RIGHT_FOUR, seed, person=0, fine_share=1.0, …)``."""

    def made(slap: Slap, seed: int = 1, *, person: int = 0, **changes: object) -> SyntheticSlap:
        return slap_of(person, slap, seed, dataclasses.replace(CLEAN, **changes))

    return made
