"""Pattern classes and where their cores and deltas lie."""

from __future__ import annotations

import dataclasses
import enum

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.fingers import Finger


class PatternClass(enum.Enum):
    """The five classes of Henry's system; loops are named by the side to which they open, as seen in the print."""

    LEFT_LOOP = "left loop"
    RIGHT_LOOP = "right loop"
    WHORL = "whorl"
    ARCH = "arch"
    TENTED_ARCH = "tented arch"


PRIORS = {
    PatternClass.LEFT_LOOP: 0.338,
    PatternClass.RIGHT_LOOP: 0.317,
    PatternClass.WHORL: 0.279,
    PatternClass.ARCH: 0.037,
    PatternClass.TENTED_ARCH: 0.029,
}
"""Natural class shares (Wilson, Candela and Watson 1994, from FBI counts)."""

ULNAR_SHARE = 0.93
"""Share of loops that open to the little finger (Cummins and Midlo 1943: about 5 % of all prints are radial loops)."""

_LOG_REACH, _LOG_REACH_LIMITS = 0.4, (-1.2, 0.6)
"""Of how far the delta of a loop lies from its core, 132 px as a rule: 12 ± 5 ridges (Holt, The Genetics of Dermal
Ridges, 1968), on U.are.U 123 ± 59 px; within 40 and 240 px, 4 to 26 ridges."""
_TURN_RAD = 0.14
"""Of the direction in which it lies; with what the usual places vary by 10°, as on U.are.U."""

_LEFT_HAND = frozenset((Finger.LEFT_THUMB, Finger.LEFT_INDEX, Finger.LEFT_MIDDLE, Finger.LEFT_RING, Finger.LEFT_LITTLE))


@dataclasses.dataclass(frozen=True, slots=True)
class Layout:
    """Singular points of a master finger, in pixels at 500 ppi relative to the centre of the pattern, y down.

    Parameters
    ----------
    pattern
        The class.
    cores, deltas
        float64, shape (n, 2), columns x and y; an arch has none.
    arch_height
        Steepness of the arch beside the middle of the finger; 0 for loops and whorls.
    """

    pattern: PatternClass
    cores: NDArray[np.float64]
    deltas: NDArray[np.float64]
    arch_height: float = 0.0


def choose_pattern(rng: np.random.Generator, finger: Finger = Finger.UNKNOWN) -> PatternClass:
    """Draw a class with the natural shares; a known finger decides the side to which loops mostly open."""
    draw, side = rng.uniform(), rng.uniform()
    pattern = PatternClass.TENTED_ARCH
    for candidate, share in PRIORS.items():
        if draw < share:
            pattern = candidate
            break
        draw -= share
    if finger is Finger.UNKNOWN or pattern not in (PatternClass.LEFT_LOOP, PatternClass.RIGHT_LOOP):
        return pattern
    opens_left = (finger in _LEFT_HAND) == (side < ULNAR_SHARE)
    return PatternClass.LEFT_LOOP if opens_left else PatternClass.RIGHT_LOOP


def draw_layout(rng: np.random.Generator, pattern: PatternClass, size: float, delta_spread: float = 0.0) -> Layout:
    """Draw the singular points of a finger of a class.

    Parameters
    ----------
    size
        Linear scale of the finger; 1 for an adult index finger.
    delta_spread
        How far the deltas of loops are strewn beyond their usual place; 1 as on real fingers.
    """
    none = np.zeros((0, 2))
    if pattern is PatternClass.ARCH:
        return Layout(pattern, none, none, arch_height=float(rng.uniform(0.55, 1.3)))
    if pattern is PatternClass.TENTED_ARCH:
        height = rng.normal(62.0, 10.0)
        core = np.array([[rng.normal(0.0, 4.0), rng.normal(-8.0, 6.0)]])
        delta = core + np.array([[rng.normal(0.0, 5.0), max(height, 38.0)]])
        return Layout(pattern, size * core, size * delta, arch_height=float(rng.uniform(0.2, 0.5)))
    if pattern is PatternClass.WHORL:
        return _whorl(rng, size)
    side = 1.0 if pattern is PatternClass.LEFT_LOOP else -1.0
    core = np.array([[rng.normal(0.0, 7.0), rng.normal(-6.0, 8.0)]])
    reach = np.array(
        [[side * np.clip(rng.normal(82.0, 13.0), 52.0, 115.0), np.clip(rng.normal(104.0, 17.0), 70.0, 150.0)]]
    )
    if delta_spread > 0.0:
        reach = _strewn(rng, reach, delta_spread)
    return Layout(pattern, size * core, size * (core + reach))


def _strewn(rng: np.random.Generator, reach: NDArray[np.float64], spread: float) -> NDArray[np.float64]:
    """Another length and direction of the way from core to delta."""
    factor = np.exp(np.clip(spread * rng.normal(-0.5 * _LOG_REACH**2, _LOG_REACH), *_LOG_REACH_LIMITS))
    turn = spread * rng.normal(0.0, _TURN_RAD)
    turned = reach @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(factor * turned)


def _whorl(rng: np.random.Generator, size: float) -> Layout:
    """Two cores and two deltas: from concentric whorls (cores close together) to double loops (far apart, aslant)."""
    gap = float(np.clip(rng.gamma(2.5, 14.0), 10.0, 80.0))
    slant = rng.normal(0.0, 0.3 + 0.008 * gap)
    middle = np.array([rng.normal(0.0, 6.0), rng.normal(6.0, 8.0)])
    half = 0.5 * gap * np.array([np.sin(slant), np.cos(slant)])
    cores = np.stack([middle - half, middle + half])
    deltas = np.stack(
        [
            [-np.clip(rng.normal(106.0, 13.0), 76.0, 140.0), np.clip(rng.normal(116.0, 18.0), 76.0, 160.0)],
            [np.clip(rng.normal(106.0, 13.0), 76.0, 140.0), np.clip(rng.normal(116.0, 18.0), 76.0, 160.0)],
        ]
    )
    return Layout(PatternClass.WHORL, size * cores, size * (middle + deltas))
