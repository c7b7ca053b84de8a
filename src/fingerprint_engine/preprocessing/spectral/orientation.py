"""Orientation field: each block's spectrum, read in the light of its neighbours.

A crease, a scar or a smudge puts a second peak into a block's spectrum. Averaging directions would then give an
orientation that neither peak has; instead each block keeps a distribution over orientations, and its neighbours'
opinion is multiplied in a few times (relaxation labelling), so that the peak which continues the surroundings wins.
Blocks without evidence are filled in from further away: each round looks over a wider neighbourhood.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.geometry import wrap_orientation
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.spectral.spectrum import RidgeSpectrum


@dataclasses.dataclass(frozen=True, slots=True)
class OrientationParameters(Parameters):
    """Numbers of `orientation_field`."""

    rounds: int = parameter(4, unit="1", low=0, high=20, source="chosen: no change after four")
    reach_blocks: float = parameter(
        1.2, unit="blocks", low=0.3, high=8.0, source="chosen: Gaussian sigma of the first round's neighbourhood"
    )
    reach_growth: float = parameter(1.35, unit="1", low=1.0, high=3.0, source="chosen: sigma grows by this each round")
    trust: float = parameter(1.0, unit="1", low=0.0, high=3.0, source="chosen: exponent of the neighbours' opinion")
    floor: float = parameter(0.03, unit="1", low=1e-4, high=1.0, source="chosen: probability that nothing can rule out")


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class OrientationField:
    """Orientation per block.

    Attributes
    ----------
    orientation
        float32, shape (block rows, block cols), radians in [0, π), along the ridge.
    coherence
        float32, 0 to 1: how far the block and its neighbours agree on one orientation.
    """

    orientation: NDArray[np.float32]
    coherence: NDArray[np.float32]


def orientation_field(
    spectrum: RidgeSpectrum, weight: NDArray[np.float32], parameters: OrientationParameters
) -> OrientationField:
    """Orientation of each block.

    Parameters
    ----------
    spectrum
        Local spectrum of the normalized image.
    weight
        float32, shape (block rows, block cols), 0 to 1: how much of a fingerprint each block is; background blocks have
        no say.
    """
    evidence = spectrum.energy.sum(axis=1)
    total = evidence.sum(axis=0) + 1e-9
    # Strength of a block's voice: background, faint and noisy blocks speak softly.
    belief = evidence / total
    voice = weight * np.sqrt(np.minimum(total, 1.0))
    data = belief
    reach = parameters.reach_blocks
    for _ in range(parameters.rounds):
        opinion = _spread(belief * voice, reach) + 1e-6 * belief
        opinion /= opinion.sum(axis=0) + 1e-12
        belief = data * (opinion + parameters.floor / len(belief)) ** parameters.trust
        belief /= belief.sum(axis=0) + 1e-12
        reach *= parameters.reach_growth
    smooth = _spread(belief * voice, parameters.reach_blocks * 0.6) + 1e-6 * belief
    smooth /= smooth.sum(axis=0) + 1e-12
    # einsum, not a matrix product: BLAS would start threads of its own, and its sums depend on how many.
    cosine, sine = (
        np.einsum("a,arc->rc", turn(2.0 * spectrum.angles).astype(np.float32), smooth) for turn in (np.cos, np.sin)
    )
    return OrientationField(wrap_orientation(0.5 * np.arctan2(sine, cosine)), np.hypot(cosine, sine))


def _spread(layers: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    size = 2 * max(1, round(2.5 * sigma)) + 1
    planes = np.ascontiguousarray(layers.astype(np.float32).transpose(1, 2, 0))
    blurred = cv2.GaussianBlur(planes, (size, size), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(blurred.transpose(2, 0, 1))
