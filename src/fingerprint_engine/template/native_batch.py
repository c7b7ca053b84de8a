"""A batch of templates straight from native bytes, without an object per print."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template.batch import WORDS_PER_MINUTIA, Columns, TemplateBatch
from fingerprint_engine.template.content_key import content_key
from fingerprint_engine.template.cylinders import CELLS, cell_offsets
from fingerprint_engine.template.kernels.descriptors import texture_columns
from fingerprint_engine.template.kernels.native import RADIUS_AT, count_natives, unpack_natives

_DIGEST_AT = slice(10, 26)


def batch_of_natives(
    data: NDArray[np.uint8], offset: NDArray[np.int64], rows: NDArray[np.int64], *, complete: bool = True
) -> TemplateBatch:
    """Pack some of many native templates; exactly what `TemplateBatch.of` makes of them. Releases the GIL.

    Their checksums are not verified. Bytes whose lengths and counts do not fit give a template without minutiae; bytes
    that fit but are damaged otherwise give a template with false values, never a crash.

    Parameters
    ----------
    data, offset
        Template t is ``data[offset[t] : offset[t + 1]]``. All were made with the same parameters.
    rows
        Which ones, in the order wanted.
    complete
        False leaves out texture words and keys, which cost most and which `Matcher.supports` does not read.
    """
    rows = np.asarray(rows, np.int64)
    offset = np.asarray(offset, np.int64)
    minutiae, cells = np.empty(rows.shape[0], np.int64), np.empty(rows.shape[0], np.int64)
    count_natives(data, offset, rows, minutiae, cells)  # type: ignore[no-untyped-call]
    sound = minutiae >= 0
    first, first_cell = _starts(np.maximum(minutiae, 0)), _starts(cells)
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
    unpack_natives(data, offset, rows, columns)  # type: ignore[no-untyped-call]
    digest = None
    if sound.any():
        head = int(offset[rows[int(np.argmax(sound))]])
        digest = data[head:][_DIGEST_AT].tobytes()
        if complete:
            radius = float(data[head + RADIUS_AT : head + RADIUS_AT + 4].view("<f4")[0])
            _add_texture(columns, radius)
            columns.key[:] = [
                content_key(data[offset[row] : offset[row + 1]].data) if is_sound else 0
                for row, is_sound in zip(rows.tolist(), sound.tolist(), strict=True)
            ]
    for column in columns:
        column.setflags(write=False)
    return TemplateBatch(columns, digest)


def _add_texture(columns: Columns, radius_px: float) -> None:
    if not (math.isfinite(radius_px) and 0.0 < radius_px < 1000.0):
        radius_px = 0.0  # damaged; see `batch_of_natives`
    along, across = cell_offsets(radius_px)
    doubled = np.arange(128) * (2.0 * math.pi / 128.0)
    if along.shape[0] == CELLS:
        texture_columns(columns, along, across, np.cos(doubled), np.sin(doubled))  # type: ignore[no-untyped-call]


def _starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    starts = np.zeros(counts.shape[0] + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts
