"""`GalleryFolder`: the files of a gallery opened for writing; what was acknowledged survives a crash at any byte.

Changes go to the log. From time to time what the log holds is sealed: written into a segment that never changes, which
counts, together with a new log, from the moment at which a new manifest takes the place of the old one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import weakref
from collections.abc import Sequence
from pathlib import Path

from fingerprint_engine.errors import CorruptGallery, GalleryError
from fingerprint_engine.index.columns.block import BlockView, PrintBlock
from fingerprint_engine.index.columns.table import BLOCK_PRINTS, PrintTable
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.file_header import FileHeader
from fingerprint_engine.index.storage.folder_lock import FolderLock
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.log.frames import LogPosition
from fingerprint_engine.index.storage.log.log_file import LogFile, delete
from fingerprint_engine.index.storage.log.records import Record
from fingerprint_engine.index.storage.manifest import (
    MANIFEST_COPY_NAME,
    MANIFEST_NAME,
    IndexEntry,
    Manifest,
    SegmentEntry,
)
from fingerprint_engine.index.storage.manifest_format import MAX_MANIFEST_FILE_BYTES, encode_manifest
from fingerprint_engine.index.storage.protection.gallery_head import GalleryHead, head_after
from fingerprint_engine.index.storage.protection.key_purposes import new_keys, new_segment_key, rewrapped_manifest
from fingerprint_engine.index.storage.reading import is_ours
from fingerprint_engine.index.storage.sealed_segments import SealedSegments
from fingerprint_engine.index.storage.segments.cells_file import is_indexed, write_cells
from fingerprint_engine.index.storage.segments.segment import Segment
from fingerprint_engine.index.storage.segments.segment_writer import write_segment
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.whole_files import PRIVATE, sync_folder, write_beside, write_whole

SEAL_SHARE = 0.25
"""Chosen, of what a log may hold: a log of 64 MB is read again in a second."""


class GalleryFolder:
    """A gallery's folder, locked. Make it with `opening.open_for_writing`.

    Attributes
    ----------
    manifest
        The one that counts.
    follows
        How far the gallery follows a registry, by manifest and log.
    is_in_memory
        Whether `load` reads sketches and indexes of new segments into memory.
    """

    def __init__(
        self,
        folder: Path,
        lock: FolderLock,
        manifest: Manifest,
        log: LogFile,
        state: Path | None = None,
        keys: KeyRing | None = None,
    ) -> None:
        self.folder, self.manifest, self._lock, self._keys = folder, manifest, lock, keys
        self.follows: Follows | None = manifest.follows
        self._state = state
        self.is_in_memory = False
        self._is_broken = False
        self._seal_share = SEAL_SHARE
        self._logs = [log]
        self._manifest_file = _file_at(folder / MANIFEST_NAME)
        # Closes, and so unlocks, a gallery that its owner drops without closing.
        self._finalizer = weakref.finalize(self, _close, lock, self._logs)

    @property
    def log_position(self) -> LogPosition:
        """How far the log has come."""
        return self._logs[0].position

    @property
    def head(self) -> GalleryHead:
        """The state that the gallery is in."""
        return head_after(self.manifest, self.log_position)

    def append(self, records: Sequence[Record], follows: Follows | None = None) -> None:
        """Write changes that count together: when this returns all survive a crash.

        When it raises, nothing was written, unless `log_position` has moved on.

        Raises
        ------
        GalleryError
            When the log cannot be written, or a file of the gallery was deleted or replaced meanwhile.
        """
        self._require_usable()
        self._logs[0].append(records, follows, self._lock.require_place)
        self.follows = follows or self.follows

    def seal_when_due(self, table: PrintTable) -> None:
        """Seal when the log has grown long. A disk that is too full for that only puts it off."""
        if self.log_position.share < self._seal_share and table.growing.rows < BLOCK_PRINTS:
            return
        try:
            self.seal(table)
        except GalleryError:
            self._seal_share = self.log_position.share + SEAL_SHARE / 4
            if self._is_broken:
                raise
        self.load(table)

    def load(self, table: PrintTable) -> None:
        """Read sketches and indexes of segments that were made since into memory, one after another.

        To be called when nothing here holds the blocks any more that they were made of, so that no two copies of the
        index stand side by side. What cannot be read into memory stays mapped: searches find the same in it.
        An index that cannot be read again is not used, and receipts say so.
        """
        for block in table.blocks if self.is_in_memory else ():
            if isinstance(block, Segment):
                with contextlib.suppress(GalleryError, OSError):  # what the caller did is done
                    block.load()

    def seal(self, table: PrintTable, *, indexed: bool = False) -> None:
        """Write what the log holds into segments, and begin a new log."""
        parts = [block if isinstance(block, Segment) else [block.view()] for block in table.blocks]
        self.rewrite(table, parts, indexed=indexed)

    def rewrite(
        self, table: PrintTable, parts: Sequence[PrintBlock | list[BlockView]], *, indexed: bool = False
    ) -> None:
        """Let the gallery consist of these segments, and of new ones made of these views, in this order.

        A segment whose file was deleted meanwhile is written anew. With `indexed` large segments without an index that
        can be used get one.

        Raises
        ------
        GalleryError
            When the new files cannot be written; the gallery stays as it was.
        """
        self._require_usable()
        self._rewrite(table, [_as_it_can_be(part) for part in parts if _prints_of(part)], indexed)

    def store(self, manifest: Manifest) -> None:
        """Put a manifest that names the same files in place of the present one."""
        self._require_usable()
        try:
            self._commit(dataclasses.replace(manifest, log_position=self.log_position, follows=self.follows))
        except OSError as error:
            raise GalleryError(f"{self.folder / MANIFEST_NAME}: cannot write ({error.strerror})") from error
        self._is_broken = False

    def change_keys(self, table: PrintTable, keys: KeyRing) -> None:
        """Put the data keys under other master keys; what has none is written anew.

        Raises
        ------
        GalleryError
            When it cannot be written; the old keys hold then.
        """
        self._require_usable()
        before, self._keys = self._keys, keys
        try:
            if self.manifest.keys is None:
                self._rewrite(table, [[block.view()] for block in table.blocks if len(block)], True)
                self.load(table)
                return
            changed = rewrapped_manifest(self.manifest, self.manifest.keys, keys)
            self.store(changed)
        except BaseException:
            if self.manifest.key_id != keys.key_id:
                self._keys = before
            raise
        found = {entry.number: entry for entry in changed.segments}
        for block in table.blocks:
            if isinstance(block, Segment):
                block.entry = found[block.entry.number]

    def close(self) -> None:
        """Unlock the gallery; further calls do nothing."""
        self._finalizer()

    def release_log(self) -> None:
        """Close the log only; the lock stays with whoever took it."""
        self._finalizer.detach()
        self._logs.pop().close()

    def abandon(self) -> None:
        """Close what a forked child has of it: the gallery and its lock stay with the owner."""
        self._finalizer.detach()
        self._lock.abandon()
        while self._logs:
            self._logs.pop().abandon()

    def _require_usable(self) -> None:
        if not self._finalizer.alive:
            raise GalleryError("gallery: it is closed")
        if self._is_broken:
            raise GalleryError("gallery: an earlier write failed and could not be taken back; open it again")
        self._lock.require_place()
        if self._manifest_file is not None and _file_at(self.folder / MANIFEST_NAME) != self._manifest_file:
            raise GalleryError(
                f"{self.folder / MANIFEST_NAME}: it was deleted or replaced; nothing more is written to the gallery"
            )
        self._logs[0].require_usable()

    def _rewrite(self, table: PrintTable, parts: Sequence[PrintBlock | list[BlockView]], indexed: bool) -> None:
        identity, number, made, ring = self.manifest.identity, self.manifest.next_number(), [], self._keys
        log: LogFile | None = None
        indexes: dict[int, IndexEntry] = {}
        try:
            entries: list[SegmentEntry] = []
            for part in parts:
                if isinstance(part, Segment):
                    entries.append(part.current_entry())
                elif isinstance(part, list):
                    key = None if ring is None else new_segment_key(ring, identity, number)
                    made.append(write_segment(self.folder, FileHeader(identity, number, key), part))
                    entries.append(made[-1])
                    number += 1
            keys = None if ring is None else new_keys(ring, identity, number)
            new = Manifest.new(identity, number, keys)
            log = LogFile.create(self.folder, new.log_header)
            blocks = [
                part if isinstance(part, Segment) else self._opened(entry)
                for part, entry in zip(parts, entries, strict=True)
            ]
            if indexed:
                indexes = {block.entry.number: self._index(block) for block in blocks if _lacks_index(block)}
            self._commit(
                dataclasses.replace(
                    self.manifest,
                    log=new.log,
                    log_position=new.log_position,
                    segments=tuple(
                        dataclasses.replace(entry, indexes=(indexes[entry.number],))
                        if entry.number in indexes
                        else entry
                        for entry in entries
                    ),
                    follows=self.follows,
                    keys=keys,
                )
            )
        except BaseException as error:
            if log is not None:
                log.close()
            if not self._is_broken:  # else the new manifest may be the one that counts
                for entry in made:
                    written = [entry.index_name(indexes[entry.number])] if entry.number in indexes else []
                    for name in (entry.name, *written):
                        with contextlib.suppress(OSError):
                            (self.folder / name).unlink(missing_ok=True)
                if log is not None:
                    delete(log.path)
            if isinstance(error, OSError):
                raise GalleryError(f"{self.folder}: cannot write ({error.strerror})") from error
            raise
        self._logs[0].close()
        self._logs[:] = [log]
        self._seal_share = SEAL_SHARE
        sealed, new_numbers = SealedSegments(identity, self._state), {entry.number for entry in made}
        known = [block for block in blocks if block.entry.number in new_numbers or sealed.knows(block)]
        for block in blocks:
            if block.entry.number in indexes:
                block.use_index(indexes[block.entry.number], identity)
                self._rest(block)
        table.put_blocks(blocks)
        self._is_broken = False
        sealed.keep(known)  # they were made here, or it was remembered already, and so were their indexes
        self.sweep()

    def _index(self, block: Segment) -> IndexEntry:
        file = FileHeader(self.manifest.identity, block.entry.number)
        index = write_cells(self.folder, file, block.entry, block.view().columns.sketches)
        self._rest(block)
        return index

    def _opened(self, entry: SegmentEntry) -> Segment:
        block = Segment(self.folder / entry.name, entry, self.manifest.identity)
        self._rest(block)
        return block

    def _rest(self, block: Segment) -> None:
        """The index of a new segment takes no memory beside those of the old ones, which go first."""
        if self.is_in_memory:
            block.give_back()

    def _commit(self, manifest: Manifest) -> None:
        """Put a manifest in place. The caller then makes memory agree with it before anything else is written."""
        manifest = manifest.next(self.log_position)
        data = encode_manifest(manifest)
        sync_folder(self.folder)  # the names of new files, before anything refers to them
        new = write_beside(self.folder / MANIFEST_NAME, data, mode=PRIVATE)
        file = _file_at(new)
        self._is_broken = True  # until we know which manifest counts
        try:
            new.replace(self.folder / MANIFEST_NAME)
        except OSError:
            self._is_broken = False
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
            raise
        sync_folder(self.folder)
        self.manifest, self._manifest_file = manifest, file
        self._copy(data)

    def refresh_copy(self) -> None:
        """Write the copy of the manifest again when a crash left an older one."""
        data = durable_files.read_whole(self.folder / MANIFEST_NAME, MAX_MANIFEST_FILE_BYTES)
        path = self.folder / MANIFEST_COPY_NAME
        with contextlib.suppress(OSError, CorruptGallery):
            if durable_files.read_whole(path, len(data)) == data:
                return
        self._copy(data)

    def _copy(self, data: bytes) -> None:
        path = self.folder / MANIFEST_COPY_NAME
        with contextlib.suppress(OSError):  # the copy is for repair only
            if path.is_dir() and not path.is_symlink():  # what else lies there gives way to a file
                path.rename(durable_files.aside(path))
            write_whole(path, data, overwrite=True, mode=PRIVATE)

    def sweep(self) -> None:
        """Delete files of earlier states; what cannot be deleted now is when the gallery is next opened."""
        for path in self.folder.iterdir():
            if is_ours(path.name) and path.name not in self.manifest.names:
                with contextlib.suppress(OSError):
                    path.unlink()


def _lacks_index(block: Segment) -> bool:
    return block.view().columns.cells is None and is_indexed(block.rows)


def _prints_of(part: PrintBlock | list[BlockView]) -> int:
    return len(part) if isinstance(part, PrintBlock) else sum(int(view.alive.sum()) for view in part)


def _as_it_can_be(part: PrintBlock | list[BlockView]) -> PrintBlock | list[BlockView]:
    return [part.view()] if isinstance(part, Segment) and not part.is_in_place else part


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file a path names, or None."""
    try:
        found = path.stat(follow_symlinks=False)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _close(lock: FolderLock, logs: list[LogFile]) -> None:
    while logs:
        logs.pop().close()
    lock.close()
