"""Hard impressions: what a sensor delivers on a bad day, with the truth of what lies under it.

`make_impression` makes prints that are pleasant to look at; this makes those that an extractor must learn to read:
spoiled contact, other sensors, ghosts and writing, cut edges, compression.
"""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.minutiae.columns import Minutiae
from fingerprint_engine.synthesis.impressions.clutter import add_dust, add_frame, add_ghost, add_writing
from fingerprint_engine.synthesis.impressions.contact import Contact
from fingerprint_engine.synthesis.impressions.creased_skin import crease_skin
from fingerprint_engine.synthesis.impressions.glass_marks import add_halo, wear_coating
from fingerprint_engine.synthesis.impressions.hard_touch import spoil_contact
from fingerprint_engine.synthesis.impressions.impression import (
    ImpressionParameters,
    SyntheticImpression,
    make_impression,
)
from fingerprint_engine.synthesis.impressions.moist_skin import dot_ridges, join_ridges
from fingerprint_engine.synthesis.impressions.sensor_looks import SensorLook, compress, draw_look, sense
from fingerprint_engine.synthesis.master_finger.finger import MasterFinger

FAULTS = frozenset({"contact", "looks", "ghost", "writing", "dust", "frame", "cut", "compression"})
"""What `make_hard_impression` can do to a print; each can be left out to see what it is worth."""
SKIN_FAULTS = {"joined": join_ridges, "dotted": dot_ridges, "creased": crease_skin}
GLASS_FAULTS = {"coating": wear_coating, "halo": add_halo}
"""More that can happen, each when it is asked for by name: no default draws them."""
NAMED_SHARE = 0.3
"""Chance of each of them; chosen."""
GHOST_SHARE = 0.3
"""Chance that an earlier print stayed on the glass."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class HardImpression:
    """An image at 500 ppi and the truth about it.

    Attributes
    ----------
    pixels
        uint8, shape (rows, cols), dark ridges.
    ridges
        float32, shape (rows, cols): the clean ridge pattern, about -1 in valleys to 1 on ridges, everywhere.
    mask
        bool, shape (rows, cols): the contact region that was not cut off.
    orientation, period
        float32 maps of 8 px blocks.
    minutiae
        True minutiae inside the mask, but not where it is hidden.
    look
        What took the print.
    hidden
        bool, shape (rows, cols): where no ridge can be seen within the mask; only faults asked for by name say so.
    """

    pixels: NDArray[np.uint8]
    ridges: NDArray[np.float32]
    mask: NDArray[np.bool_]
    orientation: NDArray[np.float32]
    period: NDArray[np.float32]
    minutiae: Minutiae
    look: SensorLook
    hidden: NDArray[np.bool_]


def make_hard_impression(
    finger: MasterFinger,
    ghost: MasterFinger | None,
    rng: np.random.Generator,
    parameters: ImpressionParameters | None = None,
    *,
    faults: frozenset[str] = FAULTS,
) -> HardImpression:
    """Take one hard impression of a finger; its resolution is 500 ppi whatever `parameters` say.

    Parameters
    ----------
    finger
        The finger.
    ghost
        Another one whose print may have stayed on the glass.
    rng
        All that is random comes from here.
    parameters
        Placement, distortion and contact.
    faults
        Which of `FAULTS`, `SKIN_FAULTS` and `GLASS_FAULTS` may happen.
    """
    parameters = dataclasses.replace(parameters or ImpressionParameters(), ppi=500.0)
    left_over = None
    if "ghost" in faults and ghost is not None and rng.random() < GHOST_SHARE:
        wide = dataclasses.replace(parameters, shift_px=min(120.0, 3.0 * parameters.shift_px + 40.0))
        left_over = make_impression(ghost, rng, wide)
    return harden(make_impression(finger, rng, parameters), finger, left_over, rng, faults=faults)


def harden(
    made: SyntheticImpression,
    finger: MasterFinger,
    ghost: SyntheticImpression | None,
    rng: np.random.Generator,
    *,
    faults: frozenset[str] = FAULTS,
) -> HardImpression:
    """Spoil an impression at 500 ppi that was made of `finger`; the same one can be spoiled again and again.

    `ghost` is an impression of the same size that stayed on the glass.
    """
    touched = contact_of(made, finger)
    for name, change in SKIN_FAULTS.items():
        if name in faults and rng.random() < NAMED_SHARE:
            touched = change(touched, rng)
    ink, mask = touched.ink, made.mask
    if "cut" in faults and rng.random() < 0.25:
        kept = _half_plane(mask.shape, rng)
        ink, mask = ink * kept, mask & (kept > 0.5)
    if "contact" in faults:
        ink = spoil_contact(ink, float(rng.beta(1.1, 1.1)), rng)
    if ghost is not None:
        ink = add_ghost(ink, ink_of(ghost), rng)
    touched = dataclasses.replace(touched, ink=ink)
    for name, change in GLASS_FAULTS.items():
        if name in faults and rng.random() < NAMED_SHARE:
            touched = change(touched, rng)
    ink, hidden = touched.ink, touched.hidden & mask
    for name, add, chance in (("writing", add_writing, 0.2), ("dust", add_dust, 0.3), ("frame", add_frame, 0.15)):
        if name in faults and rng.random() < chance:
            ink = add(ink, rng)
    look = draw_look(rng) if "looks" in faults else SensorLook.OPTICAL
    pixels = sense(ink, look, rng) if "looks" in faults else _plain(ink)
    if "compression" in faults and rng.random() < 0.2:
        pixels = compress(pixels, rng)
    minutiae = minutiae_within(made.minutiae, mask & ~hidden)
    ridges = clean_ridges(finger, made)
    return HardImpression(pixels, ridges, mask, made.orientation, made.period, minutiae, look, hidden)


def clean_ridges(finger: MasterFinger, made: SyntheticImpression) -> NDArray[np.float32]:
    """The finger's ridge pattern as the impression would show it if nothing were lost; float32, at 500 ppi."""
    rows, cols = made.mask.shape
    x = np.arange(cols, dtype=np.float32)[None, :] + made.displacement[..., 0]
    y = np.arange(rows, dtype=np.float32)[:, None] + made.displacement[..., 1]
    return np.asarray(cv2.remap(finger.ridges, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT), dtype=np.float32)


def contact_of(made: SyntheticImpression, finger: MasterFinger) -> Contact:
    """An impression before anything spoiled it."""
    x, y = made.correspondence.from_finger(finger.pores[:, 0], finger.pores[:, 1])
    pores = np.stack([x, y, finger.pores[:, 2]], axis=1)
    return Contact(ink_of(made), made.mask, np.zeros_like(made.mask), pores)


def ink_of(made: SyntheticImpression) -> NDArray[np.float32]:
    """How much of a ridge touches at each pixel, 0 to 1; float32, shape (rows, cols)."""
    ground, ridge = made.condition.ground_grey, made.condition.ridge_grey
    ink = (min(ground, 255.0) - made.image.pixels.astype(np.float32)) / (min(ground, 255.0) - ridge)
    return np.asarray(np.clip(ink, 0.0, 1.0), dtype=np.float32)


def _plain(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(250.0 - 215.0 * ink), dtype=np.uint8)


def _half_plane(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """1 on one side of a random line near the middle, 0 on the other."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    angle, offset = rng.uniform(0.0, 2.0 * math.pi), rng.uniform(-0.05, 0.42) * min(shape)
    side = (x - 0.5 * shape[1]) * math.cos(angle) + (y - 0.5 * shape[0]) * math.sin(angle)
    return np.asarray(side < offset, dtype=np.float32)


def minutiae_within(minutiae: Minutiae, mask: NDArray[np.bool_]) -> Minutiae:
    """Minutiae that lie on a mask."""
    row = np.clip(np.rint(minutiae.y), 0, mask.shape[0] - 1).astype(np.intp)
    col = np.clip(np.rint(minutiae.x), 0, mask.shape[1] - 1).astype(np.intp)
    return minutiae.select(mask[row, col])
