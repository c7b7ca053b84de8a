"""`EnrolledPrints`: prints under keys, in memory or on disk, and every change to them."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fingerprint_engine.errors import DuplicateKey, FingerprintEngineError, GalleryError, InputError, UnknownKey
from fingerprint_engine.index.columns.block import PrintBlock
from fingerprint_engine.index.columns.details import PrintDetails, check_key
from fingerprint_engine.index.columns.table import BLOCK_PRINTS, PrintTable
from fingerprint_engine.index.enrolment import (
    CheckedPrint,
    Enrollable,
    Enrolments,
    check_digest,
    checked_group,
    native,
    pieces_for,
    rows_of,
)
from fingerprint_engine.index.storage.compaction import Compaction, compact
from fingerprint_engine.index.storage.folder import GalleryFolder, open_for_writing
from fingerprint_engine.index.storage.log_format import Record
from fingerprint_engine.index.storage.reading import LostSegment, read_gallery
from fingerprint_engine.template import Template
from fingerprint_engine.threads import beside, check_workers

GROUP_PRINTS = 2048
"""Chosen: three megabytes per write, where waiting for the disk no longer counts."""


class EnrolledPrints:
    """What a `Gallery` holds, and how it changes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._table = PrintTable()
        self._lost: tuple[LostSegment, ...] = ()
        self._measurements: Mapping[str, Any] = {}
        self._lock = threading.RLock()
        self._folder: GalleryFolder | None = None
        self._is_writable = True
        self._is_closed = False

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False, skip_damaged: bool = False) -> Self:
        """Open a gallery on disk, a folder; it is created when absent.

        What `enrol` and `remove` acknowledged by returning survives a crash of the process or the machine. One gallery
        object at a time may write; any number may read, each seeing what was there when it was opened.

        Parameters
        ----------
        path
            The folder.
        read_only
            Search only: needs no right to write, takes no lock, changes nothing, and expects a gallery to be there.
        skip_damaged
            With `read_only`: search what is left when a segment is damaged; `lost` lists it, and no search without a
            hit is complete.

        Raises
        ------
        GalleryError
            When the path holds something else, or cannot be used.
        GalleryLocked
            When it is open for writing elsewhere.
        CorruptGallery
            When a file is damaged; names it and the offset.
        UnsupportedGalleryVersion
            When a newer release wrote it.
        """
        if skip_damaged and not read_only:
            raise InputError("skip_damaged: expected read_only=True with it; to write, repair the gallery first")
        gallery = cls()
        if read_only:
            contents = read_gallery(Path(path), skip_damaged=skip_damaged)
            gallery._is_writable = False
        else:
            gallery._folder, contents = open_for_writing(Path(path))
        gallery._table, gallery._lost = contents.table, contents.lost
        gallery._measurements = contents.manifest.measurements
        return gallery

    def get(self, key: str) -> Template:
        """The template of a key.

        Raises
        ------
        UnknownKey
            When the key is not enrolled.
        CorruptTemplate
            When its bytes are damaged.
        """
        with self._lock:
            block, row = self._require(key)
            data = block.template(row)
        return Template.from_bytes(data)

    def details(self, key: str) -> PrintDetails:
        """What was given with the print of a key.

        Raises
        ------
        UnknownKey
            When the key is not enrolled.
        """
        with self._lock:
            block, row = self._require(key)
            return block.details(row)

    def enrol(
        self,
        key: str,
        template: Template | bytes,
        *,
        subject: str | None = None,
        category: str | None = None,
        site: str | None = None,
        expires: datetime.date | None = None,
    ) -> None:
        """Add a print.

        Parameters
        ----------
        key
            Names the print.
        template
            A template, or its native bytes.
        subject, category, site, expires
            What is known of it; see `PrintDetails`. Prints of one subject become one candidate.

        Raises
        ------
        DuplicateKey
            When the key is enrolled already; see `replace`.
        IncompatibleTemplates
            When the enrolled templates were made with other parameters.
        InputError, TemplateError, GalleryError
            When the key, the template or a detail is invalid, or the gallery cannot be written.
        """
        details = PrintDetails(subject, category, site, expires)
        with self._writing():
            check_key(key)
            data, facts = native(template)
            if key in self._table:
                raise DuplicateKey("key: it is enrolled already")
            check_digest(facts.digest, self._table.any_digest())
            self._put([CheckedPrint(key, data, details, facts)])

    def enrol_many(
        self,
        prints: Iterable[Enrollable],
        *,
        workers: int = 2,
        progress: Callable[[int], object] | None = None,
    ) -> Enrolments:
        """Add many prints; those that `enrol` would refuse are listed in the answer and the rest goes on.

        Prints are written in groups of `GROUP_PRINTS`, each acknowledged at once, which is much faster on disk than one
        by one. Should this raise (the disk is full, or `prints` itself raises), then the groups before are enrolled.

        Parameters
        ----------
        prints
            Pairs of key and template (or its native bytes), or triples with `PrintDetails`.
        workers
            Threads that sketch.
        progress
            Called after each group with the number of prints done, enrolled or refused.
        """
        refused: list[tuple[object, FingerprintEngineError]] = []
        waiting, enrolled = iter(prints), 0
        workers = check_workers(workers)
        while group := list(itertools.islice(waiting, GROUP_PRINTS)):
            with self._writing():
                accepted = checked_group(group, self._table, refused)
                with beside(rows_of, pieces_for(accepted, workers), workers=workers) as sketched:
                    self._write([checked.record() for checked in accepted])
                    self._table.append(list(itertools.chain.from_iterable(sketched())))
                self._end_change()
            enrolled += len(accepted)
            if progress is not None:
                progress(enrolled + len(refused))
        return Enrolments(enrolled, tuple(refused))

    def replace(self, key: str, template: Template | bytes, details: PrintDetails | None = None) -> None:
        """Put another print under an enrolled key; in the order of enrolment it becomes the last.

        Parameters
        ----------
        key
            An enrolled key.
        template
            The new template, or its native bytes.
        details
            New details; None keeps the present ones.

        Raises
        ------
        UnknownKey
            When the key is not enrolled.
        IncompatibleTemplates, InputError, TemplateError, GalleryError
            As `enrol`.
        """
        with self._writing():
            block, row = self._require(key)
            data, facts = native(template)
            if len(self._table) > 1:
                check_digest(facts.digest, self._table.any_digest())
            self._put([CheckedPrint(key, data, details or block.details(row), facts)])

    def remove(self, key: str) -> None:
        """Remove a print; it is not found any more. On disk its bytes stay until `compact`.

        Raises
        ------
        UnknownKey
            When the key is not enrolled.
        GalleryError
            When the gallery cannot be written.
        """
        with self._writing():
            self._require(key)
            self._write([Record(key, None)])
            self._table.discard(key)
            self._end_change()

    def remove_many(self, keys: Iterable[str]) -> int:
        """Remove many prints, in groups that are acknowledged at once; keys that are not enrolled are ignored.

        Returns
        -------
        int
            How many were removed.
        """
        waiting, removed = iter(keys), 0
        while group := [check_key(key) for key in itertools.islice(waiting, GROUP_PRINTS)]:
            with self._writing():
                found = [key for key in dict.fromkeys(group) if key in self._table]
                self._write([Record(key, None) for key in found])
                for key in found:
                    self._table.discard(key)
                self._end_change()
            removed += len(found)
        return removed

    def keep_measurement(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep what was measured on this gallery, so that receipts report it.

        Raises
        ------
        GalleryError
            When the gallery cannot be written.
        """
        with self._writing():
            measurements = {**self._measurements, name: dict(value)}
            if self._folder is not None:
                self._folder.store(dataclasses.replace(self._folder.manifest, measurements=measurements))
            self._measurements = measurements

    def compact(self) -> Compaction:
        """Write files anew without what was removed or replaced; a crash leaves the old files or the new ones.

        Afterwards nothing of a removed print is in any file. Those who read keep the old files until they open the
        gallery again.
        """
        with self._writing():
            return compact(self._folder, self._table)

    def close(self) -> None:
        """Close the files, so that others may write; the gallery cannot be used any more."""
        with self._lock:
            self._is_closed = True
            if self._folder is not None:
                self._folder.close()

    @property
    def lost(self) -> tuple[LostSegment, ...]:
        """Segments that were skipped because they are damaged."""
        return self._lost

    @property
    def measurements(self) -> Mapping[str, Any]:
        """What `measure_recall` and `measure_non_mated` found."""
        return self._measurements

    def __len__(self) -> int:
        return len(self._table)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self._table

    def __iter__(self) -> Iterator[str]:
        """Keys in the order of enrolment, as they are now."""
        with self._lock:
            return iter(list(self._table))

    def _require(self, key: str) -> tuple[PrintBlock, int]:
        found = self._table.find(key) if isinstance(key, str) else None
        if found is None:
            raise UnknownKey("key: it is not enrolled")
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            if self._is_closed:
                raise GalleryError("gallery: it is closed")
            if not self._is_writable:
                raise GalleryError("gallery: it was opened with read_only=True")
            yield

    def _write(self, records: list[Record]) -> None:
        """Put changes on the disk, before memory: what a caller sees was acknowledged."""
        if self._folder is not None and records:
            self._folder.append(records)

    def _put(self, checked: list[CheckedPrint]) -> None:
        rows = rows_of(checked)
        self._write([one.record() for one in checked])
        for one in checked:
            self._table.discard(one.key)
        self._table.append(rows)
        self._end_change()

    def _end_change(self) -> None:
        if self._folder is not None:
            self._folder.seal_when_due(self._table)
        elif self._table.growing.rows >= BLOCK_PRINTS:
            self._table.begin_block()
