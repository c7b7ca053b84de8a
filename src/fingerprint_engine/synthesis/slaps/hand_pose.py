"""How a hand lies on the glass: where each fingertip comes to lie, how it leans and how large it is."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.geometry import RigidTransform, mm_to_px
from fingerprint_engine.parameters import Parameters, parameter

_LOOKS = "chosen: proportions of adult hands, compared with pictures of live-scan slaps"
_RIGHT = {
    Finger.RIGHT_INDEX: (-20.5, 9.5, 4.0, 0.95),
    Finger.RIGHT_MIDDLE: (0.0, 0.0, 1.0, 1.0),
    Finger.RIGHT_RING: (19.0, 9.0, -2.0, 0.95),
    Finger.RIGHT_LITTLE: (38.0, 34.0, -7.0, 0.80),
}
"""Of a right hand, palm down: mm from the middle fingertip to the right and down, lean (degrees counter-clockwise) and
size of the finger."""
_THUMBS = {Finger.LEFT_THUMB: (-16.0, 0.0, -6.0, 1.12), Finger.RIGHT_THUMB: (16.0, 0.0, 6.0, 1.12)}


@dataclasses.dataclass(frozen=True, slots=True)
class PoseParameters(Parameters):
    """How hands differ."""

    turn_deg: float = parameter(5.0, unit="deg", low=0.0, high=90.0, source=_LOOKS)
    lean_deg: float = parameter(4.0, unit="deg", low=0.0, high=30.0, source=_LOOKS)
    across_mm: float = parameter(1.8, unit="mm", low=0.0, high=10.0, source=_LOOKS)
    along_mm: float = parameter(3.0, unit="mm", low=0.0, high=20.0, source=_LOOKS)
    spread_low: float = parameter(0.95, unit="1", low=0.5, high=2.0, source=_LOOKS)
    spread_high: float = parameter(1.3, unit="1", low=0.5, high=2.0, at_least="spread_low", source=_LOOKS)
    size_low: float = parameter(0.85, unit="1", low=0.5, high=2.0, source=_LOOKS)
    size_high: float = parameter(1.06, unit="1", low=0.5, high=2.0, at_least="size_low", source=_LOOKS)


@dataclasses.dataclass(frozen=True, slots=True)
class TipPose:
    """One fingertip: where its end lies (px at 500 ppi), which way it points (0: up, counter-clockwise), its size."""

    x: float
    y: float
    lean_rad: float
    size: float


def draw_pose(
    slap: Slap, rng: np.random.Generator, shape: tuple[int, int], parameters: PoseParameters, *, uniform_turn: bool
) -> tuple[dict[Finger, TipPose], float]:
    """Lay a hand on a glass of a shape (rows, cols at 500 ppi).

    Parameters
    ----------
    slap
        Which fingers.
    rng
        All that is random comes from here.
    shape
        Of the glass.
    parameters
        How hands differ.
    uniform_turn
        Whether every turn up to `turn_deg` is alike; else it is the standard deviation.

    Returns
    -------
    poses, turn
        Of each finger, and how the hand as a whole is turned, radians counter-clockwise.
    """
    size = rng.uniform(parameters.size_low, parameters.size_high)
    spread = size * rng.uniform(parameters.spread_low, parameters.spread_high)
    drawn = rng.uniform(-1.0, 1.0) if uniform_turn else float(np.clip(rng.normal(), -2.5, 2.5))
    turn = math.radians(parameters.turn_deg) * drawn
    sign = -1.0 if slap is Slap.LEFT_FOUR else 1.0
    about = RigidTransform(turn, 0.0, 0.0)
    poses = {}
    for finger in slap.fingers:
        right = _THUMBS[finger] if slap is Slap.THUMBS else _RIGHT[Finger((int(finger) - 1) % 5 + 1)]
        across, along, lean, part = right
        x = sign * (across * spread + rng.normal(0.0, parameters.across_mm))
        y = along * size + rng.normal(0.0, parameters.along_mm)
        # Fingers that are spread lean apart.
        leaning = math.radians(sign * lean * (2.0 * spread / size - 1.0) + rng.normal(0.0, parameters.lean_deg))
        at_x, at_y = about.apply(mm_to_px(x), mm_to_px(y))
        poses[finger] = TipPose(float(at_x), float(at_y), turn + leaning, size * part * rng.normal(1.0, 0.03))
    return _placed(poses, shape, rng), turn


def _placed(poses: dict[Finger, TipPose], shape: tuple[int, int], rng: np.random.Generator) -> dict[Finger, TipPose]:
    """The hand somewhere on the glass, all its fingertips on it where there is room for them."""
    pad = [
        (pose.x + 190.0 * math.sin(pose.lean_rad), pose.y + 190.0 * math.cos(pose.lean_rad)) for pose in poses.values()
    ]
    shift = []
    for axis, side in ((0, shape[1]), (1, shape[0])):
        low, high = min(point[axis] for point in pad) - 250.0, max(point[axis] for point in pad) + 250.0
        room = side - (high - low)
        shift.append(-low + (rng.uniform(0.1, 0.9) * room if room > 0.0 else 0.5 * room))
    return {
        finger: dataclasses.replace(pose, x=pose.x + shift[0], y=pose.y + shift[1]) for finger, pose in poses.items()
    }
