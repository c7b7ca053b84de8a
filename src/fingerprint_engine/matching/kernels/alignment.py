"""Step 3: the motion that carries the probe onto the reference, first rigid, then allowing for the skin's stretch."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel
from fingerprint_engine.matching.kernels.layout import Motion

STEP_RAD = 2.0 * math.pi / 256.0
FAR = np.float32(1e9)
NO_WEIGHT = 1e-12


@kernel
def rigid_motion(geometry, weight, count, arm_px):
    """`Motion` of least squares: rotation and shift of weighted pairs.

    Directions vote for the rotation as points at an arm's length.
    `geometry` is that of `pair_consistency`: positions of the pairs, cosine and sine of their turns.
    """
    ax, ay, bx, by = geometry[0], geometry[1], geometry[2], geometry[3]
    cosines, sines = geometry[4], geometry[5]
    total, cax, cay, cbx, cby = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(count):
        w = weight[k]
        total += w
        cax += w * ax[k]
        cay += w * ay[k]
        cbx += w * bx[k]
        cby += w * by[k]
    cax, cay, cbx, cby = cax / total, cay / total, cbx / total, cby / total
    dot, cross = 0.0, 0.0
    for k in range(count):
        w = weight[k]
        px, py, qx, qy = ax[k] - cax, ay[k] - cay, bx[k] - cbx, by[k] - cby
        dot += w * (px * qx + py * qy + arm_px * arm_px * cosines[k])
        cross += w * (py * qx - px * qy + arm_px * arm_px * sines[k])
    angle = math.atan2(cross, dot)
    cosine, sine = math.cos(angle), math.sin(angle)
    shift_x, shift_y = cbx - cosine * cax - sine * cay, cby + sine * cax - cosine * cay
    return Motion(cosine, sine, -sine, cosine, shift_x, shift_y, angle, angle / STEP_RAD, cax, cay)


@kernel
def affine_motion(matched, weight, count, a, b, first_a, first_b, ridge, turn_rad):
    """`Motion` of least squares of weighted points, pulled towards the rigid one by `ridge` (px²).

    A few points say little about rotation: `turn_rad`, that of the motion so far, counts as so much evidence as well.
    """
    total, cax, cay, cbx, cby = NO_WEIGHT, 0.0, 0.0, 0.0, 0.0
    for k in range(count):
        i, j, w = first_a + matched[0, k], first_b + matched[1, k], weight[k]
        total += w
        cax += w * a.x[i]
        cay += w * a.y[i]
        cbx += w * b.x[j]
        cby += w * b.y[j]
    cax, cay, cbx, cby = cax / total, cay / total, cbx / total, cby / total
    dot, cross, xx, xy, yy = 0.0, 0.0, ridge, 0.0, ridge
    s00, s01, s10, s11 = 0.0, 0.0, 0.0, 0.0
    for k in range(count):
        i, j, w = first_a + matched[0, k], first_b + matched[1, k], weight[k]
        px, py, qx, qy = a.x[i] - cax, a.y[i] - cay, b.x[j] - cbx, b.y[j] - cby
        wpx, wpy = w * px, w * py
        dot += wpx * qx + wpy * qy
        cross += wpy * qx - wpx * qy
        xx += wpx * px
        xy += wpx * py
        yy += wpy * py
        s00 += qx * wpx
        s01 += qx * wpy
        s10 += qy * wpx
        s11 += qy * wpy
    dot += ridge * math.cos(turn_rad)
    cross += ridge * math.sin(turn_rad)
    angle = math.atan2(cross, dot)
    cosine, sine = math.cos(angle), math.sin(angle)
    s00, s01, s10, s11 = s00 + ridge * cosine, s01 + ridge * sine, s10 - ridge * sine, s11 + ridge * cosine
    scale = 1.0 / (xx * yy - xy * xy)
    map_xx, map_xy = (s00 * yy - s01 * xy) * scale, (s01 * xx - s00 * xy) * scale
    map_yx, map_yy = (s10 * yy - s11 * xy) * scale, (s11 * xx - s10 * xy) * scale
    shift_x, shift_y = cbx - map_xx * cax - map_xy * cay, cby - map_yx * cax - map_yy * cay
    return Motion(map_xx, map_xy, map_yx, map_yy, shift_x, shift_y, angle, angle / STEP_RAD, cax, cay)


@kernel
def settled_motion(motion, matched, worth, count, a, b, first_a, first_b, rounds, spread_px, ridge, weight):
    """An affine motion of the matches, each of which weighs the less the farther the motion so far leaves it off."""
    for _ in range(rounds):
        for k in range(count):
            i, j = first_a + matched[0, k], first_b + matched[1, k]
            ex = motion.xx * a.x[i] + motion.xy * a.y[i] + motion.shift_x - b.x[j]
            ey = motion.yx * a.x[i] + motion.yy * a.y[i] + motion.shift_y - b.y[j]
            weight[k] = worth[k] * falling((ex * ex + ey * ey) / (spread_px * spread_px))
        motion = affine_motion(matched, weight, count, a, b, first_a, first_b, ridge, motion.turn_rad)
    return motion


@inline_kernel
def falling(squared):
    """A weight for a squared distance in units of the spread: 1, a quarter at one spread, and never nothing."""
    return 1.0 / ((1.0 + squared) * (1.0 + squared))


@kernel
def map_points(motion, a, first_a, count_a, mapped):
    """Probe minutiae carried over: x, y, and direction in 256 steps per turn (not wrapped)."""
    for i in range(count_a):
        x, y = a.x[first_a + i], a.y[first_a + i]
        mapped[0, i] = motion.xx * x + motion.xy * y + motion.shift_x
        mapped[1, i] = motion.yx * x + motion.yy * y + motion.shift_y
        mapped[2, i] = a.code[first_a + i] + motion.turn_steps


@kernel
def match_points(mapped, count_a, b, first_b, count_b, tolerance_px, angle_tolerance, scratch):
    """Pair mapped probe minutiae with reference minutiae, nearest first, each once; returns how many pairs.

    Nearness is the squared distance and the squared difference of direction, each over its tolerance, less the local
    similarity. Leaves 1 in `status_a` and `status_b` where a minutia was paired, 0 elsewhere.
    """
    cost, at_a, at_b, row = scratch.candidate_cost, scratch.candidate_a, scratch.candidate_b, scratch.row
    x, y = b.x[first_b : first_b + count_b], b.y[first_b : first_b + count_b]
    code = b.code[first_b : first_b + count_b]
    inverse = np.float32(1.0 / (tolerance_px * tolerance_px))
    inverse_angle = np.float32(1.0 / angle_tolerance)
    # As much room as these two prints get alone, whatever the scratch arrays were made for: a score is theirs only.
    found, room = 0, min(8 * max(count_a, count_b), cost.shape[0])
    for i in range(count_a):
        px, py = np.float32(mapped[0, i]), np.float32(mapped[1, i])
        turn = np.float32(mapped[2, i] - 256.0 * math.floor(mapped[2, i] / 256.0))
        alike = scratch.similarity[i * count_b : (i + 1) * count_b]
        hits = np.int32(0)
        for j in range(count_b):
            dx, dy = x[j] - px, y[j] - py
            step = abs(np.float32(code[j]) - turn)
            step = min(step, np.float32(256.0) - step) * inverse_angle
            near = (dx * dx + dy * dy) * inverse
            is_hit = (near <= np.float32(1.0)) & (step <= np.float32(1.0))
            row[j] = near + step * step - alike[j] if is_hit else FAR
            hits += np.int32(is_hit)
        if hits == 0:
            continue
        for j in range(count_b):
            if row[j] < FAR and found < room:
                at = found
                while at > 0 and cost[at - 1] > row[j]:
                    cost[at], at_a[at], at_b[at] = cost[at - 1], at_a[at - 1], at_b[at - 1]
                    at -= 1
                cost[at], at_a[at], at_b[at] = row[j], i, j
                found += 1
    status_a, status_b, matched = scratch.status_a, scratch.status_b, scratch.matched
    status_a[:count_a] = 0
    status_b[:count_b] = 0
    count = 0
    for k in range(found):
        i, j = at_a[k], at_b[k]
        if status_a[i] == 0 and status_b[j] == 0:
            status_a[i], status_b[j] = 1, 1
            matched[0, count], matched[1, count] = i, j
            count += 1
    return count


@kernel
def deformation(motion):
    """How far a motion is from its rigid part: root of the summed squares of the differences of the matrices."""
    cosine, sine = math.cos(motion.turn_rad), math.sin(motion.turn_rad)
    return math.sqrt(
        (motion.xx - cosine) ** 2 + (motion.xy - sine) ** 2 + (motion.yx + sine) ** 2 + (motion.yy - cosine) ** 2
    )
