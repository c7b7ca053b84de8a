"""`PrintTable`: all enrolled prints by key, block after block in the order of enrolment."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import BlockView, PrintBlock, has_right_checksum
from fingerprint_engine.index.columns.details import text_hash
from fingerprint_engine.index.columns.memory_block import MemoryBlock, PrintRow
from fingerprint_engine.template.making import Making
from fingerprint_engine.template.native.format import facts_of

BLOCK_PRINTS = 16384
"""Chosen: a block of about 50 MB, read again in a second while it is still a log; and few blocks per search."""
_MIN_REMOVED = 1024
_TRIED_ROWS = 16


class PrintTable:
    """Blocks of prints, the last of which grows. Not safe to change from two threads at once; views stay valid."""

    def __init__(self, blocks: Sequence[PrintBlock] = ()) -> None:
        self.blocks: list[PrintBlock] = [*blocks]
        self.growing = MemoryBlock()
        self.blocks.append(self.growing)

    def __len__(self) -> int:
        return sum(len(block) for block in self.blocks)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.find(key) is not None

    def __iter__(self) -> Iterator[str]:
        for view in self.views():
            for row in np.flatnonzero(view.alive).tolist():
                yield view.key(row)

    def find(self, key: str) -> tuple[PrintBlock, int] | None:
        """Block and row of a key."""
        try:
            hashes = np.array([text_hash(key)], np.uint64)
        except UnicodeEncodeError:
            return None
        for block in reversed(self.blocks):
            row = block.find(key) if block.find_many(hashes)[0] else None
            if row is not None:
                return block, row
        return None

    def known(self, keys: Sequence[str]) -> set[str]:
        """Those of many keys that are enrolled."""
        hashes = np.array([text_hash(key) for key in keys], np.uint64)
        found: set[str] = set()
        for block in self.blocks if keys else ():
            maybe = np.flatnonzero(block.find_many(hashes)).tolist()
            found.update(keys[place] for place in maybe if block.find(keys[place]) is not None)
        return found

    def count_repeated(self) -> int:
        """How often keys count more than once, which only damaged or forged files bring about."""
        hashes = np.array([text_hash(key) for key in self], np.uint64)
        values, counts = np.unique(hashes, return_counts=True)
        suspects = set(values[counts > 1].tolist())
        keys = [key for key in self if text_hash(key) in suspects] if suspects else []
        return len(keys) - len(set(keys))

    def any_making(self) -> Making | None:
        """With what all templates were made; None without templates."""
        for block in reversed(self.blocks):
            view = block.view()
            for row in itertools.islice(_rows_of(view.alive), _TRIED_ROWS):
                native = view.columns.template_bytes(row)
                if has_right_checksum(native):  # else the next one says it as well
                    return facts_of(native).made_with
        return None

    def append(self, rows: Sequence[PrintRow]) -> None:
        """Add prints at the end, whose keys are not enrolled."""
        self.growing.append(rows)

    def discard(self, key: str) -> None:
        """Remove a print, if it is there."""
        found = self.find(key)
        if found is None:
            return
        block, row = found
        block.remove(row)
        if isinstance(block, MemoryBlock) and block.removed > max(_MIN_REMOVED, block.rows // 2):
            self._replace(block, rebuilt(block))

    def begin_block(self) -> None:
        """Close the growing block and begin another."""
        self.growing = MemoryBlock()
        self.blocks.append(self.growing)

    def put_blocks(self, blocks: Sequence[PrintBlock]) -> None:
        """Replace all blocks; the growing one begins empty."""
        self.blocks = [*blocks]
        self.begin_block()

    def index_problems(self) -> list[str]:
        """Why indexes of blocks cannot be used."""
        return [block.index_problem for block in self.blocks if block.index_problem]

    def views(self) -> list[BlockView]:
        """All blocks with prints, as they are now."""
        return [block.view() for block in self.blocks if len(block)]

    def _replace(self, old: MemoryBlock, new: MemoryBlock) -> None:
        self.blocks[self.blocks.index(old)] = new
        if old is self.growing:
            self.growing = new


def _rows_of(alive: NDArray[np.bool_]) -> Iterator[int]:
    """Rows that count, one by one: who wants the first few does not wait for a look at all."""
    row = 0
    while row < alive.size and alive[row:].any():
        row += int(alive[row:].argmax())
        yield row
        row += 1


def rebuilt(block: MemoryBlock) -> MemoryBlock:
    """A block without the removed rows."""
    view = block.view()
    rows = []
    for row in np.flatnonzero(view.alive).tolist():
        data = view.columns.template_bytes(row)
        rows.append(PrintRow(view.key(row), data, view.details(row), facts_of(data), view.columns.sketches[row]))
    made = MemoryBlock()
    made.append(rows)
    return made
