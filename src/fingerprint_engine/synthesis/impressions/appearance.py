"""From skin on glass to grey values: touching, breaks, pores, blur, sensor."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.synthesis.smooth_noise import grain, smooth_noise


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """The state of the skin and of the sensor during one impression.

    Parameters
    ----------
    moisture
        -1 (dry: thin, broken ridges) to 1 (wet: thick ridges, filled valleys).
    degradation
        0 (clean) to 1 (hardly usable).
    ridge_grey, ground_grey
        Grey values of a touching ridge and of the untouched glass, 0 to 255.
    texture
        How rough the edges of ridges are, relative to the height of a ridge.
    pore_strength
        How visible pores are.
    blur_px
        Standard deviation of the optics' blur, in pixels at 500 ppi.
    noise_grey
        Standard deviation of the sensor noise, in grey values.
    softness
        Height over which a point turns from light to dark, relative to the height of a ridge.
    """

    moisture: float
    degradation: float
    ridge_grey: float
    ground_grey: float
    texture: float
    pore_strength: float
    blur_px: float
    noise_grey: float
    softness: float


def draw_condition(rng: np.random.Generator, finger_moisture: float, degradation: float) -> Condition:
    """Draw the condition of one impression of a finger that is usually as moist as `finger_moisture`."""
    moisture = float(np.clip(0.7 * finger_moisture + rng.normal(0.0, 0.33), -1.0, 1.0))
    dry = max(-moisture, 0.0)
    return Condition(
        moisture=moisture,
        degradation=degradation,
        ridge_grey=float(rng.uniform(18.0, 62.0) + 30.0 * dry),
        ground_grey=float(min(rng.uniform(236.0, 276.0), 262.0)),
        texture=float(rng.uniform(0.16, 0.34) + 0.30 * dry + 0.40 * degradation),
        pore_strength=float(rng.uniform(0.25, 0.9) + 0.6 * dry),
        blur_px=float(rng.uniform(0.55, 0.85)),
        noise_grey=float(rng.uniform(1.0, 3.5) + 4.0 * degradation),
        softness=float(rng.uniform(0.15, 0.28)),
    )


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """What touches, at the resolution of the image; all float32, shape (rows, cols).

    Attributes
    ----------
    ridges
        -1 in valleys to 1 on ridges.
    depth
        How far inside the contact region, in pixels at 500 ppi; negative outside.
    pores, gaps
        0 to 1: openings on ridges; creases and scratches.
    """

    ridges: NDArray[np.float32]
    depth: NDArray[np.float32]
    pores: NDArray[np.float32]
    gaps: NDArray[np.float32]


def render(skin: Skin, condition: Condition, scale: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Grey image of the skin.

    A point is dark as far as its height, with moisture, pressure, roughness, pores and gaps added, lies above the
    glass; the step is soft. Lengths are multiplied by `scale`, the image's pixels for one pixel at 500 ppi.

    Returns
    -------
    uint8, shape (rows, cols), dark ridges on light ground.
    """
    shape = (skin.ridges.shape[0], skin.ridges.shape[1])
    bad, moisture = condition.degradation, condition.moisture
    height = np.tanh(1.7 * skin.ridges) / np.tanh(1.7)
    height *= 1.0 - 0.7 * bad * _patches(rng, shape, 55.0 * scale, 0.9)
    pressure = 0.20 + 0.38 * moisture + (0.16 + 0.22 * bad) * smooth_noise(rng, shape, 70.0 * scale)
    pressure += (0.10 + 0.16 * bad) * smooth_noise(rng, shape, 22.0 * scale)
    edge = np.clip(1.0 - skin.depth / 26.0, 0.0, 4.0)
    pressure -= 0.65 * edge + 1.8 * np.clip(-skin.depth / 7.0, 0.0, 3.0)
    rough = condition.texture * (0.75 * grain(rng, shape, 1.15 * scale) + 0.6 * grain(rng, shape, 2.2 * scale))
    rough *= 0.8 + 0.5 * np.clip(edge, 0.0, 1.0)
    height = height + pressure + rough - condition.pore_strength * skin.pores - 3.2 * skin.gaps
    ink = 1.0 / (1.0 + np.exp(-np.clip(height / condition.softness, -30.0, 30.0)))
    shade = 1.0 + 0.10 * smooth_noise(rng, shape, 60.0 * scale) + 0.10 * grain(rng, shape, 1.6 * scale)
    ink *= np.clip(shade, 0.6, 1.25) * np.clip(0.86 + 0.2 * height, 0.7, 1.0)
    ink = np.maximum(ink, _film(skin, condition, scale, rng))
    ground = condition.ground_grey + 3.0 * smooth_noise(rng, shape, 110.0 * scale)
    grey = ground - np.clip(ink, 0.0, 1.15) * (ground - condition.ridge_grey)
    grey = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), condition.blur_px * scale)
    grey += condition.noise_grey * grain(rng, shape, 0.45)
    return np.asarray(np.clip(np.rint(grey), 0.0, 255.0), dtype=np.uint8)


def _patches(rng: np.random.Generator, shape: tuple[int, int], scale_px: float, level: float) -> NDArray[np.float32]:
    """Islands, 0 to 1, where smooth noise exceeds `level` standard deviations."""
    return np.asarray(np.clip((smooth_noise(rng, shape, scale_px) - level) / 1.2, 0.0, 1.0), dtype=np.float32)


def _film(skin: Skin, condition: Condition, scale: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Sweat and grease that darken valleys too: a wet finger's smears, and a breath of grey inside every contact."""
    shape = (skin.ridges.shape[0], skin.ridges.shape[1])
    wet = max(condition.moisture, 0.0)
    inside = np.clip((skin.depth - 8.0) / 30.0, 0.0, 1.0)
    breath = (0.03 + 0.10 * wet) * (1.0 + 0.5 * smooth_noise(rng, shape, 45.0 * scale))
    smear = (0.30 * wet + 0.45 * condition.degradation) * _patches(rng, shape, 40.0 * scale, 0.6 - 0.4 * wet)
    return np.asarray(inside * np.clip(breath + smear, 0.0, 0.7), dtype=np.float32)
