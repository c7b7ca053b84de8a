"""Compiled loops of minutia detection."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.jit import kernel

FloatMap = NDArray[np.float32]


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
    possible = np.empty(cols, np.bool_)
    for row in range(rows - 1):
        # Where the even part changes its sign on the foreground; the machine does several turns of this loop at once.
        for col in range(cols - 1):
            e00, e10, e11, e01 = even[row, col], even[row, col + 1], even[row + 1, col + 1], even[row + 1, col]
            lowest, highest = min(e00, e10, e11, e01), max(e00, e10, e11, e01)
            inside = mask[row, col] & mask[row, col + 1] & mask[row + 1, col + 1] & mask[row + 1, col]
            possible[col] = inside & (highest > 0.0) & (lowest <= 0.0)
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
            if (o00 > 0.0) == (o10 > 0.0) and (o00 > 0.0) == (o11 > 0.0) and (o00 > 0.0) == (o01 > 0.0):
                continue
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
