"""A print that is hard to read, seen from four sides: as it is, mirrored, upside down, and both.

The network has learned prints from all four, and errs in another way from each: the mean of its answers is better than
any of them.
"""

from __future__ import annotations

import numpy as np

from fingerprint_engine.extractors.network import (
    BLOCK_PLANES,
    FIELD_PX,
    FOREGROUND,
    HEAT,
    PIXEL_PLANES,
    Answer,
    RidgeNetwork,
)
from fingerprint_engine.extractors.runtimes import Planes

_OTHER_SIDES = (False, True), (True, False), (True, True)
"""Whether rows, and whether columns, are in reverse order."""
_EVEN = np.float32(1 / (1 + len(_OTHER_SIDES)))
FULL_WEIGHT_AT = 0.02
"""Chosen: so far below the limit the mean has taken the place of the answer. Readability differs in its last digits
between machines and runtimes: at a hard limit a print could be seen once here and four times there."""
_SURE = 30.0
"""The logit of what nobody doubts."""


def mean_readability(answer: Answer) -> float:
    """How likely the drawn ridges are the true ones, on the mean of the foreground; 1 where there is none."""
    readable = answer.readability[answer.foreground > 0.0]
    logit = np.clip(readable.astype(np.float64), -_SURE, _SURE)
    return float((1.0 / (1.0 + np.exp(-logit))).mean()) if readable.size else 1.0


def seen_from_four_sides(
    network: RidgeNetwork, planes: Planes, window: tuple[slice, slice], answer: Answer, below: float
) -> Answer:
    """The mean of an answer to a window of an image and of those to its three mirror images, where it is hard to read.

    Just below the limit the answer itself still counts.

    Parameters
    ----------
    network
        It gave the answer.
    planes
        float32, shape (2, rows, cols).
    window
        See `RidgeNetwork.answer_within`.
    answer
        To the image as it is.
    below
        The mean readability from which on the answer is taken as it is.
    """
    weight = np.float32(min(1.0, (below - mean_readability(answer)) / FULL_WEIGHT_AT))
    if weight <= 0.0:
        return answer
    rows, cols = (-(-side // FIELD_PX) * FIELD_PX for side in planes.shape[1:])
    whole = np.zeros((len(planes), rows, cols), np.float32)
    whole[:, *window] = planes[:, *window]  # what lies beside the window is as empty from each side
    down, across = (slice(part.start, -(-part.stop // FIELD_PX) * FIELD_PX) for part in window)
    pixels, blocks = answer.pixels.copy(), answer.blocks.copy()
    for is_down, is_across in _OTHER_SIDES:
        order = slice(None, None, -1 if is_down else 1), slice(None, None, -1 if is_across else 1)
        seen = _from_the_end(down, rows) if is_down else down, _from_the_end(across, cols) if is_across else across
        found = network.answer_within(np.ascontiguousarray(whole[:, *order]), seen)
        pixels += _pixels_back(found.pixels, order)[:, : pixels.shape[1], : pixels.shape[2]]
        blocks += _blocks_back(found.blocks, order)[:, : blocks.shape[1], : blocks.shape[2]]
    own = np.float32(1.0) - weight
    return Answer(answer.pixels * own + pixels * (weight * _EVEN), answer.blocks * own + blocks * (weight * _EVEN))


def _from_the_end(part: slice, side: int) -> slice:
    return slice(side - part.stop, side - part.start)


def _pixels_back(pixels: Planes, order: tuple[slice, slice]) -> Planes:
    """The answer for each pixel in the order of the image; where a minutia points is mirrored with it."""
    sides = pixels.shape[1:]
    drawn = pixels[:HEAT].reshape(2, 2, *sides)[*order][:, :, *order]
    signs = np.ones((PIXEL_PLANES - HEAT, 1, 1), np.float32)
    signs[1], signs[2] = order[1].step, order[0].step
    return np.concatenate([drawn.reshape(HEAT, *sides), pixels[HEAT:, *order] * signs])


def _blocks_back(blocks: Planes, order: tuple[slice, slice]) -> Planes:
    """The same of each block: a mirror changes the sign of an orientation, two of them do not."""
    signs = np.ones((BLOCK_PLANES, 1, 1), np.float32)
    signs[FOREGROUND + 2] = order[0].step * order[1].step
    return blocks[:, *order] * signs
