"""The full check of templates that come from a gallery's files: the same as at every other door."""

from __future__ import annotations

import contextlib

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import (
    CorruptGallery,
    UnsupportedGalleryVersion,
    UnsupportedTemplateVersion,
)
from fingerprint_engine.index.columns.block import has_right_checksum
from fingerprint_engine.template.native.check import check_natives
from fingerprint_engine.threads import in_order

_PIECE_ROWS = 256


def check_templates(data: NDArray[np.uint8], offset: NDArray[np.int64], where: str) -> list[int]:
    """Check native templates that lie one after another.

    Returns
    -------
    list
        Rows whose checksum is wrong.

    Raises
    ------
    CorruptGallery
        When the checksum of one is right and its content impossible: somebody, or a faulty program, made it so.
    UnsupportedGalleryVersion
        When one is of a newer release.
    """
    pieces = [(begin, offset[begin : begin + _PIECE_ROWS + 1]) for begin in range(0, offset.shape[0] - 1, _PIECE_ROWS)]
    damaged = []
    checked = in_order(lambda piece: (piece[0], check_natives(data, piece[1])), pieces, workers=2)
    with contextlib.closing(checked):
        for begin, found in checked:
            for number in np.flatnonzero(~found.sound).tolist():
                error, row = found.error(number), begin + number
                if isinstance(error, UnsupportedTemplateVersion):
                    raise UnsupportedGalleryVersion(
                        f"{where}: template {row} is of a newer release ({error})"
                    ) from error
                if has_right_checksum(data[int(offset[row]) : int(offset[row + 1])].tobytes()):
                    raise CorruptGallery(f"{where}: template {row} cannot be read ({error})") from error
                damaged.append(row)
    return damaged


def check_template_list(templates: list[bytes], where: str) -> None:
    """Check native templates, none of which may be damaged; errors as `check_templates`."""
    offset = np.zeros(len(templates) + 1, np.int64)
    np.cumsum([len(template) for template in templates], out=offset[1:])
    damaged = check_templates(np.frombuffer(b"".join(templates), np.uint8), offset, where)
    if damaged:
        raise CorruptGallery(f"{where}: {len(damaged)} templates in it cannot be read")
