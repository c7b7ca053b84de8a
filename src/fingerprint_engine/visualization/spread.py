"""Marks that lie on each other, moved apart so that each can be seen and counted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDS = 200
"""Enough for any crowd of minutiae that a template can hold; fewer are used when nothing moves any more."""


def spread(points: NDArray[Any], distance: float) -> NDArray[np.float64]:
    """The points, those nearer to each other than a distance moved apart, each as little as it takes.

    Parameters
    ----------
    points
        Shape (n, 2).
    distance
        Between the centres of two marks that can be told apart.
    """
    moved = np.array(points, dtype=np.float64).reshape(-1, 2)
    first, second = np.triu_indices(len(moved), 1)
    for _ in range(ROUNDS):
        apart = moved[second] - moved[first]
        length = np.hypot(apart[:, 0], apart[:, 1])
        near = np.flatnonzero(length < distance)
        if not near.size:
            break
        for pair in near:
            step, reach = apart[pair], length[pair]
            if reach < 1e-6:  # on the same place: any way will do, as long as it is always the same
                angle = 2.4 * float(pair)
                step, reach = np.array([math.cos(angle), math.sin(angle)]), 1.0
            push = 0.505 * (distance - length[pair]) * step / reach
            moved[first[pair]] -= push
            moved[second[pair]] += push
    return moved


def beside(marks: NDArray[Any], away_rad: NDArray[Any], taken: NDArray[Any], distance: float) -> NDArray[np.float64]:
    """A place for a number beside each mark, where it covers as little as may be.

    Parameters
    ----------
    marks
        Shape (n, 2).
    away_rad
        Shape (n,): where the number goes if all around is free, counter-clockwise as seen.
    taken
        Shape (m, 2): places that should stay free; each number that finds its place becomes one of them.
    distance
        Of a number from its mark.
    """
    found = np.empty((len(marks), 2))
    turns = math.pi / 6.0 * np.array([0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 4.0, -4.0, 5.0, -5.0, 6.0])
    for row, (mark, away) in enumerate(zip(marks, away_rad, strict=True)):
        tried = mark + distance * np.column_stack([np.cos(away + turns), -np.sin(away + turns)])
        nearest = np.hypot(*(tried[:, None, :] - taken[None, :, :]).transpose(2, 0, 1)).min(axis=1)
        # Free by so much is as good as free by more: then the first one is taken.
        found[row] = tried[np.argmax(np.minimum(nearest, 0.9 * distance))]
        taken = np.vstack([taken, found[row]])
    return found
