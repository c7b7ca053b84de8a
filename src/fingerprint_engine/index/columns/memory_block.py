"""`MemoryBlock`: a block that grows, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import (
    TRAIT_TYPES,
    BlockState,
    BlockView,
    KeptBatch,
    PrintBlock,
    PrintColumns,
    Rows,
    Traits,
)
from fingerprint_engine.index.columns.details import NO_DETAILS, PrintDetails, day_number, text_hash
from fingerprint_engine.template.native.format import NativeFacts
from fingerprint_engine.template.sketches import SKETCH_WORDS

_FIRST_ROWS, _FIRST_BYTES = 64, 1 << 16
_LEAP_ROWS, _LEAP_BYTES = 1 << 13, 1 << 23


class PrintRow(NamedTuple):
    """A print that is about to be enrolled: checked, and sketched."""

    key: str
    template: bytes
    details: PrintDetails
    facts: NativeFacts
    sketch: NDArray[np.uint64]


class MemoryNames(NamedTuple):
    """Names of a view in memory: lists that only grow behind it, and columns of its own."""

    keys: list[str]
    subjects: list[str | None]
    words: list[str]
    subject_hashes: NDArray[np.uint64]

    def key(self, row: int) -> str:
        """The key of a row."""
        return self.keys[row]

    def stored_subject(self, row: int) -> str | None:
        """The subject that was given with a row."""
        return self.subjects[row]

    def key_rows(self, key: str) -> Iterable[int]:
        """Rows that may have this key."""
        return (row for row in range(self.subject_hashes.size) if self.keys[row] == key)

    def subject_rows(self, subject_hash: int) -> Rows:
        """Rows whose subject has this `text_hash`, in order."""
        return np.flatnonzero(self.subject_hashes == np.uint64(subject_hash))


class MemoryBlock(PrintBlock):
    """Columns with room to grow: what a view holds is never written again, so searches need no lock.

    Rows count once `state` says so; what an interrupted `append` left behind them is written over by the next.
    """

    def __init__(self) -> None:
        self.state = BlockState(0, 0, 0, np.zeros(0, np.bool_))
        self._keys: list[str] = []
        self._subjects: list[str | None] = []
        self._words = [""]
        self._word_codes = {"": 0}
        self._row_of: dict[str, int] = {}
        self._sketches = np.zeros((_FIRST_ROWS, SKETCH_WORDS), np.uint64)
        self._offset = np.zeros(_FIRST_ROWS + 1, np.int64)
        self._data = np.zeros(_FIRST_BYTES, np.uint8)
        self._traits = {name: np.zeros(_FIRST_ROWS, kind) for name, kind in TRAIT_TYPES.items()}
        self._kept = KeptBatch()

    @property
    def nbytes(self) -> int:
        """Bytes of templates."""
        return self.state.size

    def append(self, rows: Sequence[PrintRow]) -> None:
        """Add prints, whose keys are new to the gallery."""
        if not rows:
            return
        first, count, begin = self.state.rows, len(rows), self.state.size
        data = np.frombuffer(b"".join([row.template for row in rows]), np.uint8)
        self._grow(first + count, begin + data.size)
        self._data[begin : begin + data.size] = data
        self._offset[first + 1 : first + count + 1] = np.cumsum([len(row.template) for row in rows]) + begin
        np.stack([row.sketch for row in rows], out=self._sketches[first : first + count])
        traits = [self._traits_of(row) for row in rows]
        for name, values in zip(TRAIT_TYPES, zip(*traits, strict=True), strict=True):
            self._traits[name][first : first + count] = values
        del self._keys[first:], self._subjects[first:]
        self._keys += [row.key for row in rows]
        self._subjects += [row.details.subject for row in rows]
        self._row_of.update((row.key, number) for number, row in enumerate(rows, start=first))
        alive = _read_only(np.concatenate([self.state.alive, np.ones(count, np.bool_)]))
        self.state = BlockState(first + count, begin + data.size, self.state.removed, alive)

    def view(self) -> BlockView:
        """The block as it is now."""
        count, size, _, alive = self.state
        columns = PrintColumns(
            _read_only(self._sketches[:count]),
            _read_only(self._data[:size]),
            _read_only(self._offset[: count + 1]),
            kept=self._kept,
        )
        traits = Traits(**{name: _read_only(values[:count]) for name, values in self._traits.items()})
        names = MemoryNames(self._keys, self._subjects, self._words, traits.subject)
        return BlockView(names, columns, traits, alive, 0)

    def find(self, key: str) -> int | None:
        """The row of a key that counts."""
        row = self._row_of.get(key)
        if row is None or row >= self.state.rows or not self.state.alive[row] or self._keys[row] != key:
            return None
        return row

    def find_many(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Always "maybe": looking up in memory is as fast as this."""
        return np.ones(hashes.shape, np.bool_)

    def _traits_of(self, row: PrintRow) -> tuple[Any, ...]:
        facts, details = row.facts, row.details
        head = (facts.finger, facts.impression, facts.quality, facts.minutiae)
        if details is NO_DETAILS:
            return (*head, 0, 0, day_number(None), text_hash(row.key))
        codes = (self._code(details.category), self._code(details.site))
        return (*head, *codes, day_number(details.expires), text_hash(details.subject or row.key))

    def _code(self, word: str | None) -> int:
        code = self._word_codes.get(word or "")
        if code is None:
            self._words.append(word or "")
            code = self._word_codes[word or ""] = len(self._words) - 1
        return code

    def _grow(self, rows: int, size: int) -> None:
        """Make room; the old arrays stay as they are with the views that hold them."""
        if rows > self._sketches.shape[0]:
            room = _room(self._sketches.shape[0], rows, _LEAP_ROWS)
            self._offset = _longer(self._offset, room + 1)
            self._traits = {name: _longer(values, room) for name, values in self._traits.items()}
            self._sketches = _longer(self._sketches, room)  # last: its length says whether all have grown
        if size > self._data.shape[0]:
            self._data = _longer(self._data, _room(self._data.shape[0], size, _LEAP_BYTES))


def _read_only(part: NDArray[Any]) -> NDArray[Any]:
    """An array that nobody writes to, as those of a mapped block are."""
    part.setflags(write=False)
    return part


def _room(present: int, needed: int, leap: int) -> int:
    """How much to make room for: by leaps at first, because memory that is not used yet costs nothing."""
    return max((8 if present < leap else 2) * present, needed)


def _longer(values: NDArray[Any], rows: int) -> NDArray[Any]:
    longer = np.zeros((rows, *values.shape[1:]), values.dtype)
    longer[: values.shape[0]] = values
    return longer
