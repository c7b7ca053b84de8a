"""Hands on images that were turned, and which way up they are: by the arch of their ridges."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Sequence

import numpy as np

from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.template import Template
from fingerprint_engine.template.coarse_map import CELL_PX, ORIENTATION_STEPS
from fingerprint_engine.tenprint.segmentation import Segmentation, SegmentationParameters, segment
from fingerprint_engine.tenprint.segmentation.turned_box import TurnedBox


def segmented_turned(
    image: FingerprintImage,
    turns: int,
    slap: Slap | None,
    absent: Collection[Finger],
    parameters: SegmentationParameters,
) -> Segmentation:
    """Fingertips of the image turned counter-clockwise by so many quarter turns, in places of the image as it is."""
    pixels = np.ascontiguousarray(np.rot90(image.pixels, turns))
    found = segment(FingerprintImage(pixels, image.ppi), slap, parameters, absent=absent)
    if not turns:
        return found
    return found.moved(lambda box: _turned_back(box, turns, image.shape))


def _turned_back(box: TurnedBox, turns: int, shape: tuple[int, int]) -> TurnedBox:
    rows, cols = shape
    x, y = {
        1: (cols - 1.0 - box.y, box.x),
        2: (cols - 1.0 - box.x, rows - 1.0 - box.y),
        3: (box.y, rows - 1.0 - box.x),
    }[turns]
    return dataclasses.replace(box, x=x, y=y, angle_rad=box.angle_rad - turns * 0.5 * math.pi)


def arch(prints: Sequence[tuple[Template, float]]) -> float:
    """How far ridges arch over the end of fingers, -1 to 1: above 0 for fingers that point where they are said to.

    Ridges of the end of a finger rise to its middle and fall again; near the joint they are straight. Upside down they
    sag. The mean over all prints.

    Parameters
    ----------
    prints
        Templates, and where each finger points, counter-clockwise from up.
    """
    found = []
    for template, angle_rad in prints:
        cells = template.coarse_map
        row, col = np.nonzero(cells.orientation < ORIENTATION_STEPS)
        if not row.size:
            continue
        along = cells.orientation[row, col] * (math.pi / ORIENTATION_STEPS) - angle_rad
        x, y = (cells.col + col + 0.5) * CELL_PX, (cells.row + row + 0.5) * CELL_PX
        across = math.cos(angle_rad) * (x - x.mean()) - math.sin(angle_rad) * (y - y.mean())
        found.append(float(np.mean(-np.sign(across) * np.sin(2.0 * along))))
    return float(np.mean(found)) if found else 0.0
