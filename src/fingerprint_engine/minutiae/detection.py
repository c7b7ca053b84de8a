"""Detection: every place where the number of ridges changes.

Ridges are the level lines of a phase. Where one of them ends or forks, the phase turns once around a zero of the
analytic ridge signal. Looking for those zeros finds ridge endings and bifurcations (which are endings of valleys) in
one pass, with sub-pixel positions and no spurs, bridges or islands of a thinned skeleton to repair.
Source of the model: Larkin and Fletcher, "A coherent framework for fingerprint analysis: are fingerprints holograms?",
Optics Express 15 (2007), 8667-8677.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.minutiae.columns import MinutiaKind
from fingerprint_engine.minutiae.kernels import find_vortices
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.preprocessing.ridge_maps import RidgeMaps

MAX_CANDIDATES = 8192
"""More zeros than this are noise, not a finger."""


@dataclasses.dataclass(frozen=True, slots=True)
class DetectionParameters(Parameters):
    """Numbers of `detect`."""

    look_ahead_periods: float = parameter(
        0.6, unit="ridge periods", low=0.2, high=2.0, source="chosen: clear of the zero, still on the new ridge"
    )


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Possible minutiae, float64 columns of shape (n,).

    Attributes
    ----------
    x, y
        Pixels at 500 ppi.
    direction
        Radians, into the ridge or valley that begins here.
    kind
        uint8, `MinutiaKind`.
    strength
        Jacobian of the analytic signal at its zero, times the squared period: about 40 for a perfect minutia.
    period
        Local ridge period in pixels.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    direction: NDArray[np.float64]
    kind: NDArray[np.uint8]
    strength: NDArray[np.float64]
    period: NDArray[np.float64]

    def __len__(self) -> int:
        return int(self.x.shape[0])

    def take(self, selection: NDArray[np.generic]) -> Candidates:
        """The selected rows (boolean mask or indices)."""
        return Candidates(*(getattr(self, field.name)[selection] for field in dataclasses.fields(self)))


def detect(maps: RidgeMaps, parameters: DetectionParameters) -> Candidates:
    """All phase vortices of the foreground, true and spurious."""
    flow = maps.flow
    rows = np.empty((MAX_CANDIDATES, 4), dtype=np.float64)
    found = find_vortices(maps.enhanced, maps.quadrature, maps.mask, flow.cosine, flow.sine, rows)
    x, y, direction, jacobian = rows[: min(found, MAX_CANDIDATES)].T
    near_row, near_col = np.rint(y).astype(np.intp), np.rint(x).astype(np.intp)
    period = flow.period[near_row, near_col].astype(np.float64)
    ahead = parameters.look_ahead_periods * period
    ahead_row = np.clip(np.rint(y - ahead * np.sin(direction)), 0, maps.shape[0] - 1).astype(np.intp)
    ahead_col = np.clip(np.rint(x + ahead * np.cos(direction)), 0, maps.shape[1] - 1).astype(np.intp)
    begins_ridge = maps.enhanced[ahead_row, ahead_col] > 0.0
    kind = np.where(begins_ridge, MinutiaKind.ENDING, MinutiaKind.BIFURCATION).astype(np.uint8)
    return Candidates(x.copy(), y.copy(), direction.copy(), kind, jacobian * period**2, period)
