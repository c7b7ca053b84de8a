"""Compiled loops of preprocessing: oriented filtering along and across the ridges.

Both filters go by runs of foreground pixels of one row, tap by tap: first all places, then the four pixels around each,
copied side by side, then all values. A loop over pixels without branches is one of which the machine does several turns
at once, unless it reads from places that it has to look up; so only the copying does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import inline_kernel, kernel, wide_vectors

FloatMap = NDArray[np.float32]


@inline_kernel
def next_run(mask: NDArray[np.bool_], row: int, col: int) -> tuple[int, int]:
    """Where the next run of foreground of a row begins and ends; an empty one at the end of the row is the last."""
    cols = mask.shape[1]
    while col < cols and not mask[row, col]:
        col += 1
    first = col
    while col < cols and mask[row, col]:
        col += 1
    return first, col


@inline_kernel
def place_of(x: np.float32, y: np.float32, rows: int, cols: int) -> tuple[np.int32, np.bool_]:
    """Number of the pixel above and to the left, and whether it lies within [0, cols-1) x [0, rows-1); else 0."""
    within = (x >= np.float32(0.0)) & (y >= np.float32(0.0)) & (x < np.float32(cols - 1)) & (y < np.float32(rows - 1))
    # Inside, whole numbers lie towards zero: cutting off is a floor, at half the price.
    return (np.int32(y) * np.int32(cols) + np.int32(x) if within else np.int32(0)), within


@inline_kernel
def copy_corners(flat: FloatMap, place: NDArray[np.int32], cols: int, corners: FloatMap) -> None:
    """The pixels of some places and their neighbours to the right, below, and below to the right, side by side."""
    right_of, below = np.uint64(1), np.uint64(cols)
    for i in range(place.shape[0]):
        at = np.uint64(place[i])  # Numba asks of places with a sign whether they lie below 0
        a, b, c, d = flat[at], flat[at + right_of], flat[at + below], flat[at + below + right_of]
        corners[i, 0], corners[i, 1], corners[i, 2], corners[i, 3] = a, b, c, d


@inline_kernel
def bilinear(corner: FloatMap, share_x: np.float32, share_y: np.float32) -> np.float32:
    """Value between four pixels that `copy_corners` copied."""
    top = corner[0] + share_x * (corner[1] - corner[0])
    bottom = corner[2] + share_x * (corner[3] - corner[2])
    return np.float32(top + share_y * (bottom - top))


@kernel
def smooth_along(
    image: FloatMap,
    mask: NDArray[np.bool_],
    cosine: FloatMap,
    sine: FloatMap,
    reach_px: np.float32,
    weight: np.float32,
    out: FloatMap,
) -> None:
    """Mix each foreground pixel with the two that lie ``reach_px`` before and after it along its ridge.

    ``weight`` is the share of each of the two. ``cosine``, ``sine`` are the orientation's unit vector, of either sign.
    Background pixels are copied. Beyond the image's border lies the pixel itself.
    """
    wide_vectors()
    rows, cols = image.shape
    if min(rows, cols) < 2:  # nothing lies between its pixels
        out[:] = image
        return
    flat = image.reshape(image.size)
    share_x, share_y, corners = np.empty(cols, np.float32), np.empty(cols, np.float32), np.empty((cols, 4), np.float32)
    place, within = np.empty(cols, np.int32), np.empty(cols, np.bool_)
    after, before = np.empty(cols, np.float32), np.empty(cols, np.float32)
    for row in range(rows):
        out[row] = image[row]
        first, end = next_run(mask, row, 0)
        while first < end:
            here, along_x, along_y = image[row, first:end], cosine[row, first:end], sine[row, first:end]
            for side in range(2):
                reach, value = (reach_px, after) if side == 0 else (-reach_px, before)
                for i in range(end - first):
                    x, y = np.float32(first + i) + along_x[i] * reach, np.float32(row) - along_y[i] * reach
                    share_x[i], share_y[i] = x - np.float32(np.int32(x)), y - np.float32(np.int32(y))
                    place[i], within[i] = place_of(x, y, rows, cols)
                copy_corners(flat, place[: end - first], cols, corners)
                for i in range(end - first):
                    between = bilinear(corners[i], share_x[i], share_y[i])
                    value[i] = between if within[i] else here[i]
            mixed = out[row, first:end]
            for i in range(end - first):
                mixed[i] = here[i] + weight * (after[i] + before[i] - here[i] - here[i])
            first, end = next_run(mask, row, end)


@kernel
def band_pass_across(
    image: FloatMap,
    mask: NDArray[np.bool_],
    cosine: FloatMap,
    sine: FloatMap,
    period: FloatMap,
    even_weights: FloatMap,
    odd_weights: FloatMap,
    taps_per_period: np.float32,
    even: FloatMap,
    odd: FloatMap,
) -> None:
    """Quadrature pair of band-pass filters across the ridge; taps are spaced by a fraction of the local period.

    Beyond the image's border lies the mean, which is zero.
    """
    wide_vectors()
    rows, cols = image.shape
    if min(rows, cols) < 2:  # nothing lies between its pixels
        even[:] = np.where(mask, image * even_weights[0], np.float32(0.0))
        odd[:] = np.float32(0.0)
        return
    flat = image.reshape(image.size)
    share_x, share_y, corners = np.empty(cols, np.float32), np.empty(cols, np.float32), np.empty((cols, 4), np.float32)
    place, within = np.empty(cols, np.int32), np.empty(cols, np.bool_)
    across_x, across_y = np.empty(cols, np.float32), np.empty(cols, np.float32)
    ahead, behind = np.empty(cols, np.float32), np.empty(cols, np.float32)
    for row in range(rows):
        even[row] = np.float32(0.0)
        odd[row] = np.float32(0.0)
        first, end = next_run(mask, row, 0)
        while first < end:
            real, imaginary = even[row, first:end], odd[row, first:end]
            along_x, along_y = cosine[row, first:end], sine[row, first:end]
            here, apart = image[row, first:end], period[row, first:end]
            for i in range(end - first):
                step = apart[i] / taps_per_period
                across_x[i], across_y[i] = along_y[i] * step, along_x[i] * step
                real[i] = here[i] * even_weights[0]
            for k in range(1, even_weights.shape[0]):
                for side in range(2):
                    steps, value = (np.float32(k), ahead) if side == 0 else (np.float32(-k), behind)
                    for i in range(end - first):
                        x, y = np.float32(first + i) + steps * across_x[i], np.float32(row) + steps * across_y[i]
                        share_x[i], share_y[i] = x - np.float32(np.int32(x)), y - np.float32(np.int32(y))
                        place[i], within[i] = place_of(x, y, rows, cols)
                    copy_corners(flat, place[: end - first], cols, corners)
                    for i in range(end - first):
                        between = bilinear(corners[i], share_x[i], share_y[i])
                        value[i] = between if within[i] else np.float32(0.0)
                for i in range(end - first):
                    real[i] += even_weights[k] * (ahead[i] + behind[i])
                    imaginary[i] += odd_weights[k] * (ahead[i] - behind[i])
            first, end = next_run(mask, row, end)


@kernel
def halve_angles(doubled_cosine: FloatMap, doubled_sine: FloatMap, cosine: FloatMap, sine: FloatMap) -> None:
    """Unit vectors of half the angle of each vector, which lie between -pi/2 and pi/2; (1, 0) for none.

    ``cosine`` and ``sine`` say how many rows and columns count.
    """
    one, half = np.float32(1.0), np.float32(0.5)
    for row in range(cosine.shape[0]):
        x, y, along_x, along_y = doubled_cosine[row], doubled_sine[row], cosine[row], sine[row]
        for i in range(along_x.shape[0]):
            length = np.sqrt(x[i] * x[i] + y[i] * y[i])
            scale = one / length if length > np.float32(0.0) else np.float32(0.0)
            share = x[i] * scale if length > np.float32(0.0) else one
            # Of cosine and sine the larger comes from a root, the smaller from it: roots near 0 lose digits.
            large = np.sqrt(half + half * np.abs(share))
            small = half * np.abs(y[i]) * scale / large
            ahead = share >= np.float32(0.0)
            along_x[i], other = (large, small) if ahead else (small, large)
            along_y[i] = -other if y[i] < np.float32(0.0) else other


@kernel
def divide_by_contrast(centred: FloatMap, power: FloatMap, floor: np.float32, limit: np.float32) -> None:
    """Replace the mean square around each pixel by its root, and each pixel by its share of that and a floor, limited.

    Rounding may have left mean squares a little below zero.
    """
    zero = np.float32(0.0)
    for row in range(centred.shape[0]):
        values, contrast = centred[row], power[row]
        for i in range(values.shape[0]):
            contrast[i] = np.sqrt(contrast[i]) if contrast[i] > zero else zero
            share = values[i] / (contrast[i] + floor)
            values[i] = -limit if share < -limit else limit if share > limit else share


@kernel
def weighed_energy(packed: NDArray[np.float32], weight: FloatMap, energy: NDArray[np.float32]) -> None:
    """Squared magnitudes of spectra that OpenCV has packed, each times the weight of its bin.

    Each bin's real part lies left of its imaginary one; in the first and the last column, whose lower halves mirror the
    upper ones, above it. ``energy`` has the bins of `numpy.fft.rfft2`; spectra have even sides.
    """
    count, rows, cols = packed.shape
    middle = rows // 2
    for number in range(count):
        for row in range(rows):
            parts, out, share = packed[number, row, 1:], energy[number, row, 1:], weight[row, 1:]
            for i in range(cols // 2 - 1):
                real, imaginary = parts[2 * i], parts[2 * i + 1]
                out[i] = (real * real + imaginary * imaginary) * share[i]
        for edge in range(2):
            column, to = edge * (cols - 1), edge * (cols // 2)
            first, last = packed[number, 0, column], packed[number, rows - 1, column]
            energy[number, 0, to] = first * first * weight[0, to]
            energy[number, middle, to] = last * last * weight[middle, to]
            for row in range(1, middle):
                real, imaginary = packed[number, 2 * row - 1, column], packed[number, 2 * row, column]
                square = real * real + imaginary * imaginary
                energy[number, row, to] = square * weight[row, to]
                energy[number, rows - row, to] = square * weight[rows - row, to]
