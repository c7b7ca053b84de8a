"""Connected regions of a mask: the largest one, and holes filled. Neighbours share a side."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_FILLED = 2


def largest_region(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The connected region with the largest area; nothing when the mask is empty."""
    row, col = divmod(int(np.argmax(mask)), mask.shape[1])
    area, *_ = cv2.floodFill(mask.astype(np.uint8), None, (col, row), _FILLED)
    if np.count_nonzero(mask) in (0, area):  # prints are mostly in one piece, which is found out in half the time
        return mask.copy()
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    areas = np.bincount(labels.ravel(), minlength=count)
    return np.asarray(labels == 1 + int(np.argmax(areas[1:])))


def fill_holes(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask and all background that it encloses."""
    surrounded = cv2.copyMakeBorder(mask.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(surrounded, None, (0, 0), _FILLED)
    return np.ascontiguousarray(surrounded[1:-1, 1:-1] != _FILLED)
