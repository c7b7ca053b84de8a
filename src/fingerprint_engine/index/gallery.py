"""`Gallery`: enrolled prints that can be searched, in memory or on disk."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import threading
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from fingerprint_engine.errors import (
    CorruptGallery,
    CorruptTemplate,
    DuplicateKey,
    FingerprintEngineError,
    GalleryError,
    IncompatibleTemplates,
    InputError,
    ParameterError,
    UnknownKey,
    UnsupportedGalleryVersion,
    UnsupportedTemplateVersion,
)
from fingerprint_engine.index.identification import Identification
from fingerprint_engine.index.keys import check_key
from fingerprint_engine.index.log_file import LogFile, open_for_writing, read_log
from fingerprint_engine.index.log_format import Record
from fingerprint_engine.index.packed_prints import PackedPrints
from fingerprint_engine.index.parameters import SearchParameters
from fingerprint_engine.index.search import search
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest

GROUP_PRINTS = 256
"""Chosen: under a megabyte a write, where waiting for the disk no longer counts."""
_DEFAULT_PARAMETERS = SearchParameters()


@dataclasses.dataclass(frozen=True, slots=True)
class Enrolments:
    """What came of `Gallery.enrol_many`.

    Attributes
    ----------
    enrolled
        Number of prints that were enrolled.
    refused
        Key, as it was given, and error of each one that was not.
    """

    enrolled: int
    refused: tuple[tuple[object, FingerprintEngineError], ...]


class Gallery:
    """Enrolled prints by key, in memory; `Gallery.open` gives one on disk.

    Keys are any text of 1 to 1024 bytes. All templates of a gallery were made with the same parameters; what comes
    first decides. Safe to use from several threads. Results do not depend on the order of enrolment.
    """

    def __init__(self) -> None:
        self._prints = PackedPrints()
        self._log: LogFile | None = None
        self._lock = threading.RLock()
        self._is_writable = True
        self._is_closed = False

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False) -> Gallery:
        """Open a gallery on disk, a folder; it is created when absent.

        What `enrol` and `remove` acknowledged by returning survives a crash of the process or the machine. One gallery
        object at a time may write; any number may read, each seeing what was there when it was opened.

        Parameters
        ----------
        path
            The folder.
        read_only
            Search only: needs no right to write, takes no lock, changes nothing, and expects a gallery to be there.

        Raises
        ------
        GalleryError
            When the path holds something else, or cannot be used.
        GalleryLocked
            When it is open for writing elsewhere.
        CorruptGallery
            When its file is damaged; names the offset.
        UnsupportedGalleryVersion
            When a newer release wrote it.
        """
        gallery = cls()
        if read_only:
            records = read_log(Path(path))
            gallery._is_writable = False
        else:
            gallery._log, records = open_for_writing(Path(path))
        try:
            for key, data in _enrolled(records).items():
                gallery._prints.put(key, _decoded(data))
        except BaseException:
            gallery.close()
            raise
        return gallery

    def enrol(self, key: str, template: Template) -> None:
        """Add a print.

        Raises
        ------
        DuplicateKey
            When the key is enrolled already; see `replace`.
        IncompatibleTemplates
            When the enrolled templates were made with other parameters.
        InputError, GalleryError
            When the key or the template is none, or the gallery cannot be written.
        """
        with self._writing():
            self._check(key, template, self._prints.any_template())
            self._write([Record(key, template.to_bytes())])
            self._prints.put(key, template)

    def enrol_many(self, pairs: Iterable[tuple[str, Template]]) -> Enrolments:
        """Add many prints; those that `enrol` would refuse are listed in the answer and the rest goes on.

        Prints are written in groups of `GROUP_PRINTS`, each acknowledged at once, which is much faster on disk than one
        by one. Should this raise (the disk is full, or `pairs` itself raises), then the groups before are enrolled.
        """
        refused: list[tuple[object, FingerprintEngineError]] = []
        waiting = iter(pairs)
        enrolled = 0
        while group := list(itertools.islice(waiting, GROUP_PRINTS)):
            enrolled += self._enrol_group(group, refused)
        return Enrolments(enrolled, tuple(refused))

    def replace(self, key: str, template: Template) -> None:
        """Put another print under an enrolled key, at the end of the order of enrolment; never is there none.

        Raises
        ------
        UnknownKey
            When the key is not enrolled.
        IncompatibleTemplates, InputError, GalleryError
            As `enrol`.
        """
        with self._writing():
            self._require(key)
            _check_template(template)
            others = len(self._prints) > 1
            _check_digest(template, self._prints.any_template() if others else None)
            self._write([Record(key, template.to_bytes())])
            self._prints.put(key, template)

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
            self._prints.discard(key)

    def get(self, key: str) -> Template:
        """The template of a key.

        Raises
        ------
        UnknownKey
            When the key is not enrolled.
        """
        with self._lock:
            return self._require(key)

    def identify(
        self,
        probe: Template,
        *,
        max_candidates: int = 20,
        max_fpir: float = 1e-3,
        parameters: SearchParameters = _DEFAULT_PARAMETERS,
    ) -> Identification:
        """Search for prints of the same finger; gives candidates for an examiner, never a person.

        Parameters
        ----------
        probe
            The template to search for.
        max_candidates
            The most candidates to return. All with a score above 0 count as candidates, hits or not.
        max_fpir
            Share of searches of fingers that are not enrolled which may end in a hit; the threshold follows from it and
            from the number of prints searched.
        parameters
            When a search says "possible", and when it says that the probe was too poor.

        Raises
        ------
        IncompatibleTemplates
            When the enrolled templates were made with other parameters.
        ParameterError, InputError
            When an argument is out of range or `probe` is no template.
        """
        _check_template(probe)
        if isinstance(max_candidates, bool) or not isinstance(max_candidates, int) or max_candidates < 1:
            raise ParameterError(f"max_candidates: expected a whole number from 1 up, got {max_candidates!r}")
        with self._lock:
            if self._is_closed:
                raise GalleryError("gallery: it is closed")
            _check_digest(probe, self._prints.any_template())
            batches = self._prints.batches()
        return search(probe, batches, max_candidates, max_fpir, parameters)

    def compact(self) -> None:
        """Write the file anew without what was removed or replaced; a crash leaves the old file or the new one.

        Does nothing in memory. Those who read keep the old file until they open the gallery again.
        """
        with self._writing():
            if self._log is not None:
                templates = ((key, self._prints.get(key)) for key in self._prints)
                self._log.rewrite(
                    Record(key, template.to_bytes()) for key, template in templates if template is not None
                )

    def close(self) -> None:
        """Let go of the file, so that others may write; the gallery cannot be used any more."""
        with self._lock:
            self._is_closed = True
            if self._log is not None:
                self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._prints)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, key: object) -> bool:
        return key in self._prints

    def __iter__(self) -> Iterator[str]:
        """Keys in the order of enrolment, as they are now."""
        with self._lock:
            return iter(list(self._prints))

    def __repr__(self) -> str:
        place = "in memory" if self._log is None and self._is_writable else "on disk"
        return f"Gallery({len(self)} prints, {place})"

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
        if self._log is not None and records:
            self._log.append(records)

    def _enrol_group(
        self, group: list[tuple[str, Template]], refused: list[tuple[object, FingerprintEngineError]]
    ) -> int:
        accepted: dict[str, Template] = {}
        with self._writing():
            first = self._prints.any_template()
            for key, template in group:
                try:
                    self._check(key, template, first, accepted)
                except FingerprintEngineError as error:
                    # Without the traceback, whose frames would keep this gallery, and its lock, alive with the answer.
                    refused.append((key, error.with_traceback(None)))
                    continue
                accepted[key] = template
                first = first or template
            self._write([Record(key, template.to_bytes()) for key, template in accepted.items()])
            for key, template in accepted.items():
                self._prints.put(key, template)
        return len(accepted)

    def _check(self, key: str, template: Template, first: Template | None, more: Container[str] = ()) -> None:
        check_key(key)
        _check_template(template)
        if key in self._prints or key in more:
            raise DuplicateKey("key: it is enrolled already")
        _check_digest(template, first)

    def _require(self, key: str) -> Template:
        template = self._prints.get(key)
        if template is None:
            raise UnknownKey("key: it is not enrolled")
        return template


def _check_template(template: object) -> None:
    if not isinstance(template, Template):
        raise InputError(f"template: expected a Template, got {type(template).__name__}")


def _check_digest(template: Template, first: Template | None) -> None:
    """All templates of a gallery have the digest of any of them, so one is enough to compare with."""
    if first is None:
        return
    expected, found = template_digest(first).hex(), template_digest(template).hex()
    if expected != found:
        raise IncompatibleTemplates(f"template: expected parameters {expected} as enrolled, got {found}")


def _enrolled(records: Iterable[Record]) -> dict[str, bytes]:
    """What the changes leave, in the order of enrolment; the last word about a key counts."""
    enrolled: dict[str, bytes] = {}
    for record in records:
        enrolled.pop(record.key, None)
        if record.template is not None:
            enrolled[record.key] = record.template
    return enrolled


def _decoded(data: bytes) -> Template:
    try:
        return Template.from_bytes(data)
    except CorruptTemplate as error:
        raise CorruptGallery(f"gallery log: a template in it cannot be read ({error})") from error
    except UnsupportedTemplateVersion as error:
        raise UnsupportedGalleryVersion(f"gallery log: a template of a newer release is in it ({error})") from error
