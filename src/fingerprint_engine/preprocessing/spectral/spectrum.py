"""Local ridge spectrum: how much of each ridge orientation and period there is in each block.

A windowed Fourier transform, computed the short way: one transform of the image, then for every (orientation, period)
channel the few bins around it are weighted and transformed back *on the block grid*. Cutting the band out shifts it to
zero frequency and decimates it at once; the squared magnitude of what comes out is the local energy of the channel.
"""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.block_maps import BLOCK_PX


@dataclasses.dataclass(frozen=True, slots=True)
class SpectrumParameters(Parameters):
    """Channels of the local spectrum."""

    orientations: int = parameter(16, unit="1", low=8, high=64, source="chosen: 11.25 degrees, about the bandwidth")
    periods: int = parameter(6, unit="1", low=3, high=16, source="chosen: one channel per radial bandwidth")
    min_period_px: float = parameter(
        5.0, unit="px at 500 ppi", low=3.0, high=8.0, source="children's prints; XSFFE of pyfing searches 5 to 20 px"
    )
    max_period_px: float = parameter(
        15.0, unit="px at 500 ppi", low=10.0, high=25.0, source="widest ridges of stretched adult prints"
    )
    angular_bandwidth_rad: float = parameter(
        0.20, unit="rad", low=0.05, high=0.6, source="chosen: a window of about three periods along the ridge"
    )
    radial_bandwidth: float = parameter(
        0.22, unit="natural logarithm of period", low=0.05, high=0.6, source="chosen: spacing of the period channels"
    )


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class RidgeSpectrum:
    """Energy of every channel in every block.

    Attributes
    ----------
    energy
        float32, shape (orientations, periods, block rows, block cols), squared amplitude of the normalized image.
    angles
        float64, shape (orientations,), ridge orientation of each channel, radians in [0, π).
    periods
        float64, shape (periods,), pixels.
    """

    energy: NDArray[np.float32]
    angles: NDArray[np.float64]
    periods: NDArray[np.float64]


def ridge_spectrum(values: NDArray[np.float32], parameters: SpectrumParameters) -> RidgeSpectrum:
    """Local spectrum of a normalized image, one estimate per block."""
    import scipy.fft  # here: only the classical extractor needs it, and it takes a fifth of the time of the start

    rows, cols = values.shape
    block_rows, block_cols = -(-rows // BLOCK_PX), -(-cols // BLOCK_PX)
    # Margin of a window's width, so that the transform does not wrap one edge onto the other.
    grid_rows, grid_cols = scipy.fft.next_fast_len(block_rows + 4), scipy.fft.next_fast_len(block_cols + 4)
    channels = _channels(grid_rows, grid_cols, parameters)
    transform = scipy.fft.fft2(values, (grid_rows * BLOCK_PX, grid_cols * BLOCK_PX))
    bands = transform[channels.row[:, :, None], channels.col[:, None, :]]
    bands *= channels.weight
    local = scipy.fft.ifft2(bands, axes=(-2, -1), overwrite_x=True)[..., :block_rows, :block_cols]
    energy = local.real**2 + local.imag**2
    energy *= np.float32(4.0 / BLOCK_PX**4)
    return RidgeSpectrum(
        energy.reshape(parameters.orientations, parameters.periods, block_rows, block_cols),
        channels.angles,
        channels.periods,
    )


def wide_share(spectrum: RidgeSpectrum, weight: NDArray[np.float32]) -> float:
    """Share of the energy at the widest period; `weight`, float32 blocks, says how much of a print each block is."""
    by_period = np.einsum("aprc,rc->p", spectrum.energy, weight)
    return float(by_period[-1] / by_period.sum())


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Channels:
    """Which bins belong to each channel, (channels, grid rows) and (channels, grid cols), and their weights."""

    row: NDArray[np.intp]
    col: NDArray[np.intp]
    weight: NDArray[np.complex64]
    angles: NDArray[np.float64]
    periods: NDArray[np.float64]


@functools.lru_cache(maxsize=4)
def _channels(grid_rows: int, grid_cols: int, parameters: SpectrumParameters) -> _Channels:
    angles = (np.arange(parameters.orientations) * (math.pi / parameters.orientations)).astype(np.float64)
    shortest, longest = math.log(parameters.min_period_px), math.log(parameters.max_period_px)
    periods = np.exp(np.linspace(shortest, longest, parameters.periods))
    angle, period = (grid.ravel() for grid in np.meshgrid(angles, periods, indexing="ij"))
    rows, cols = grid_rows * BLOCK_PX, grid_cols * BLOCK_PX
    # The wave vector is across the ridge: y runs down, so a ridge along (cos a, -sin a) varies along (sin a, cos a).
    centre_row = np.rint(np.cos(angle) / period * rows).astype(np.intp)
    centre_col = np.rint(np.sin(angle) / period * cols).astype(np.intp)
    offset_row = np.fft.fftfreq(grid_rows, 1.0 / grid_rows).astype(np.intp)
    offset_col = np.fft.fftfreq(grid_cols, 1.0 / grid_cols).astype(np.intp)
    row = centre_row[:, None] + offset_row
    col = centre_col[:, None] + offset_col
    frequency_y, frequency_x = (row / rows)[:, :, None], (col / cols)[:, None, :]
    radius = np.hypot(frequency_x, frequency_y)
    turn = np.arctan2(frequency_x, frequency_y) - angle[:, None, None]
    turn = np.mod(turn + math.pi / 2, math.pi) - math.pi / 2
    same_side = np.sin(angle)[:, None, None] * frequency_x + np.cos(angle)[:, None, None] * frequency_y > 0
    with np.errstate(divide="ignore"):
        octave = np.log(radius * period[:, None, None])
    weight = np.exp(
        -0.5 * (turn / parameters.angular_bandwidth_rad) ** 2 - 0.5 * (octave / parameters.radial_bandwidth) ** 2
    )
    weight[~same_side] = 0.0
    # Block centres lie (BLOCK_PX - 1) / 2 pixels from the block's corner: a linear phase moves the samples there.
    centre = (BLOCK_PX - 1) / 2
    phase = np.exp(2j * math.pi * centre * (frequency_x + frequency_y))
    return _Channels(row % rows, col % cols, (weight * phase).astype(np.complex64), angles, periods.astype(np.float64))
