"""A network file in, its answers to images out; `runtimes` compute them."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError, ModelError
from fingerprint_engine.extractors.kernels import CELL_PX, lay_together, take_apart
from fingerprint_engine.extractors.runtimes.compiled import Compiled
from fingerprint_engine.extractors.runtimes.port import ComputedNetwork, Planes
from fingerprint_engine.parameters import one_of
from fingerprint_engine.plugins import DEFAULT_RUNTIME, RUNTIMES, RuntimeName
from fingerprint_engine.regular_files import read_regular

PIXEL_PLANES, BLOCK_PLANES = 8, 5
HEAT, FOREGROUND, READABILITY = 4, 0, 4
"""Planes of the pixels (`HEAT`) and of the blocks that hold logits; `Answer` names them all."""
POINT_PX, BLOCK_PX, FIELD_PX = 2, 8, 16
"""Pixels per side of what a file takes and answers as planes, and that one value of `Answer.pixels`, of `Answer.blocks`
and of the deepest layer stands for."""
_POINTS = CELL_PX // POINT_PX
MAX_FILE_BYTES = 2**28
"""Of a network; this package's have a hundredth of that."""
NEVER = -20.0
"""The logit of what is not looked at."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the network says about an image.

    Attributes
    ----------
    pixels
        float32, shape (8, ⌈rows / 2⌉, ⌈cols / 2⌉): enhanced ridges of each four pixels, minutia
        heat (logit), cosine and sine of the minutia's direction, its kind (logit of a bifurcation; learned, not read).
    blocks
        float32, shape (5, ⌈rows / 8⌉, ⌈cols / 8⌉): foreground (logit), cosine and sine of twice the orientation,
        logarithm of the period in 9 px, readability (logit).
    """

    pixels: NDArray[np.float32]
    blocks: NDArray[np.float32]

    @property
    def drawn(self) -> NDArray[np.float32]:
        """Enhanced ridges, shape (4, …): each four pixels, row by row."""
        return self.pixels[:HEAT]

    @property
    def heat(self) -> NDArray[np.float32]:
        """Logit of a minutia, per 2 x 2 pixels."""
        return self.pixels[HEAT, ...]

    @property
    def direction(self) -> NDArray[np.float32]:
        """Cosine and sine of a minutia's direction, shape (2, …), per 2 x 2 pixels."""
        return self.pixels[HEAT + 1 : HEAT + 3]

    @property
    def foreground(self) -> NDArray[np.float32]:
        """Logit of the foreground, per block."""
        return self.blocks[FOREGROUND, ...]

    @property
    def doubled_orientation(self) -> NDArray[np.float32]:
        """Cosine and sine of twice the orientation, shape (2, …), per block."""
        return self.blocks[FOREGROUND + 1 : FOREGROUND + 3]

    @property
    def log_period(self) -> NDArray[np.float32]:
        """Logarithm of the period in 9 px, per block."""
        return self.blocks[FOREGROUND + 3, ...]

    @property
    def readability(self) -> NDArray[np.float32]:
        """Logit of the drawn ridges being the true ones, per block."""
        return self.blocks[READABILITY, ...]


def identity_of(sha256: str) -> int:
    """The first 48 bits of a digest, as the number that parameters record."""
    return int(sha256[:12], 16)


class RidgeNetwork:
    """A network, read from a file whose digest is known.

    Threads may share one: each computes with a copy of its own, so that none waits for another, nor a forked child for
    a thread that it does not have.

    Parameters
    ----------
    path
        The ONNX file.
    sha256
        Its expected digest, 64 hexadecimal digits.
    identity
        What parameters record of the network; by its digest unless given.
    runtime
        What computes it.

    Raises
    ------
    ModelError
        When the file is missing, is another one than it should be, or the runtime cannot read it.
    ParameterError
        When there is no such runtime.
    MissingExtra
        When the runtime is not installed.
    """

    def __init__(
        self, path: Path, sha256: str, identity: int | None = None, runtime: RuntimeName = DEFAULT_RUNTIME
    ) -> None:
        try:
            data = read_regular(path, MAX_FILE_BYTES)
        except (OSError, InputError) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise ModelError(f"{path.name}: cannot be read: {why}") from error
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise ModelError(f"{path.name}: expected SHA-256 {sha256}, found {found} ({len(data)} bytes)")
        self._data = data
        self._name = path.name
        self.identity = identity_of(sha256) if identity is None else identity
        self.runtime = one_of(runtime, "runtime", RUNTIMES)
        self._local = threading.local()
        self._local.computed = self._read()

    def answer(self, planes: NDArray[np.float32]) -> Answer:
        """Pass an image through the network.

        Parameters
        ----------
        planes
            float32, shape (2, rows, cols), see `network_input`.

        Raises
        ------
        ModelError
            When the image is smaller than `FIELD_PX` per side, or the runtime fails.
        """
        return self.answer_within(planes, (slice(0, planes.shape[1]), slice(0, planes.shape[2])))

    def answer_within(self, planes: NDArray[np.float32], window: tuple[slice, slice]) -> Answer:
        """The same, but only a part of the image is looked at; the rest is said to be background.

        Parameters
        ----------
        planes
            float32, shape (2, rows, cols).
        window
            Rows and columns to look at; they start at multiples of `FIELD_PX` and are at least as many.

        Raises
        ------
        ModelError
            As `answer`.
        """
        height, width = (part.stop - part.start for part in window)
        if min(height, width) < FIELD_PX:
            raise ModelError(f"image: expected at least {FIELD_PX} px per side at 500 ppi, got {width} x {height}")
        pixels, blocks = self._pass(cells_of(planes, window))
        points = np.empty(_shape_of(PIXEL_PLANES, planes.shape, POINT_PX), np.float32)
        rows, cols = _values_of(window, POINT_PX)
        part = rows.start, cols.start, rows.stop - rows.start, cols.stop - cols.start
        lay_together(pixels, *part, _ground(PIXEL_PLANES, [HEAT]), points)
        ground = _ground(BLOCK_PLANES, [FOREGROUND, READABILITY])
        maps = np.empty(_shape_of(BLOCK_PLANES, planes.shape, BLOCK_PX), np.float32)
        maps[...] = ground[:, None, None]
        looked_at = maps[:, *_values_of(window, BLOCK_PX)]
        looked_at[...] = blocks[:, : looked_at.shape[1], : looked_at.shape[2]]
        return Answer(points, maps)

    def _pass(self, cells: Planes) -> tuple[Planes, Planes]:
        """Planes of the cells and of the blocks of what `cells_of` made."""
        computed: ComputedNetwork | None = getattr(self._local, "computed", None)
        if computed is None:
            computed = self._local.computed = self._read()
        pixels, blocks = computed(cells)
        rows, cols = cells.shape[2:]
        per_block = BLOCK_PX // CELL_PX
        expected = (1, PIXEL_PLANES * _POINTS**2, rows, cols), (1, BLOCK_PLANES, rows // per_block, cols // per_block)
        if (pixels.shape, blocks.shape) != expected:
            raise ModelError(
                f"{self._name}: expected shapes {expected[0]} and {expected[1]} of its answers, "
                f"got {pixels.shape} and {blocks.shape}"
            )
        return pixels[0], blocks[0]

    def _read(self) -> ComputedNetwork:
        match self.runtime:
            case "compiled":
                return Compiled(self._data, self._name)
            case "onnxruntime":
                from fingerprint_engine.extractors.runtimes.onnx_runtime import InOnnxRuntime

                return InOnnxRuntime(self._data, self._name)
            case "opencv":
                from fingerprint_engine.extractors.runtimes.opencv import InOpenCV

                return InOpenCV(self._data, self._name)


def cells_of(planes: NDArray[np.float32], window: tuple[slice, slice] | None = None) -> NDArray[np.float32]:
    """What a network file takes, shape (1, 16 n, ...) of n planes: the 16 pixels of each cell, row by row, as planes.

    Zeros are added below and to the right, up to multiples of `FIELD_PX`. OpenCV computes a convolution with a stride
    of 1 over cells in half the time of one with a stride over pixels, and the sums are the same.

    Parameters
    ----------
    planes
        float32, shape (n, rows, cols).
    window
        Rows and columns of them; all unless given.
    """
    count, *shape = planes.shape
    rows, cols = window or (slice(0, shape[0]), slice(0, shape[1]))
    height, width = rows.stop - rows.start, cols.stop - cols.start
    sides = (-(-px // FIELD_PX) * FIELD_PX // CELL_PX for px in (height, width))
    cells = np.empty((1, count * CELL_PX**2, *sides), np.float32)
    take_apart(np.ascontiguousarray(planes), rows.start, cols.start, height, width, cells[0])
    return cells


def _ground(count: int, logits: list[int]) -> NDArray[np.float32]:
    """What planes say of the background, some of which hold logits."""
    ground = np.zeros(count, np.float32)
    ground[logits] = NEVER
    return ground


def _shape_of(count: int, shape: tuple[int, ...], side: int) -> tuple[int, int, int]:
    """Shape of planes with one value for each `side` x `side` pixels of an image."""
    return count, -(-shape[1] // side), -(-shape[2] // side)


def _values_of(window: tuple[slice, slice], side: int) -> tuple[slice, slice]:
    """Which values lie in a window of pixels."""
    rows, cols = (slice(part.start // side, -(-part.stop // side)) for part in window)
    return rows, cols
