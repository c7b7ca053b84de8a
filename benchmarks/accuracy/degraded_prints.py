"""Worse copies of real prints: turned, stretched, cropped, dried, wetted, blurred and scratched, from a seed.

Good prints say little about what to believe in when prints are poor; a fit needs pairs on which matching is hard.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

import fingerprint_engine as fe
from benchmarks.data_sets import DataSet
from fingerprint_engine.template import Template

Pixels = NDArray[np.float32]
Alteration = Callable[[NDArray[np.uint8], np.random.Generator], NDArray[np.uint8]]


def altered(data_set: DataSet, alter: Alteration, rng: np.random.Generator) -> tuple[list[Template], list[str]]:
    """Templates of altered images, and their fingers; images of which no template can be made are left out."""
    templates, fingers = [], []
    for sample, path in data_set.images:
        pixels = alter(fe.load_image(path, ppi=data_set.ppi).pixels, rng)
        try:
            templates.append(fe.extract(fe.image_from_array(pixels, ppi=data_set.ppi)))
        except fe.FingerprintEngineError:
            continue
        fingers.append(sample.finger)
    return templates, fingers


def degraded(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A worse impression of the same finger; uint8, of 60 to 100 % of the sides."""
    image = _stretch(pixels.astype(np.float32), rng)
    image = _press(image, rng)
    rows, cols = image.shape
    image += rng.uniform(5.0, 30.0) * _noise((rows, cols), 0.7, rng)
    image += rng.uniform(0.0, 20.0) * _noise((rows, cols), 20.0, rng)
    for _ in range(rng.integers(0, 4)):
        ends = (rng.uniform(0.0, 1.0, (2, 2)) * (cols, rows)).astype(int)
        cv2.line(image, tuple(ends[0]), tuple(ends[1]), float(image.max()), int(rng.integers(1, 5)))
    share = rng.uniform(0.6, 1.0)
    height, width = int(rows * share), int(cols * share)
    top, left = rng.integers(0, rows - height + 1), rng.integers(0, cols - width + 1)
    window = image[top : top + height, left : left + width]
    return np.ascontiguousarray(np.clip(window, 0.0, 255.0).astype(np.uint8))


def part_of(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A window of 35 to 65 % of the sides, as a small sensor or a poorly placed finger gives; otherwise unchanged."""
    rows, cols = pixels.shape
    height, width = (int(side * share) for side, share in zip((rows, cols), rng.uniform(0.35, 0.65, 2), strict=True))
    # Around the middle of the image, where the print is.
    top, left = (int((side - size) * rng.uniform(0.25, 0.75)) for side, size in ((rows, height), (cols, width)))
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def stretched(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The print of skin that was pushed and twisted on the glass; uint8, of the same size.

    After the published model of skin distortion (Cappelli, Maio, Maltoni 2001): a middle that holds, an outer region
    that moves as a whole by up to 55 px and 20°, and a ring between in which the skin is drawn out or squeezed by up to
    two fifths. Two such prints of a finger differ as those do whose owners were told to exaggerate.
    """
    rows, cols = pixels.shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    middle_x, middle_y = cols / 2.0 + rng.uniform(-90.0, 90.0), rows / 2.0 + rng.uniform(-90.0, 90.0)
    half_x, half_y = rng.uniform(15.0, 60.0, 2)
    dx, dy = x - middle_x, y - middle_y
    outside = np.maximum(np.hypot(dx / half_x, dy / half_y) - 1.0, 0.0) * min(half_x, half_y)
    ring, is_smooth = rng.uniform(100.0, 260.0), rng.random() < 0.5
    share = np.clip(outside / ring, 0.0, 1.0)
    if is_smooth:
        share = (1.0 - np.cos(np.pi * share)) / 2.0
    strength, towards = rng.uniform(0.0, 1.0), rng.uniform(0.0, 2.0 * np.pi)
    push, twist = strength * min(55.0, 0.4 * ring), np.deg2rad(strength * rng.uniform(-20.0, 20.0))
    cosine, sine = np.cos(twist), np.sin(twist)
    from_x = x + share * (push * np.cos(towards) + cosine * dx - sine * dy - dx)
    from_y = y + share * (push * np.sin(towards) + sine * dx + cosine * dy - dy)
    ground = float(np.percentile(pixels, 98))
    moved = cv2.remap(
        pixels, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR, borderValue=ground
    )
    return np.asarray(moved, np.uint8)


def _stretch(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Turn, scale and shear as a whole; shift by two smooth fields, of up to 6 px nearby and 10 px across the print.

    Chosen after the published model of skin distortion (Cappelli, Maio, Maltoni 2001), whose shifts reach 20 px.
    """
    rows, cols = image.shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float64)
    dx, dy = x - cols / 2.0, y - rows / 2.0
    angle = np.deg2rad(rng.normal(0.0, 12.0))
    scale_x, scale_y = 1.0 + rng.normal(0.0, 0.03, 2)
    shear, amplitude = rng.normal(0.0, 0.03), rng.uniform(0.0, 6.0)
    from_x = np.cos(angle) * dx * scale_x + np.sin(angle) * dy + shear * dy + cols / 2.0
    from_y = -np.sin(angle) * dx + np.cos(angle) * dy * scale_y + rows / 2.0
    wide = rng.uniform(0.0, 10.0)
    from_x += amplitude * _noise((rows, cols), 45.0, rng) + wide * _noise((rows, cols), 90.0, rng)
    from_y += amplitude * _noise((rows, cols), 45.0, rng) + wide * _noise((rows, cols), 90.0, rng)
    ground = float(np.percentile(image, 98))
    moved = cv2.remap(image, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR, borderValue=ground)
    return np.asarray(moved, np.float32)


def _press(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Wet, dry or as it is; then a blur."""
    kind = rng.integers(0, 4)
    square = np.ones((3, 3), np.uint8)
    if kind == 0:
        image = cv2.erode(image, square)
    elif kind == 1:
        image = cv2.dilate(image, square)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 1.3)), np.float32)


def _noise(shape: tuple[int, int], sigma_px: float, rng: np.random.Generator) -> Pixels:
    """Smooth noise of unit variance."""
    field = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), sigma_px)
    return np.asarray(field / field.std(), np.float32)
