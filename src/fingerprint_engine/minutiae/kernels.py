"""Compiled loops of minutia detection."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import inline_kernel, kernel

FloatMap = NDArray[np.float32]
Steps = NDArray[np.int32]
MARGIN = 2
"""Rows and columns of zeros around what `distances_from_edge` writes: what lies beyond a mask is background."""
STEPS_PER_PX = 10_000
"""Unit of these distances: whole numbers, whose sums are the same in any order."""
UNKNOWN = 2**30
ACROSS, DIAGONAL, KNIGHT = 10_000, 14_000, 21_969
"""Steps of 1, 1.4 and 2.1969 px: to the four neighbours, to the four beyond corners, as a knight of chess."""


@kernel
def find_vortices(
    even: FloatMap,
    odd: FloatMap,
    mask: NDArray[np.bool_],
    cosine: FloatMap,
    sine: FloatMap,
    out: NDArray[np.float64],
) -> int:
    """Zeros of the analytic ridge signal around which its phase turns once.

    Each 2 x 2 cell of pixels is walked clockwise as seen; the odd part changes sign with the orientation's unit vector,
    so corners are first brought to the vector of the cell's top-left corner.

    Returns the number found; ``out[i] = x, y, direction, strength`` for as many as fit. ``strength`` is the Jacobian of
    the signal at its zero: small where two zeros are about to cancel.
    """
    rows, cols = even.shape
    found = 0
    possible, zero = np.empty(cols, np.bool_), np.float32(0.0)
    for row in range(rows - 1):
        # Where both parts change their sign on the foreground; the machine does several turns of this loop at once.
        for col in range(cols - 1):
            e00, e10, e11, e01 = even[row, col], even[row, col + 1], even[row + 1, col + 1], even[row + 1, col]
            o00, o10, o11, o01 = odd[row, col], odd[row, col + 1], odd[row + 1, col + 1], odd[row + 1, col]
            c, s = cosine[row, col], sine[row, col]
            o10 = -o10 if c * cosine[row, col + 1] + s * sine[row, col + 1] < zero else o10
            o11 = -o11 if c * cosine[row + 1, col + 1] + s * sine[row + 1, col + 1] < zero else o11
            o01 = -o01 if c * cosine[row + 1, col] + s * sine[row + 1, col] < zero else o01
            even_changes = (max(e00, e10, e11, e01) > zero) & (min(e00, e10, e11, e01) <= zero)
            odd_changes = (max(o00, o10, o11, o01) > zero) & (min(o00, o10, o11, o01) <= zero)
            inside = mask[row, col] & mask[row, col + 1] & mask[row + 1, col + 1] & mask[row + 1, col]
            possible[col] = inside & even_changes & odd_changes
        for col in range(cols - 1):
            if not possible[col]:
                continue
            e00, e10, e11, e01 = even[row, col], even[row, col + 1], even[row + 1, col + 1], even[row + 1, col]
            c, s = cosine[row, col], sine[row, col]
            o00, o10, o11, o01 = odd[row, col], odd[row, col + 1], odd[row + 1, col + 1], odd[row + 1, col]
            if c * cosine[row, col + 1] + s * sine[row, col + 1] < 0.0:
                o10 = -o10
            if c * cosine[row + 1, col + 1] + s * sine[row + 1, col + 1] < 0.0:
                o11 = -o11
            if c * cosine[row + 1, col] + s * sine[row + 1, col] < 0.0:
                o01 = -o01
            p00, p10, p11, p01 = (
                math.atan2(o00, e00),
                math.atan2(o10, e10),
                math.atan2(o11, e11),
                math.atan2(o01, e01),
            )
            winding = 0
            for turn in (p10 - p00, p11 - p10, p01 - p11, p00 - p01):
                if turn > math.pi:
                    winding -= 1
                elif turn < -math.pi:
                    winding += 1
            if winding == 0:
                continue
            if found < out.shape[0]:
                # Plane fits through the four corners of the even and the odd part; where both vanish is the zero.
                ex, ey = 0.5 * (e10 + e11 - e00 - e01), 0.5 * (e01 + e11 - e00 - e10)
                ox, oy = 0.5 * (o10 + o11 - o00 - o01), 0.5 * (o01 + o11 - o00 - o10)
                em, om = 0.25 * (e00 + e10 + e11 + e01), 0.25 * (o00 + o10 + o11 + o01)
                jacobian = ex * oy - ey * ox
                fx, fy = 0.5, 0.5
                if abs(jacobian) > 1e-12:
                    fx = 0.5 + (ey * om - oy * em) / jacobian
                    fy = 0.5 + (ox * em - ex * om) / jacobian
                out[found, 0] = col + min(max(fx, 0.0), 1.0)
                out[found, 1] = row + min(max(fy, 0.0), 1.0)
                # A clockwise turn of +1 means one stripe fewer ahead along (c, -s) than behind: look the other way.
                angle = math.atan2(s, c)
                out[found, 2] = angle + math.pi if winding > 0 else angle
                out[found, 3] = abs(jacobian)
            found += 1
    return found


@kernel
def distances_from_edge(mask: NDArray[np.bool_], out: Steps) -> None:
    """Distance of each foreground pixel from the nearest one of the background, in `STEPS_PER_PX`.

    Borgefors' steps of a 5 x 5 neighbourhood, 2 % off at most, as those of OpenCV. ``out`` has a `MARGIN` of zeros on
    all sides. First from what lies above and to the left, then from what lies below and to the right.
    """
    out[MARGIN:-MARGIN, MARGIN:-MARGIN] = UNKNOWN
    rows, cols = mask.shape
    step = np.int32(ACROSS)
    for row in range(rows):
        here = out[row + MARGIN]
        measure_by_rows(mask[row], out[row + MARGIN - 1], out[row + MARGIN - 2], here)
        least = np.int32(0)
        for i in range(MARGIN, cols + MARGIN):
            least = min(here[i], np.int32(least + step))
            here[i] = least
    for row in range(rows - 1, -1, -1):
        here = out[row + MARGIN]
        measure_by_rows(mask[row], out[row + MARGIN + 1], out[row + MARGIN + 2], here)
        least = np.int32(0)
        for i in range(cols + MARGIN - 1, MARGIN - 1, -1):
            least = min(here[i], np.int32(least + step))
            here[i] = least


@kernel
def measure_by_rows(mask: NDArray[np.bool_], before: Steps, earlier: Steps, here: Steps) -> None:
    """Shorten the distances of a row to those by way of the row next to it and of the one beyond."""
    straight, diagonal, knight = np.int32(ACROSS), np.int32(DIAGONAL), np.int32(KNIGHT)
    one, two = np.uint64(1), np.uint64(2)
    for col in range(mask.shape[0]):
        at = np.uint64(col) + two
        beside = min(before[at - one], before[at + one])
        far = min(before[at - two], before[at + two], earlier[at - one], earlier[at + one])
        nearest = min(np.int32(before[at] + straight), np.int32(beside + diagonal), np.int32(far + knight))
        here[at] = min(here[at], nearest) if mask[col] else np.int32(0)


@kernel
def mean_power(
    even: FloatMap,
    odd: FloatMap,
    row: NDArray[np.intp],
    col: NDArray[np.intp],
    reach: int,
    out: FloatMap,
) -> None:
    """Mean square of the analytic signal over the square that reaches so far around some places.

    Beyond the border lies the mirror image of what is inside, without its outermost pixels.
    """
    rows, cols = even.shape
    side = 2 * reach + 1
    for i in range(row.shape[0]):
        total = 0.0
        for down in range(-reach, reach + 1):
            y = mirrored(row[i] + down, rows)
            for right in range(-reach, reach + 1):
                x = mirrored(col[i] + right, cols)
                total += even[y, x] * even[y, x] + odd[y, x] * odd[y, x]
        out[i] = total / (side * side)


@inline_kernel
def mirrored(place: int, side: int) -> int:
    """A place of a row that goes on beyond its ends as its mirror image."""
    while side > 1 and (place < 0 or place >= side):
        place = -place if place < 0 else 2 * (side - 1) - place
    return place if side > 1 else 0
