"""From the network's answer to ridge maps: the same maps as those of the classical extractor."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.extractors.network import Answer
from fingerprint_engine.geometry import wrap_orientation
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.block_maps import orientation_vectors, to_blocks, to_pixels
from fingerprint_engine.preprocessing.enhancement import EnhancementParameters, enhance

TYPICAL_PERIOD_PX = 9.0


@dataclasses.dataclass(frozen=True, slots=True)
class NetworkMapParameters(Parameters):
    """Numbers of `read_maps`."""

    foreground: float = parameter(0.5, unit="probability", low=0.05, high=0.95, source="even odds")
    along_sigma_px: float = parameter(
        3.0, unit="px at 500 ppi", low=0.5, high=30.0, source="chosen on uareu: the network has bridged the breaks"
    )
    least_period_px: float = parameter(4.0, unit="px at 500 ppi", low=3.0, high=8.0, source="finest ridges of children")
    most_period_px: float = parameter(18.0, unit="px at 500 ppi", low=10.0, high=30.0, source="widest stretched ridges")


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class NetworkMaps:
    """Maps as in `RidgeMaps`."""

    mask: NDArray[np.bool_]
    orientation: NDArray[np.float32]
    coherence: NDArray[np.float32]
    period: NDArray[np.float32]
    enhanced: NDArray[np.float32]
    quadrature: NDArray[np.float32]
    quality: NDArray[np.uint8]


def read_maps(answer: Answer, shape: tuple[int, int], parameters: NetworkMapParameters) -> NetworkMaps:
    """Ridge maps of an image of (rows, cols) pixels."""
    foreground = probability(answer.blocks[0])
    mask = _one_region(to_pixels(foreground, shape) > parameters.foreground)
    cosine, sine = answer.blocks[1], answer.blocks[2]
    orientation = wrap_orientation(0.5 * np.arctan2(sine, cosine))
    coherence = np.minimum(np.hypot(cosine, sine), np.float32(1.0))
    period = np.exp(answer.blocks[3]) * np.float32(TYPICAL_PERIOD_PX)
    period = np.clip(period, np.float32(parameters.least_period_px), np.float32(parameters.most_period_px))
    drawn = drawn_ridges(answer.pixels, shape)
    along_cosine, along_sine = orientation_vectors(orientation, shape)
    filters = EnhancementParameters(along_sigma_px=parameters.along_sigma_px)
    ridges = enhance(drawn, mask, along_cosine, along_sine, to_pixels(period, shape), filters)
    quality = np.where(to_blocks(mask) >= 0.5, np.rint(100.0 * probability(answer.blocks[4])), 0.0)
    return NetworkMaps(mask, orientation, coherence, period, ridges.even, ridges.odd, quality.astype(np.uint8))


def drawn_ridges(pixels: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """The ridges that the network draws, at full resolution: each value of four planes is a pixel of a 2 x 2 cell."""
    rows, cols = pixels.shape[1:]
    drawn = pixels[:4].reshape(2, 2, rows, cols).transpose(2, 0, 3, 1).reshape(2 * rows, 2 * cols)
    return np.ascontiguousarray(drawn[: shape[0], : shape[1]])


def probability(logit: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logistic function."""
    return (np.float32(1.0) / (np.float32(1.0) + np.exp(-np.clip(logit, -30.0, 30.0)))).astype(np.float32)


def _one_region(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected region, its holes filled."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count <= 1:
        return mask
    largest = (labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    surrounded = cv2.copyMakeBorder(1 - largest, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, outside = cv2.connectedComponents(surrounded, connectivity=4)
    return np.ascontiguousarray((outside != outside[0, 0])[1:-1, 1:-1])
