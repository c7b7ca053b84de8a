"""Step 3, its end: the stretch of the skin that an affine motion leaves, told by the matches around each place."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

from fingerprint_engine.jit import inline_kernel, kernel
from fingerprint_engine.matching.kernels.alignment import falling

STEP_RAD = 2.0 * math.pi / 256.0


@inline_kernel
def residuals(matched, count, b, first_b, mapped, residual):
    """Where the matches lie and how far they are off; rows x, y, and what is missing in x and y."""
    for k in range(count):
        i, j = matched[0, k], first_b + matched[1, k]
        residual[0, k], residual[1, k] = mapped[0, i], mapped[1, i]
        residual[2, k], residual[3, k] = b.x[j] - mapped[0, i], b.y[j] - mapped[1, i]


@kernel
def trust_matches(residual, count, sigma_px, prior, spread_px, rounds, trust, following):
    """How well the other matches around foretell each of them: 1, falling with what they are wrong by.

    What foretells is the mean residual of the others, weighted by nearness and by their own trust.
    """
    scale = 1.0 / (6.0 * sigma_px * sigma_px)
    trust[:count] = 1.0
    for _ in range(rounds):
        for k in range(count):
            x, y = residual[0, k], residual[1, k]
            # The match itself, at no distance, is taken out again.
            total, dx, dy = prior - trust[k], -trust[k] * residual[2, k], -trust[k] * residual[3, k]
            for m in range(count):
                ex, ey = residual[0, m] - x, residual[1, m] - y
                near = max(1.0 - scale * (ex * ex + ey * ey), 0.0)
                weight = near * near * near * trust[m]
                total += weight
                dx += weight * residual[2, m]
                dy += weight * residual[3, m]
            total = max(total, prior)
            rx, ry = residual[2, k] - dx / total, residual[3, k] - dy / total
            following[k] = falling((rx * rx + ry * ry) / (spread_px * spread_px))
        trust[:count] = following[:count]


@kernel
def warp_points(residual, trust, count, count_a, sigma_px, prior, ridge, mapped):
    """Move and turn mapped points by a residual field: at each, the affine one that fits the trusted matches around it.

    A prior weight on no shift and `ridge` (px²) on no change of it shrink the field to none where there are few. The
    weight ``(1 - d² / 6 sigma²)³`` is a Gaussian's to its second order and ends at 2.4 sigma: no exponential is needed.
    """
    scale = 1.0 / (6.0 * sigma_px * sigma_px)
    for i in range(count_a):
        x, y = mapped[0, i], mapped[1, i]
        total, sx, sy, su, sv = prior, 0.0, 0.0, 0.0, 0.0
        xx, xy, yy, ux, uy, vx, vy = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for k in range(count):
            ex, ey, u, v = residual[0, k] - x, residual[1, k] - y, residual[2, k], residual[3, k]
            near = max(1.0 - scale * (ex * ex + ey * ey), 0.0)
            weight = near * near * near * trust[k]
            wx, wy = weight * ex, weight * ey
            total += weight
            sx += wx
            sy += wy
            su += weight * u
            sv += weight * v
            xx += wx * ex
            xy += wx * ey
            yy += wy * ey
            ux += wx * u
            uy += wy * u
            vx += wx * v
            vy += wy * v
        mx, my, mu, mv = sx / total, sy / total, su / total, sv / total
        xx, xy, yy = xx - sx * mx + ridge, xy - sx * my, yy - sy * my + ridge
        ux, uy, vx, vy = ux - sx * mu, uy - sy * mu, vx - sx * mv, vy - sy * mv
        inverse = 1.0 / (xx * yy - xy * xy)
        u_x, u_y = (ux * yy - uy * xy) * inverse, (uy * xx - ux * xy) * inverse
        v_x, v_y = (vx * yy - vy * xy) * inverse, (vy * xx - vx * xy) * inverse
        mapped[0, i] = x + mu - u_x * mx - u_y * my
        mapped[1, i] = y + mv - v_x * mx - v_y * my
        mapped[2, i] += 0.5 * (u_y - v_x) / STEP_RAD
