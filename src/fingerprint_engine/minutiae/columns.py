"""`Minutiae` and `SingularPoints`: frozen columns, one entry a point."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.geometry import wrap_direction

MAX_QUALITY = 100
"""The best that a minutia can have."""
UNKNOWN_QUALITY = 255
"""Of a minutia whose quality is not known; all others lie between 0 and 100."""


class MinutiaKind(enum.IntEnum):
    """What a minutia is; the numbers are those of ISO/IEC 19794-2."""

    UNKNOWN = 0
    ENDING = 1
    BIFURCATION = 2


class SingularKind(enum.IntEnum):
    """What a singular point is."""

    CORE = 1
    DELTA = 2


def octets(values: ArrayLike, name: str) -> NDArray[np.uint8]:
    """A C-contiguous copy of whole numbers from 0 to 255; nothing is rounded or wrapped around.

    Raises
    ------
    InputError
        When there is anything else among them.
    """
    array = _numbers(values, name)
    if array.dtype == np.uint8:  # as almost always, and nothing to ask
        return np.array(array, order="C", copy=True)
    # `not (... <= ...)`: what is not a number is outside as well.
    if not ((array >= 0) & (array <= np.iinfo(np.uint8).max)).all() or (array.dtype.kind == "f" and (array % 1).any()):
        raise InputError(f"{name}: expected whole numbers from 0 to 255")
    return np.array(array, dtype=np.uint8, order="C", copy=True)


def _numbers(values: ArrayLike, name: str) -> NDArray[Any]:
    try:
        array = np.asarray(values)
    except (ValueError, TypeError, OverflowError):
        raise InputError(f"{name}: expected an array of numbers") from None
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name}: expected numbers, got {array.dtype}")
    return array


def _column(values: ArrayLike, dtype: type, name: str, count: int | None) -> NDArray[Any]:
    array: NDArray[Any]
    if dtype is np.uint8:
        array = octets(values, name)
    else:
        with np.errstate(over="ignore"):  # becomes infinite, which is refused below
            array = np.array(_numbers(values, name), dtype=dtype, order="C", copy=True)
    if array.ndim != 1 or (count is not None and array.shape[0] != count):
        expected = "(n,)" if count is None else f"({count},)"
        raise InputError(f"{name}: expected shape {expected}, got {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(f"{name}: expected finite numbers, got NaN or infinity")
    array.setflags(write=False)
    return array


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Minutiae:
    """Minutiae of one print at 500 ppi, in canonical order: falling quality, then y, x, direction, kind.

    Unknown quality (255) counts as the lowest in the order.

    Parameters
    ----------
    x, y
        float32, shape (n,), pixels at 500 ppi; x right, y down.
    direction
        float32, shape (n,), radians, wrapped to [0, 2π); counter-clockwise from +x as seen, into the ridge for an
        ending, into the valley for a bifurcation.
    kind
        uint8, shape (n,), `MinutiaKind`.
    quality
        uint8, shape (n,), 0 to 100, or 255 when unknown: the chance in % that another impression shows it. Scores are
        calibrated for qualities on this scale; those below 50 may be left out of comparisons.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    direction: NDArray[np.float32]
    kind: NDArray[np.uint8]
    quality: NDArray[np.uint8]

    def __post_init__(self) -> None:
        x = _column(self.x, np.float32, "x", None)
        count = x.shape[0]
        y = _column(self.y, np.float32, "y", count)
        direction = wrap_direction(_column(self.direction, np.float64, "direction", count))
        kind = _column(self.kind, np.uint8, "kind", count)
        quality = _column(self.quality, np.uint8, "quality", count)
        if count and kind.max() > max(MinutiaKind):
            raise InputError(f"kind: expected 0 to {max(MinutiaKind):d}, got {kind.max()}")
        if count and ((quality > MAX_QUALITY) & (quality != UNKNOWN_QUALITY)).any():
            raise InputError("quality: expected 0 to 100 or 255 (unknown)")
        rank = np.where(quality == UNKNOWN_QUALITY, -1, quality.astype(np.int16))
        order = np.lexsort((kind, direction, x, y, -rank))
        for name, column in (("x", x), ("y", y), ("direction", direction), ("kind", kind), ("quality", quality)):
            ordered = np.ascontiguousarray(column[order])
            ordered.setflags(write=False)
            object.__setattr__(self, name, ordered)

    def __len__(self) -> int:
        return int(self.x.shape[0])

    def best(self, count: int) -> Minutiae:
        """The first `count` minutiae, which are those of best quality."""
        return self if count >= len(self) else self.select(slice(count))

    def select(self, rows: slice | NDArray[Any]) -> Minutiae:
        """Some of the minutiae: a mask, places, or a slice."""
        return Minutiae(*(getattr(self, field.name)[rows] for field in dataclasses.fields(self)))

    @classmethod
    def empty(cls) -> Minutiae:
        """No minutiae."""
        nothing: NDArray[Any] = np.zeros(0)
        return cls(nothing, nothing, nothing, nothing, nothing)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class SingularPoints:
    """Cores and deltas of one print at 500 ppi.

    Parameters
    ----------
    x, y
        float32, shape (n,), pixels at 500 ppi.
    direction
        float32, shape (n,), radians in [0, 2π): for a core the way its loop opens, for a delta one of its three arms.
    kind
        uint8, shape (n,), `SingularKind`.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    direction: NDArray[np.float32]
    kind: NDArray[np.uint8]

    def __post_init__(self) -> None:
        x = _column(self.x, np.float32, "x", None)
        count = x.shape[0]
        y = _column(self.y, np.float32, "y", count)
        direction = wrap_direction(_column(self.direction, np.float64, "direction", count))
        kind = _column(self.kind, np.uint8, "kind", count)
        if count and not ((kind == SingularKind.CORE) | (kind == SingularKind.DELTA)).all():
            raise InputError("kind: expected 1 (core) or 2 (delta)")
        direction.setflags(write=False)
        for name, column in (("x", x), ("y", y), ("direction", direction), ("kind", kind)):
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return int(self.x.shape[0])

    @classmethod
    def empty(cls) -> SingularPoints:
        """No singular points."""
        nothing: NDArray[Any] = np.zeros(0)
        return cls(nothing, nothing, nothing, nothing)
