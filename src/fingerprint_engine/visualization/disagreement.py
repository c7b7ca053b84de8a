"""How far a matched pair is displaced against the pairs around it: what colours the picture of a match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fingerprint_engine.geometry import RigidTransform
    from fingerprint_engine.minutiae.columns import Minutiae

NEIGHBOURS = 5
ALONE_PX = 8.0
"""Chosen: nearly a ridge period. By so much skin does not stretch between a pair and those around it."""


def local_disagreement(
    probe: Minutiae, reference: Minutiae, pairs: NDArray[Any], transform: RigidTransform
) -> NDArray[np.float64]:
    """Distance by which each pair is displaced against its neighbouring pairs.

    Skin stretches, so a pair far from the print's centre may lie many pixels off after the best rotation and shift and
    still be right: its neighbours are displaced the same way. What is wrong is a pair that moves differently from its
    neighbours.

    Parameters
    ----------
    probe, reference
        The two prints' minutiae.
    pairs
        Integers, shape (k, 2), indices into probe and reference.
    transform
        Maps the probe onto the reference.

    Returns
    -------
    numpy.ndarray
        float64, shape (k,), pixels at 500 ppi: distance of the pair's displacement from the median displacement of the
        (up to) five nearest other pairs; for a single pair, the length of its displacement.
    """
    if len(pairs) == 0:
        return np.zeros(0)
    mapped_x, mapped_y = transform.apply(probe.x[pairs[:, 0]], probe.y[pairs[:, 0]])
    at = np.column_stack([reference.x[pairs[:, 1]], reference.y[pairs[:, 1]]]).astype(np.float64)
    displacement = at - np.column_stack([mapped_x, mapped_y])
    if len(pairs) == 1:
        return np.asarray(np.hypot(displacement[:, 0], displacement[:, 1]))
    distance = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(pairs) - 1)]
    relative = displacement - np.median(displacement[nearest], axis=1)
    return np.asarray(np.hypot(relative[:, 0], relative[:, 1]))


def moves_alone(disagreement: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each pair moves unlike the pairs around it, by `local_disagreement`."""
    return np.asarray(disagreement >= ALONE_PX)
