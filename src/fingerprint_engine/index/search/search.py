"""A search: what may be searched, shortlist, candidates, decision, receipt."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.columns.memory_block import MemoryBlock
from fingerprint_engine.index.search.candidates import candidates_of_one, candidates_of_several
from fingerprint_engine.index.search.decision import outcome_of, score_for_fpir
from fingerprint_engine.index.search.eligibility import Eligible, SearchFilter, eligible_rows
from fingerprint_engine.index.search.exact_scan import exact_scan
from fingerprint_engine.index.search.identification import Candidate, Exclusion, Identification, SearchReceipt
from fingerprint_engine.index.search.measurements import recall_of, threshold_shift
from fingerprint_engine.index.search.parameters import SearchParameters
from fingerprint_engine.index.search.scan import LEAST_COMPARABLE_MINUTIAE, TOO_FEW_MINUTIAE, Scan
from fingerprint_engine.index.search.stage_parameters import StageParameters
from fingerprint_engine.index.search.staged_scan import staged_scan
from fingerprint_engine.index.storage.log_format import FORMAT_VERSION
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest
from fingerprint_engine.version import __version__

_STAGES = StageParameters()
LOST_SEGMENT = "damaged segment"


class Snapshot(NamedTuple):
    """A gallery as it was at one moment.

    Attributes
    ----------
    views
        Its blocks.
    lost
        Prints in segments that cannot be read, and the number of such segments.
    measurements
        What was measured on it; see `index.measurements`.
    """

    views: list[BlockView]
    lost: int
    lost_segments: int
    measurements: Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class SearchOptions:
    """How to search; see `Gallery.identify`."""

    max_candidates: int
    max_fpir: float
    where: SearchFilter
    parameters: SearchParameters
    same_finger: bool = False
    exhaustive: bool = False
    until: float = float("inf")
    workers: int = 1


def search(probes: Sequence[Template], snapshot: Snapshot, options: SearchOptions) -> Identification:
    """Search for the one person whose prints the probes are; arguments were checked by `Gallery.identify`."""
    wanted = None
    if options.same_finger and all(probe.finger for probe in probes):
        wanted = frozenset(probe.finger for probe in probes)
    eligible = eligible_rows(snapshot.views, options.where, wanted)
    scans = [
        scan_for(
            probe,
            snapshot.views,
            eligible.masks,
            exact_prints=eligible.eligible if options.exhaustive else options.parameters.exact_prints,
            until=options.until,
            workers=options.workers,
        )
        for probe in probes
    ]
    if len(probes) == 1:
        candidates = candidates_of_one(scans[0], snapshot.views, options.max_candidates)
        chances = scans[0].searched
    else:
        candidates = candidates_of_several(
            probes, scans, snapshot.views, eligible.masks, options.max_candidates, same_finger=options.same_finger
        )
        chances = _subjects(snapshot.views, eligible)
    receipt = _receipt(probes, snapshot, options, eligible, scans, chances)
    least = max(options.parameters.least_minutiae, LEAST_COMPARABLE_MINUTIAE)
    outcome = outcome_of(
        candidates[0].score if candidates else 0.0,
        receipt.hit_score,
        receipt.possible_score,
        is_complete=not receipt.excluded,
        is_usable=any(len(probe) >= least for probe in probes),
        may_hit=any(
            candidate.score >= receipt.hit_score and _tells(candidate, probes, snapshot.views, options.parameters)
            for candidate in candidates
        ),
    )
    return Identification(outcome, candidates, receipt)


def scan_for(
    probe: Template,
    views: Sequence[BlockView],
    masks: Sequence[NDArray[np.bool_]],
    *,
    exact_prints: int,
    until: float = float("inf"),
    workers: int = 1,
    stages: StageParameters = _STAGES,
) -> Scan:
    """Look for one probe in the rows that masks choose: in all of them while they are few, else through a shortlist."""
    usable = [
        mask & (view.traits.minutiae >= LEAST_COMPARABLE_MINUTIAE) for view, mask in zip(views, masks, strict=True)
    ]
    count = sum(int(mask.sum()) for mask in usable)
    columns = [view.columns for view in views]
    if count <= exact_prints:
        found = exact_scan(probe, columns, usable, until, workers)
    else:
        found = staged_scan(probe, columns, usable, until, workers, stages)
    unusable = sum(int(mask.sum()) for mask in masks) - count
    if unusable:
        found.excluded[TOO_FEW_MINUTIAE] = unusable
    return found


def _tells(
    candidate: Candidate, probes: Sequence[Template], views: Sequence[BlockView], parameters: SearchParameters
) -> bool:
    """Whether a comparison behind a candidate had enough minutiae on both sides for its score to mean its rate."""
    least = parameters.least_hit_minutiae
    enrolled = {match.key for match in candidate.matches if len(probes[match.probe]) >= least}
    rows = ((view, view.block.find(key)) for view in views for key in enrolled)
    return any(row is not None and view.traits.minutiae[row] >= least for view, row in rows)


def _receipt(
    probes: Sequence[Template],
    snapshot: Snapshot,
    options: SearchOptions,
    eligible: Eligible,
    scans: Sequence[Scan],
    chances: int,
) -> SearchReceipt:
    worst = min(scans, key=lambda scan: scan.searched)
    excluded = dict(worst.excluded)
    if snapshot.lost:
        excluded[LOST_SEGMENT] = snapshot.lost
    segments, answered = _segments(snapshot.views, scans)
    shift, source = threshold_shift(snapshot.measurements)
    recall, recall_source = recall_of(snapshot.measurements, worst.name)
    parameters = options.parameters
    return SearchReceipt(
        enrolled=eligible.enrolled + snapshot.lost,
        filtered=eligible.filtered,
        eligible=eligible.eligible + snapshot.lost,
        searched=worst.searched,
        excluded=tuple(Exclusion(reason, count) for reason, count in sorted(excluded.items())),
        segments=segments + snapshot.lost_segments,
        segments_answered=answered,
        shortlist=worst.name,
        shortlist_size=sum(scan.compared for scan in scans),
        recall=recall,
        recall_source=recall_source,
        max_fpir=options.max_fpir,
        hit_score=score_for_fpir(options.max_fpir, chances) + shift,
        possible_score=score_for_fpir(max(options.max_fpir, parameters.possible_fpir), chances) + shift,
        threshold_source=source,
        engine_version=__version__,
        gallery_format=FORMAT_VERSION,
        extractor=probes[0].extractor,
        parameters_digest=template_digest(probes[0]).hex(),
    )


def _segments(views: Sequence[BlockView], scans: Sequence[Scan]) -> tuple[int, int]:
    """Parts of the gallery, and those that were searched to the end for every probe; all that is recent is one part."""
    parts: dict[int, bool] = {}
    for number, view in enumerate(views):
        part = -1 if isinstance(view.block, MemoryBlock) else number
        parts[part] = parts.get(part, True) and all(scan.answered[number] for scan in scans)
    return len(parts), sum(parts.values())


def _subjects(views: Sequence[BlockView], eligible: Eligible) -> int:
    """Subjects among the eligible prints."""
    if not views:
        return 0
    return int(
        np.unique(np.concatenate([v.traits.subject[m] for v, m in zip(views, eligible.masks, strict=True)])).size
    )


def moment_of(deadline_s: float | None) -> float:
    """The moment of `time.monotonic` at which so many seconds will have passed."""
    return float("inf") if deadline_s is None else time.monotonic() + deadline_s
