"""`TemplateBatch`: many templates as packed columns with offsets, the layout that kernels walk through."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.template.cylinders import WORDS, texture_bits
from fingerprint_engine.template.making import Making, making_of
from fingerprint_engine.template.quantization import DIRECTION_STEPS, direction_codes
from fingerprint_engine.template.template import Template

WORDS_PER_MINUTIA = 2 * WORDS
"""14: the cylinder's six sectors and validity, then the texture cylinder's six bits and validity."""

_OF_MINUTIAE = ("x", "y", "code", "cosine", "sine", "kind", "quality")


class Columns(NamedTuple):
    """Columns of all templates of a batch, one after another.

    `first[t]` to `first[t + 1]` are the minutiae of template t, `first_cell[t]` to `first_cell[t + 1]` the cells of its
    coarse map. The words of template t begin at `first[t] * WORDS_PER_MINUTIA` and lie word by word: word 0 of all
    minutiae, then word 1, and so on, so that a loop over minutiae reads memory in a row.
    """

    first: NDArray[np.int64]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    code: NDArray[np.uint8]
    cosine: NDArray[np.float32]
    sine: NDArray[np.float32]
    kind: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    words: NDArray[np.uint64]
    first_cell: NDArray[np.int64]
    grid: NDArray[np.int32]
    orientation: NDArray[np.uint8]
    period: NDArray[np.uint8]
    key: NDArray[np.uint64]

    def rows(self, run: slice) -> Columns:
        """The columns of a run of the templates; what is large is not copied."""
        first, first_cell = (ends[run.start : run.stop + 1] - ends[run.start] for ends in (self.first, self.first_cell))
        begin, end = int(self.first[run.start]), int(self.first[run.stop])
        cells = slice(int(self.first_cell[run.start]), int(self.first_cell[run.stop]))
        minutiae = {name: getattr(self, name)[begin:end] for name in _OF_MINUTIAE}
        words = self.words[WORDS_PER_MINUTIA * begin : WORDS_PER_MINUTIA * end]
        for column in (first, first_cell):
            column.setflags(write=False)
        return Columns(
            first=first,
            first_cell=first_cell,
            words=words,
            grid=self.grid[run],
            orientation=self.orientation[cells],
            period=self.period[cells],
            key=self.key[run],
            **minutiae,
        )

    def chosen(self, rows: NDArray[np.int64]) -> Columns:
        """The columns of some templates, in the order given; a copy."""
        count, cells = np.diff(self.first)[rows], np.diff(self.first_cell)[rows]
        at, at_cell = _runs(self.first[rows], count), _runs(self.first_cell[rows], cells)
        return Columns(
            first=starts_of(count),
            first_cell=starts_of(cells),
            words=self.words[_runs(WORDS_PER_MINUTIA * self.first[rows], WORDS_PER_MINUTIA * count)],
            grid=self.grid[rows],
            orientation=self.orientation[at_cell],
            period=self.period[at_cell],
            key=self.key[rows],
            **{name: getattr(self, name)[at] for name in _OF_MINUTIAE},
        )


def starts_of(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of some things begins that lie one after another, and where the last one ends."""
    starts = np.zeros(counts.shape[0] + 1, np.int64)
    counts.cumsum(out=starts[1:])
    return starts


def _runs(begin: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.int64]:
    """Runs of so many places, each from where it begins, one after another."""
    return np.repeat(begin - starts_of(size)[:-1], size) + np.arange(int(size.sum()))


@dataclasses.dataclass(frozen=True, slots=True, eq=False, init=False)
class TemplateBatch:
    """Many templates, packed; made by `TemplateBatch.of`, since kernels believe what is in the columns.

    Attributes
    ----------
    columns
        The packed columns.
    making
        With what the templates were made, of which the parameters are those of all; None when there are no templates.
    """

    columns: Columns
    making: Making | None

    def __init__(self) -> None:
        raise InputError("TemplateBatch: expected templates, given to TemplateBatch.of")

    @classmethod
    def of(cls, templates: Iterable[Template]) -> TemplateBatch:
        """Pack templates.

        Raises
        ------
        IncompatibleTemplates
            When they were made with different parameters.
        """
        return cls.concatenate([packed(template) for template in templates])

    @classmethod
    def concatenate(cls, batches: Sequence[TemplateBatch]) -> TemplateBatch:
        """Batches in one, in the order given.

        Raises
        ------
        InputError
            When one of them is something else.
        IncompatibleTemplates
            When their templates were made with different parameters.
        """
        for batch in batches:
            if not isinstance(batch, TemplateBatch):
                raise InputError(f"batches: expected each a TemplateBatch, got {type(batch).__name__}")
        if len(batches) == 1:
            return batches[0]
        makings = [batch.making for batch in batches if batch.making is not None]
        for making in makings[1:]:
            makings[0].require_same(making, ("one", "another"))
        parts = [batch.columns for batch in batches]
        merged: dict[str, NDArray[Any]] = {}
        for name, empty in _EMPTY._asdict().items():
            pieces = [getattr(part, name) for part in parts]
            if name in {"first", "first_cell"}:
                counts = np.concatenate([np.diff(piece) for piece in pieces]) if pieces else np.zeros(0, np.int64)
                merged[name] = starts_of(counts)
            else:
                merged[name] = np.concatenate(pieces) if pieces else empty.copy()
        return batch_of_columns(Columns(**merged), makings[0] if makings else None)

    def __len__(self) -> int:
        return int(self.columns.first.shape[0]) - 1

    @property
    def nbytes(self) -> int:
        """Memory that the columns take, in bytes."""
        return sum(column.nbytes for column in self.columns)


def batch_of_columns(columns: Columns, making: Making | None) -> TemplateBatch:
    """A batch of columns that this room made of checked templates; they become read-only.

    That is the same for all batches: numba compiles anew for each mixture of writable and read-only arrays.
    """
    for column in columns:
        column.setflags(write=False)
    batch = object.__new__(TemplateBatch)
    object.__setattr__(batch, "columns", columns)
    object.__setattr__(batch, "making", making)
    return batch


def packed(template: Template) -> TemplateBatch:
    """One template as a batch; made once and kept with the template, which never changes.

    Raises
    ------
    InputError
        When it is no template.
    """
    if not isinstance(template, Template):
        raise InputError(f"template: expected a Template, got {type(template).__name__}")
    kept = template.__dict__.get("_packed")
    if kept is None:
        kept = _pack(template)
        template.__dict__["_packed"] = kept
    return kept


def template_digest(template: Template) -> bytes:
    """The 20 bytes that two templates must share to be comparable."""
    return making_of(template).digest


def _pack(template: Template) -> TemplateBatch:
    minutiae, grid = template.minutiae, template.coarse_map
    code = direction_codes(minutiae.direction)
    angle = code.astype(np.float64) * (2.0 * math.pi / DIRECTION_STEPS)
    texture = texture_bits(minutiae.x, minutiae.y, code, grid, template.radius_px)
    words = np.concatenate([template.cylinders, texture], axis=1)
    rows, cols = grid.orientation.shape
    # Kernels want one period a cell; a map without periods is a map of unknown ones.
    period = np.zeros((rows, cols), np.uint8)
    if grid.period.size:
        period = np.repeat(np.repeat(grid.period, 2, axis=0), 2, axis=1)[:rows, :cols]
    columns = Columns(
        first=np.array([0, len(minutiae)], np.int64),
        x=minutiae.x,
        y=minutiae.y,
        code=code,
        cosine=np.cos(angle).astype(np.float32),
        sine=np.sin(angle).astype(np.float32),
        kind=minutiae.kind,
        quality=minutiae.quality,
        words=np.ascontiguousarray(words.T).reshape(-1),
        first_cell=np.array([0, rows * cols], np.int64),
        grid=np.array([[grid.row, grid.col, rows, cols]], np.int32),
        orientation=grid.orientation.reshape(-1),
        period=np.ascontiguousarray(period).reshape(-1),
        key=np.array([template.content_key], np.uint64),
    )
    return batch_of_columns(columns, making_of(template))


_EMPTY = Columns(
    first=np.zeros(1, np.int64),
    x=np.zeros(0, np.float32),
    y=np.zeros(0, np.float32),
    code=np.zeros(0, np.uint8),
    cosine=np.zeros(0, np.float32),
    sine=np.zeros(0, np.float32),
    kind=np.zeros(0, np.uint8),
    quality=np.zeros(0, np.uint8),
    words=np.zeros(0, np.uint64),
    first_cell=np.zeros(1, np.int64),
    grid=np.zeros((0, 4), np.int32),
    orientation=np.zeros(0, np.uint8),
    period=np.zeros(0, np.uint8),
    key=np.zeros(0, np.uint64),
)
