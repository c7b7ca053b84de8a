"""`GalleryFolder`: the files of a gallery opened for writing; what was acknowledged survives a crash at any byte.

Changes go to the log. From time to time what the log holds is sealed: written into a segment that never changes, which
counts, together with a new log, from the moment at which a new manifest takes the place of the old one.
"""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Sequence
from pathlib import Path

from fingerprint_engine.errors import AbsentGallery, CorruptGallery, GalleryError
from fingerprint_engine.index.columns.block import BlockView, PrintBlock
from fingerprint_engine.index.columns.table import BLOCK_PRINTS, PrintTable
from fingerprint_engine.index.storage.folder_lock import FolderLock
from fingerprint_engine.index.storage.log_file import LogFile
from fingerprint_engine.index.storage.log_format import Record
from fingerprint_engine.index.storage.manifest import (
    MANIFEST_COPY_NAME,
    MANIFEST_NAME,
    Manifest,
    SegmentEntry,
    encode_manifest,
    log_name,
)
from fingerprint_engine.index.storage.reading import (
    Contents,
    apply_records,
    holds_other_things,
    is_gallery,
    is_ours,
    named_errors,
    open_segments,
    read_manifest,
)
from fingerprint_engine.index.storage.segment import Segment
from fingerprint_engine.index.storage.segment_writer import write_segment
from fingerprint_engine.whole_files import SHARED, sync_folder, write_beside, write_whole

SEAL_BYTES = 1 << 26
"""Chosen: a log of 64 MB is read again in a second."""


class GalleryFolder:
    """A gallery's folder, locked. Make it with `open_for_writing`."""

    def __init__(self, folder: Path, lock: FolderLock, manifest: Manifest, log: LogFile) -> None:
        self.folder, self.manifest, self.log = folder, manifest, log
        self._is_broken = False
        self._seal_bytes = SEAL_BYTES
        self._log_descriptor = [log.descriptor]
        # Closes, and so unlocks, a gallery that its owner drops without closing.
        self._finalizer = weakref.finalize(self, _close, lock, self._log_descriptor)

    def append(self, records: Sequence[Record]) -> None:
        """Write changes that count together: when this returns all survive a crash, when it raises nothing was written.

        Raises
        ------
        GalleryError
            When the log cannot be written.
        """
        self._require_usable()
        self.log.append(records)

    def seal_when_due(self, table: PrintTable) -> None:
        """Seal when the log has grown long. A disk that is too full for that only puts it off."""
        if self.log.size < self._seal_bytes and table.growing.rows < BLOCK_PRINTS:
            return
        try:
            self.seal(table)
        except GalleryError:
            self._seal_bytes = self.log.size + SEAL_BYTES // 4
            if self._is_broken:
                raise

    def seal(self, table: PrintTable) -> None:
        """Write what the log holds into segments, and begin a new log."""
        self.rewrite(table, [block if isinstance(block, Segment) else [block.view()] for block in table.blocks])

    def rewrite(self, table: PrintTable, parts: Sequence[PrintBlock | list[BlockView]]) -> None:
        """Let the gallery consist of these segments, and of new ones made of these views, in this order.

        Raises
        ------
        GalleryError
            When the new files cannot be written; the gallery stays as it was.
        """
        self._require_usable()
        self._rewrite(table, [part for part in parts if _prints_of(part)])

    def store(self, manifest: Manifest) -> None:
        """Put a manifest that names the same files in place of the present one."""
        self._require_usable()
        try:
            self._commit(manifest)
        except OSError as error:
            raise GalleryError(f"{self.folder / MANIFEST_NAME}: cannot write ({error.strerror})") from error
        self._is_broken = False

    def close(self) -> None:
        """Unlock the gallery; further calls do nothing."""
        self._finalizer()

    def release_log(self) -> None:
        """Close the log only; the lock stays with whoever took it."""
        self._finalizer.detach()
        os.close(self._log_descriptor.pop())

    def _require_usable(self) -> None:
        if not self._finalizer.alive:
            raise GalleryError("gallery: it is closed")
        if self._is_broken:
            raise GalleryError("gallery: an earlier write failed and could not be taken back; open it again")

    def _rewrite(self, table: PrintTable, parts: Sequence[PrintBlock | list[BlockView]]) -> None:
        number, made = self.manifest.next_number(), []
        log: LogFile | None = None
        try:
            entries: list[SegmentEntry] = []
            for part in parts:
                if isinstance(part, Segment):
                    entries.append(part.current_entry())
                elif isinstance(part, list):
                    entries.append(write_segment(self.folder, number, part))
                    made.append(self.folder / entries[-1].name)
                    number += 1
            log = LogFile.create(self.folder / log_name(number), number)
            made.append(log.path)
            blocks = [
                part if isinstance(part, Segment) else Segment(self.folder / entry.name, entry)
                for part, entry in zip(parts, entries, strict=True)
            ]
            self._commit(Manifest(number, tuple(entries), self.manifest.measurements))
        except BaseException as error:
            if log is not None:
                os.close(log.descriptor)
            if not self._is_broken:  # else the new manifest may be the one that counts
                for path in made:
                    with contextlib.suppress(OSError):
                        path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise GalleryError(f"{self.folder}: cannot write ({error.strerror})") from error
            raise
        os.close(self.log.descriptor)
        self._log_descriptor[:] = [log.descriptor]
        self.log, self._seal_bytes = log, SEAL_BYTES
        table.put_blocks(blocks)
        self._is_broken = False
        self.sweep()

    def _commit(self, manifest: Manifest) -> None:
        """Put a manifest in place. The caller then makes memory agree with it before anything else is written."""
        data = encode_manifest(manifest)
        sync_folder(self.folder)  # the names of new files, before anything refers to them
        new = write_beside(self.folder / MANIFEST_NAME, data, mode=SHARED)
        self._is_broken = True  # until we know which manifest counts
        try:
            new.replace(self.folder / MANIFEST_NAME)
        except OSError:
            self._is_broken = False
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
            raise
        sync_folder(self.folder)
        self.manifest = manifest
        self._copy(data)

    def refresh_copy(self) -> None:
        """Write the copy of the manifest again when a crash left an older one."""
        data = encode_manifest(self.manifest)
        path = self.folder / MANIFEST_COPY_NAME
        if not path.is_file() or path.read_bytes() != data:
            self._copy(data)

    def _copy(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # the copy is for repair only
            write_whole(self.folder / MANIFEST_COPY_NAME, data, mode=SHARED)

    def sweep(self) -> None:
        """Delete files of earlier states; what cannot be deleted now is when the gallery is next opened."""
        for path in self.folder.iterdir():
            if is_ours(path.name) and path.name not in self.manifest.names:
                with contextlib.suppress(OSError):
                    path.unlink()


def open_for_writing(folder: Path) -> tuple[GalleryFolder, Contents]:
    """Open a gallery folder, made when absent.

    Raises
    ------
    GalleryError
        When the path is not a folder, the folder holds other files, or it cannot be written.
    GalleryLocked
        When it is open for writing elsewhere, in this process or another.
    CorruptGallery, UnsupportedGalleryVersion
        When a file is damaged or of a newer release.
    """
    with named_errors(folder):
        lock = lock_folder(folder)
        opened: GalleryFolder | None = None
        try:
            manifest = read_manifest(folder)
            if manifest is None:
                opened, contents = _made(folder, lock)
            else:
                contents = open_segments(folder, manifest)
                log, records = LogFile.open(folder / manifest.log_name, manifest.log)
                opened = GalleryFolder(folder, lock, manifest, log)
                apply_records(contents.table, records)
            if not lock.is_marked:
                lock.mark()
            opened.sweep()
            opened.refresh_copy()
        except BaseException:
            if opened is not None:
                opened.close()
            else:
                lock.close()
            raise
        return opened, contents


def _made(folder: Path, lock: FolderLock) -> tuple[GalleryFolder, Contents]:
    """Make the files of an empty gallery."""
    if lock.is_marked:
        raise CorruptGallery(f"{folder / MANIFEST_NAME}: expected the manifest of this gallery, found no such file")
    contents = Contents(PrintTable(), Manifest(1))
    opened = GalleryFolder(folder, lock, contents.manifest, LogFile.create(folder / log_name(1), 1))
    try:
        opened.seal(contents.table)
    except BaseException:
        opened.release_log()
        raise
    return opened, contents


def lock_folder(folder: Path, *, must_exist: bool = False) -> FolderLock:
    """Make the folder when absent, and take its lock."""
    if must_exist and not is_gallery(folder):
        raise AbsentGallery(f"{folder}: expected a gallery, but there is none")
    if not folder.exists():
        folder.mkdir(parents=True)
        sync_folder(folder.parent)
    elif not folder.is_dir():
        raise GalleryError(f"{folder}: expected a folder, found a file")
    elif holds_other_things(folder):
        raise GalleryError(f"{folder}: expected a gallery or an empty folder, found other files")
    return FolderLock(folder)


def _prints_of(part: PrintBlock | list[BlockView]) -> int:
    return len(part) if isinstance(part, PrintBlock) else sum(int(view.alive.sum()) for view in part)


def _close(lock: FolderLock, log_descriptor: list[int]) -> None:
    while log_descriptor:
        os.close(log_descriptor.pop())
    lock.close()
