"""Sketches of native templates that do not lie one after another yet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.template.sketches import sketch_many


def sketch_templates(templates: Sequence[bytes]) -> NDArray[np.uint64]:
    """`sketch_many` of native templates."""
    offset = np.zeros(len(templates) + 1, np.int64)
    np.cumsum([len(template) for template in templates], out=offset[1:])
    return sketch_many(np.frombuffer(b"".join(templates), np.uint8), offset)
