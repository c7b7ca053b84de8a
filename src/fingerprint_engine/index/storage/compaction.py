"""Compaction: files anew without what was removed, and small segments in one."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from fingerprint_engine.index.columns.block import BlockView, PrintBlock
from fingerprint_engine.index.columns.memory_block import MemoryBlock
from fingerprint_engine.index.columns.table import PrintTable, rebuilt
from fingerprint_engine.index.storage.folder import GalleryFolder
from fingerprint_engine.index.storage.segments.segment import Segment
from fingerprint_engine.text.plain import plain

FULL_PRINTS = 65536
"""Chosen: segments of some 200 MB; a million prints are sixteen files."""


@dataclasses.dataclass(frozen=True, slots=True)
class Compaction:
    """What compacting did.

    Attributes
    ----------
    dropped
        Rows of removed and replaced prints that were marked as such, in segments or since the gallery was opened.
    rewritten, kept
        New segments, and segments that were left as they are.
    bytes_before, bytes_after
        Size of all files.
    """

    dropped: int
    rewritten: int
    kept: int
    bytes_before: int
    bytes_after: int

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        found: dict[str, Any] = plain(self)
        return found


def compact(folder: GalleryFolder | None, table: PrintTable, *, reencrypt: bool = False) -> Compaction:
    """Drop what was removed; a crash leaves the old files or the new ones.

    Parameters
    ----------
    folder, table
        The gallery.
    reencrypt
        Write every segment anew, under a new data key.

    Raises
    ------
    GalleryError
        When the new files cannot be written; the gallery stays as it was.
    """
    dropped = sum(block.removed for block in table.blocks)
    if folder is None:
        table.put_blocks([rebuilt(block) if isinstance(block, MemoryBlock) else block for block in table.blocks])
        return Compaction(dropped, 0, 0, 0, 0)
    parts = [[block.view()] for block in table.blocks if len(block)] if reencrypt else plan(table.blocks)
    before = _size(folder.folder)
    folder.rewrite(table, parts, indexed=True)
    kept, count = sum(isinstance(part, Segment) for part in parts), len(parts)
    del parts  # they hold the old segments
    folder.load(table)
    return Compaction(dropped, count - kept, kept, before, _size(folder.folder))


def plan(blocks: list[PrintBlock]) -> list[PrintBlock | list[BlockView]]:
    """Segments that stay as they are, and lists of blocks that become one segment each."""
    groups: list[list[PrintBlock]] = []
    waiting: list[PrintBlock] = []
    prints = 0
    for block in blocks:
        if not len(block):
            continue
        stays = isinstance(block, Segment) and not block.removed and len(block) > FULL_PRINTS // 2
        if waiting and (stays or prints + len(block) > FULL_PRINTS):
            groups.append(waiting)
            waiting, prints = [], 0
        if stays:
            groups.append([block])
        else:
            waiting.append(block)
            prints += len(block)
    if waiting:
        groups.append(waiting)
    return [_as_it_is(group) for group in groups]


def _as_it_is(group: list[PrintBlock]) -> PrintBlock | list[BlockView]:
    """A lone segment without gaps would only be copied."""
    if len(group) == 1 and isinstance(group[0], Segment) and not group[0].removed:
        return group[0]
    return [block.view() for block in group]


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
