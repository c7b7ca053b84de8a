"""A batch of templates straight from native bytes, without an object per print."""

from __future__ import annotations

import functools
import math
import struct

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template.batch import WORDS_PER_MINUTIA, Columns, TemplateBatch, batch_of_columns, starts_of
from fingerprint_engine.template.content_key import content_key
from fingerprint_engine.template.cylinders import cell_offsets, doubled_orientations
from fingerprint_engine.template.kernels.descriptors import texture_columns
from fingerprint_engine.template.kernels.native import (
    RADIUS_AT,
    TURN_STEP_RAD,
    count_natives,
    first_unlike,
    unpack_natives,
)
from fingerprint_engine.template.making import Making
from fingerprint_engine.template.native.format import facts_of
from fingerprint_engine.template.parameters import RADIUS_RANGE_PX

_DIGESTS_AT, _DIGESTS_BYTES = 10, 16
_RADIUS = struct.Struct("<f")


def batch_of_natives(
    data: NDArray[np.uint8], offset: NDArray[np.int64], rows: NDArray[np.int64], *, complete: bool = True
) -> TemplateBatch:
    """Pack some of many native templates; exactly what `TemplateBatch.of` makes of them. Releases the GIL.

    They are not checked again, see `native.check`. Bytes whose lengths and counts do not fit, or that state another
    radius than the others, give a template without minutiae; bytes that fit but are damaged otherwise give a template
    with false values, never a crash, and never other values of other prints.

    Parameters
    ----------
    data, offset
        Template t is ``data[offset[t] : offset[t + 1]]``. All were made with the same parameters.
    rows
        Which ones, in the order wanted.
    complete
        False leaves out maps, texture words and keys, which cost most and which `Matcher.supports` does not read.

    Raises
    ------
    IncompatibleTemplates
        When their digests differ.
    """
    rows = np.asarray(rows, np.int64)
    offset = np.asarray(offset, np.int64)
    minutiae, cells = np.empty((2, rows.shape[0]), np.int64)
    count_natives(data, offset, rows, minutiae, cells)  # type: ignore[no-untyped-call]
    radius_px = _usual_radius(data, offset, rows, minutiae)
    is_template = minutiae >= 0
    minutiae *= is_template
    cells *= is_template if complete else 0
    first, first_cell = starts_of(minutiae), starts_of(cells)
    total, area = int(first[-1]), int(first_cell[-1])
    columns = Columns(
        first=first,
        x=np.empty(total, np.float32),
        y=np.empty(total, np.float32),
        code=np.empty(total, np.uint8),
        cosine=np.empty(total, np.float32),
        sine=np.empty(total, np.float32),
        kind=np.empty(total, np.uint8),
        quality=np.empty(total, np.uint8),
        words=np.empty(WORDS_PER_MINUTIA * total, np.uint64),
        first_cell=first_cell,
        grid=np.empty((rows.shape[0], 4), np.int32),
        orientation=np.empty(area, np.uint8),
        period=np.empty(area, np.uint8),
        key=np.zeros(rows.shape[0], np.uint64),
    )
    unpack_natives(data, offset, rows, *_directions(), columns)  # type: ignore[no-untyped-call]
    sound = rows[is_template]
    making = _making_of(data, offset, sound)
    if complete and making is not None:
        _add_texture(columns, radius_px)
        begin, end, whole = offset[sound].tolist(), offset[sound + 1].tolist(), data.data
        columns.key[is_template] = [content_key(whole[one:other]) for one, other in zip(begin, end, strict=True)]
    return batch_of_columns(columns, making)


def _usual_radius(
    data: NDArray[np.uint8], offset: NDArray[np.int64], rows: NDArray[np.int64], minutiae: NDArray[np.int64]
) -> float:
    """The radius of the templates; those that state another contradict their digests, and get -1 minutiae."""
    places = (minutiae >= 0).nonzero()[0]
    looked_at = rows[places]
    low, high = RADIUS_RANGE_PX
    if looked_at.size and first_unlike(data, offset, looked_at, RADIUS_AT, _RADIUS.size) < 0:  # type: ignore[no-untyped-call]
        (common,) = _RADIUS.unpack_from(data.data, int(offset[looked_at[0]]) + RADIUS_AT)
        if low <= common <= high:
            return float(common)
    stated = data[offset[looked_at][:, None] + np.arange(RADIUS_AT, RADIUS_AT + _RADIUS.size)].view("<f4")[:, 0]
    possible = np.sort(stated[(stated >= low) & (stated <= high)])
    usual = float(possible[possible.size // 2]) if possible.size else 0.0
    minutiae[places[stated != usual]] = -1
    return usual


def _making_of(data: NDArray[np.uint8], offset: NDArray[np.int64], rows: NDArray[np.int64]) -> Making | None:
    """With what the templates of some rows were made; the first stands for all.

    Raises
    ------
    IncompatibleTemplates
        When the digests of another differ: one print must not decide how others are compared.
    """
    if rows.size == 0:
        return None
    first = _made_with(data, offset, rows[0])
    other = first_unlike(data, offset, rows, _DIGESTS_AT, _DIGESTS_BYTES)  # type: ignore[no-untyped-call]
    if other >= 0:
        first.require_same(_made_with(data, offset, rows[other]), ("one", "another"))
    return first


def _made_with(data: NDArray[np.uint8], offset: NDArray[np.int64], row: np.int64) -> Making:
    return facts_of(data[offset[row] : offset[row + 1]].tobytes()).made_with


@functools.lru_cache(maxsize=1)
def _directions() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cosine and sine of each direction code."""
    angles = [code * TURN_STEP_RAD for code in range(256)]
    return np.array(list(map(math.cos, angles)), np.float32), np.array(list(map(math.sin, angles)), np.float32)


def _add_texture(columns: Columns, radius_px: float) -> None:
    along, across = cell_offsets(radius_px)
    texture_columns(columns, along, across, *doubled_orientations())  # type: ignore[no-untyped-call]
