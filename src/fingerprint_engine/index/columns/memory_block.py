"""`MemoryBlock`: a block that grows, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import TRAIT_TYPES, BlockView, PrintBlock, PrintColumns, Traits
from fingerprint_engine.index.columns.details import NO_DETAILS, PrintDetails, day_number, text_hash
from fingerprint_engine.template.native_format import NativeFacts
from fingerprint_engine.template.sketches import SKETCH_WORDS

_FIRST_ROWS, _FIRST_BYTES = 64, 1 << 16


class PrintRow(NamedTuple):
    """A print that is about to be enrolled: checked, and sketched."""

    key: str
    template: bytes
    details: PrintDetails
    facts: NativeFacts
    sketch: NDArray[np.uint64]


class MemoryBlock(PrintBlock):
    """Columns with room to grow: what a view holds is never written again, so searches need no lock."""

    def __init__(self) -> None:
        self.words = [""]
        self._word_codes = {"": 0}
        self.removed = self.segment = 0
        self._count = self._size = 0
        self._keys: list[str] = []
        self._subjects: list[str | None] = []
        self._row_of: dict[str, int] = {}
        self._sketches = np.zeros((_FIRST_ROWS, SKETCH_WORDS), np.uint64)
        self._offset = np.zeros(_FIRST_ROWS + 1, np.int64)
        self._data = np.zeros(_FIRST_BYTES, np.uint8)
        self.alive = np.zeros(_FIRST_ROWS, np.bool_)
        self._traits = {name: np.zeros(_FIRST_ROWS, kind) for name, kind in TRAIT_TYPES.items()}

    def __len__(self) -> int:
        return self._count - self.removed

    @property
    def nbytes(self) -> int:
        """Bytes of templates."""
        return self._size

    def append(self, rows: Sequence[PrintRow]) -> None:
        """Add prints, whose keys are new to the gallery."""
        if not rows:
            return
        first, count = self._count, len(rows)
        data = np.frombuffer(b"".join([row.template for row in rows]), np.uint8)
        self._grow(first + count, self._size + data.size)
        self._data[self._size : self._size + data.size] = data
        ends = np.cumsum([len(row.template) for row in rows]) + self._size
        self._offset[first + 1 : first + count + 1] = ends
        np.stack([row.sketch for row in rows], out=self._sketches[first : first + count])
        traits = [self._traits_of(row) for row in rows]
        for name, values in zip(TRAIT_TYPES, zip(*traits, strict=True), strict=True):
            self._traits[name][first : first + count] = values
        alive = self.alive.copy()
        alive[first : first + count] = True
        self.alive = alive
        for number, row in enumerate(rows, start=first):
            self._keys.append(row.key)
            self._subjects.append(row.details.subject)
            self._row_of[row.key] = number
        self._count += count
        self._size += data.size

    def view(self) -> BlockView:
        """The block as it is now."""
        count = self._count
        columns = PrintColumns(self._sketches[:count], self._data[: self._size], self._offset[: count + 1])
        traits = Traits(**{name: values[:count] for name, values in self._traits.items()})
        return BlockView(self, columns, traits, self.alive[:count])

    def key(self, row: int) -> str:
        """The key of a row."""
        return self._keys[row]

    def stored_subject(self, row: int) -> str | None:
        """The subject that was given with a row."""
        return self._subjects[row]

    def find(self, key: str) -> int | None:
        """The row of a key that counts."""
        row = self._row_of.get(key)
        return row if row is not None and self.alive[row] else None

    def find_many(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Always "maybe": looking up in memory is as fast as this."""
        return np.ones(hashes.shape, np.bool_)

    def subject_rows(self, subject_hash: int) -> NDArray[np.int64]:
        """Rows whose subject has this `text_hash`, removed ones among them."""
        return np.flatnonzero(self._traits["subject"][: self._count] == np.uint64(subject_hash))

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
            code = self._word_codes[word or ""] = len(self.words)
            self.words.append(word or "")
        return code

    def _grow(self, rows: int, size: int) -> None:
        """Make room; the old arrays stay as they are with the views that hold them."""
        if rows > self.alive.shape[0]:
            room = max(2 * self.alive.shape[0], rows)
            self._sketches = _longer(self._sketches, room)
            self._offset = _longer(self._offset, room + 1)
            self.alive = _longer(self.alive, room)
            self._traits = {name: _longer(values, room) for name, values in self._traits.items()}
        if size > self._data.shape[0]:
            self._data = _longer(self._data, max(2 * self._data.shape[0], size))


def _longer(values: NDArray[Any], rows: int) -> NDArray[Any]:
    longer = np.zeros((rows, *values.shape[1:]), values.dtype)
    longer[: values.shape[0]] = values
    return longer
