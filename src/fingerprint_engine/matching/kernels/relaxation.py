"""Step 2: pairs support each other by how well their relative geometry agrees (the relaxation of MCC's LSA-R)."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import numpy as np

from fingerprint_engine.jit import inline_kernel, kernel


@inline_kernel
def pair_consistency(pair_a, pair_b, count, a, b, first_a, first_b, limit_px, tables, geometry, consistency):
    """Fill `consistency[t, k]`, 0 to 1: would one rigid motion carry both pairs? By length, direction and bearing."""
    ax, ay, bx, by = geometry[0], geometry[1], geometry[2], geometry[3]
    cosine, sine, turn = geometry[4], geometry[5], geometry[6]
    gap, bearing = geometry[7], geometry[8]
    cosine_steps = (tables.bearing.shape[0] - 1) / 2
    for k in range(count):
        i, j = first_a + pair_a[k], first_b + pair_b[k]
        ax[k], ay[k], bx[k], by[k] = a.x[i], a.y[i], b.x[j], b.y[j]
        # The turn that carries the direction of the probe minutia to that of its reference minutia.
        cosine[k] = a.cosine[i] * b.cosine[j] + a.sine[i] * b.sine[j]
        sine[k] = a.cosine[i] * b.sine[j] - a.sine[i] * b.cosine[j]
        turn[k] = np.float32((np.int64(b.code[j]) - np.int64(a.code[i])) & 255)
    for t in range(count):
        consistency[t, t] = np.float32(0.0)
        tax, tay, tbx, tby, tc, ts, tt = ax[t], ay[t], bx[t], by[t], cosine[t], sine[t], turn[t]
        for k in range(t + 1, count):
            dax, day, dbx, dby = ax[k] - tax, ay[k] - tay, bx[k] - tbx, by[k] - tby
            la = np.sqrt(dax * dax + day * day)
            lb = np.sqrt(dbx * dbx + dby * dby)
            rx, ry = tc * dax + ts * day, tc * day - ts * dax
            gap[k] = abs(la - lb)
            bearing[k] = (rx * dbx + ry * dby) / (la * lb + np.float32(1e-6))
        for k in range(t + 1, count):
            value = np.float32(0.0)
            if gap[k] < limit_px:
                step = np.int64(abs(turn[k] - tt))
                if step > 128:
                    step = 256 - step
                value = tables.direction[step]
                if value > np.float32(1e-3):
                    at = np.int64((min(max(bearing[k], np.float32(-1.0)), np.float32(1.0)) + 1.0) * cosine_steps)
                    value *= tables.length[np.int64(gap[k] * tables.length_steps_px)] * tables.bearing[at]
            consistency[t, k] = value
            consistency[k, t] = value


@inline_kernel
def lend_values(consistency, count, value, following):
    """What the pairs lend each other: the sum of their values, weighted by consistency."""
    for k in range(count):
        following[k] = np.float32(0.0)
    for t in range(count):
        row, own = consistency[t], value[t]
        for k in range(count):
            following[k] += row[k] * own


@inline_kernel
def relax(start, count, consistency, steps, weight, value, following):
    """Iterate: a pair keeps part of its similarity and gains what the others, weighted by consistency, lend it."""
    for k in range(count):
        value[k] = start[k]
    keep = np.float32(weight)
    lend = np.float32((1.0 - weight) / max(count - 1, 1))
    for _ in range(steps):
        lend_values(consistency, count, value, following)
        for k in range(count):
            value[k] = keep * value[k] + lend * following[k]


@kernel
def order_by(value, count, order):
    """Indices of falling value; equal ones keep their order."""
    for k in range(count):
        at = k
        while at > 0 and value[order[at - 1]] < value[k]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = k
