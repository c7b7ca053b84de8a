"""Reading a gallery's files; nothing here writes."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from fingerprint_engine.errors import (
    AbsentGallery,
    CorruptGallery,
    CorruptTemplate,
    GalleryError,
    UnsupportedGalleryVersion,
    UnsupportedTemplateVersion,
)
from fingerprint_engine.index.columns.block import PrintBlock
from fingerprint_engine.index.columns.memory_block import PrintRow
from fingerprint_engine.index.columns.table import BLOCK_PRINTS, PrintTable
from fingerprint_engine.index.storage.details_format import decode_details
from fingerprint_engine.index.storage.folder_lock import LOCK_NAME
from fingerprint_engine.index.storage.log_file import read_log, replay
from fingerprint_engine.index.storage.log_format import Record
from fingerprint_engine.index.storage.manifest import MANIFEST_COPY_NAME, MANIFEST_NAME, Manifest, decode_manifest
from fingerprint_engine.index.storage.segment import Segment
from fingerprint_engine.template.native_format import NativeFacts, peek
from fingerprint_engine.template.sketches import sketch_templates
from fingerprint_engine.whole_files import PARTIAL_PATTERN

_TRIES = 20
_OURS = re.compile(
    r"segment-\d{8}\.prints|changes-\d{8}\.log|" + PARTIAL_PATTERN.format(name=r"(manifest|manifest\.copy)")
)


@dataclasses.dataclass(frozen=True, slots=True)
class LostSegment:
    """A segment that cannot be read: how many prints of it counted, and what is wrong."""

    name: str
    prints: int
    error: str


@dataclasses.dataclass(slots=True)
class Contents:
    """What a gallery's files hold."""

    table: PrintTable
    manifest: Manifest
    lost: tuple[LostSegment, ...] = ()


def read_gallery(folder: Path, *, skip_damaged: bool = False) -> Contents:
    """What a gallery holds at this moment; takes no lock.

    Raises
    ------
    GalleryError
        When there is no gallery or it cannot be read.
    CorruptGallery, UnsupportedGalleryVersion
        When a file is damaged or of a newer release; damaged segments may be skipped, and are then listed.
    """
    with named_errors(folder):
        for attempt in range(_TRIES):
            manifest = read_manifest(folder)
            if manifest is None:
                raise AbsentGallery(f"{folder}: expected a gallery, but there is none")
            try:
                records, _ = replay(read_log(folder / manifest.log_name), manifest.log)
                contents = open_segments(folder, manifest, skip_damaged=skip_damaged)
            except CorruptGallery:
                # The writer may have put other files in place since the manifest was read.
                if attempt + 1 < _TRIES and read_manifest(folder) != manifest:
                    continue
                raise
            apply_records(contents.table, records)
            return contents
    raise GalleryError(f"{folder}: its files change faster than they can be read")


def read_manifest(folder: Path, name: str = MANIFEST_NAME) -> Manifest | None:
    """The manifest of a gallery folder; None when there is none."""
    try:
        data = (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    return decode_manifest(data)


def open_segments(folder: Path, manifest: Manifest, *, skip_damaged: bool = False) -> Contents:
    """The segments of a gallery, and what is known about the damaged ones."""
    blocks: list[PrintBlock] = []
    lost = []
    for entry in manifest.segments:
        try:
            blocks.append(Segment(folder / entry.name, entry))
        except CorruptGallery as error:
            if not skip_damaged:
                raise
            gone = int(np.unpackbits(np.frombuffer(entry.removed, np.uint8)).sum())
            lost.append(LostSegment(entry.name, entry.prints - gone, str(error)))
    return Contents(PrintTable(blocks), manifest, tuple(lost))


def apply_records(table: PrintTable, records: Iterable[Record]) -> None:
    """Apply records to a table; the last one about a key counts."""
    last: dict[str, Record] = {}
    for record in records:
        last.pop(record.key, None)
        last[record.key] = record
    for key in table.known(list(last)):
        table.discard(key)
    enrolled = [record for record in last.values() if record.template is not None]
    for begin in range(0, len(enrolled), BLOCK_PRINTS):
        if table.growing.rows:
            table.begin_block()
        table.append(_rows_of(enrolled[begin : begin + BLOCK_PRINTS]))


def _rows_of(records: list[Record]) -> list[PrintRow]:
    templates = [record.template or b"" for record in records]
    facts = [_facts(template) for template in templates]
    try:
        sketches = sketch_templates(templates)
    except CorruptTemplate as error:
        raise CorruptGallery(f"gallery log: a template in it cannot be read ({error})") from error
    return [
        PrintRow(record.key, template, decode_details(record.details), fact, sketch)
        for record, template, fact, sketch in zip(records, templates, facts, sketches, strict=True)
    ]


def _facts(template: bytes) -> NativeFacts:
    try:
        return peek(template)
    except CorruptTemplate as error:
        raise CorruptGallery(f"gallery log: a template in it cannot be read ({error})") from error
    except UnsupportedTemplateVersion as error:
        raise UnsupportedGalleryVersion(f"gallery log: a template of a newer release is in it ({error})") from error


def is_gallery(folder: Path) -> bool:
    """Whether a folder is a gallery: it holds a file that every gallery has."""
    return any((folder / name).is_file() for name in (MANIFEST_NAME, MANIFEST_COPY_NAME))


def is_ours(name: str) -> bool:
    """Whether a file in a gallery's folder may be deleted when the manifest does not name it."""
    return _OURS.fullmatch(name) is not None


def holds_other_things(folder: Path) -> bool:
    """Whether a folder is neither empty nor a gallery, finished or not."""
    known = {LOCK_NAME, MANIFEST_NAME, MANIFEST_COPY_NAME}
    names = {path.name for path in folder.iterdir()}
    return bool(names) and not names & known


@contextlib.contextmanager
def named_errors(folder: Path) -> Iterator[None]:
    """Turn errors of the operating system into `GalleryError`, with the folder in front."""
    try:
        yield
    except OSError as error:
        advice = "; open it with read_only=True to search only" if isinstance(error, PermissionError) else ""
        raise GalleryError(f"{folder}: cannot open the gallery ({error.strerror}){advice}") from error
