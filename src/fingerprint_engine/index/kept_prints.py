"""`KeptPrints`: prints in memory and, where they have a folder, on disk; both change together or not at all."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, NoReturn, Self

from fingerprint_engine.errors import GalleryError, InputError
from fingerprint_engine.index.columns.memory_block import PrintRow
from fingerprint_engine.index.columns.table import BLOCK_PRINTS, PrintTable
from fingerprint_engine.index.enrolment import CheckedPrint, rows_of
from fingerprint_engine.index.storage.folder import GalleryFolder
from fingerprint_engine.index.storage.log.follows import Follows
from fingerprint_engine.index.storage.log.records import Record
from fingerprint_engine.index.storage.manifest import Manifest
from fingerprint_engine.index.storage.opening import open_for_writing
from fingerprint_engine.index.storage.ownership import tell_when_forked
from fingerprint_engine.index.storage.protection.gallery_head import GalleryHead
from fingerprint_engine.index.storage.reading import LostSegment, read_gallery
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.threads import require_process


class _Pending(NamedTuple):
    """A change that is on the disk and may not be in memory yet: keys that go, prints that come."""

    gone: Sequence[str]
    enrolled: Sequence[CheckedPrint]
    follows: Follows | None


class KeptPrints:
    """Prints, the thread and the process that may change them, and how a change is made.

    What is on disk belongs to the process that opened it: in a child made by `os.fork` every use of it is refused.
    """

    def __init__(self) -> None:
        self._table = PrintTable()
        self._lost: tuple[LostSegment, ...] = ()
        self._measurements: Mapping[str, Any] = {}
        self._follows: Follows | None = None
        self._identity = b""
        self._lock = threading.RLock()
        self._folder: GalleryFolder | None = None
        self._process: int | None = None
        self._head: GalleryHead | None = None
        self._manifest: Manifest | None = None
        self._pending: _Pending | None = None
        self._is_writable = True
        self._is_closed = False
        tell_when_forked(self)

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        read_only: bool = False,
        skip_damaged: bool = False,
        state: str | Path | None = None,
        keys: KeyRing | None = None,
        expected: GalleryHead | str | None = None,
        in_memory: bool = False,
    ) -> Self:
        """Open a gallery on disk, a folder; it is created when absent, and is its owner's alone.

        What `enrol` and `remove` acknowledged by returning survives a crash of the process or the machine. One gallery
        object at a time may write; any number may read, each seeing what was there when it was opened. Segments that
        this installation did not make are looked at wholly, once.

        Parameters
        ----------
        path
            The folder.
        read_only
            Search only: needs no right to write, takes no lock, changes nothing, and expects a gallery to be there.
        skip_damaged
            With `read_only`: search what is left when a segment is damaged; `lost` lists it, and no search without a
            hit is complete.
        state
            A private folder of this installation, which remembers what segments it made or has looked at. None: the
            folder that `FINGERPRINT_ENGINE_STATE` names, or else one in `XDG_STATE_HOME`.
        keys
            What the files are protected with: a new gallery gets keys of its own under them, one that is there must
            have been made with them. None: a gallery without keys.
        expected
            `head` of an earlier moment, or its text: refuse any state but that one and what came of it.
        in_memory
            Read what every search reads wholly, sketches and index (1.1 KB a print), into memory once, instead of
            through mapped files: searches of large galleries are faster, and the system cannot take that memory back
            while the gallery is open. Answers are the same, whatever becomes of these bytes in the files later.
            Templates stay mapped. Segments that this object makes later follow, as soon as those are gone that they
            replace; the sketches and indexes of sealed galleries are in memory anyway.

        Raises
        ------
        GalleryError
            When the path holds something else, or cannot be used.
        NotEnoughMemory
            With `in_memory`, when its index does not fit there.
        GalleryLocked
            When it is open for writing elsewhere.
        CorruptGallery
            When a file is damaged, forged, of another gallery or no regular file; names it and the offset.
        UnsupportedGalleryVersion
            When another release wrote it, in a format that this one does not read.
        WrongKey
            When the gallery has keys and none are given, or others, or it has none and keys are given.
        StaleGallery
            When it is in an older or another state than the expected one.
        """
        folder = path_of(path, "path")
        if skip_damaged and not read_only:
            raise InputError("skip_damaged: expected read_only=True with it; to write, repair the gallery first")
        gallery, place = cls(), None if state is None else path_of(state, "state")
        head = GalleryHead.parse(expected) if isinstance(expected, str) else expected
        gallery._process = os.getpid()
        if read_only:
            contents = read_gallery(
                folder, skip_damaged=skip_damaged, state=place, keys=keys, expected=head, in_memory=in_memory
            )
            gallery._is_writable, gallery._head = False, contents.head
            gallery._manifest = contents.manifest
        else:
            gallery._folder, contents = open_for_writing(folder, place, keys, head, in_memory=in_memory)
        gallery._table, gallery._lost = contents.table, contents.lost
        gallery._measurements, gallery._follows = contents.manifest.measurements, contents.follows
        gallery._identity = contents.manifest.identity
        return gallery

    @property
    def head(self) -> GalleryHead:
        """The state that the gallery is in, to be kept elsewhere: opening it with ``expected=`` refuses an older one.

        Raises
        ------
        GalleryError
            When the gallery is in memory.
        """
        with self._using():
            if self._folder is not None:
                return self._folder.head
            if self._head is None:
                raise GalleryError("gallery: expected one on disk, it is in memory")
            return self._head

    def change_keys(self, keys: KeyRing) -> None:
        """Protect the gallery with other keys; it is under the old ones or under the new ones, whatever happens.

        A gallery that has keys keeps its data keys and gets new wrappings; `compact` with ``reencrypt=True`` then makes
        new data keys. One without keys is written anew; old blocks of the disk may still hold what it was.

        Raises
        ------
        GalleryError
            When it is in memory, or cannot be written.
        """
        with self._writing():
            if self._folder is None:
                raise GalleryError("gallery: expected one on disk, it is in memory")
            self._folder.change_keys(self._table, keys)

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, as for a pool of processes: nothing that is held open can go to another process."""
        raise InputError(
            "gallery: expected to stay in its process, got pickled; open it in each worker: "
            "Gallery.open(path, read_only=True)"
        )

    def close(self) -> None:
        """Close the files, so that others may write; the gallery cannot be used any more.

        Files that a search in another thread still reads are let go when it ends.
        """
        if not self._is_own:
            return  # the child that has a copy of it gave up its files when it was forked
        with self._lock:
            self._is_closed = True
            self._table, self._pending = PrintTable(), None
            if self._folder is not None:
                self._folder.close()

    def forked(self) -> None:
        """Called in a forked child: its copy of a gallery on disk cannot be used, and does not keep the lock."""
        if self._process is not None:
            self._table = PrintTable()
            if self._folder is not None:
                self._folder.abandon()
        elif self._lock.acquire(blocking=False):
            self._lock.release()
        else:  # another thread was changing it, and is not there to end what it began
            self._process = 0

    @property
    def identity(self) -> str:
        """What tells this gallery from all others (hexadecimal); empty in memory."""
        return self._identity.hex()

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Ids of the keys under which its data keys lie; none without keys and in memory."""
        manifest = self._manifest if self._folder is None else self._folder.manifest
        keys = None if manifest is None else manifest.keys
        return () if keys is None else tuple(one.key_id for one in keys.own.wrappings)

    @property
    def made_with(self) -> str:
        """The digest (hexadecimal) of the parameters that all its templates share; empty without templates."""
        with self._using():
            making = self._table.any_making()
        return "" if making is None else making.digest.hex()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _is_own(self) -> bool:
        return self._process is None or self._process == os.getpid()

    def _require_own(self) -> None:
        if self._process is not None:
            require_process(self._process, "gallery", GalleryError)

    @contextlib.contextmanager
    def _using(self) -> Iterator[None]:
        self._require_own()  # before the lock, which a thread that is not in this process may hold
        with self._lock:
            if self._is_closed:
                raise GalleryError("gallery: it is closed")
            if self._pending is not None:
                self._catch_up(self._pending)
            yield

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._using():
            if not self._is_writable:
                raise GalleryError("gallery: it was opened with read_only=True")
            yield

    def _change(
        self,
        gone: Sequence[str],
        enrolled: Sequence[CheckedPrint] = (),
        *,
        follows: Follows | None = None,
        rows: Callable[[], Sequence[PrintRow]] | None = None,
    ) -> None:
        """Make a change, on the disk before memory: what a caller sees was acknowledged.

        Whatever interrupts it, Ctrl-C among it, memory agrees with the disk: a change that is there is caught up with.

        Parameters
        ----------
        gone
            Enrolled keys that are removed or replaced.
        enrolled
            Prints that are enrolled, under new keys or those.
        follows
            How far the gallery follows a registry with the change.
        rows
            Gives the rows of `enrolled`; None: they are made here, before anything is written.
        """
        kept = {one.key for one in enrolled}
        records = [Record(key, None) for key in gone if key not in kept] + [one.record() for one in enrolled]
        if not records and follows is None:
            return
        if rows is None:
            rows = functools.partial(list, rows_of(enrolled))
        pending = _Pending(gone, enrolled, follows)
        before = None if self._folder is None else self._folder.log_position
        try:
            if self._folder is not None:
                self._folder.append(records, follows)
            self._pending = pending
        except BaseException:
            if self._folder is not None and self._folder.log_position is not before:
                self._pending = pending
            raise
        made = rows()
        for key in gone:
            self._table.discard(key)
        self._end_change(made, follows)
        if self._folder is not None:
            self._folder.seal_when_due(self._table)
        elif self._table.growing.rows >= BLOCK_PRINTS:
            self._table.begin_block()

    def _catch_up(self, pending: _Pending) -> None:
        """Do a change in memory that was interrupted there, as far as it had come."""
        for key in self._table.known([*pending.gone, *(one.key for one in pending.enrolled)]):
            self._table.discard(key)
        self._end_change(rows_of(pending.enrolled), pending.follows)

    def _end_change(self, rows: Sequence[PrintRow], follows: Follows | None) -> None:
        self._table.append(rows)
        self._follows = follows or self._follows
        self._pending = None
