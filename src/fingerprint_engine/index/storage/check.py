"""Looking at every byte of a gallery on disk, and proving that nothing of a removed print is left."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fingerprint_engine.errors import AbsentGallery, CorruptGallery, CorruptTemplate
from fingerprint_engine.index.columns.block import PrintBlock
from fingerprint_engine.index.columns.details import text_hash
from fingerprint_engine.index.columns.table import PrintTable
from fingerprint_engine.index.storage.folder_lock import LOCK_NAME
from fingerprint_engine.index.storage.log_file import read_log, replay
from fingerprint_engine.index.storage.manifest import MANIFEST_COPY_NAME, MANIFEST_NAME, Manifest, SegmentEntry
from fingerprint_engine.index.storage.reading import (
    apply_records,
    is_ours,
    named_errors,
    read_manifest,
)
from fingerprint_engine.index.storage.segment import Segment
from fingerprint_engine.template.native_format import peek


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


def check_gallery(folder: Path, progress: Callable[[int, int], object] | None = None) -> GalleryReport:
    """Check every checksum of a gallery, every template's header, and that no key is enrolled twice.

    Takes no lock; beside a writer that changes files meanwhile, check again.

    Parameters
    ----------
    folder
        The gallery.
    progress
        Called with files done and files in all.

    Raises
    ------
    GalleryError
        When there is no gallery; damage is in the report.
    """
    with named_errors(folder):
        manifest_report, manifest = _check_manifest(folder)
        if manifest is None:
            return GalleryReport((manifest_report,), 0, ())
        files = [manifest_report]
        blocks: list[PrintBlock] = []
        lost = 0
        for number, entry in enumerate(manifest.segments):
            report, segment = _check_segment(folder, entry)
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
        duplicates = _twice(table)
        if duplicates:
            files[0] = dataclasses.replace(
                files[0], problems=(*files[0].problems, f"{duplicates} keys are enrolled twice")
            )
        return GalleryReport(tuple(files), len(table) + lost, _others(folder, manifest))


def traces(folder: Path, key: str) -> tuple[str, ...]:
    """Names of the files in which a key is still stored, enrolled or removed; an empty tuple proves its removal.

    Segments and logs are read record by record; of other files in the folder, which only a repair leaves, the bytes
    are searched. Everything about a print, its template too, is stored beside its key and nowhere else.

    Raises
    ------
    GalleryError, CorruptGallery
        When a file cannot be read: then nothing is proved.
    """
    found = []
    with named_errors(folder):
        manifest = read_manifest(folder)
        if manifest is None:
            raise AbsentGallery(f"{folder}: expected a gallery, but there is none")
        for entry in manifest.segments:
            segment = Segment(folder / entry.name, entry)
            if bool(segment.find_many(np.array([text_hash(key)], np.uint64))[0]):
                found.append(entry.name)
        records, _ = replay(read_log(folder / manifest.log_name), manifest.log)
        if any(record.key == key for record in records):
            found.append(manifest.log_name)
        known = {*manifest.names, MANIFEST_NAME, MANIFEST_COPY_NAME, LOCK_NAME}
        for path in sorted(folder.iterdir()):
            if path.name not in known and path.is_file() and key.encode() in path.read_bytes():
                found.append(path.name)
    return tuple(found)


def damaged_templates(segment: Segment) -> list[int]:
    """Rows that count and whose templates are damaged."""
    view = segment.view()
    found = []
    for row in np.flatnonzero(view.alive).tolist():
        try:
            peek(view.columns.template_bytes(row))
        except CorruptTemplate:
            found.append(row)
    return found


def _check_manifest(folder: Path) -> tuple[FileReport, Manifest | None]:
    path = folder / MANIFEST_NAME
    if not path.is_file():
        raise AbsentGallery(f"{folder}: expected a gallery, but there is none")
    size = path.stat().st_size
    try:
        manifest = read_manifest(folder)
    except CorruptGallery as error:
        return FileReport(MANIFEST_NAME, 0, size, (f"{path}: {error}",)), None
    copy = folder / MANIFEST_COPY_NAME
    same = copy.is_file() and zlib.crc32(copy.read_bytes()) == zlib.crc32(path.read_bytes())
    problems = () if same else (f"{copy}: expected a copy of the manifest; opening the gallery for writing makes one",)
    return FileReport(MANIFEST_NAME, 0, size, problems), manifest


def _check_segment(folder: Path, entry: SegmentEntry) -> tuple[FileReport, Segment | None]:
    path = folder / entry.name
    size = path.stat().st_size if path.exists() else 0
    try:
        segment = Segment(path, entry)
    except CorruptGallery as error:
        gone = int(np.unpackbits(np.frombuffer(entry.removed, np.uint8)).sum())
        return FileReport(entry.name, entry.prints - gone, size, (str(error),)), None
    problems = segment.damage(("data",))
    bad = damaged_templates(segment)
    if bad:
        problems.append(f"{path}: {len(bad)} templates are damaged")
    return FileReport(entry.name, len(segment), size, tuple(problems)), segment


def _check_log(folder: Path, manifest: Manifest, table: PrintTable) -> FileReport:
    path = folder / manifest.log_name
    try:
        data = read_log(path)
        records, _ = replay(data, manifest.log)
        apply_records(table, records)
    except CorruptGallery as error:
        return FileReport(manifest.log_name, 0, path.stat().st_size if path.exists() else 0, (f"{path}: {error}",))
    return FileReport(manifest.log_name, len(table.growing), len(data))


def _twice(table: PrintTable) -> int:
    """How many keys count more than once."""
    seen: dict[int, list[str]] = {}
    hashes = [
        np.array([text_hash(view.block.key(row)) for row in np.flatnonzero(view.alive).tolist()], np.uint64)
        for view in table.views()
    ]
    if not hashes:
        return 0
    values, counts = np.unique(np.concatenate(hashes), return_counts=True)
    suspects = {int(value) for value in values[counts > 1]}
    if suspects:
        for key in table:
            if text_hash(key) in suspects:
                seen.setdefault(text_hash(key), []).append(key)
    return sum(len(keys) - len(set(keys)) for keys in seen.values())


def _others(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    known = {*manifest.names, MANIFEST_NAME, MANIFEST_COPY_NAME, LOCK_NAME}
    return tuple(sorted(p.name for p in folder.iterdir() if p.name not in known and not is_ours(p.name)))
