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
    """(x, y, direction, strength) of every zero around which the phase turns once.

    Planes are fitted to the even and the odd part at the corners of the cell by least squares; the zero is where both
    vanish, kept inside the cell, and its strength the determinant of the two gradients.
    """
    found = []
    rows, cols = even.shape
    for row in range(rows - 1):
        for col in range(cols - 1):
            corners = [(row, col), (row, col + 1), (row + 1, col + 1), (row + 1, col)]
            if not all(mask[corner] for corner in corners):
                continue
            same = [cosine[corner] * cosine[row, col] + sine[corner] * sine[row, col] >= 0 for corner in corners]
            odds = [float(odd[corner]) * (1 if along else -1) for corner, along in zip(corners, same, strict=True)]
            evens = [float(even[corner]) for corner in corners]
            phases = [math.atan2(o, e) for o, e in zip(odds, evens, strict=True)]
            turns = [
                (b - a + math.pi) % (2 * math.pi) - math.pi
                for a, b in zip(phases, phases[1:] + phases[:1], strict=True)
            ]
            winding = round(sum(turns) / (2 * math.pi))
            if winding:
                design = np.array([(1.0, x - col, y - row) for y, x in corners])
                planes = [np.linalg.lstsq(design, values, rcond=None)[0] for values in (evens, odds)]
                gradients = np.array([plane[1:] for plane in planes])
                zero = np.linalg.solve(gradients, [-plane[0] for plane in planes]).clip(0.0, 1.0)
                # Clockwise by one turn: one stripe fewer ahead than behind, so the minutia points the other way.
                direction = math.atan2(sine[row, col], cosine[row, col]) + (math.pi if winding > 0 else 0.0)
                found.append((col + zero[0], row + zero[1], direction, abs(np.linalg.det(gradients))))
    return found
