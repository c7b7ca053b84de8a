"""Compiled loops of the ridge growth."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from fingerprint_engine.jit import kernel


@kernel
def spread_waves(
    source: NDArray[Any], filter_index: NDArray[Any], filters: NDArray[Any], threshold: float, target: NDArray[Any]
) -> None:
    """Add to `target` the oriented wavelet of every pixel of `source`, scaled by the pixel.

    Spreading instead of gathering: the inner loop adds one row of a wavelet and has no running sum, so it vectorises
    without changing the order of any addition, and the empty part of a growing pattern costs nothing.

    Parameters
    ----------
    source
        float32, shape (rows, cols).
    filter_index
        int32, shape (rows, cols); which wavelet a pixel sends out.
    filters
        float32, shape (count, side, width), side odd, width >= side (rows padded with zeros).
    threshold
        Pixels of smaller magnitude send nothing.
    target
        float32, shape (rows + side - 1, cols + width - 1), zeroed by the caller; pixel (r, c) of `source` is
        centred on (r + side // 2, c + side // 2).
    """
    rows, cols = source.shape
    side, width = filters.shape[1], filters.shape[2]
    for row in range(rows):
        for col in range(cols):
            weight = source[row, col]
            if abs(weight) <= threshold:
                continue
            wavelet = filters[filter_index[row, col]]
            for i in range(side):
                line = target[row + i, col : col + width]
                taps = wavelet[i]
                for j in range(width):
                    line[j] += weight * taps[j]
