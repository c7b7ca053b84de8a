"""The port: what a runtime is asked and what it answers."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Planes = NDArray[np.float32]
INPUT = "cells"
OUTPUTS = ("pixels", "blocks")
"""Names that a network file gives to what it takes and what it answers."""


class ComputedNetwork(Protocol):
    """A network in the hands of one runtime, made of a file's bytes and its name; one thread uses it, and one core."""

    def __call__(self, cells: Planes) -> tuple[Planes, Planes]:
        """The two answers to what `network.cells_of` made, shapes (1, planes, rows, cols).

        Raises
        ------
        ModelError
            When the runtime cannot compute it.
        """
        ...
