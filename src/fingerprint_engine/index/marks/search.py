"""A search with a mark: scan with each look, weigh, merge, rank."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.marks.answer import DECISION, MarkCandidates, MarkReceipt
from fingerprint_engine.index.marks.merging import merge_looks, merge_regions, share_on_print
from fingerprint_engine.index.search.eligibility import eligible_rows
from fingerprint_engine.index.search.identification import Candidate, PrintMatch
from fingerprint_engine.index.search.options import SearchOptions
from fingerprint_engine.index.search.parameters import SearchParameters, StageParameters
from fingerprint_engine.index.search.scan import Scan
from fingerprint_engine.index.search.search import Snapshot, coverage_of, scan_for
from fingerprint_engine.matching import Matcher
from fingerprint_engine.parameters import Parameters, parameter
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint import Mark, MarkReading


@dataclasses.dataclass(frozen=True, slots=True)
class MarkSearchParameters(Parameters):
    """How much a search with a mark looks at."""

    search: SearchParameters = SearchParameters(
        exact_prints=200_000,
        faiss_prints=2**31,  # votes in cells and glances were measured with prints, not with marks
        stages=StageParameters(
            probe_minutiae=255,
            glance_passes=256,
            screened=5_000,
            screened_growth=0.6,
            screening_pairs=24,
            compared=1_000,
            compared_growth=0.4,
        ),
    )
    best_regions: int = parameter(3, unit="regions", low=1, high=100, source="chosen: a fourth rarely adds anything")
    merged: int = parameter(
        200,
        unit="prints",
        low=1,
        high=100_000,
        source="chosen: so many are compared by all regions",
    )
    slack_deg: float = parameter(
        35.0, unit="deg", low=0.0, high=180.0, source="chosen: prints on cards and glass are turned by less"
    )


class _Place(NamedTuple):
    block: int
    row: int


def search_mark(
    mark: Mark, snapshot: Snapshot, options: SearchOptions, parameters: MarkSearchParameters
) -> MarkCandidates:
    """Rank the prints of a gallery by how well a mark matches them; see `Gallery.search_mark`."""
    eligible = eligible_rows(snapshot.views, options.where, None)
    scans = [
        scan_for(
            template,
            snapshot.views,
            eligible.masks,
            options.parameters,
            exhaustive=options.exhaustive,
            deadline=options.deadline,
            workers=options.workers,
        )
        for template in mark.templates
    ]
    places = _best_places(scans, max(parameters.merged, 4 * options.max_candidates))
    seen = _scores(mark, places, snapshot.views)
    turned_away = _weigh(mark, places, seen, snapshot.views, parameters.slack_deg)
    ends = np.cumsum([len(one.templates) for one in mark.readings])[:-1]
    scores = np.stack([merge_looks(part) for part in np.split(seen, ends)])
    candidates = _ranked(mark, places, scores, snapshot.views, options.max_candidates, parameters.best_regions)
    receipt = MarkReceipt(
        **coverage_of(mark.templates, snapshot, options.parameters, eligible, scans),
        decision=DECISION,
        regions=mark.regions,
        readings=tuple(map(_in_words, mark.readings)),
        best_regions=parameters.best_regions,
        turned_away=turned_away,
    )
    return MarkCandidates(candidates, receipt)


def check_mark(mark: object) -> Mark:
    """Return the mark of a search, or raise `InputError`."""
    if not isinstance(mark, Mark):
        raise InputError(f"mark: expected a Mark (see read_mark), got {type(mark).__name__}")
    return mark


def _in_words(reading: MarkReading) -> str:
    counts = " and ".join(str(len(one)) for one in reading.templates)
    words = f"region {reading.region}: {reading.reader.value}, {counts} minutiae"
    upright = reading.upright
    return words if upright is None else f"{words}, upright at {upright.deg:g}° ± {upright.tolerance_deg:g}°"


def _best_places(scans: Sequence[Scan], count: int) -> list[_Place]:
    """Prints at the top of any scan, with what ties with the last of them, in the order of the gallery."""
    found: set[_Place] = set()
    for scan in scans:
        floor = 0.0
        if scan.score.size > count:
            floor = float(np.partition(scan.score, scan.score.size - count)[scan.score.size - count])
        kept = np.flatnonzero(scan.score >= floor)
        found |= {_Place(int(block), int(row)) for block, row in zip(scan.block[kept], scan.row[kept], strict=True)}
    return sorted(found)


def _scores(mark: Mark, places: Sequence[_Place], views: Sequence[BlockView]) -> NDArray[np.float64]:
    """Of each look with each print; float64, shape (looks, prints)."""
    scores = np.zeros((len(mark.templates), len(places)))
    for number, view in enumerate(views):
        here = np.array([at for at, place in enumerate(places) if place.block == number], np.intp)
        if not here.size:
            continue
        sound, batch = view.columns.sound_batch(np.array([places[at].row for at in here], np.int64))
        kept = here[np.isin([places[at].row for at in here], sound)]
        for look, template in enumerate(mark.templates):
            scores[look, kept] = Matcher(template).scores(batch)
    return scores


def _weigh(
    mark: Mark,
    places: Sequence[_Place],
    scores: NDArray[np.float64],
    views: Sequence[BlockView],
    slack_deg: float,
) -> int:
    """Multiply scores of outlined readings by the share that lies on the print; 0 where the mark would point elsewhere.

    Returns how many prints are left with no score because of where the mark would point.
    """
    readings = [one for one in mark.readings for _ in one.templates]
    is_known = np.array([one.is_outlined or one.upright is not None for one in readings])[:, None]
    before = scores.max(axis=0, initial=0.0) > 0.0
    matchers = [Matcher(template) for template in mark.templates]
    for at in np.flatnonzero(((scores > 0.0) & is_known).any(axis=0)).tolist():
        reference = Template.from_bytes(views[places[at].block].columns.template_bytes(places[at].row))
        for look in np.flatnonzero((scores[:, at] > 0.0) & is_known[:, 0]).tolist():
            upright, found = readings[look].upright, matchers[look].compare(reference)
            turn = None if found.transform is None else found.transform.rotation_rad
            if upright is not None and (turn is None or not upright.allows(turn, slack_deg)):
                scores[look, at] = 0.0
            elif readings[look].is_outlined:
                scores[look, at] *= share_on_print(found.evidence)
    return int((before & (scores.max(axis=0, initial=0.0) == 0.0)).sum())


def _ranked(
    mark: Mark,
    places: Sequence[_Place],
    scores: NDArray[np.float64],
    views: Sequence[BlockView],
    max_candidates: int,
    best_regions: int,
) -> tuple[Candidate, ...]:
    """The best print of each subject: falling score, equal scores by key."""
    regions = [one.region for one in mark.readings]
    # A region that nobody could read had no chance to match: only those that were read are merged.
    found = []
    for at, (block, row) in enumerate(places):
        merged = merge_regions(scores[:, at].tolist(), regions, best_regions)
        if merged.score > 0.0:
            view = views[block]
            key, finger = view.key(row), Finger(int(view.traits.finger[row]))
            matches = tuple(PrintMatch(n, key, finger, float(scores[n, at])) for n in merged.readings)
            found.append((-merged.score, key, view.subject(row), matches))
    best: dict[str, tuple[float, str, tuple[PrintMatch, ...]]] = {}
    for negative, key, subject, matches in sorted(found, key=lambda one: one[:2]):
        best.setdefault(subject, (-negative, key, matches))
    return tuple(
        Candidate(rank, key, score, subject, matches)
        for rank, (subject, (score, key, matches)) in enumerate(list(best.items())[:max_candidates], start=1)
    )
