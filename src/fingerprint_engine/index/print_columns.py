"""`PrintColumns`: what a search reads of many prints; the same in memory and mapped from a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template import Template
from fingerprint_engine.template.sketches import sketch_many


class PrintColumns(NamedTuple):
    """A block of prints as columns.

    Attributes
    ----------
    sketches
        uint64, shape (n, SKETCH_WORDS): `template.sketches.sketches_of` each print. Every search reads all of it.
    data
        uint8: the prints' native templates, one after another. Read for a few prints a search; may lie in a file.
    offset
        int64, shape (n + 1,): print t is ``data[offset[t] : offset[t + 1]]``.
    """

    sketches: NDArray[np.uint64]
    data: NDArray[np.uint8]
    offset: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.sketches.shape[0])

    def template_bytes(self, row: int) -> bytes:
        """The native template of a print."""
        return self.data[int(self.offset[row]) : int(self.offset[row + 1])].tobytes()


def columns_of(templates: Iterable[Template]) -> PrintColumns:
    """Columns of templates, in memory."""
    pieces = [template.to_bytes() for template in templates]
    offset = np.zeros(len(pieces) + 1, np.int64)
    np.cumsum([len(piece) for piece in pieces], out=offset[1:])
    data = np.frombuffer(b"".join(pieces), np.uint8)
    return PrintColumns(sketch_many(data, offset), data, offset)
