"""Looking at every byte of a gallery on disk, and proving that nothing of a removed print is left."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fingerprint_engine.errors import AbsentGallery, CorruptGallery
from fingerprint_engine.index.columns.block import PrintBlock
from fingerprint_engine.index.columns.table import PrintTable
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.file_header import HEADER_SIZE, decode_header
from fingerprint_engine.index.storage.folder_lock import LOCK_MARK, LOCK_NAME, LOCK_TEXT
from fingerprint_engine.index.storage.manifest import MANIFEST_COPY_NAME, MANIFEST_NAME, Manifest, SegmentEntry
from fingerprint_engine.index.storage.reading import (
    apply_records,
    is_ours,
    named_errors,
    read_changes,
    read_manifest,
)
from fingerprint_engine.index.storage.segments.content_check import check_content, require_digest
from fingerprint_engine.index.storage.segments.segment import Segment
from fingerprint_engine.index.storage.segments.segment_format import FILE_DIGEST_BYTES
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.text.plain import plain


@dataclasses.dataclass(frozen=True, slots=True)
class FileReport:
    """One file: how many prints in it count, its size, and what is wrong with it; nothing when it is sound."""

    name: str
    prints: int
    size: int
    problems: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class GalleryReport:
    """What `check_gallery` found.

    Attributes
    ----------
    files
        Manifest, log and segments.
    prints
        Prints that count, those in damaged files among them.
    others
        Names of files in the folder that are no part of the gallery.
    """

    files: tuple[FileReport, ...]
    prints: int
    others: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(file.problems for file in self.files)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"is_sound": self.is_sound, **plain(self)}


def check_gallery(
    folder: str | Path, progress: Callable[[int, int], object] | None = None, *, keys: KeyRing | None = None
) -> GalleryReport:
    """Check all of a gallery: every byte against its digests, every template, and that no key is enrolled twice.

    Takes no lock; beside a writer that changes files meanwhile, check again.

    Parameters
    ----------
    folder
        The gallery.
    progress
        Called with files done and files in all.
    keys
        What the gallery is protected with.

    Raises
    ------
    GalleryError
        When there is no gallery; damage is in the report.
    """
    folder = path_of(folder, "folder")
    with named_errors(folder):
        manifest_report, manifest = _check_manifest(folder, keys)
        if manifest is None:
            return GalleryReport((manifest_report,), 0, ())
        files = [manifest_report]
        blocks: list[PrintBlock] = []
        lost = 0
        for number, entry in enumerate(manifest.segments):
            report, segment = _check_segment(folder, entry, manifest.identity)
            files.append(report)
            if segment is None:
                lost += report.prints
            else:
                blocks.append(segment)
            if progress is not None:
                progress(number + 1, len(manifest.segments) + 1)
        table = PrintTable(blocks)
        files.append(_check_log(folder, manifest, table))
        if progress is not None:
            progress(len(manifest.segments) + 1, len(manifest.segments) + 1)
        if repeated := table.count_repeated():
            files[0] = dataclasses.replace(
                files[0], problems=(*files[0].problems, f"{repeated} keys are enrolled twice")
            )
        return GalleryReport(tuple(files), len(table) + lost, _others(folder, manifest))


def traces(folder: str | Path, key: str, *, keys: KeyRing | None = None) -> tuple[str, ...]:
    """Names of the files in which a key is still stored, enrolled or removed; an empty tuple proves its removal.

    Segments and logs are read record by record; of other files in the folder, and in folders in it, the bytes are
    searched. Everything about a print, its template too, is stored beside its key and nowhere else.

    Raises
    ------
    GalleryError, CorruptGallery
        When a file cannot be read: then nothing is proved.
    """
    found, folder = [], path_of(folder, "folder")
    with named_errors(folder):
        manifest = read_manifest(folder, keys=keys)
        if manifest is None:
            raise AbsentGallery(f"{folder}: expected a gallery, but there is none")
        for entry in manifest.segments:
            if Segment(folder / entry.name, entry, manifest.identity).may_hold(key):
                found.append(entry.name)
        if any(record.key == key for record in read_changes(folder, manifest).records):
            found.append(manifest.log_name)
        known = {*manifest.names, MANIFEST_NAME, MANIFEST_COPY_NAME, LOCK_NAME}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if name not in known and not path.is_symlink() and path.is_file() and _holds(path, key.encode()):
                found.append(name)
    return tuple(found)


def _check_manifest(folder: Path, keys: KeyRing | None) -> tuple[FileReport, Manifest | None]:
    path = folder / MANIFEST_NAME
    if not path.exists():
        raise AbsentGallery(f"{folder}: expected a gallery, but there is none")
    size = path.stat().st_size
    try:
        manifest = read_manifest(folder, keys=keys)
    except CorruptGallery as error:
        return FileReport(MANIFEST_NAME, 0, size, (f"{path}: {error}",)), None
    problems = []
    copy = folder / MANIFEST_COPY_NAME
    if _bytes_of(copy, 2 * size) != _bytes_of(path, 2 * size):
        problems.append(f"{copy}: expected a copy of the manifest; opening the gallery for writing makes one")
    if manifest is not None:
        problems += _lock_problems(folder / LOCK_NAME, manifest)
    return FileReport(MANIFEST_NAME, 0, size, tuple(problems)), manifest


def _lock_problems(path: Path, manifest: Manifest) -> list[str]:
    data = _bytes_of(path, 4096)
    if not data:
        return [f"{path}: expected the lock file; opening the gallery for writing makes one"]
    try:
        decode_header(data[:HEADER_SIZE], LOCK_MARK, LOCK_NAME, manifest.identity)
    except CorruptGallery as error:
        return [f"{path}: {error}"]
    if data[HEADER_SIZE:] != LOCK_TEXT:
        return [f"{path}: expected what a lock file says, it was altered"]
    return []


def _check_segment(folder: Path, entry: SegmentEntry, identity: bytes) -> tuple[FileReport, Segment | None]:
    path = folder / entry.name
    size = _size_of(path)
    problems = _index_problems(folder, entry)
    try:
        segment = Segment(path, entry, identity)
        segment.check_index()
        if segment.index_problem and not problems:
            problems.append(segment.index_problem)
        problems += segment.damage(("data",))
        damaged = check_content(segment)
        if not problems and not damaged:
            require_digest(segment)
    except CorruptGallery as error:
        return FileReport(entry.name, int(entry.alive().sum()), size, (*problems, str(error))), None
    if damaged:
        problems.append(f"{path}: {len(damaged)} templates are damaged")
    return FileReport(entry.name, len(segment), size, tuple(problems)), segment


def _index_problems(folder: Path, entry: SegmentEntry) -> list[str]:
    problems = []
    for index in entry.indexes:
        path = folder / entry.index_name(index)
        if _digest_of(path, index.size) != index.digest:
            problems.append(f"{path}: expected the file that the manifest names")
    return problems


def _check_log(folder: Path, manifest: Manifest, table: PrintTable) -> FileReport:
    path = folder / manifest.log_name
    size = _size_of(path)
    try:
        apply_records(table, read_changes(folder, manifest).records)
    except CorruptGallery as error:
        return FileReport(manifest.log_name, 0, size, (f"{path}: {error}",))
    return FileReport(manifest.log_name, len(table.growing), size)


def _size_of(path: Path) -> int:
    """Size of a file, 0 of one that is not there; a writer may delete it at any moment."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _bytes_of(path: Path, max_bytes: int) -> bytes | None:
    try:
        return durable_files.read_whole(path, max_bytes)
    except (OSError, CorruptGallery):
        return None


def _digest_of(path: Path, size: int) -> bytes | None:
    """BLAKE2b of a file of so many bytes, read a piece at a time; None where it has another size or is none."""
    try:
        descriptor = durable_files.open_to_read(path)
    except (OSError, CorruptGallery):
        return None
    digest = hashlib.blake2b(digest_size=FILE_DIGEST_BYTES)
    try:
        if durable_files.size_of(descriptor) != size:
            return None
        for piece in durable_files.pieces_of(descriptor, size):
            digest.update(piece)
    finally:
        os.close(descriptor)
    return digest.digest()


def _holds(path: Path, wanted: bytes) -> bool:
    """Whether a file holds some bytes; it is read a piece at a time."""
    descriptor = durable_files.open_to_read(path)
    try:
        tail = b""
        for piece in durable_files.pieces_of(descriptor, os.fstat(descriptor).st_size):
            if wanted in tail + piece:
                return True
            tail = piece[-len(wanted) :]
    finally:
        os.close(descriptor)
    return False


def _others(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    known = {*manifest.names, MANIFEST_NAME, MANIFEST_COPY_NAME, LOCK_NAME}
    return tuple(sorted(p.name for p in folder.iterdir() if p.name not in known and not is_ours(p.name)))
