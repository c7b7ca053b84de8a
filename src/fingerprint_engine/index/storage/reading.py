"""Reading a gallery's files; nothing here writes to them."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from fingerprint_engine.errors import AbsentGallery, CorruptGallery, GalleryError, NotEnoughMemory
from fingerprint_engine.index.columns.memory_block import PrintRow
from fingerprint_engine.index.columns.table import BLOCK_PRINTS, PrintTable
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.folder_lock import LOCK_NAME
from fingerprint_engine.index.storage.log.details_format import decode_details
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.log.head import read_head
from fingerprint_engine.index.storage.log.log_file import head_of, read_log
from fingerprint_engine.index.storage.log.records import Record
from fingerprint_engine.index.storage.log.replay import Replayed, replay
from fingerprint_engine.index.storage.manifest import MANIFEST_COPY_NAME, MANIFEST_NAME, Manifest
from fingerprint_engine.index.storage.manifest_format import MAX_MANIFEST_FILE_BYTES, decode_manifest, wrappings_in
from fingerprint_engine.index.storage.memory_check import require_memory
from fingerprint_engine.index.storage.protection.gallery_head import GalleryHead, head_after, require_head
from fingerprint_engine.index.storage.sealed_segments import SealedSegments
from fingerprint_engine.index.storage.segments.content_check import check_content, require_digest
from fingerprint_engine.index.storage.segments.segment import Segment
from fingerprint_engine.index.storage.template_check import check_template_list
from fingerprint_engine.keys import KeyRing, Wrapping
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.template.making import Making
from fingerprint_engine.template.native.format import facts_of
from fingerprint_engine.template.sketches import sketch_templates
from fingerprint_engine.whole_files import PARTIAL_PATTERN

_TRIES = 20
_OURS = re.compile(
    r"segment-\d{8}\.(prints|[a-z][a-z0-9-]*\.index)|changes-\d{8}\.(log|head)|"
    + PARTIAL_PATTERN.format(name=r"(manifest|manifest\.copy)")
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
    follows: Follows | None = None
    head: GalleryHead | None = None


def read_gallery(
    folder: Path,
    *,
    skip_damaged: bool = False,
    state: Path | None = None,
    keys: KeyRing | None = None,
    expected: GalleryHead | None = None,
    in_memory: bool = False,
) -> Contents:
    """What a gallery holds at this moment; takes no lock.

    Raises
    ------
    GalleryError
        When there is no gallery or it cannot be read.
    CorruptGallery, UnsupportedGalleryVersion
        When a file is damaged or of another release; damaged segments may be skipped, and are then listed.
    """
    with named_errors(folder):
        for attempt in range(_TRIES):
            manifest = read_manifest(folder, keys=keys)
            if manifest is None:
                raise AbsentGallery(f"{folder}: expected a gallery, but there is none")
            try:
                replayed = read_changes(folder, manifest, expected)
                contents = open_segments(folder, manifest, skip_damaged=skip_damaged, state=state, in_memory=in_memory)
            except CorruptGallery:
                if attempt + 1 < _TRIES and read_manifest(folder, keys=keys) != manifest:
                    continue
                raise
            if contents.lost and attempt + 1 < _TRIES and read_manifest(folder, keys=keys) != manifest:
                del contents  # not beside the next ones
                continue
            apply_log(contents, replayed)
            return contents
    raise GalleryError(f"{folder}: its files change faster than they can be read")


def read_manifest(folder: Path, name: str = MANIFEST_NAME, *, keys: KeyRing | None = None) -> Manifest | None:
    """The manifest of a gallery folder; None when there is none.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion, WrongKey
    """
    try:
        data = durable_files.read_whole(folder / name, MAX_MANIFEST_FILE_BYTES)
    except FileNotFoundError:
        return None
    return decode_manifest(data, keys)


def wrapped_keys(path: str | Path) -> tuple[str, dict[bytes, list[Wrapping]]]:
    """What a gallery on disk says its `Gallery.identity` is, and which wrapped keys its files have, by purpose.

    No key has looked at it yet. The identity is empty where there is no gallery.

    Raises
    ------
    CorruptGallery, UnsupportedGalleryVersion, GalleryError
    """
    folder = path_of(path, "path")
    with named_errors(folder):
        try:
            data = durable_files.read_whole(folder / MANIFEST_NAME, MAX_MANIFEST_FILE_BYTES)
        except FileNotFoundError:
            return "", {}
    identity, found = wrappings_in(data)
    return identity.hex(), found


def read_changes(folder: Path, manifest: Manifest, expected: GalleryHead | None = None) -> Replayed:
    """What came since the segments were made. The head is read first: the log may grow while it is read.

    Raises
    ------
    StaleGallery
        When the gallery is not the one that is expected, or one that came of it.
    """
    path = folder / manifest.log_name
    head = read_head(head_of(path), manifest.log_header)
    found = replay(read_log(path), manifest.log_header, [manifest.log_position, head])
    if expected is not None:
        require_head(folder, manifest, found, expected)
    return found


def open_segments(
    folder: Path,
    manifest: Manifest,
    *,
    skip_damaged: bool = False,
    state: Path | None = None,
    in_memory: bool = False,
) -> Contents:
    """The segments of a gallery, and what is known about the damaged ones.

    Those that this installation did not make, and has not looked at before, are looked at wholly.
    """
    if in_memory:
        require_memory(folder, manifest)
    sealed = SealedSegments(manifest.identity, state)
    blocks: list[Segment] = []
    unseen: list[Segment] = []
    unsound: list[Segment] = []
    lost = []
    for entry in manifest.segments:
        try:
            segment = Segment(folder / entry.name, entry, manifest.identity, in_memory=in_memory)
            if entry.key is None and not sealed.knows(segment):  # what is sealed is authenticated as it is read
                unseen.append(segment)
                if check_content(segment):
                    unsound.append(segment)  # searches step over its damaged prints and say so
                else:
                    require_digest(segment)
                segment.check_index()
                if in_memory:
                    segment.give_back()
            blocks.append(segment)
        except CorruptGallery as error:
            if not skip_damaged:
                raise
            lost.append(LostSegment(entry.name, int(entry.alive().sum()), str(error)))
    table = PrintTable(blocks)
    if unseen and (repeated := table.count_repeated()):
        raise CorruptGallery(f"{folder}: {repeated} keys are enrolled twice")
    sealed.keep(segment for segment in blocks if segment not in unsound)
    _check_digests(blocks)
    return Contents(table, manifest, tuple(lost), manifest.follows)


def apply_log(contents: Contents, replayed: Replayed) -> None:
    """Apply what a log holds to the prints of the segments."""
    apply_records(contents.table, replayed.records)
    contents.follows = replayed.follows or contents.follows
    contents.head = head_after(contents.manifest, replayed.position)


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
        table.append(_rows_of(enrolled[begin : begin + BLOCK_PRINTS], table.any_making()))


def _rows_of(records: list[Record], making: Making | None) -> list[PrintRow]:
    templates = [record.template or b"" for record in records]
    check_template_list(templates, "gallery log")
    facts = [facts_of(template) for template in templates]
    if {fact.made_with.digest for fact in facts} - {(making or facts[0].made_with).digest}:
        raise CorruptGallery("gallery log: templates in it were made with different parameters")
    return [
        PrintRow(record.key, template, decode_details(record.details), fact, sketch)
        for record, template, fact, sketch in zip(records, templates, facts, sketch_templates(templates), strict=True)
    ]


def _check_digests(segments: list[Segment]) -> None:
    """All templates of a gallery were made with the same parameters."""
    makings = [PrintTable([segment]).any_making() for segment in segments if len(segment)]
    if len({making.digest for making in makings if making is not None}) > 1:
        raise CorruptGallery("gallery: segments hold templates that were made with different parameters")


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
        if error.errno == errno.ENOMEM:
            raise NotEnoughMemory(f"{folder}: there is no memory to open the gallery ({error.strerror})") from error
        advice = "; open it with read_only=True to search only" if isinstance(error, PermissionError) else ""
        raise GalleryError(f"{folder}: cannot open the gallery ({error.strerror or error}){advice}") from error
