"""`EnrolledPrints`: what one can ask a gallery, whoever may write to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fingerprint_engine.errors import GalleryError, UnknownKey
from fingerprint_engine.index.columns.block import PrintBlock
from fingerprint_engine.index.columns.details import PrintDetails
from fingerprint_engine.index.columns.table import PrintTable
from fingerprint_engine.index.duplicates.all_pairs import Duplicates, find_duplicates
from fingerprint_engine.index.enrolment import check_digest
from fingerprint_engine.index.search.decision import (
    check_count,
    check_deadline,
    check_probes,
    check_rate,
    check_workers,
    score_for_fmr,
)
from fingerprint_engine.index.search.eligibility import SearchFilter
from fingerprint_engine.index.search.identification import Identification
from fingerprint_engine.index.search.parameters import SearchParameters
from fingerprint_engine.index.search.search import SearchOptions, Snapshot, moment_of, search
from fingerprint_engine.index.storage.reading import LostSegment
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest
from fingerprint_engine.threads import in_order

_DEFAULT_PARAMETERS = SearchParameters()
_EVERYTHING = SearchFilter()


class EnrolledPrints:
    """Enrolled prints by key. Safe to use from several threads."""

    def __init__(self) -> None:
        self._table = PrintTable()
        self._lost: tuple[LostSegment, ...] = ()
        self._measurements: Mapping[str, Any] = {}
        self._lock = threading.RLock()
        self._is_closed = False

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

    def identify(
        self,
        probe: Template | Sequence[Template],
        *,
        max_candidates: int = 20,
        max_fpir: float = 1e-3,
        parameters: SearchParameters = _DEFAULT_PARAMETERS,
        where: SearchFilter = _EVERYTHING,
        same_finger: bool = False,
        exhaustive: bool = False,
        deadline_s: float | None = None,
        workers: int = 1,
    ) -> Identification:
        """Search for prints of the same finger, or of one person; gives candidates for an examiner, never a person.

        Parameters
        ----------
        probe
            The template to search for, or several of one person: any fingers, rolled or plain, whose comparisons are
            fused into one score a subject.
        max_candidates
            The most candidates to return. All with a score above 0 count as candidates, hits or not.
        max_fpir
            Share of searches of fingers that are not enrolled which may end in a hit; the threshold follows from it,
            from the number searched, and from the gallery's own non-mated scores where `measure_non_mated` saw them.
        parameters
            When a search says "possible", and when it says that the probe was too poor.
        where
            Which prints to search: category, site, finger; prints that have expired are left out.
        same_finger
            Search only prints of the probes' finger positions and of unknown ones: faster, and blind to a finger that
            was enrolled under a wrong position.
        exhaustive
            Compare every print, instead of those that a shortlist keeps.
        deadline_s
            Seconds after which the search ends with what it has; what was not reached is in the receipt.
        workers
            Threads for this one search; the answer does not depend on it.

        Raises
        ------
        IncompatibleTemplates
            When the enrolled templates were made with other parameters.
        ParameterError, InputError
            When an argument is out of range or `probe` is no template.
        """
        probes = check_probes(probe)
        options = SearchOptions(
            max_candidates=check_count(max_candidates),
            max_fpir=check_rate(max_fpir, "max_fpir"),
            where=where,
            parameters=parameters,
            same_finger=same_finger,
            exhaustive=exhaustive,
            until=moment_of(check_deadline(deadline_s)),
            workers=check_workers(workers),
        )
        return search(probes, self.snapshot(probes), options)

    def identify_many(
        self, probes: Iterable[Template | Sequence[Template]], *, workers: int = 2, **options: Any
    ) -> Iterator[Identification]:
        """`identify` for each of many probes, in threads; answers come in the order of the probes.

        Parameters
        ----------
        probes
            Each as for `identify`: one template, or several of one person.
        workers
            Threads.
        options
            The keywords of `identify`.
        """
        workers = check_workers(workers)
        return in_order(lambda probe: self.identify(probe, **options), probes, workers=workers)

    def duplicates(
        self,
        *,
        max_fmr: float = 1e-6,
        journal: str | Path | None = None,
        workers: int = 2,
        progress: Callable[[int, int], object] | None = None,
    ) -> Duplicates:
        """Compare all enrolled prints with each other: who is enrolled twice, which records contradict themselves.

        Parameters
        ----------
        max_fmr
            False match rate of a single comparison. Of N prints there are N (N - 1) / 2 pairs; the answer says how many
            would match by chance.
        journal
            A file that keeps what is done, so that a run that was stopped goes on there; it names rows, not keys.
        workers
            Threads.
        progress
            Called with the number of prints done and of all.

        Raises
        ------
        ParameterError
            When a number is out of range.
        GalleryError
            When the journal is of another gallery, or cannot be written.
        """
        return find_duplicates(
            self.snapshot(),
            check_rate(max_fmr, "max_fmr"),
            score_for_fmr(max_fmr),
            None if journal is None else Path(journal),
            check_workers(workers),
            progress or no_progress,
        )

    def snapshot(self, probes: Iterable[Template] = ()) -> Snapshot:
        """The gallery as it is now, for searches that are not `identify`; checks that probes can be compared with it.

        Raises
        ------
        IncompatibleTemplates
            When the enrolled templates were made with other parameters.
        GalleryError
            When the gallery is closed.
        """
        with self._lock:
            if self._is_closed:
                raise GalleryError("gallery: it is closed")
            digest = self._table.any_digest()
            for probe in probes:
                check_digest(template_digest(probe), digest)
            lost = sum(segment.prints for segment in self._lost)
            return Snapshot(self._table.views(), lost, len(self._lost), self._measurements)

    def count_subjects(self) -> int:
        """Number of subjects; a print without one counts as its own."""
        subjects = [view.traits.subject[view.alive] for view in self.snapshot().views]
        return int(np.unique(np.concatenate(subjects)).size) if subjects else 0

    @property
    def lost(self) -> tuple[LostSegment, ...]:
        """Segments that were skipped because they are damaged."""
        return self._lost

    @property
    def measurements(self) -> Mapping[str, Any]:
        """What was measured on this gallery; see `index.measurements`."""
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


def no_progress(done: int, total: int) -> None:
    """What is called where nobody asked for progress."""
    del done, total
