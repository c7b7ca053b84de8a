"""`Gallery`: enrolled prints that can be searched, in memory or on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fingerprint_engine.errors import DuplicateKey, InputError
from fingerprint_engine.index.columns.details import PrintDetails, check_key
from fingerprint_engine.index.duplicates.all_pairs import Duplicates, find_duplicates
from fingerprint_engine.index.enrolled_prints import EnrolledPrints
from fingerprint_engine.index.enrolment import check_making, checked_changes
from fingerprint_engine.index.marks.answer import MarkCandidates
from fingerprint_engine.index.marks.search import MarkSearchParameters, check_mark, search_mark
from fingerprint_engine.index.search.decision import NON_MATED, RECALL
from fingerprint_engine.index.search.eligibility import SearchFilter
from fingerprint_engine.index.search.identification import Identification
from fingerprint_engine.index.search.measuring import given_recaptures, own_recaptures, recall_on
from fingerprint_engine.index.search.non_mated import NonMatedMeasurement, non_mated_on
from fingerprint_engine.index.search.options import SearchOptions, check_count, check_probes, check_rate, deadline_in
from fingerprint_engine.index.search.parameters import SearchParameters
from fingerprint_engine.index.search.search import Snapshot, search
from fingerprint_engine.index.storage.file_header import FORMAT_VERSION
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.template import Template
from fingerprint_engine.template.making import making_of
from fingerprint_engine.tenprint import Mark, TenprintSet
from fingerprint_engine.threads import check_workers, in_order

_DEFAULT_PARAMETERS = SearchParameters()
_DEFAULT_MARK_PARAMETERS = MarkSearchParameters()
_EVERYTHING = SearchFilter()


class Gallery(EnrolledPrints):
    """Enrolled prints by key, in memory; `Gallery.open` gives one on disk.

    Keys are any text of 1 to 1024 bytes. All templates of a gallery were made with the same parameters; what comes
    first decides. Safe to use from several threads. Results do not depend on the order of enrolment.
    """

    def enrol_set(self, key: str, tenprints: TenprintSet, **details: Any) -> tuple[str, ...]:
        """Add all prints of a set that have a template: all of them, or none.

        Parameters
        ----------
        key
            Begins the key of each print; the position of its image and its finger follow: ``KEY/13/2``.
        tenprints
            What `read_hand` or `read_card` made. Its problems are the caller's to weigh.
        details
            Those of `enrol`; the subject is the key unless given, so that the prints become one candidate.

        Returns
        -------
        tuple
            Keys of the prints.

        Raises
        ------
        DuplicateKey
            When one of the prints is enrolled already.
        IncompatibleTemplates, InputError, TemplateError, GalleryError
            As `enrol`; also when the set holds no template.
        """
        if not isinstance(tenprints, TenprintSet):
            raise InputError(f"tenprints: expected a TenprintSet, got {type(tenprints).__name__}")
        check_key(key)
        given = PrintDetails(**({"subject": key} | details))
        prints = [(f"{key}/{one.position}/{int(one.finger)}", one.template) for one in tenprints.prints]
        changes = [(name, template, given) for name, template in prints if template is not None]
        if not changes:
            raise InputError("tenprints: expected at least one print with a template, got none")
        with self._writing():
            if any(name in self._table for name, _, _ in changes):
                raise DuplicateKey("key: a print of it is enrolled already")
            _, enrolled = checked_changes(changes, self._table)
            self._change([], enrolled)
        return tuple(name for name, _, _ in changes)

    def identify(
        self,
        probe: Template | Sequence[Template] | TenprintSet,
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
            The template to search for, or several of one person (a `TenprintSet`, or any fingers, rolled or plain):
            their comparisons are fused into one score per subject.
        max_candidates
            Upper limit on candidates. All with a score above 0 count as candidates, hits or not.
        max_fpir
            Share of searches of fingers that are not enrolled which may end in a hit; the threshold follows from it,
            from the number searched, and from what `measure_non_mated` measured on this gallery.
        parameters
            How much each stage of the search looks at, when the outcome is "possible", and when the probe is too poor.
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
            When an argument is out of range or `probe` is not a template.
        """
        probes = check_probes(probe)
        options = SearchOptions(
            max_candidates=max_candidates,
            max_fpir=max_fpir,
            parameters=parameters,
            where=where,
            same_finger=same_finger,
            exhaustive=exhaustive,
            deadline=deadline_in(deadline_s),
            workers=workers,
        )
        return search(probes, self.snapshot(probes), options)

    def identify_many(
        self, probes: Iterable[Template | Sequence[Template] | TenprintSet], *, workers: int = 2, **options: Any
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

    def search_mark(
        self,
        mark: Mark,
        *,
        max_candidates: int = 20,
        parameters: MarkSearchParameters = _DEFAULT_MARK_PARAMETERS,
        where: SearchFilter = _EVERYTHING,
        exhaustive: bool = False,
        deadline_s: float | None = None,
        workers: int = 1,
    ) -> MarkCandidates:
        """Rank the enrolled prints by how well a mark (a latent) matches them, for an examiner.

        There is no threshold and no hit: a mark may show too little, or another finger than one thinks.

        Parameters
        ----------
        mark
            See `read_mark` and `mark_of_templates`.
        max_candidates
            Upper limit on candidates. All with a score above 0 are some.
        parameters
            How much of a gallery is compared in full, how many regions count at most.
        where, exhaustive, deadline_s, workers
            As for `identify`.

        Raises
        ------
        IncompatibleTemplates
            When the enrolled templates were made with other parameters.
        ParameterError, InputError
            When an argument is out of range or `mark` is no `Mark`.
        """
        probes = check_mark(mark).templates
        if not isinstance(parameters, MarkSearchParameters):
            raise InputError(f"parameters: expected MarkSearchParameters, got {type(parameters).__name__}")
        options = SearchOptions(
            max_candidates=max_candidates,
            max_fpir=1.0,
            parameters=parameters.search,
            where=where,
            exhaustive=exhaustive,
            deadline=deadline_in(deadline_s),
            workers=workers,
        )
        return search_mark(mark, self.snapshot(probes), options, parameters)

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
            None if journal is None else path_of(journal, "journal"),
            check_workers(workers),
            progress or _no_progress,
        )

    def measure_recall(
        self,
        recaptures: Iterable[tuple[str, Template]] | None = None,
        *,
        max_probes: int = 1000,
        max_fpir: float = 1e-3,
        parameters: SearchParameters = _DEFAULT_PARAMETERS,
        progress: Callable[[int, int], object] | None = None,
    ) -> float:
        """Measure what share of mates the shortlist keeps, and keep the result, so that receipts report it.

        Of the mates whose comparison with the probe would be a hit, it is the share that a search compares.

        Parameters
        ----------
        recaptures
            Key of the mate and template of another impression of that finger, taken or synthesised. None: the gallery's
            own, which are prints of one subject and one known finger position.
        max_probes
            Upper limit on prints that are used.
        max_fpir
            The rate at which a mate would be a hit.
        parameters
            Those of the searches; receipts of searches with other stages say "not measured".
        progress
            Called with the number of probes done and of all.

        Raises
        ------
        InputError
            When there are no such prints. Nothing was measured then, and receipts say so.
        GalleryError
            When the gallery cannot be written.
        """
        count, rate = check_count(max_probes, "max_probes"), check_rate(max_fpir, "max_fpir")
        snapshot = self.snapshot()
        if recaptures is None:
            mated, source = own_recaptures(snapshot, count), "re-captures in this gallery"
        else:
            mated, source = given_recaptures(snapshot, recaptures, count), "given re-captures"
        found = recall_on(snapshot, mated, source, rate, parameters, progress or _no_progress)
        self.keep_measurement(RECALL, found)
        return float(found["recall"])

    def measure_non_mated(
        self,
        *,
        max_probes: int = 500,
        progress: Callable[[int, int], object] | None = None,
    ) -> NonMatedMeasurement:
        """Measure how high non-mated prints score here; raise thresholds where the calibration says less.

        Some enrolled prints are compared with all of other subjects, in galleries of more than 20,000 prints with an
        even share of so many. Pairs that score as only prints of one finger should are set aside, and named in the
        answer; `duplicates` finds all.

        Parameters
        ----------
        max_probes
            Upper limit on prints that are searched for.
        progress
            Called with the number of probes done and of all.

        Returns
        -------
        NonMatedMeasurement
            Its `shift` is added to the thresholds of searches from now on. It holds for those that compare every
            print; searches in stages meet fewer non-mated prints, and give fewer false positives than were asked for.

        Raises
        ------
        InputError
            When there are too few prints.
        GalleryError
            When the gallery cannot be written.
        """
        count = check_count(max_probes, "max_probes")
        found = non_mated_on(self.snapshot(), count, progress or _no_progress)
        self.keep_measurement(NON_MATED, found.as_kept())
        return found

    def snapshot(self, probes: Iterable[Template] = ()) -> Snapshot:
        """The gallery as it is now, for searches that are not `identify`; checks that probes can be compared with it.

        Raises
        ------
        IncompatibleTemplates
            When the enrolled templates were made with other parameters.
        GalleryError
            When the gallery is closed, or belongs to another process.
        """
        with self._using():
            making = self._table.any_making()
            for probe in probes:
                check_making(making_of(probe), making)
            lost = sum(segment.prints for segment in self._lost)
            return Snapshot(
                self._table.views(),
                lost,
                len(self._lost),
                self._measurements,
                FORMAT_VERSION,
                self._table.index_problems(),
                self.key_ids,
            )

    def count_subjects(self) -> int:
        """Number of subjects; a print without one counts as its own."""
        subjects = [view.traits.subject[view.alive] for view in self.snapshot().views]
        return int(np.unique(np.concatenate(subjects)).size) if subjects else 0

    def __repr__(self) -> str:
        place = "in memory" if self._folder is None and self._is_writable else "on disk"
        return f"Gallery({len(self._table)} prints, {place})"


def _no_progress(done: int, total: int) -> None:
    """What is called where nobody asked for progress."""
    del done, total
