"""`PrintBlock`: some hundreds to some ten thousands of enrolled prints as columns; in memory or in a file."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.cell_lists import CellLists
from fingerprint_engine.index.columns.details import PrintDetails, date_of, text_hash
from fingerprint_engine.template import Template, TemplateBatch
from fingerprint_engine.template.batch import batch_of_columns
from fingerprint_engine.template.native.batch import batch_of_natives
from fingerprint_engine.template.sketches import sketch_many

Rows = NDArray[np.int64]
MAX_KEPT_PRINTS = 1024
"""Chosen: some 8 MB of unpacked templates for a block; larger galleries are not compared whole."""


class KeptBatch:
    """The templates of a small block, unpacked by the first search that compares all of them and kept for the next."""

    def __init__(self) -> None:
        self._held: tuple[int, TemplateBatch | None] = (-1, None)

    def of(self, columns: PrintColumns) -> TemplateBatch | None:
        """All templates; None where one of them is damaged, or they are too many."""
        if not 0 < len(columns) <= MAX_KEPT_PRINTS:
            return None
        count, batch = self._held
        if count != len(columns):  # rows never change, there are only more of them
            rows, found = columns.sound_batch(np.arange(len(columns)))
            batch = found if rows.size == len(columns) else None
            self._held = len(columns), batch
        return batch


class OpenedWhenRead(Protocol):
    """Templates that lie sealed in a file."""

    def open(self, row: int) -> bytes | None:
        """The native template of a print; None when it was altered."""
        ...


class PrintColumns(NamedTuple):
    """What a search reads of the prints of a block; the same in memory and mapped from a file.

    Attributes
    ----------
    sketches
        uint64, shape (n, SKETCH_WORDS): `template.sketches.sketches_of` each print. Every search reads all of it.
    data
        uint8: the prints' native templates, one after another. A search reads few of them; may lie in a file.
    offset
        int64, shape (n + 1,): print t is ``data[offset[t] : offset[t + 1]]``.
    cells
        Which prints have a minutia in which cell; None: nobody made such lists, or they cannot be used.
    kept
        Keeps what comparing with all prints of a small block unpacks; None: nothing is kept.
    sealed
        Opens templates when they are read, where `data` is sealed; None where it is plain.
    """

    sketches: NDArray[np.uint64]
    data: NDArray[np.uint8]
    offset: NDArray[np.int64]
    cells: CellLists | None = None
    kept: KeptBatch | None = None
    sealed: OpenedWhenRead | None = None

    def __len__(self) -> int:
        return int(self.sketches.shape[0])

    def with_cells(self, cells: CellLists | None) -> PrintColumns:
        """The same prints with other lists."""
        return self.with_index(self.sketches, cells)

    def with_index(self, sketches: NDArray[np.uint64], cells: CellLists | None) -> PrintColumns:
        """The same prints with other lists, and with their sketches in another place."""
        return PrintColumns(sketches, self.data, self.offset, cells, self.kept, self.sealed)

    def natives(self, rows: Rows) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The native templates of some rows, one after another, and where each begins; altered ones are zeros."""
        return _joined([self.template_bytes(row) for row in rows.tolist()])

    def all_natives(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """All native templates and where each begins: as they lie there, or opened."""
        return (self.data, self.offset) if self.sealed is None else self.natives(np.arange(len(self)))

    def template_bytes(self, row: int) -> bytes:
        """The native template of a print; zeros, which no checksum fits, where a sealed one was altered."""
        begin, end = int(self.offset[row]), int(self.offset[row + 1])
        if self.sealed is None:
            return self.data[begin:end].tobytes()
        return self.sealed.open(row) or bytes(end - begin)

    def batch(self, rows: Rows, *, complete: bool = True) -> TemplateBatch:
        """The templates of some rows, packed as `batch_of_natives` does; checksums are not verified."""
        if self.sealed is None:
            return batch_of_natives(self.data, self.offset, rows, complete=complete)
        return batch_of_natives(*self.natives(rows), np.arange(rows.size), complete=complete)

    def sound_batch(self, rows: Rows) -> tuple[Rows, TemplateBatch]:
        """Those of some rows whose checksum is right, and their templates packed."""
        places, batch = sound_batch_of([self], np.zeros(rows.size, np.int64), rows)
        return rows[places], batch

    def kept_batch(self, rows: Rows) -> tuple[Rows, TemplateBatch]:
        """As `sound_batch`, for who compares with most prints of the block: of a small one they are unpacked once."""
        whole = None if self.kept is None or rows.size == 0 else self.kept.of(self)
        if whole is None:
            return self.sound_batch(rows)
        begin, end = int(rows[0]), int(rows[-1]) + 1
        is_run = end - begin == rows.size
        columns = whole.columns.rows(slice(begin, end)) if is_run else whole.columns.chosen(rows)
        return rows, batch_of_columns(columns, whole.making)


def batch_of(blocks: Sequence[PrintColumns], block: Rows, row: Rows, *, complete: bool = True) -> TemplateBatch:
    """The templates of some prints of any blocks, packed; checksums are not verified."""
    if row.size and (block == block[0]).all():
        return blocks[int(block[0])].batch(row, complete=complete)
    natives = [blocks[number].template_bytes(at) for number, at in zip(block.tolist(), row.tolist(), strict=True)]
    return batch_of_natives(*_joined(natives), np.arange(row.size), complete=complete)


def sound_batch_of(blocks: Sequence[PrintColumns], block: Rows, row: Rows) -> tuple[Rows, TemplateBatch]:
    """Places of those of some prints of any blocks whose checksum is right, and their templates packed."""
    natives = [blocks[number].template_bytes(at) for number, at in zip(block.tolist(), row.tolist(), strict=True)]
    kept = [place for place, native in enumerate(natives) if has_right_checksum(native)]
    return np.array(kept, np.int64), batch_of_natives(
        *_joined([natives[place] for place in kept]), np.arange(len(kept))
    )


def _joined(natives: Sequence[bytes]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Native templates one after another, and where each begins."""
    offset = np.array([0, *itertools.accumulate(map(len, natives))], np.int64)
    return np.frombuffer(b"".join(natives), np.uint8), offset


def columns_of(templates: Iterable[Template]) -> PrintColumns:
    """Columns of templates, in memory."""
    data, offset = _joined([template.to_bytes() for template in templates])
    return PrintColumns(sketch_many(data, offset), data, offset)


class Traits(NamedTuple):
    """What filters and fusion read of each print; every column has shape (n,).

    `category` and `site` are places in the block's list of words, 0 for none; `expires` counts days since 1970-01-01;
    `subject` is `text_hash` of the subject, or of the key where there is none.
    """

    finger: NDArray[np.uint8]
    impression: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    minutiae: NDArray[np.uint8]
    category: NDArray[np.uint32]
    site: NDArray[np.uint32]
    expires: NDArray[np.int32]
    subject: NDArray[np.uint64]


TRAIT_TYPES: dict[str, str] = {
    "finger": "<u1",
    "impression": "<u1",
    "quality": "<u1",
    "minutiae": "<u1",
    "category": "<u4",
    "site": "<u4",
    "expires": "<i4",
    "subject": "<u8",
}


class PrintNames(Protocol):
    """Keys, subjects and words of the prints of a view; what is enrolled later does not change them."""

    @property
    def words(self) -> Sequence[str]:
        """What the codes of category and site stand for; there may be more than the view knows."""
        ...

    def key(self, row: int) -> str:
        """The key of a row."""
        ...

    def stored_subject(self, row: int) -> str | None:
        """The subject that was given with a row."""
        ...

    def key_rows(self, key: str) -> Iterable[int]:
        """Rows that may have this key."""
        ...

    def subject_rows(self, subject_hash: int) -> Rows:
        """Rows whose subject has this `text_hash`, in order."""
        ...


class BlockView(NamedTuple):
    """A block as it was at one moment; what is enrolled or removed later does not change it.

    Attributes
    ----------
    names
        Keys, subjects and words.
    columns, traits
        What searches, filters and fusion read.
    alive
        Which rows count.
    segment
        Number of the segment that holds the block; 0 for what is in memory only.
    """

    names: PrintNames
    columns: PrintColumns
    traits: Traits
    alive: NDArray[np.bool_]
    segment: int

    def key(self, row: int) -> str:
        """The key of a row."""
        return self.names.key(row)

    def subject(self, row: int) -> str:
        """The subject of a row: as given, or else the key."""
        return self.names.stored_subject(row) or self.names.key(row)

    def find(self, key: str) -> int | None:
        """The row of a key that counts."""
        for row in self.names.key_rows(key):
            if self.alive[row] and self.names.key(row) == key:
                return row
        return None

    def subject_rows(self, subject: str) -> Rows:
        """Rows of a subject, removed ones among them, in order."""
        rows = self.names.subject_rows(text_hash(subject))
        return rows[[self.subject(row) == subject for row in rows.tolist()]] if rows.size else rows

    def details(self, row: int) -> PrintDetails:
        """Everything that was given with a row."""
        return PrintDetails(
            self.names.stored_subject(row),
            self.names.words[int(self.traits.category[row])] or None,
            self.names.words[int(self.traits.site[row])] or None,
            date_of(int(self.traits.expires[row])),
        )


class BlockState(NamedTuple):
    """What changes in a block, replaced as a whole: a reader and an interrupt see the old one or the new one."""

    rows: int
    size: int
    removed: int
    alive: NDArray[np.bool_]


class PrintBlock:
    """Prints as columns, in the order of enrolment. Rows are never moved; removed ones are marked in `alive`."""

    state: BlockState
    """Rows and bytes of templates that are in use, how many rows are removed, and which are not."""
    index_problem: str = ""
    """Why the index that belongs to the block cannot be used; empty where there is none, or it can."""

    def __len__(self) -> int:
        """Prints that count."""
        return self.state.rows - self.state.removed

    @property
    def removed(self) -> int:
        """Rows that do not count any more."""
        return self.state.removed

    @property
    def rows(self) -> int:
        """Rows, removed ones among them."""
        return self.state.rows

    def view(self) -> BlockView:
        """The block as it is now."""
        raise NotImplementedError

    def find(self, key: str) -> int | None:
        """The row of a key that counts."""
        raise NotImplementedError

    def find_many(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether rows with these `text_hash` of their keys may be here; `find` says for certain."""
        raise NotImplementedError

    def remove(self, row: int) -> None:
        """Let a row no longer count. Views that were taken keep their own mask."""
        alive = self.state.alive.copy()
        alive[row] = False
        alive.setflags(write=False)
        self.state = self.state._replace(alive=alive, removed=self.state.removed + 1)


def has_right_checksum(native: bytes) -> bool:
    """Whether the checksum of a native template is right."""
    return len(native) > 4 and zlib.crc32(native[:-4]) == int.from_bytes(native[-4:], "little")
