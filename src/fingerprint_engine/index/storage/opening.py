"""`open_for_writing`: lock a gallery's folder, read what is in it, make what is missing of a new one."""

from __future__ import annotations

from pathlib import Path

from fingerprint_engine.errors import AbsentGallery, CorruptGallery, GalleryError
from fingerprint_engine.index.columns.table import PrintTable
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.file_header import new_identity
from fingerprint_engine.index.storage.folder import GalleryFolder
from fingerprint_engine.index.storage.folder_lock import FolderLock
from fingerprint_engine.index.storage.log.log_file import LogFile
from fingerprint_engine.index.storage.manifest import MANIFEST_NAME, Manifest
from fingerprint_engine.index.storage.protection.gallery_head import GalleryHead, require_head
from fingerprint_engine.index.storage.protection.key_purposes import new_keys
from fingerprint_engine.index.storage.reading import (
    Contents,
    apply_log,
    holds_other_things,
    is_gallery,
    named_errors,
    open_segments,
    read_manifest,
)
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.keys.errors import StaleGallery
from fingerprint_engine.whole_files import sync_folder


def open_for_writing(
    folder: Path,
    state: Path | None = None,
    keys: KeyRing | None = None,
    expected: GalleryHead | None = None,
    *,
    in_memory: bool = False,
) -> tuple[GalleryFolder, Contents]:
    """Open a gallery folder, made when absent.

    Parameters
    ----------
    folder
        Of the gallery.
    state
        Folder of this installation's private state; see `sealed_segments`.
    keys
        What it is protected with; None: it has no keys.
    expected
        The state that it must be in, or have come of.
    in_memory
        Whether sketches and indexes of segments are read into memory, those of segments that are made later as well.

    Raises
    ------
    GalleryError
        When the path is not a folder, the folder holds other files, or it cannot be written.
    GalleryLocked
        When it is open for writing elsewhere, in this process or another.
    CorruptGallery, UnsupportedGalleryVersion
        When a file is damaged or of another release.
    """
    with named_errors(folder):
        lock = lock_folder(folder)
        opened: GalleryFolder | None = None
        try:
            marked, manifest = lock.identity, read_manifest(folder, keys=keys)
            if manifest is None:
                if marked is not None:
                    path = folder / MANIFEST_NAME
                    raise CorruptGallery(f"{path}: expected the manifest of this gallery, found no such file")
                if expected is not None:
                    raise StaleGallery(f"{folder}: expected state {expected.counter} of a gallery, found a new one")
                opened, contents = _made(folder, lock, state, keys)
            else:
                if marked not in (None, manifest.identity):
                    raise CorruptGallery(f"{folder}: lock file and manifest belong to different galleries")
                contents = open_segments(folder, manifest, state=state, in_memory=in_memory)
                log, replayed = LogFile.open(folder, manifest.log_header, manifest.log_position)
                opened = GalleryFolder(folder, lock, manifest, log, state, keys)
                if expected is not None:
                    require_head(folder, manifest, replayed, expected)
                apply_log(contents, replayed)
                opened.follows = contents.follows
            if marked is None:
                lock.mark(opened.manifest.identity)
            opened.is_in_memory = in_memory
            opened.sweep()
            opened.refresh_copy()
        except BaseException:
            if opened is not None:
                opened.close()
            else:
                lock.close()
            raise
        return opened, contents


def lock_folder(folder: Path, *, must_exist: bool = False) -> FolderLock:
    """Make the folder when absent, and take its lock."""
    if must_exist and not is_gallery(folder):
        raise AbsentGallery(f"{folder}: expected a gallery, but there is none")
    if not folder.exists():
        folder.mkdir(mode=durable_files.PRIVATE_FOLDER, parents=True)
        sync_folder(folder.parent)
    elif not folder.is_dir():
        raise GalleryError(f"{folder}: expected a folder, found a file")
    elif holds_other_things(folder):
        raise GalleryError(f"{folder}: expected a gallery or an empty folder, found other files")
    return FolderLock(folder)


def _made(folder: Path, lock: FolderLock, state: Path | None, keys: KeyRing | None) -> tuple[GalleryFolder, Contents]:
    """Make the files of an empty gallery."""
    identity = new_identity()
    own = None if keys is None else new_keys(keys, identity, 1)
    contents = Contents(PrintTable(), Manifest.new(identity, keys=own))
    log = LogFile.create(folder, contents.manifest.log_header)
    opened = GalleryFolder(folder, lock, contents.manifest, log, state, keys)
    try:
        opened.seal(contents.table)
    except BaseException:
        opened.release_log()
        raise
    return opened, contents
