"""`EnrolledPrints`: prints under keys, in memory or on disk, and every change to them."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from fingerprint_engine.errors import DuplicateKey, FingerprintEngineError, InputError, UnknownKey
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.columns.details import PrintDetails, check_details, check_key
from fingerprint_engine.index.columns.memory_block import PrintRow
from fingerprint_engine.index.enrolment import (
    CheckedPrint,
    Enrollable,
    Enrolments,
    check_making,
    checked_changes,
    checked_group,
    native,
    pieces_for,
    rows_of,
)
from fingerprint_engine.index.kept_prints import KeptPrints
from fingerprint_engine.index.storage.compaction import Compaction, compact
from fingerprint_engine.index.storage.log.follows import Follows, check_follows
from fingerprint_engine.index.storage.measurements import check_measurement
from fingerprint_engine.index.storage.reading import LostSegment
from fingerprint_engine.template import Template
from fingerprint_engine.threads import beside, check_workers

GROUP_PRINTS = 2048
"""Chosen: three megabytes per write, where waiting for the disk no longer counts."""
MAX_CHANGES = 2048
"""Chosen: of `apply`, whose changes are written at once."""


class EnrolledPrints(KeptPrints):
    """What a `Gallery` holds, and how it changes. Safe to use from several threads.

    A gallery on disk belongs to the process that opened it: in a child made by `os.fork` every use of it is refused.
    Workers of a pool open it themselves, with ``read_only=True``.
    """

    def get(self, key: str) -> Template:
        """The template of a key.

        Raises
        ------
        UnknownKey
            When the key is not enrolled.
        CorruptTemplate
            When its bytes are damaged.
        """
        with self._using():
            view, row = self._require(key)
            data = view.columns.template_bytes(row)
        return Template.from_bytes(data)

    def __getitem__(self, key: str) -> Template:
        """As `get`."""
        return self.get(key)

    def keys(self) -> list[str]:
        """Keys in the order of enrolment, as they are now."""
        return list(self)

    def items(self) -> Iterator[tuple[str, Template]]:
        """Keys and templates in the order of enrolment; what is removed meanwhile is passed over."""
        for key in self:
            with contextlib.suppress(UnknownKey):
                yield key, self.get(key)

    def details(self, key: str) -> PrintDetails:
        """What was given with the print of a key.

        Raises
        ------
        UnknownKey
            When the key is not enrolled.
        """
        with self._using():
            view, row = self._require(key)
            return view.details(row)

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
            check_making(facts.made_with, self._table.any_making())
            self._change([], [CheckedPrint(key, data, details, facts)])

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
            Pairs of key and template (or its native bytes), or triples with `PrintDetails`. Anything else among them
            raises `InputError`.
        workers
            Threads that sketch.
        progress
            Called after each group with the number of prints done, enrolled or refused.
        """
        refused: list[tuple[object, FingerprintEngineError]] = []
        waiting, enrolled = _entries(prints), 0
        workers = check_workers(workers)
        while group := list(itertools.islice(waiting, GROUP_PRINTS)):
            with self._writing():
                accepted = checked_group(group, self._table, refused, workers)
                with beside(rows_of, pieces_for(accepted, workers), workers=workers) as sketched:
                    self._change([], accepted, rows=functools.partial(_joined, sketched))
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
            view, row = self._require(key)
            kept = view.details(row) if details is None else check_details(details)
            data, facts = native(template)
            if len(self._table) > 1:
                check_making(facts.made_with, self._table.any_making())
            self._change([key], [CheckedPrint(key, data, kept, facts)])

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
            self._change([key])

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
                self._change(found)
            removed += len(found)
        return removed

    def apply(
        self,
        changes: Iterable[Enrollable | tuple[str, None]] = (),
        *,
        follows: Follows | tuple[str, int] | None = None,
    ) -> None:
        """Make many changes at once: all of them count, or none; also after a crash.

        Parameters
        ----------
        changes
            Key and template (or its native bytes), or also `PrintDetails`: the print is enrolled, or replaces the one
            of that key. Key and None: it is removed, if it is there. At most `MAX_CHANGES`, each key once.
        follows
            How far the gallery follows a registry with these changes; None: as before.

        Raises
        ------
        IncompatibleTemplates
            When the templates were made with other parameters than those that stay enrolled.
        InputError, TemplateError, GalleryError
            When any change is invalid, or the gallery cannot be written; then nothing was changed.
        """
        state = None if follows is None else check_follows(follows)
        given = list(itertools.islice(changes, MAX_CHANGES + 1))
        if len(given) > MAX_CHANGES:
            raise InputError(f"changes: expected at most {MAX_CHANGES} at once")
        with self._writing():
            gone, enrolled = checked_changes(given, self._table)
            self._change(gone, enrolled, follows=state)

    @property
    def follows(self) -> Follows | None:
        """Which registry the gallery follows and how far it came; None: none."""
        with self._using():
            return self._follows

    def set_follows(self, registry: str, number: int, mark: str = "", rule: str = "") -> None:
        """Keep how far the gallery follows a registry, without any change; see `apply`.

        Raises
        ------
        InputError, GalleryError
            As `apply`.
        """
        self.apply(follows=Follows(registry, number, mark, rule))

    def keep_measurement(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep what was measured on this gallery, so that receipts report it.

        Raises
        ------
        GalleryError
            When the gallery cannot be written.
        """
        with self._writing():
            measurements = {**self._measurements, name: check_measurement(name, value)}
            if self._folder is not None:
                self._folder.store(dataclasses.replace(self._folder.manifest, measurements=measurements))
            self._measurements = measurements

    def compact(self, *, reencrypt: bool = False) -> Compaction:
        """Write files anew without what was removed or replaced; a crash leaves the old files or the new ones.

        Afterwards nothing of a removed print is in any file. Those who read keep the old files until they open the
        gallery again.

        Parameters
        ----------
        reencrypt
            Of a gallery with keys: write everything anew under new data keys, as after `change_keys`.
        """
        with self._writing():
            return compact(self._folder, self._table, reencrypt=reencrypt)

    @property
    def lost(self) -> tuple[LostSegment, ...]:
        """Segments that were skipped because they are damaged."""
        self._require_own()
        return self._lost

    @property
    def measurements(self) -> Mapping[str, Any]:
        """What `measure_recall` and `measure_non_mated` found."""
        self._require_own()
        return self._measurements

    def __len__(self) -> int:
        with self._using():
            return len(self._table)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, key: object) -> bool:
        with self._using():
            return key in self._table

    def __iter__(self) -> Iterator[str]:
        """Keys in the order of enrolment, as they are now."""
        with self._using():
            return iter(list(self._table))

    def _require(self, key: str) -> tuple[BlockView, int]:
        found = self._table.find(key) if isinstance(key, str) else None
        if found is None:
            raise UnknownKey("key: it is not enrolled")
        block, row = found
        return block.view(), row


def _entries(prints: object) -> Iterator[Enrollable]:
    """What is to be enrolled, each a pair or a triple."""
    if not isinstance(prints, Iterable):
        raise InputError(f"prints: expected pairs of key and template, got {type(prints).__name__}")
    for entry in prints:
        if not isinstance(entry, tuple | list) or len(entry) not in (2, 3):
            raise InputError(
                f"prints: expected a pair of key and template, or with details a triple, got {type(entry).__name__}"
            )
        yield entry  # type: ignore[misc]


def _joined(sketched: Callable[[], Sequence[Sequence[PrintRow]]]) -> list[PrintRow]:
    return list(itertools.chain.from_iterable(sketched()))
