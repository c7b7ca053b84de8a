"""`SyntheticSlap`: the fingers of one hand, or two thumbs, on one glass, with what is true about each."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.synthesis.impressions.impression import ImpressionParameters, make_impression
from fingerprint_engine.synthesis.master_finger.finger import MasterFinger
from fingerprint_engine.synthesis.slaps import backdrop, lower_skin
from fingerprint_engine.synthesis.slaps.hand_pose import PoseParameters, TipPose, draw_pose

_LOOKS = "chosen: what pictures of slaps show, no count of them"
FloatMap = NDArray[np.float32]
_PATCH = (600, 460)
"""Rows and columns of the impression of one finger before it is laid on the glass."""


@dataclasses.dataclass(frozen=True, slots=True)
class SlapParameters(Parameters):
    """What slaps are like; shares are the chance that a slap, or a finger of it, has something."""

    rows_px: int = parameter(1500, unit="px at 500 ppi", low=600, high=2400, source="common size of live-scan slaps")
    cols_px: int = parameter(1600, unit="px at 500 ppi", low=600, high=2400, source="common size of live-scan slaps")
    fine_share: float = parameter(0.1, unit="share of slaps at 1000 ppi", low=0.0, high=1.0, source=_LOOKS)
    pose: PoseParameters = PoseParameters()
    even_turn: int = parameter(0, unit="1 for uniform turns", low=0, high=1, source=_LOOKS)
    missing: float = parameter(0.04, unit="share of fingers", low=0.0, high=1.0, source=_LOOKS)
    bandaged: float = parameter(0.0, unit="share of missing", low=0.0, high=1.0, source=_LOOKS)
    phalanx: float = parameter(0.3, unit="share of fingers", low=0.0, high=1.0, source=_LOOKS)
    fold: float = parameter(0.15, unit="share of fingers", low=0.0, high=1.0, source=_LOOKS)
    fading: float = parameter(0.4, unit="share of fingers", low=0.0, high=1.0, source=_LOOKS)
    halo: float = parameter(0.05, unit="share of slaps", low=0.0, high=1.0, source=_LOOKS)
    earlier: float = parameter(0.0, unit="share of slaps", low=0.0, high=1.0, source=_LOOKS)
    printed: float = parameter(0.0, unit="share of slaps", low=0.0, high=1.0, source=_LOOKS)
    rim: float = parameter(0.1, unit="share of slaps", low=0.0, high=1.0, source=_LOOKS)
    faintest: float = parameter(0.8, unit="ink of the faintest finger", low=0.05, high=1.0, source=_LOOKS)
    degradation: float = parameter(0.4, unit="1", low=0.0, high=1.0, source=_LOOKS)
    darkest_ground: float = parameter(250.0, unit="grey level", low=60.0, high=255.0, source=_LOOKS)
    unevenness: float = parameter(0.0, unit="grey levels", low=0.0, high=20.0, source=_LOOKS)


LEVELS = {
    1: SlapParameters(),
    2: SlapParameters(
        pose=PoseParameters(turn_deg=11.0, lean_deg=5.0), missing=0.06, bandaged=0.2, phalanx=0.5, fold=0.3, halo=0.2,
        earlier=0.15, printed=0.1, rim=0.3, faintest=0.45, degradation=0.6, darkest_ground=225.0, unevenness=1.5,
    ),
    3: SlapParameters(
        pose=PoseParameters(turn_deg=45.0, lean_deg=6.0, along_mm=3.5), even_turn=1, missing=0.08, bandaged=0.3,
        phalanx=0.6, fold=0.4, halo=0.4, earlier=0.4, printed=0.3, rim=0.4, faintest=0.35, degradation=0.8,
        darkest_ground=150.0, unevenness=4.0,
    ),
}  # fmt: skip
"""Easy, usual and hard slaps."""


@dataclasses.dataclass(frozen=True, slots=True)
class TrueTip:
    """Where a fingertip is, down to its joint: middle, size and lean of its box, in pixels at 500 ppi.

    `width_px` lies across the finger, `height_px` along it; the box leans counter-clockwise by `lean_rad`.
    """

    x: float
    y: float
    width_px: float
    height_px: float
    lean_rad: float

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, right, top and bottom of the upright box around it."""
        c, s = abs(math.cos(self.lean_rad)), abs(math.sin(self.lean_rad))
        across = 0.5 * (c * self.width_px + s * self.height_px)
        along = 0.5 * (s * self.width_px + c * self.height_px)
        return self.x - across, self.x + across, self.y - along, self.y + along


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class SyntheticSlap:
    """An image and the truth about it.

    Attributes
    ----------
    image
        The grey image at its own resolution.
    slap
        Which hand it is.
    tips
        Of each finger that touched.
    missing
        Fingers that are not on the image; those of `bandaged` left something that is no print.
    bandaged
        See `missing`.
    turn_rad
        How the hand is turned, counter-clockwise.
    """

    image: FingerprintImage
    slap: Slap
    tips: Mapping[Finger, TrueTip]
    missing: frozenset[Finger]
    bandaged: frozenset[Finger]
    turn_rad: float


def make_slap(
    hand: Mapping[Finger, MasterFinger], slap: Slap, rng: np.random.Generator, parameters: SlapParameters | None = None
) -> SyntheticSlap:
    """Lay a hand on the glass.

    Parameters
    ----------
    hand
        The fingers of `slap`, and others if there are more.
    slap
        Which of them.
    rng
        All that is random comes from here: the same state gives the same image.
    parameters
        What slaps are like, see `LEVELS`.

    Raises
    ------
    ParameterError
        When the hand lacks a finger.
    """
    p = parameters or SlapParameters()
    for finger in slap.fingers:
        if finger not in hand:
            raise ParameterError(f"hand: expected a {finger.words}, got none")
    shape = p.rows_px, p.cols_px
    poses, turn = draw_pose(slap, rng, shape, p.pose, uniform_turn=bool(p.even_turn))
    gone = frozenset(finger for finger in slap.fingers if rng.random() < p.missing)
    gone = frozenset() if len(gone) == len(slap.fingers) else gone
    bandaged = frozenset(finger for finger in sorted(gone) if rng.random() < p.bandaged)
    ink, skin = np.zeros(shape, np.float32), np.zeros(shape, np.bool_)
    tips = {}
    condition = ImpressionParameters(
        rows_px=_PATCH[0], cols_px=_PATCH[1], shift_px=0.0, rotation_deg=0.0, contact_low=0.75,
        degradation_high=p.degradation,
    )  # fmt: skip
    for finger in slap.fingers:
        pose = poses[finger]
        if finger in gone:
            if finger in bandaged:
                _lay(ink, lower_skin.bandage_ink((330, 250), rng), pose, 165.0)
            continue
        tips[finger], touched = _touch(ink, hand[finger], pose, condition, p, rng)
        skin |= touched
    if rng.random() < p.halo:
        ink = backdrop.add_halo(ink, skin, rng)
    if rng.random() < p.earlier:
        ink = backdrop.add_earlier_hand(ink, rng)
    if rng.random() < p.rim:
        ink = backdrop.add_rim(ink, rng)
    if rng.random() < p.printed:
        ink = backdrop.add_print(ink, rng)
    ppi = 1000.0 if rng.random() < p.fine_share else 500.0
    if ppi > 500.0:
        ink = np.asarray(cv2.resize(ink, None, fx=2.0, fy=2.0, interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    ground = rng.uniform(p.darkest_ground, 255.0)
    pixels = backdrop.develop(ink, rng.uniform(10.0, 50.0), ground, p.unevenness * rng.uniform(), rng)
    return SyntheticSlap(FingerprintImage(pixels, ppi), slap, tips, gone, bandaged, turn)


def _touch(
    ink: FloatMap,
    finger: MasterFinger,
    pose: TipPose,
    condition: ImpressionParameters,
    p: SlapParameters,
    rng: np.random.Generator,
) -> tuple[TrueTip, NDArray[np.bool_]]:
    """Add a finger to the ink; also where it touched."""
    taken = make_impression(finger, rng, condition)
    rows, cols = np.flatnonzero(taken.mask.any(axis=1)), np.flatnonzero(taken.mask.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(cols[0]), int(cols[-1]) + 1
    grey = taken.image.pixels.astype(np.float32)
    paper = float(np.percentile(grey, 98))
    strength = rng.uniform(p.faintest, 1.0)
    near = cv2.GaussianBlur(cv2.dilate(taken.mask.astype(np.float32), np.ones((25, 25))), (0, 0), 6.0)
    patch = (strength * near * np.clip((paper - grey) / paper, 0.0, 1.0)).astype(np.float32)
    if rng.random() < p.fading:
        # Pressure falls towards the joint.
        down = np.clip((np.arange(len(patch)) - 0.5 * (top + bottom)) / (0.5 * (bottom - top)), 0.0, 1.0)
        patch *= (1.0 - rng.uniform(0.3, 0.85) * down).astype(np.float32)[:, None]
    tall = rng.normal(1.16, 0.06)
    scale = pose.size
    matrix = _onto_glass(pose, 0.5 * (left + right), float(top), scale, scale * tall)
    size = (ink.shape[1], ink.shape[0])
    laid = cv2.warpAffine(patch, matrix, size, flags=cv2.INTER_LINEAR)
    np.maximum(ink, laid, out=ink)
    touched = cv2.warpAffine(taken.mask.astype(np.uint8), matrix, size, flags=cv2.INTER_NEAREST) > 0
    width, height = scale * (right - left), scale * tall * (bottom - top)
    _below(ink, pose, width, height, strength, p, rng)
    x, y = pose.x + 0.5 * height * math.sin(pose.lean_rad), pose.y + 0.5 * height * math.cos(pose.lean_rad)
    return TrueTip(x, y, width, height, pose.lean_rad), touched


def _below(
    ink: FloatMap, pose: TipPose, width: float, height: float, strength: float, p: SlapParameters,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Fold, middle phalanx and what follows."""
    if rng.random() < p.fold:
        fold = lower_skin.fold_ink((int(0.4 * width), int(0.6 * width)), rng)
        _lay(ink, strength * fold, pose, height - 0.08 * width)
    if rng.random() < p.phalanx:
        start = height + width * rng.uniform(0.04, 0.2)
        tall = width * rng.uniform(0.5, 1.2)
        patch = lower_skin.phalanx_ink((int(tall), int(width * rng.uniform(0.5, 0.9))), rng)
        _lay(ink, strength * patch, pose, start + 0.5 * tall)
        if rng.random() < 0.5:
            fold = lower_skin.fold_ink((int(0.4 * width), int(0.5 * width)), rng)
            _lay(ink, 0.6 * strength * fold, pose, start + tall)
            patch = lower_skin.phalanx_ink((int(0.7 * width), int(width * rng.uniform(0.6, 0.9))), rng)
            _lay(ink, 0.7 * strength * patch, pose, start + tall + 0.5 * width)


def _lay(ink: FloatMap, patch: FloatMap, pose: TipPose, down: float) -> None:
    """Add a patch to the ink, its middle so many pixels down the finger."""
    rows, cols = patch.shape
    matrix = _onto_glass(pose, 0.5 * cols, 0.5 * rows - down, 1.0, 1.0)
    laid = cv2.warpAffine(patch, matrix, (ink.shape[1], ink.shape[0]), flags=cv2.INTER_LINEAR)
    np.maximum(ink, laid, out=ink)


def _onto_glass(pose: TipPose, x: float, y: float, wide: float, tall: float) -> NDArray[np.float64]:
    """Affine matrix that takes point (x, y) of a patch to the end of the finger and leans the patch."""
    c, s = math.cos(pose.lean_rad), math.sin(pose.lean_rad)
    turn = np.array([[c * wide, s * tall], [-s * wide, c * tall]])
    shift = np.array([pose.x, pose.y]) - turn @ np.array([x, y])
    return np.column_stack([turn, shift])
