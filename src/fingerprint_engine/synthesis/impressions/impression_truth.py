"""Truth of an impression: the finger's minutiae, orientation and period as seen through the distortion."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import wrap_direction, wrap_orientation
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, Minutiae
from fingerprint_engine.preprocessing.block_maps import BLOCK_PX
from fingerprint_engine.synthesis.impressions.distortion import Correspondence
from fingerprint_engine.synthesis.master_finger.finger import MasterFinger


def impression_minutiae(
    finger: MasterFinger, correspondence: Correspondence, mask: NDArray[np.bool_]
) -> tuple[Minutiae, NDArray[np.int32]]:
    """Minutiae of the finger that lie inside `mask`, and the index of each in the finger.

    Returns
    -------
    minutiae, ids
        `Minutiae` in canonical order, and int32, shape (n,), in the same order.
    """
    rows, cols = mask.shape
    truth = finger.minutiae
    x, y = correspondence.from_finger(truth.x, truth.y)
    col, row = np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)
    inside = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
    inside[inside] &= mask[row[inside], col[inside]]
    keep = np.flatnonzero(inside)
    jacobian = correspondence.jacobian()[row[keep], col[keep]]
    on_finger = np.stack([np.cos(truth.direction[keep]), -np.sin(truth.direction[keep])], axis=-1)
    seen = np.linalg.solve(jacobian, on_finger[..., None])[..., 0] if keep.size else on_finger
    direction = wrap_direction(np.arctan2(-seen[:, 1], seen[:, 0]))
    x_kept, y_kept = x[keep].astype(np.float32), y[keep].astype(np.float32)
    kind = truth.kind[keep]
    order = np.lexsort((kind, direction, x_kept, y_kept))
    quality = np.full(keep.size, UNKNOWN_QUALITY, np.uint8)
    minutiae = Minutiae(x_kept[order], y_kept[order], direction[order], kind[order], quality)
    return minutiae, keep[order].astype(np.int32)


def block_truth(
    finger: MasterFinger, correspondence: Correspondence
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Orientation and period of the impression at the centres of its 8 px blocks.

    The phase of the ridges grows by 2π a period across them; its gradient is carried by the transposed Jacobian, and
    gives both: orientation at right angles to it, period as its inverse length.

    Returns
    -------
    orientation, period
        float32, shape (⌈rows/8⌉, ⌈cols/8⌉).
    """
    rows, cols = correspondence.displacement.shape[:2]
    centre_row = np.minimum(np.arange(0, rows, BLOCK_PX) + 0.5 * (BLOCK_PX - 1), rows - 1)
    centre_col = np.minimum(np.arange(0, cols, BLOCK_PX) + 0.5 * (BLOCK_PX - 1), cols - 1)
    x, y = np.meshgrid(centre_col, centre_row)
    finger_x, finger_y = correspondence.to_finger(x, y)
    doubled = 2.0 * finger.orientation
    cosine, sine, period = (
        cv2.remap(
            values.astype(np.float32),
            finger_x.astype(np.float32),
            finger_y.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for values in (np.cos(doubled), np.sin(doubled), finger.period)
    )
    angle = 0.5 * np.arctan2(sine, cosine)
    across = np.stack([np.sin(angle), np.cos(angle)], axis=-1) / period[..., None]
    jacobian = correspondence.jacobian()[np.rint(y).astype(np.int64), np.rint(x).astype(np.int64)]
    gradient = np.einsum("...ij,...i->...j", jacobian, across)
    length = np.hypot(gradient[..., 0], gradient[..., 1])
    orientation = wrap_orientation(np.arctan2(gradient[..., 0], gradient[..., 1]))
    return orientation, (1.0 / np.maximum(length, 1e-6)).astype(np.float32)
