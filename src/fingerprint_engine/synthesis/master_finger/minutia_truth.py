"""True minutiae of a clean ridge pattern."""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.morphology import skeletonize

from fingerprint_engine.geometry import wrap_direction
from fingerprint_engine.minutiae.columns import MinutiaKind

UPSAMPLING = 2
"""The pattern is thinned at twice its resolution, where a ridge is about nine pixels wide and thins cleanly."""
TRACE_STEPS = 18
"""Skeleton pixels (at the finer resolution) followed along a branch: one ridge period."""
SPUR_STEPS = 11
"""A branch from a fork to an end that is shorter is an artefact of thinning."""

_RING = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class TrueMinutiae:
    """Minutiae of a master finger as columns: float64 `x`, `y`, `direction` and uint8 `kind`, all of shape (n,)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    direction: NDArray[np.float64]
    kind: NDArray[np.uint8]

    def __len__(self) -> int:
        return int(self.x.shape[0])

    def select(self, keep: NDArray[np.bool_]) -> TrueMinutiae:
        """Return those for which `keep` is true, in the same order."""
        return TrueMinutiae(*(getattr(self, field.name)[keep] for field in dataclasses.fields(self)))


def true_minutiae(pattern: NDArray[np.float32], orientation: NDArray[np.float32]) -> TrueMinutiae:
    """Find the minutiae of a clean pattern: ends and forks of its thinned ridges.

    Parameters
    ----------
    pattern
        float32, shape (rows, cols), positive on ridges; no noise.
    orientation
        float32, same shape, radians in [0, π); gives the axis of a direction, the skeleton gives the sense.
    """
    rows, cols = pattern.shape
    scale = UPSAMPLING
    fine = cv2.resize(pattern, (cols * scale, rows * scale), interpolation=cv2.INTER_CUBIC)
    skeleton = _prune(_thin(fine > 0.0))
    found = []
    crossing = _crossing_number(skeleton)
    ys, xs = np.nonzero((crossing == 1) | (crossing == 3))
    for row, col in zip(ys.tolist(), xs.tolist(), strict=True):
        kind = MinutiaKind.ENDING if crossing[row, col] == 1 else MinutiaKind.BIFURCATION
        x, y = (col + 0.5) / scale - 0.5, (row + 0.5) / scale - 0.5
        arms = _arms(skeleton, row, col)
        axis = float(orientation[min(max(round(y), 0), rows - 1), min(max(round(x), 0), cols - 1)])
        direction = _direction(arms, kind, axis)
        if direction is not None:
            found.append((x, y, direction, int(kind)))
    columns = np.array(found, dtype=np.float64).reshape(-1, 4)
    order = np.lexsort((columns[:, 0], columns[:, 1]))
    x, y, direction, kind_column = columns[order].T
    return TrueMinutiae(x, y, wrap_direction(direction).astype(np.float64), kind_column.astype(np.uint8))


def _direction(arms: list[float], kind: MinutiaKind, axis: float) -> float | None:
    """Direction by the rule of ISO/IEC 19794-2: into the ridge of an ending, into the valley of a bifurcation.

    Of the three arms of a bifurcation two lie on one side along the axis; the valley is between them.
    """
    if len(arms) < (1 if kind is MinutiaKind.ENDING else 3):
        return None
    if kind is MinutiaKind.BIFURCATION:
        along = sorted(math.cos(arm - axis) for arm in arms)
        return axis if along[len(along) // 2] >= 0.0 else axis + math.pi
    return axis if math.cos(arms[0] - axis) >= 0.0 else axis + math.pi


def _crossing_number(skeleton: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Half the number of changes around each skeleton pixel: 1 at an end, 2 on a line, 3 at a fork; 0 elsewhere."""
    padded = np.pad(skeleton, 1).astype(np.int8)
    rows, cols = skeleton.shape
    ring = [padded[1 + dy : 1 + dy + rows, 1 + dx : 1 + dx + cols] for dy, dx in _RING]
    changes = sum(np.abs(ring[i] - ring[(i + 1) % 8]) for i in range(8))
    return np.where(skeleton, changes // 2, 0).astype(np.uint8)


def _neighbours(skeleton: NDArray[np.bool_], row: int, col: int) -> list[tuple[int, int]]:
    """Skeleton neighbours; a diagonal one is left out where a straight one leads to it."""
    rows, cols = skeleton.shape
    near = {
        (dy, dx) for dy, dx in _RING if 0 <= row + dy < rows and 0 <= col + dx < cols and skeleton[row + dy, col + dx]
    }
    keep = [(dy, dx) for dy, dx in near if dy == 0 or dx == 0 or not ((dy, 0) in near or (0, dx) in near)]
    return sorted((row + dy, col + dx) for dy, dx in keep)


def _walk(
    skeleton: NDArray[np.bool_], seen: set[tuple[int, int]], step: tuple[int, int], limit: int
) -> list[tuple[int, int]]:
    """Pixels from `step` on along a line, until it ends, forks or has `limit` pixels; none of `seen` is entered."""
    path = [step]
    seen = seen | {step}
    while len(path) < limit:
        onward = [pixel for pixel in _neighbours(skeleton, *path[-1]) if pixel not in seen]
        if len(onward) != 1:
            break
        path.append(onward[0])
        seen.add(onward[0])
    return path


def _arms(skeleton: NDArray[np.bool_], row: int, col: int) -> list[float]:
    """Directions (as seen, counter-clockwise) of the lines that leave a skeleton pixel."""
    angles = []
    steps = _neighbours(skeleton, row, col)
    for step in steps:
        end = _walk(skeleton, {(row, col), *steps}, step, TRACE_STEPS)[-1]
        angles.append(math.atan2(-(end[0] - row), end[1] - col))
    return angles


def _prune(skeleton: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Remove the short side branches that thinning leaves."""
    pruned = skeleton.copy()
    crossing = _crossing_number(skeleton)
    for row, col in np.argwhere(crossing == 1).tolist():
        path = [(row, col)]
        steps = _neighbours(pruned, row, col)
        if len(steps) != 1:
            continue
        path += _walk(pruned, {(row, col)}, steps[0], SPUR_STEPS)
        end = path[-1]
        forks = [p for p in [end, *_neighbours(pruned, *end)] if crossing[p] >= 3]
        if len(path) <= SPUR_STEPS and forks:
            for pixel in path:
                if crossing[pixel] < 3:
                    pruned[pixel] = False
    return _thin(pruned)


def _thin(ridges: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(skeletonize(ridges), dtype=np.bool_)  # type: ignore[no-untyped-call]
