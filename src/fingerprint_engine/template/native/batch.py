"""A batch of templates straight from native bytes, without an object per print."""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template.batch import WORDS_PER_MINUTIA, Columns, TemplateBatch, batch_of_columns, starts_of
from fingerprint_engine.template.content_key import content_key
from fingerprint_engine.template.cylinders import cell_offsets, doubled_orientations
from fingerprint_engine.template.kernels.descriptors import texture_columns
from fingerprint_engine.template.kernels.native import TURN_STEP_RAD, count_natives, unpack_natives
from fingerprint_engine.template.making import Making
from fingerprint_engine.template.native.format import made_with
from fingerprint_engine.template.parameters import RADIUS_RANGE_PX


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
    is_sound = np.empty(rows.shape[0], np.bool_)
    first, first_cell = np.empty((2, rows.shape[0] + 1), np.int64)
    one, another = count_natives(data, offset, rows, is_sound, first, first_cell)  # type: ignore[no-untyped-call]
    making = _made_with(data, offset, rows[one]) if one >= 0 else None
    if making is not None and (another >= 0 or not _is_possible(making.radius_px)):
        making = _usual_making(data, offset, rows, is_sound)
        first, first_cell = (starts_of(np.diff(ends) * is_sound) for ends in (first, first_cell))
    if not complete:
        first_cell[:] = 0
    total, area = int(first[-1]), int(first_cell[-1])
    x, y, cosine, sine = np.empty((4, total), np.float32)
    code, kind, quality = np.empty((3, total), np.uint8)
    orientation, period = np.empty((2, area), np.uint8)
    columns = Columns(
        first=first,
        x=x,
        y=y,
        code=code,
        cosine=cosine,
        sine=sine,
        kind=kind,
        quality=quality,
        words=np.empty(WORDS_PER_MINUTIA * total, np.uint64),
        first_cell=first_cell,
        grid=np.empty((rows.shape[0], 4), np.int32),
        orientation=orientation,
        period=period,
        key=np.zeros(rows.shape[0], np.uint64),
    )
    unpack_natives(data, offset, rows, *_directions(), columns)  # type: ignore[no-untyped-call]
    if complete and making is not None:
        texture_columns(columns, *cell_offsets(making.radius_px), *doubled_orientations())  # type: ignore[no-untyped-call]
        sound, whole = rows[is_sound], data.data
        begin, end = offset[sound].tolist(), offset[sound + 1].tolist()
        columns.key[is_sound] = [content_key(whole[one:other]) for one, other in zip(begin, end, strict=True)]
    return batch_of_columns(columns, making)


def _is_possible(radius_px: float) -> bool:
    low, high = RADIUS_RANGE_PX
    return low <= radius_px <= high


def _usual_making(
    data: NDArray[np.uint8], offset: NDArray[np.int64], rows: NDArray[np.int64], is_sound: NDArray[np.bool_]
) -> Making | None:
    """With what those templates were made that state the usual radius; others contradict their digests and are unsound.

    Raises
    ------
    IncompatibleTemplates
        When the digests of another differ: one print must not decide how others are compared.
    """
    makings = [_made_with(data, offset, row) if sound else None for row, sound in zip(rows, is_sound, strict=True)]
    possible = sorted(made.radius_px for made in makings if made is not None and _is_possible(made.radius_px))
    usual = possible[len(possible) // 2] if possible else 0.0
    is_sound[:] = [made is not None and made.radius_px == usual for made in makings]
    usually = [made for made, sound in zip(makings, is_sound, strict=True) if sound and made is not None]
    for made in usually[1:]:
        usually[0].require_same(made, ("one", "another"))
    return usually[0] if usually else None


def _made_with(data: NDArray[np.uint8], offset: NDArray[np.int64], row: np.int64) -> Making:
    return made_with(data[offset[row] : offset[row + 1]].tobytes())


@functools.lru_cache(maxsize=1)
def _directions() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cosine and sine of each direction code."""
    angles = [code * TURN_STEP_RAD for code in range(256)]
    return np.array(list(map(math.cos, angles)), np.float32), np.array(list(map(math.sin, angles)), np.float32)
