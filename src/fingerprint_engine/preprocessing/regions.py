"""Connected regions of a mask: the largest one, and holes filled. Neighbours share a side."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def largest_region(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The connected region with the largest area; nothing when the mask is empty."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    if count <= 2:
        return mask.copy()
    areas = np.bincount(labels.ravel(), minlength=count)
    return np.asarray(labels == 1 + int(np.argmax(areas[1:])))


def fill_holes(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask and all background that it encloses."""
    surrounded = cv2.copyMakeBorder((~mask).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, labels = cv2.connectedComponents(surrounded, connectivity=4)
    return np.ascontiguousarray((labels != labels[0, 0])[1:-1, 1:-1])
