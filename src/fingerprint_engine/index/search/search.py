"""A search: what may be searched, scan, candidates, thresholds, outcome, receipt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import BlockView, PrintColumns
from fingerprint_engine.index.search.candidates import RankedCandidates, candidates_of_one, candidates_of_several
from fingerprint_engine.index.search.decision import outcome_of, recall_of, thresholds_for
from fingerprint_engine.index.search.eligibility import Eligible, eligible_rows
from fingerprint_engine.index.search.identification import Exclusion, Identification, SearchReceipt
from fingerprint_engine.index.search.options import SearchOptions
from fingerprint_engine.index.search.parameters import AUTO, FAISS, SearchParameters
from fingerprint_engine.index.search.scan import EXACT, OUT_OF_TIME, Scan, exact_scan
from fingerprint_engine.index.search.shortlist_cells import CellShortlist
from fingerprint_engine.index.search.shortlists import Shortlist, SketchScan
from fingerprint_engine.index.search.staged_scan import staged_scan
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest
from fingerprint_engine.version import __version__

MIN_COMPARABLE_MINUTIAE = 2
"""Fewer give no local structure: such prints score 0 against everything (see `matching.compare`)."""
TOO_FEW_MINUTIAE = f"fewer than {MIN_COMPARABLE_MINUTIAE} minutiae"
LOST_SEGMENT = "damaged segment"


class Snapshot(NamedTuple):
    """A gallery as it was at one moment.

    Attributes
    ----------
    views
        Its blocks.
    lost, lost_segments
        Prints in segments that cannot be read, and the number of such segments.
    measurements
        What was measured on it; see `decision`.
    index_problems
        Why indexes of its blocks cannot be used.
    format_version
        Version of the format in which it is kept; receipts report it.
    key_ids
        Of the keys that protect it.
    """

    views: list[BlockView]
    lost: int
    lost_segments: int
    measurements: Mapping[str, Any]
    format_version: int
    index_problems: Sequence[str] = ()
    key_ids: tuple[str, ...] = ()


def search(probes: Sequence[Template], snapshot: Snapshot, options: SearchOptions) -> Identification:
    """Search for the one person whose prints the probes are; see `Gallery.identify`."""
    parameters = options.parameters
    eligible = eligible_for(probes, snapshot, options)
    scans = [
        scan_for(
            probe,
            snapshot.views,
            eligible.masks,
            parameters,
            exhaustive=options.exhaustive,
            deadline=options.deadline,
            workers=options.workers,
        )
        for probe in probes
    ]
    if len(probes) == 1:
        ranked = candidates_of_one(
            probes[0], scans[0], snapshot.views, options.max_candidates, min_minutiae=parameters.min_hit_minutiae
        )
        searched = scans[0].searched
    else:
        ranked = candidates_of_several(
            probes,
            scans,
            snapshot.views,
            eligible.masks,
            options.max_candidates,
            same_finger=options.same_finger,
            min_minutiae=parameters.min_hit_minutiae,
            deadline=options.deadline,
        )
        searched = subjects_among(snapshot.views, eligible)
    coverage = coverage_of(probes, snapshot, parameters, eligible, scans, ranked.late)
    return decided(probes, options, ranked, searched, snapshot.measurements, coverage)


def eligible_for(probes: Sequence[Template], snapshot: Snapshot, options: SearchOptions) -> Eligible:
    """Which prints a search with some probes may look at."""
    wanted = None
    if options.same_finger and all(probe.finger for probe in probes):
        wanted = frozenset(probe.finger for probe in probes)
    return eligible_rows(snapshot.views, options.where, wanted)


def decided(
    probes: Sequence[Template],
    options: SearchOptions,
    ranked: RankedCandidates,
    searched: int,
    measurements: Mapping[str, Any],
    coverage: Mapping[str, Any],
) -> Identification:
    """The answer of a search: candidates against the thresholds for so many prints or subjects, and a receipt."""
    parameters = options.parameters
    thresholds = thresholds_for(options.max_fpir, searched, parameters, measurements)
    receipt = SearchReceipt(
        **coverage,
        max_fpir=options.max_fpir,
        hit_score=thresholds.hit,
        possible_score=thresholds.possible,
        threshold_source=thresholds.source,
    )
    min_minutiae = max(parameters.min_minutiae, MIN_COMPARABLE_MINUTIAE)
    outcome = outcome_of(
        ranked.candidates[0].score if ranked.candidates else 0.0,
        thresholds,
        is_complete=not receipt.excluded,
        is_usable=any(len(probe) >= min_minutiae for probe in probes),
        may_hit=any(score > 0.0 and score >= thresholds.hit for score in ranked.deciding),
    )
    return Identification(outcome, ranked.candidates, receipt)


def scan_for(
    probe: Template,
    views: Sequence[BlockView],
    masks: Sequence[NDArray[np.bool_]],
    parameters: SearchParameters,
    *,
    exhaustive: bool = False,
    deadline: float = math.inf,
    workers: int = 1,
) -> Scan:
    """Look for one probe in the rows that masks choose: in all of them while they are few, else in stages."""
    usable = usable_rows(views, masks)
    count = sum(int(np.count_nonzero(mask)) for mask in usable)
    columns = [view.columns for view in views]
    if looks_at_all(parameters, count, exhaustive=exhaustive):
        found = exact_scan(probe, columns, usable, deadline, workers)
    else:
        enrolled = sum(int(np.count_nonzero(view.alive)) for view in views)
        order = shortlist_for(columns, usable, parameters, enrolled)
        found = staged_scan(probe, columns, usable, deadline, workers, parameters.stages, order)
    unusable = sum(int(np.count_nonzero(mask)) for mask in masks) - count
    if unusable:
        found.excluded[TOO_FEW_MINUTIAE] = unusable
    return found


def usable_rows(views: Sequence[BlockView], masks: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
    """Those of some rows whose prints can be compared at all."""
    return [mask & (view.traits.minutiae >= MIN_COMPARABLE_MINUTIAE) for view, mask in zip(views, masks, strict=True)]


def shortlist_for(
    columns: Sequence[PrintColumns], masks: Sequence[NDArray[np.bool_]], parameters: SearchParameters, enrolled: int
) -> Shortlist:
    """What orders prints for full comparison: cells where enough prints that may be looked at are in them."""
    in_cells = sum(
        int(np.count_nonzero(mask)) for block, mask in zip(columns, masks, strict=True) if block.cells is not None
    )
    if wants_cells(parameters, in_cells):  # among more than are enrolled at least so many have to be in cells
        parameters = parameters.among(enrolled)
        if wants_cells(parameters, in_cells):
            return CellShortlist(columns, parameters.stages)
    return SketchScan(columns, parameters.stages)


def looks_at_all(parameters: SearchParameters, prints: int, *, exhaustive: bool) -> bool:
    """Whether so many prints are all compared in full."""
    is_small = parameters.shortlist == AUTO and prints <= parameters.exact_prints
    return exhaustive or is_small or parameters.shortlist == EXACT


def wants_cells(parameters: SearchParameters, prints: int) -> bool:
    """Whether cells order the prints, of which so many are in cells."""
    wanted = {AUTO: parameters.faiss_prints, FAISS: 1}.get(parameters.shortlist)
    return wanted is not None and prints >= wanted


def coverage_of(
    probes: Sequence[Template],
    snapshot: Snapshot,
    parameters: SearchParameters,
    eligible: Eligible,
    scans: Sequence[Scan],
    not_fused: int = 0,
) -> dict[str, Any]:
    """The fields of `SearchCoverage` for a search with some probes."""
    worst = min(scans, key=lambda scan: scan.searched)
    excluded = dict(worst.excluded)
    late = min(not_fused, worst.searched)
    if late:
        excluded[OUT_OF_TIME] = excluded.get(OUT_OF_TIME, 0) + late
    if snapshot.lost:
        excluded[LOST_SEGMENT] = snapshot.lost
    segments, answered = _segments(snapshot.views, scans)
    recall, recall_source = recall_of(snapshot.measurements, worst.name, parameters.stages)
    return {
        "enrolled": eligible.enrolled + snapshot.lost,
        "filtered": eligible.filtered,
        "absent": eligible.absent,
        "eligible": eligible.eligible + snapshot.lost,
        "searched": worst.searched - late,
        "excluded": tuple(Exclusion(reason, count) for reason, count in sorted(excluded.items())),
        "segments": segments + snapshot.lost_segments,
        "segments_answered": answered,
        "shortlist": worst.name,
        "shortlist_note": _note(worst, snapshot, parameters),
        "visited": worst.visited,
        "shortlist_size": sum(scan.compared for scan in scans),
        "recall": recall,
        "recall_source": recall_source,
        "engine_version": __version__,
        "gallery_format": snapshot.format_version,
        "key_ids": snapshot.key_ids,
        "extractor": probes[0].extractor,
        "parameters_digest": template_digest(probes[0]).hex(),
    }


def _note(scan: Scan, snapshot: Snapshot, parameters: SearchParameters) -> str:
    """Where prints were scanned though they should be in an index."""
    problems = len(snapshot.index_problems)
    if problems and scan.name != EXACT:
        segments = "segment" if problems == 1 else "segments"
        return f"scanned: {problems} {segments} whose index cannot be used; compact or repair the gallery"
    if parameters.shortlist == FAISS and scan.name != FAISS:
        return "scanned: no print that may be searched is in an index; compact the gallery to make one"
    return ""


def _segments(views: Sequence[BlockView], scans: Sequence[Scan]) -> tuple[int, int]:
    """Segments, and those that were searched to the end for every probe; what is in memory counts as one."""
    answered: dict[int, bool] = {}
    for number, view in enumerate(views):
        segment = view.segment
        answered[segment] = answered.get(segment, True) and all(scan.answered[number] for scan in scans)
    return len(answered), sum(answered.values())


def subjects_among(views: Sequence[BlockView], eligible: Eligible) -> int:
    """Number of subjects among the eligible prints."""
    subjects = [view.traits.subject[mask] for view, mask in zip(views, eligible.masks, strict=True)]
    return int(np.unique(np.concatenate(subjects)).size) if subjects else 0
