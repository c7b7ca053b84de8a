"""What lies on the glass or on the card besides the print: ghosts of other prints, letters, lines, dust, frames."""

from __future__ import annotations

import math
import string

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.synthesis.smooth_noise import smooth_noise

FloatMap = NDArray[np.float32]
_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_PLAIN)
_LETTERS = string.ascii_letters + string.digits


def add_ghost(ink: FloatMap, ghost: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Lay the faint remains of another print under the ink; both float32 of one shape, 0 to 1."""
    share = rng.uniform(0.06, 0.32) * np.clip(
        0.8 + 0.4 * smooth_noise(rng, (ink.shape[0], ink.shape[1]), 60.0), 0.0, 1.3
    )
    return np.asarray(np.maximum(ink, share * ghost), dtype=np.float32)


def add_writing(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Words, and the ruled lines of a form."""
    rows, cols = ink.shape
    layer = np.zeros((rows, cols), dtype=np.uint8)
    for _ in range(int(rng.integers(0, 4))):
        word = "".join(rng.choice(list(_LETTERS), int(rng.integers(2, 12))))
        place = (int(rng.integers(-40, cols)), int(rng.integers(8, rows + 8)))
        size, width = rng.uniform(0.5, 2.2), int(rng.integers(1, 4))
        cv2.putText(layer, word, place, int(rng.choice(_FONTS)), size, int(rng.integers(90, 255)), width, cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 5))):
        angle = (
            rng.choice([0.0, math.pi / 2]) + rng.normal(0.0, 0.02) if rng.random() < 0.7 else rng.uniform(0, math.pi)
        )
        x, y, reach = rng.uniform(0, cols), rng.uniform(0, rows), rng.uniform(40.0, 600.0)
        dx, dy = reach * math.cos(angle), -reach * math.sin(angle)
        ends = [(round(x + s * dx), round(y + s * dy)) for s in (-1, 1)]
        cv2.line(layer, ends[0], ends[1], int(rng.integers(80, 255)), int(rng.integers(1, 5)), cv2.LINE_AA)
    return np.asarray(np.maximum(ink, layer.astype(np.float32) / 255.0), dtype=np.float32)


def add_dust(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """Specks, dark and bright."""
    rows, cols = ink.shape
    spotted = ink.copy()
    for _ in range(int(rng.integers(3, 60))):
        place = (int(rng.integers(0, cols)), int(rng.integers(0, rows)))
        cv2.circle(spotted, place, int(rng.integers(0, 3)), float(rng.uniform(0.0, 1.0)), -1, cv2.LINE_AA)
    return spotted


def add_frame(ink: FloatMap, rng: np.random.Generator) -> FloatMap:
    """The edge of the sensor's window: one or more dark, slightly slanted sides."""
    rows, cols = ink.shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    framed = ink
    for side in range(4):
        if rng.random() < 0.5:
            along, across = (x, y) if side < 2 else (y, x)
            from_edge = across if side % 2 == 0 else (rows if side < 2 else cols) - 1 - across
            edge = rng.uniform(1.0, 16.0) + rng.normal(0.0, 0.06) * (along - 0.5 * cols)
            dark = rng.uniform(0.3, 1.0) / (1.0 + np.exp(np.clip((from_edge - edge) / rng.uniform(0.4, 3.0), -30, 30)))
            framed = np.maximum(framed, dark.astype(np.float32))
    return framed
