"""Plain twins of the kernels of preprocessing and minutiae: slow, obvious, never optimised."""

from __future__ import annotations

import math

import numpy as np

F = np.float32
"""The filters add in single precision and in this order: their kernels give the same bits."""


def next_run(mask, row, col):
    cols = np.flatnonzero(mask[row, col:]) + col
    if not len(cols):
        return mask.shape[1], mask.shape[1]
    gaps = np.flatnonzero(np.diff(cols) > 1)
    return cols[0], (cols[gaps[0]] if len(gaps) else cols[-1]) + 1


def place_of(x, y, rows, cols):
    return (int(y) * cols + int(x), True) if 0 <= x < cols - 1 and 0 <= y < rows - 1 else (0, False)


def copy_corners(image, places):
    corners = []
    for place in places:
        row, column = divmod(place, image.shape[1])
        corners.append(image[row : row + 2, column : column + 2].ravel())
    return np.array(corners)


def bilinear(image, x, y):
    """Value between pixels; None outside the image."""
    place, within = place_of(x, y, *image.shape)
    if not within:
        return None
    row, column = divmod(place, image.shape[1])
    fx, fy = x - F(column), y - F(row)
    top = image[row, column] + fx * (image[row, column + 1] - image[row, column])
    bottom = image[row + 1, column] + fx * (image[row + 1, column + 1] - image[row + 1, column])
    return top + fy * (bottom - top)


def smooth_along(image, mask, cosine, sine, reach, weight):
    out = image.copy()
    for row, col in zip(*np.nonzero(mask), strict=True):
        here, dx, dy = image[row, col], F(reach) * cosine[row, col], -F(reach) * sine[row, col]
        after, before = (
            here if value is None else value
            for value in (bilinear(image, F(col) + dx, F(row) + dy), bilinear(image, F(col) - dx, F(row) - dy))
        )
        out[row, col] = here + F(weight) * (after + before - here - here)
    return out


def band_pass_across(image, mask, cosine, sine, period, even_weights, odd_weights, taps_per_period):
    even, odd = np.zeros_like(image), np.zeros_like(image)
    for row, col in zip(*np.nonzero(mask), strict=True):
        step = period[row, col] / F(taps_per_period)
        even[row, col] = image[row, col] * even_weights[0]
        for k in range(1, len(even_weights)):
            dx, dy = F(k) * (sine[row, col] * step), F(k) * (cosine[row, col] * step)
            ahead, behind = (
                F(0) if value is None else value
                for value in (bilinear(image, F(col) + dx, F(row) + dy), bilinear(image, F(col) - dx, F(row) - dy))
            )
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


def halve_angles(cosine, sine):
    """Unit vectors of half the angles."""
    half = np.empty((2, *cosine.shape))
    for at in np.ndindex(cosine.shape):
        angle = 0.5 * math.atan2(sine[at], cosine[at])
        half[0][at], half[1][at] = math.cos(angle), math.sin(angle)
    return half


def divide_by_contrast(centred, power, floor, limit):
    """Each pixel's share of its contrast and a floor, limited, and the contrast, the root of the mean square."""
    values, contrast = np.zeros_like(centred), np.zeros_like(power)
    for at in np.ndindex(centred.shape):
        contrast[at] = np.sqrt(max(power[at], F(0)))
        values[at] = min(max(centred[at] / (contrast[at] + F(floor)), F(-limit)), F(limit))
    return values, contrast


def weighed_energy(patches, weight):
    """Squared magnitudes of the spectra of some patches, times the weights of their bins."""
    return np.abs(np.fft.rfft2(patches.astype(np.float64))) ** 2 * weight


def take_apart(planes, top, left, height, width, rows, cols):
    """The 16 pixels of each cell of 4 x 4 of a part of some planes; zeros beyond the part."""
    cells = np.zeros((16 * len(planes), rows, cols), np.float32)
    for plane, y, x in np.ndindex(len(planes), height, width):
        cells[16 * plane + 4 * (y % 4) + x % 4, y // 4, x // 4] = planes[plane, top + y, left + x]
    return cells


def lay_together(values, top, left, height, width, ground, shape):
    """Four planes at a time as one, of which each four pixels lie side by side; in a part of them, ground elsewhere."""
    out = np.empty((len(ground), *shape), np.float32)
    for plane, says in enumerate(ground):
        out[plane] = says
    for number, row, col in np.ndindex(values.shape):
        plane, y, x = number // 4, 2 * row + number // 2 % 2, 2 * col + number % 2
        if y < height and x < width:
            out[plane, top + y, left + x] = values[number, row, col]
    return out


def edge_distance(mask: np.ndarray, row: int, col: int) -> int:
    """Ten thousandths of a pixel to the nearest pixel that is off the mask, in steps of 1, 1.4 and 2.1969 px."""
    outside = np.argwhere(~np.pad(mask, 1)) - 1
    least = []
    for y, x in outside:
        short, long = sorted((abs(int(y) - row), abs(int(x) - col)))
        knights = min(short, long - short)
        diagonals, straight = max(0, 2 * short - long), max(0, long - 2 * short)
        least.append(10_000 * straight + 14_000 * diagonals + 21_969 * knights)
    return min(least)


def mean_power(even: np.ndarray, odd: np.ndarray, row: int, col: int, reach: int) -> float:
    """Mean square of both planes over a square that goes on as their mirror image beyond the border."""
    power = np.pad(even.astype(np.float64) ** 2 + odd.astype(np.float64) ** 2, reach, mode="reflect")
    return float(power[row : row + 2 * reach + 1, col : col + 2 * reach + 1].mean())
