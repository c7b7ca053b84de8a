"""Plain Python twin of the kernels of `fingerprint_engine.synthesis`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def spread_waves(
    source: NDArray[np.float32], filter_index: NDArray[np.int32], filters: NDArray[np.float32], threshold: float
) -> NDArray[np.float32]:
    """Each pixel adds its wavelet, in float32 and in the order of the pixels."""
    rows, cols = source.shape
    _, side, width = filters.shape
    target = np.zeros((rows + side - 1, cols + width - 1), dtype=np.float32)
    for row in range(rows):
        for col in range(cols):
            weight = source[row, col]
            if abs(weight) > threshold:
                for i in range(side):
                    for j in range(width):
                        target[row + i, col + j] += weight * filters[filter_index[row, col], i, j]
    return target
