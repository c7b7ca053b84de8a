"""Plain twins of the kernels of preprocessing and minutiae: slow, obvious, never optimised."""

from __future__ import annotations

import math

import numpy as np


def bilinear(image, x, y):
    column, row = int(x), int(y)
    fx, fy = x - column, y - row
    return (
        image[row, column] * (1 - fx) * (1 - fy)
        + image[row, column + 1] * fx * (1 - fy)
        + image[row + 1, column] * (1 - fx) * fy
        + image[row + 1, column + 1] * fx * fy
    )


def inside(image, x, y):
    rows, cols = image.shape
    return 0 <= x < cols - 1 and 0 <= y < rows - 1


def smooth_along(image, mask, cosine, sine, reach, weight):
    out = image.astype(float)
    for row, col in zip(*np.nonzero(mask), strict=True):
        dx, dy = reach * cosine[row, col], -reach * sine[row, col]
        both = [
            bilinear(image, x, y) if inside(image, x, y) else image[row, col]
            for x, y in ((col + dx, row + dy), (col - dx, row - dy))
        ]
        out[row, col] = (1 - 2 * weight) * image[row, col] + weight * sum(both)
    return out


def band_pass_across(image, mask, cosine, sine, period, even_weights, odd_weights, taps_per_period):
    even, odd = np.zeros(image.shape), np.zeros(image.shape)
    for row, col in zip(*np.nonzero(mask), strict=True):
        step = period[row, col] / taps_per_period
        even[row, col] = image[row, col] * even_weights[0]
        for k in range(1, len(even_weights)):
            dx, dy = k * step * sine[row, col], k * step * cosine[row, col]
            ahead = bilinear(image, col + dx, row + dy) if inside(image, col + dx, row + dy) else 0.0
            behind = bilinear(image, col - dx, row - dy) if inside(image, col - dx, row - dy) else 0.0
            even[row, col] += even_weights[k] * (ahead + behind)
            odd[row, col] += odd_weights[k] * (ahead - behind)
    return even, odd


def find_vortices(even, odd, mask, cosine, sine):
    """(row, col, winding) of every cell around which the phase turns once; winding is counted clockwise as seen."""
    found = []
    rows, cols = even.shape
    for row in range(rows - 1):
        for col in range(cols - 1):
            corners = [(row, col), (row, col + 1), (row + 1, col + 1), (row + 1, col)]
            if not all(mask[corner] for corner in corners):
                continue
            phases = []
            for corner in corners:
                same = cosine[corner] * cosine[row, col] + sine[corner] * sine[row, col] >= 0
                phases.append(math.atan2(odd[corner] if same else -odd[corner], even[corner]))
            turns = [
                (b - a + math.pi) % (2 * math.pi) - math.pi
                for a, b in zip(phases, phases[1:] + phases[:1], strict=True)
            ]
            winding = round(sum(turns) / (2 * math.pi))
            if winding:
                found.append((row, col, winding))
    return found
