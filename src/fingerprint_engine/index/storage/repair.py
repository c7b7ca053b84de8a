"""Repairing a damaged gallery: what is sound is kept, what is lost is named, damaged files are put aside."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import CorruptGallery, InputError, TemplateError
from fingerprint_engine.index.columns.block import PrintBlock
from fingerprint_engine.index.columns.details import NEVER, PrintDetails, check_key, date_of, day_number_range
from fingerprint_engine.index.columns.memory_block import MemoryBlock, PrintRow
from fingerprint_engine.index.columns.table import PrintTable
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.file_header import FileHeader
from fingerprint_engine.index.storage.folder import GalleryFolder
from fingerprint_engine.index.storage.log.head import read_head
from fingerprint_engine.index.storage.log.log_file import LogFile, head_of, read_log
from fingerprint_engine.index.storage.log.replay import Replayed, replay
from fingerprint_engine.index.storage.log.salvage import Salvaged, salvage
from fingerprint_engine.index.storage.manifest import MANIFEST_COPY_NAME, MANIFEST_NAME, Manifest, SegmentEntry
from fingerprint_engine.index.storage.opening import lock_folder
from fingerprint_engine.index.storage.protection.sealed_columns import opened_whole
from fingerprint_engine.index.storage.reading import apply_records, named_errors, read_manifest
from fingerprint_engine.index.storage.segments.content_check import check_content, require_digest
from fingerprint_engine.index.storage.segments.segment import Segment, damaged_columns, map_segment
from fingerprint_engine.index.storage.segments.segment_format import COLUMNS, SegmentHeader, column_of
from fingerprint_engine.index.storage.segments.structure_check import words_of
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.template import Template
from fingerprint_engine.template.native.format import facts_of
from fingerprint_engine.template.sketches import sketch_templates
from fingerprint_engine.text.plain import plain


@dataclasses.dataclass(frozen=True, slots=True)
class Repair:
    """What a repair did.

    Attributes
    ----------
    prints
        Prints in the gallery afterwards.
    lost
        Prints of segments that are gone, those removed since among them; and changes of the log that are gone, each
        an enrolment, a replacement or a removal.
    lost_keys
        Keys of those whose keys could be read.
    lost_frames
        First and last number of each run of frames of the log that is gone; a frame is what one call wrote.
    without_details
        Prints that were kept and whose subject, category, site or expiry is gone.
    skipped_bytes
        Damaged bytes of the log; the changes in them are gone.
    aside
        Damaged files as they were, put aside under another name: they still hold personal data.
    is_log_lost
        Whether the log is gone, and with it the head that says how many changes it held: `lost` does not count them.
    """

    prints: int
    lost: int = 0
    lost_keys: tuple[str, ...] = ()
    lost_frames: tuple[tuple[int, int], ...] = ()
    without_details: int = 0
    skipped_bytes: int = 0
    aside: tuple[str, ...] = ()
    is_log_lost: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        found: dict[str, Any] = plain(self)
        return found


@dataclasses.dataclass(slots=True)
class _Losses:
    lost: int = 0
    keys: list[str] = dataclasses.field(default_factory=list)
    frames: tuple[tuple[int, int], ...] = ()
    without_details: int = 0
    skipped: int = 0
    aside: list[str] = dataclasses.field(default_factory=list)
    is_log_lost: bool = False


def repair_gallery(folder: str | Path, state: Path | None = None, keys: KeyRing | None = None) -> Repair:
    """Make a damaged gallery usable again; a crash leaves it as it was, or repaired.

    Parameters
    ----------
    folder
        The gallery.
    state
        Folder of this installation's private state; see `Gallery.open`.
    keys
        What the gallery is protected with.

    Raises
    ------
    CorruptGallery
        When neither the manifest nor its copy can be read: nobody then knows which prints were removed.
    GalleryError, GalleryLocked
        When there is no gallery, or it is open for writing elsewhere, or cannot be written.
    """
    losses, folder = _Losses(), path_of(folder, "folder")
    with named_errors(folder), contextlib.ExitStack() as stack:
        lock = lock_folder(folder, must_exist=True)
        stack.callback(lock.close)
        manifest = _any_manifest(folder, keys, losses)
        blocks = [_sound_block(folder, entry, manifest.identity, losses) for entry in manifest.segments]
        _drop_repeated(blocks, losses)
        table = PrintTable([block for block in blocks if len(block)])
        replayed = _sound_changes(folder, manifest, losses)
        apply_records(table, replayed.records)
        lock.mark(manifest.identity)
        # A log that is only there to be replaced by the next one; its key is that of a log that was there.
        spare = manifest.log_header._replace(number=manifest.next_number() + 1)
        opened = GalleryFolder(folder, lock, manifest, LogFile.create(folder, spare), state, keys)
        opened.follows = replayed.follows or manifest.follows
        try:
            opened.seal(table, indexed=True)
        finally:
            opened.release_log()
    return Repair(
        len(table),
        losses.lost,
        tuple(losses.keys),
        losses.frames,
        losses.without_details,
        losses.skipped,
        tuple(losses.aside),
        losses.is_log_lost,
    )


def _any_manifest(folder: Path, keys: KeyRing | None, losses: _Losses) -> Manifest:
    for name in (MANIFEST_NAME, MANIFEST_COPY_NAME):
        try:
            manifest = read_manifest(folder, name, keys=keys)
        except CorruptGallery:
            _put_aside(folder / name, losses)
            continue
        if manifest is not None:
            return manifest
    raise CorruptGallery(f"{folder}: neither the manifest nor its copy can be read; restore one from a backup")


def _sound_block(folder: Path, entry: SegmentEntry, identity: bytes, losses: _Losses) -> PrintBlock:
    """A segment as it is when it is sound, otherwise what is sound of it, in memory."""
    path = folder / entry.name
    with contextlib.suppress(CorruptGallery):
        # Files beside it can be made anew, so they are not looked at.
        segment = Segment(path, dataclasses.replace(entry, indexes=()), identity)
        require_digest(segment)
        if not segment.damage(("data",)) and not check_content(segment):
            return segment
    salvaged = MemoryBlock()
    alive = entry.alive()
    _put_aside(path, losses)
    try:
        wanted = FileHeader(identity, entry.number, entry.key)
        data, header, _ = map_segment(path, wanted, cut_short=True)
        if entry.key is not None:
            data, header = opened_whole(path, data, header, entry.key)
        bad = set() if entry.key else {name for name in COLUMNS if damaged_columns(path, data, header, [name])}
        if header.prints != entry.prints or bad & {"keys", "key_offset", "offset"}:
            raise CorruptGallery("its keys cannot be read")
    except CorruptGallery:
        losses.lost += int(alive.sum())
        return salvaged
    rows = list(_sound_rows(path, data, header, alive, bad, losses))
    sketches = sketch_templates([row[1] for row in rows])
    salvaged.append(
        [
            PrintRow(key, template, details, facts_of(template), sketch)
            for (key, template, details), sketch in zip(rows, sketches, strict=True)
        ]
    )
    return salvaged


def _sound_rows(
    path: Path,
    data: NDArray[np.uint8],
    header: SegmentHeader,
    alive: NDArray[np.bool_],
    bad: set[str],
    losses: _Losses,
) -> Iterator[tuple[str, bytes, PrintDetails]]:
    """Key, template and details of the rows whose keys and templates are sound, each key once."""
    words = None
    if not bad & {"words", "category", "site"}:
        with contextlib.suppress(CorruptGallery):
            words = words_of(path, data, header)
    seen: set[str] = set()
    for row in np.flatnonzero(alive).tolist():
        key = _text_at(data, header, "key", row)
        template = _bytes_at(data, header, "offset", "data", row)
        try:
            key = check_key(key)
            Template.from_bytes(template)
        except (ValueError, TemplateError):  # InputError is a ValueError
            losses.lost += 1
            losses.keys += [key] if key else []
            continue
        if key in seen:
            losses.lost += 1
            losses.keys.append(key)
            continue
        seen.add(key)
        details, is_whole = _details_at(data, header, words, bad, row)
        losses.without_details += not is_whole
        yield key, template, details


def _details_at(
    data: NDArray[np.uint8], header: SegmentHeader, words: list[str] | None, bad: set[str], row: int
) -> tuple[PrintDetails, bool]:
    """What is sound of the details of a row, and whether that is all."""
    codes = [int(column_of(data, header, name)[row]) for name in ("category", "site")]
    has_words = words is not None and max(codes) < len(words)
    category, site = [words[code] or None for code in codes] if words is not None and has_words else (None, None)
    has_subject = not bad & {"subjects", "subject_offset"}
    subject = (_text_at(data, header, "subject", row) or None) if has_subject else None
    day = int(column_of(data, header, "expires")[row])
    first, last = day_number_range()
    has_day = "expires" not in bad and (day == NEVER or first <= day <= last)
    try:
        details = PrintDetails(subject, category, site, date_of(day) if has_day else None)
    except InputError:  # a forged subject
        return PrintDetails(None, category, site), False
    return details, has_words and has_subject and has_day


def _bytes_at(data: NDArray[np.uint8], header: SegmentHeader, offset: str, name: str, row: int) -> bytes:
    """One value of a column of bytes; nothing where places are forged."""
    begin, end = (int(place) for place in column_of(data, header, offset)[row : row + 2])
    column = column_of(data, header, name)
    return column[begin:end].tobytes() if 0 <= begin <= end else b""


def _text_at(data: NDArray[np.uint8], header: SegmentHeader, name: str, row: int) -> str:
    return _bytes_at(data, header, f"{name}_offset", f"{name}s", row).decode("utf-8", "replace")


def _drop_repeated(blocks: list[PrintBlock], losses: _Losses) -> None:
    """Of prints that are enrolled twice under one key, the last counts."""
    seen: set[str] = set()
    for block in reversed(blocks):
        view = block.view()
        for row in np.flatnonzero(view.alive).tolist():
            key = view.key(row)
            if key in seen:
                block.remove(row)
                losses.lost += 1
                losses.keys.append(key)
            seen.add(key)


def _sound_changes(folder: Path, manifest: Manifest, losses: _Losses) -> Replayed:
    """What the log holds, or what is sound of it."""
    path, log = folder / manifest.log_name, manifest.log_header
    stated, is_head_known = [manifest.log_position], False
    with contextlib.suppress(CorruptGallery):
        stated.append(read_head(head_of(path), log))
        is_head_known = True
    try:
        data = read_log(path)
    except CorruptGallery:
        data, losses.is_log_lost = b"", not is_head_known
    try:
        found = replay(data, log, stated)
        if is_head_known:
            apply_records(PrintTable(), found.records)  # nothing but valid templates
            return found
    except CorruptGallery:
        _put_aside(path, losses)
    left = salvage(data, log, stated, is_head_known=is_head_known)
    losses.lost += left.lost_changes
    losses.frames = left.lost_frames
    losses.skipped += left.skipped_bytes
    return _records_of(left, manifest, losses)


def _records_of(left: Salvaged, manifest: Manifest, losses: _Losses) -> Replayed:
    """Changes of sound frames, without templates that are no templates."""
    records = []
    follows = None
    for frame in left.frames:
        follows = frame.follows or follows
        for record in frame.records:
            try:
                if record.template is not None:
                    apply_records(PrintTable(), [record])
            except CorruptGallery:
                losses.lost += 1
                losses.keys.append(record.key)
                continue
            records.append(record)
    return Replayed(records, follows, manifest.log_position)


def _put_aside(path: Path, losses: _Losses) -> None:
    """Give a damaged file another name as well; the old one goes when the repaired gallery is in place."""
    if not path.is_file() or path.is_symlink():
        return
    name = next((other for other in durable_files.asides(path) if other.samefile(path)), None)
    if name is None:  # else an earlier repair ended before the file was replaced
        name = durable_files.aside(path)
        os.link(path, name)
    losses.aside.append(name.name)
