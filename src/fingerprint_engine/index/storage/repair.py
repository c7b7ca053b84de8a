"""Repairing a damaged gallery: what is sound is kept, what is lost is named, damaged files are put aside."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery, CorruptTemplate
from fingerprint_engine.index.columns.block import PrintBlock
from fingerprint_engine.index.columns.details import PrintDetails, date_of
from fingerprint_engine.index.columns.memory_block import MemoryBlock, PrintRow
from fingerprint_engine.index.columns.table import PrintTable
from fingerprint_engine.index.storage.folder import GalleryFolder, lock_folder
from fingerprint_engine.index.storage.log_file import LogFile, read_log, replay
from fingerprint_engine.index.storage.log_format import FILE_HEADER_SIZE, Record, sound_frames
from fingerprint_engine.index.storage.manifest import MANIFEST_COPY_NAME, MANIFEST_NAME, Manifest, SegmentEntry
from fingerprint_engine.index.storage.reading import apply_records, named_errors, read_manifest
from fingerprint_engine.index.storage.segment import Segment, column_of, damaged_columns, map_segment, words_of
from fingerprint_engine.index.storage.segment_format import COLUMNS, SegmentHeader
from fingerprint_engine.template.native_format import peek
from fingerprint_engine.template.sketches import sketch_templates

ASIDE_SUFFIX = ".damaged"


@dataclasses.dataclass(frozen=True, slots=True)
class Repair:
    """What a repair did.

    Attributes
    ----------
    prints
        Prints in the gallery afterwards.
    lost
        Prints that are gone; those removed since their segment was made may be among them.
    lost_keys
        Keys of those whose keys could be read.
    without_details
        Prints that were kept and whose subject, category, site or expiry is gone.
    skipped_bytes
        Damaged bytes of the log; the changes in them are gone.
    aside
        Damaged files as they were, put aside under another name: they still hold personal data.
    """

    prints: int
    lost: int = 0
    lost_keys: tuple[str, ...] = ()
    without_details: int = 0
    skipped_bytes: int = 0
    aside: tuple[str, ...] = ()


@dataclasses.dataclass(slots=True)
class _Losses:
    lost: int = 0
    keys: list[str] = dataclasses.field(default_factory=list)
    without_details: int = 0
    skipped: int = 0
    aside: list[str] = dataclasses.field(default_factory=list)


def repair_gallery(folder: Path) -> Repair:
    """Make a damaged gallery usable again; a crash leaves it as it was, or repaired.

    Raises
    ------
    CorruptGallery
        When neither the manifest nor its copy can be read: nobody then knows which prints were removed.
    GalleryError, GalleryLocked
        When there is no gallery, or it is open for writing elsewhere, or cannot be written.
    """
    losses = _Losses()
    with named_errors(folder), contextlib.ExitStack() as stack:
        lock = lock_folder(folder, must_exist=True)
        stack.callback(lock.close)
        manifest = _any_manifest(folder, losses)
        blocks = [_sound_block(folder, entry, losses) for entry in manifest.segments]
        table = PrintTable([block for block in blocks if len(block)])
        records = _sound_records(folder, manifest, losses)
        apply_records(table, records)
        number = manifest.next_number() + 1
        opened = GalleryFolder(folder, lock, manifest, LogFile.create(folder / f"changes-{number:08d}.log", number))
        try:
            opened.seal(table)
        finally:
            opened.release_log()
    return Repair(
        len(table), losses.lost, tuple(losses.keys), losses.without_details, losses.skipped, tuple(losses.aside)
    )


def _any_manifest(folder: Path, losses: _Losses) -> Manifest:
    for name in (MANIFEST_NAME, MANIFEST_COPY_NAME):
        try:
            manifest = read_manifest(folder, name)
        except CorruptGallery:
            _put_aside(folder / name, losses)
            continue
        if manifest is not None:
            return manifest
    raise CorruptGallery(f"{folder}: neither the manifest nor its copy can be read; restore one from a backup")


def _sound_block(folder: Path, entry: SegmentEntry, losses: _Losses) -> PrintBlock:
    """A segment as it is when it is sound, otherwise what is sound of it, in memory."""
    path = folder / entry.name
    with contextlib.suppress(CorruptGallery):
        segment = Segment(path, entry)
        if not segment.damage(("data",)):
            return segment
    salvaged = MemoryBlock()
    alive = _alive(entry)
    if path.exists():
        _put_aside(path, losses)
    try:
        data, header = map_segment(path, cut_short=True)
        bad = {name for name in COLUMNS if damaged_columns(path, data, header, [name])}
        if bad & {"keys", "key_offset", "offset"}:
            raise CorruptGallery("its keys cannot be read")
    except CorruptGallery:
        losses.lost += int(alive.sum())
        return salvaged
    rows = list(_sound_rows(data, header, alive, bad, losses))
    sketches = sketch_templates([row[1] for row in rows])
    salvaged.append(
        [
            PrintRow(key, template, details, peek(template), sketch)
            for (key, template, details), sketch in zip(rows, sketches, strict=True)
        ]
    )
    return salvaged


def _sound_rows(
    data: NDArray[np.uint8], header: SegmentHeader, alive: NDArray[np.bool_], bad: set[str], losses: _Losses
) -> Iterator[tuple[str, bytes, PrintDetails]]:
    """Key, template and details of the rows whose templates are sound."""
    keys, key_offset, offset = (column_of(data, header, name) for name in ("keys", "key_offset", "offset"))
    templates = column_of(data, header, "data")
    has_subjects = not bad & {"subjects", "subject_offset"}
    has_words = not bad & {"words", "category", "site"}
    words = words_of(data, header) if has_words else [""]
    for row in np.flatnonzero(alive).tolist():
        key = keys[int(key_offset[row]) : int(key_offset[row + 1])].tobytes().decode()
        template = templates[int(offset[row]) : int(offset[row + 1])].tobytes()
        try:
            peek(template)
        except CorruptTemplate:
            losses.lost += 1
            losses.keys.append(key)
            continue
        subject = category = site = expires = None
        if has_subjects:
            begin, end = column_of(data, header, "subject_offset")[row : row + 2].tolist()
            subject = column_of(data, header, "subjects")[begin:end].tobytes().decode() or None
        if has_words:
            category, site = (words[int(column_of(data, header, name)[row])] or None for name in ("category", "site"))
        if "expires" not in bad:
            expires = date_of(int(column_of(data, header, "expires")[row]))
        losses.without_details += not (has_subjects and has_words and "expires" not in bad)
        yield key, template, PrintDetails(subject, category, site, expires)


def _sound_records(folder: Path, manifest: Manifest, losses: _Losses) -> list[Record]:
    path = folder / manifest.log_name
    try:
        return replay(read_log(path), manifest.log)[0]
    except CorruptGallery:
        if not path.exists():
            return []
    _put_aside(path, losses)
    data, records, kept = path.read_bytes(), [], FILE_HEADER_SIZE
    with contextlib.suppress(CorruptGallery):
        for frame in sound_frames(data):
            records += list(frame.records)
            kept += frame.end - frame.offset
    losses.skipped += len(data) - kept
    return records


def _put_aside(path: Path, losses: _Losses) -> None:
    """Give a damaged file another name as well; the old one goes when the repaired gallery is in place."""
    aside = path.with_name(path.name + ASIDE_SUFFIX)
    aside.unlink(missing_ok=True)
    os.link(path, aside)
    losses.aside.append(aside.name)


def _alive(entry: SegmentEntry) -> NDArray[np.bool_]:
    if not entry.removed:
        return np.ones(entry.prints, np.bool_)
    return ~np.unpackbits(np.frombuffer(entry.removed, np.uint8), count=entry.prints).astype(np.bool_)
