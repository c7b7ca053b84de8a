"""From scored prints to candidates: one per subject."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.columns.block import BlockView, Rows
from fingerprint_engine.index.search.finger_fusion import fuse_fingers
from fingerprint_engine.index.search.identification import Candidate, PrintMatch
from fingerprint_engine.index.search.scan import Scan
from fingerprint_engine.index.search.work_pieces import work_of
from fingerprint_engine.matching import Matcher
from fingerprint_engine.matching.comparison import may_decide, scores_that_decide
from fingerprint_engine.matching.work_pieces import MAX_WORK, pieces_by_work
from fingerprint_engine.template import Template

_FUSED_FACTOR, _MIN_FUSED = 4, 25
"""Chosen: so many times the candidates asked for are fused, and at least so many, since fusing changes their order."""


_AFTER_DEADLINE = 2 * MAX_WORK
"""Chosen: work that is still done after a deadline, 20 ms with usual prints and 120 ms with the largest, so that a
search whose time ran out shows whom it had found."""
_MIN_PIECE = MAX_WORK // 4
"""What a piece counts as at least after a deadline: looking up the prints of a subject takes its time as well."""


class RankedCandidates(NamedTuple):
    """Candidates, best first.

    Attributes
    ----------
    candidates
        One per subject.
    deciding
        Of each: its score without comparisons in which a print has fewer minutiae than a hit needs.
    late
        Prints of subjects that there was no time to fuse.
    """

    candidates: tuple[Candidate, ...]
    deciding: tuple[float, ...]
    late: int = 0


_Prints = Sequence[tuple[BlockView, Rows]]
"""Prints of a subject, by block."""
_Compared = tuple[list[tuple[BlockView, int]], NDArray[np.float64]]
"""Places of prints, and the score of each probe with each of them."""


class _Scored(NamedTuple):
    match: PrintMatch
    subject: str
    minutiae: int


def candidates_of_one(
    probe: Template, scan: Scan, views: Sequence[BlockView], max_candidates: int, *, min_minutiae: int
) -> RankedCandidates:
    """The best subjects of a search with one probe: falling score, equal scores by key."""
    best: dict[str, _Scored] = {}
    for scored in _ranked(scan, views, max_candidates):
        best.setdefault(scored.subject, scored)
    ranked = list(best.values())[:max_candidates]
    candidates = tuple(
        Candidate(rank, match.key, match.score, subject, (match,))
        for rank, (match, subject, _) in enumerate(ranked, start=1)
    )
    deciding = tuple(
        match.score if may_decide(len(probe), minutiae, min_minutiae) else 0.0 for match, _, minutiae in ranked
    )
    return RankedCandidates(candidates, deciding)


def candidates_of_several(
    probes: Sequence[Template],
    scans: Sequence[Scan],
    views: Sequence[BlockView],
    masks: Sequence[NDArray[np.bool_]],
    max_candidates: int,
    *,
    same_finger: bool,
    min_minutiae: int,
    deadline: float,
) -> RankedCandidates:
    """The best subjects of a search with several probes of one person.

    Each subject that one probe brings up is compared with all probes; the comparisons are fused. After the deadline
    those that the probes ranked first are still fused, as far as that takes no more than a moment.
    """
    subjects = subjects_to_fuse(scans, views, max_candidates)
    found, late = fuse_subjects(
        probes, subjects, views, masks, same_finger=same_finger, min_minutiae=min_minutiae, deadline=deadline
    )
    return best_fused(found, late, max_candidates)


def subjects_to_fuse(scans: Sequence[Scan], views: Sequence[BlockView], max_candidates: int) -> list[str]:
    """The subjects that one probe brings up."""
    subjects: dict[str, None] = {}
    max_subjects = max(_MIN_FUSED, _FUSED_FACTOR * max_candidates)
    for scan in scans:
        subjects |= dict.fromkeys(scored.subject for scored in _ranked(scan, views, max_subjects))
    return list(subjects)


def best_fused(found: Iterable[Fused], late: int, max_candidates: int) -> RankedCandidates:
    """The best of fused subjects."""
    best = sorted(found, key=lambda item: item[:3])[:max_candidates]
    candidates = tuple(
        Candidate(rank, key, -negative, subject, matches)
        for rank, (negative, key, subject, matches, _) in enumerate(best, start=1)
    )
    return RankedCandidates(candidates, tuple(item.deciding for item in best), late)


def fuse_subjects(
    probes: Sequence[Template],
    subjects: Iterable[str],
    views: Sequence[BlockView],
    masks: Sequence[NDArray[np.bool_]],
    *,
    same_finger: bool,
    min_minutiae: int,
    deadline: float,
) -> tuple[list[Fused], int]:
    """Compare the eligible prints of subjects with all probes; and prints of subjects for which there was no time."""
    matchers = [Matcher(probe) for probe in probes]
    fingers = [int(probe.finger) for probe in probes]
    found: list[Fused] = []
    late, left = 0, float(_AFTER_DEADLINE)
    prints_of = {subject: _prints_of(subject, views, masks) for subject in subjects}
    together: dict[str, _Compared] = {}
    for group in _groups(matchers, prints_of):
        if time.monotonic() >= deadline:
            break
        together |= zip(group, _compared_together(matchers, [prints_of[subject] for subject in group]), strict=True)
    for subject, prints in prints_of.items():
        compared: _Compared | None = together.get(subject)
        if compared is None:
            compared, left = _compared(matchers, _pieces(matchers, prints), deadline, left)
        if compared is None:
            late += sum(rows.size for _, rows in prints)
            continue
        places, scores = compared
        if not places:
            continue
        positions = [int(view.traits.finger[row]) for view, row in places]
        fused = fuse_fingers(scores, fingers, positions, same_finger=same_finger)
        if fused.score > 0.0:
            matches = [
                PrintMatch(p, places[q][0].key(places[q][1]), Finger(positions[q]), float(scores[p, q]))
                for p, q in fused.pairs
            ]
            matches.sort(key=lambda match: (-match.score, match.key))
            minutiae = [int(view.traits.minutiae[row]) for view, row in places]
            enough = np.array([
                scores_that_decide(row, len(probe), minutiae, min_minutiae)
                for row, probe in zip(scores, probes, strict=True)
            ])  # fmt: skip
            deciding = fused.score
            if (enough != scores).any():
                deciding = fuse_fingers(enough, fingers, positions, same_finger=same_finger).score
            found.append(Fused(-fused.score, matches[0].key, subject, tuple(matches), deciding))
    return found, late


class Fused(NamedTuple):
    """A subject, by its score with a minus, the key of its best print, and itself: so the best sort first."""

    negative: float
    key: str
    subject: str
    matches: tuple[PrintMatch, ...]
    deciding: float


def _groups(matchers: Sequence[Matcher], prints_of: Mapping[str, _Prints]) -> Iterator[list[str]]:
    """Subjects that are compared together: as many as a piece of work holds; one that is more is left to itself."""
    minutiae = sum(len(matcher.probe) for matcher in matchers)
    group: list[str] = []
    total = 0.0
    for subject, prints in prints_of.items():
        work = sum(float(work_of(minutiae, view.columns, rows).sum()) for view, rows in prints)
        if work > MAX_WORK:
            continue
        if total + work > MAX_WORK:
            yield group
            group, total = [], 0.0
        group.append(subject)
        total += work
    if group:
        yield group


def _compared_together(matchers: Sequence[Matcher], group: Sequence[_Prints]) -> list[_Compared]:
    """For each of some subjects what `_compared` says, with one batch for each block: packing one costs as much."""
    found: list[_Compared] = [([], np.zeros((len(matchers), 0))) for _ in group]
    by_view: dict[int, tuple[BlockView, list[tuple[int, Rows]]]] = {}
    for number, prints in enumerate(group):
        for view, rows in prints:
            by_view.setdefault(id(view), (view, []))[1].append((number, rows))
    for view, parts in by_view.values():
        rows = np.concatenate([some for _, some in parts])
        owner = np.repeat([number for number, _ in parts], [some.size for _, some in parts])
        sound, batch = view.columns.sound_batch(rows)
        scores = np.stack([matcher.scores(batch) for matcher in matchers])
        of = owner[np.isin(rows, sound)]
        for number in np.unique(of).tolist():
            places, before = found[number]
            mine = of == number
            found[number] = (
                [*places, *((view, row) for row in sound[mine].tolist())],
                np.concatenate([before, scores[:, mine]], axis=1),
            )
    return found


def _pieces(matchers: Sequence[Matcher], prints: _Prints) -> Iterator[tuple[BlockView, Rows, float]]:
    """Prints in pieces of work for all probes together, and the work of each."""
    minutiae = sum(len(matcher.probe) for matcher in matchers)
    for view, rows in prints:
        work = work_of(minutiae, view.columns, rows)
        for piece in pieces_by_work(work, rows.size):
            yield view, rows[piece], float(work[piece].sum())


def _compared(
    matchers: Sequence[Matcher], pieces: Iterable[tuple[BlockView, Rows, float]], deadline: float, left: float
) -> tuple[_Compared | None, float]:
    """Scores of all probes with some prints, shape (probes, prints), and their places; damaged prints are left out.

    None where the deadline comes between: a subject is fused wholly or not. With it, the work that may still be done
    after the deadline, of which there was `left`.
    """
    places: list[tuple[BlockView, int]] = []
    columns = []
    for view, rows, work in pieces:
        if time.monotonic() >= deadline:
            left -= max(work, _MIN_PIECE)
            if left < 0.0:
                return None, left
        sound, batch = view.columns.sound_batch(rows)
        places += [(view, row) for row in sound.tolist()]
        columns.append(np.stack([matcher.scores(batch) for matcher in matchers]))
    scores = np.concatenate(columns, axis=1) if columns else np.zeros((len(matchers), 0))
    return (places, scores), left


def _ranked(scan: Scan, views: Sequence[BlockView], max_subjects: int) -> list[_Scored]:
    """Scored prints, best first, until there are so many subjects and no tie with the last."""
    order = (-scan.score).argsort(kind="stable")
    found: list[_Scored] = []
    subjects: set[str] = set()
    floor = -1.0
    columns = (column[order].tolist() for column in (scan.block, scan.row, scan.score))
    for number, row, score in zip(*columns, strict=True):
        if len(subjects) >= max_subjects and score < floor:
            break
        view = views[number]
        key = view.key(row)
        subject = view.names.stored_subject(row) or key
        if subject not in subjects and len(subjects) < max_subjects:
            floor = score
        subjects.add(subject)
        match = PrintMatch(0, key, Finger(int(view.traits.finger[row])), score)
        found.append(_Scored(match, subject, int(view.traits.minutiae[row])))
    return sorted(found, key=lambda scored: (-scored.match.score, scored.match.key))


def _prints_of(
    subject: str, views: Sequence[BlockView], masks: Sequence[NDArray[np.bool_]]
) -> list[tuple[BlockView, Rows]]:
    """The eligible prints of a subject, in the order of enrolment."""
    found = []
    for view, mask in zip(views, masks, strict=True):
        rows = view.subject_rows(subject)
        rows = rows[mask[rows]]
        if rows.size:
            found.append((view, rows))
    return found
