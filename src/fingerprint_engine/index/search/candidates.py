"""From scored prints to candidates: one for each subject."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.columns.block import BlockView
from fingerprint_engine.index.search.exact_scan import sound_batch
from fingerprint_engine.index.search.finger_fusion import fuse_fingers
from fingerprint_engine.index.search.identification import Candidate, PrintMatch
from fingerprint_engine.index.search.scan import Scan
from fingerprint_engine.matching import Matcher
from fingerprint_engine.template import Template

_MORE = 4
"""Chosen: so many times the candidates asked for are looked at with all fingers, since fusing changes their order."""
_LEAST_SUBJECTS = 25


def candidates_of_one(scan: Scan, views: Sequence[BlockView], count: int) -> tuple[Candidate, ...]:
    """The `count` best subjects of a search with one probe: falling score, equal scores by key."""
    best: dict[str, list[PrintMatch]] = {}
    for match, subject in _ranked(scan, views, count):
        best.setdefault(subject, []).append(match)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0].score, item[1][0].key))[:count]
    return tuple(
        Candidate(rank, matches[0].key, matches[0].score, subject, (matches[0],))
        for rank, (subject, matches) in enumerate(ranked, start=1)
    )


def candidates_of_several(
    probes: Sequence[Template],
    scans: Sequence[Scan],
    views: Sequence[BlockView],
    masks: Sequence[NDArray[np.bool_]],
    count: int,
    *,
    same_finger: bool,
) -> tuple[Candidate, ...]:
    """The `count` best subjects of a search with several probes of one person.

    Whoever one probe brings up is compared with all of them; the comparisons are fused.
    """
    subjects: dict[str, None] = {}
    limit = max(_LEAST_SUBJECTS, _MORE * count)
    for scan in scans:
        for _, subject in _ranked(scan, views, limit):
            subjects[subject] = None
    matchers = [Matcher(probe) for probe in probes]
    fingers = [int(probe.finger) for probe in probes]
    found = []
    for subject in subjects:
        places, scores = _compared(matchers, _prints_of(subject, views, masks))
        if not places:
            continue
        positions = [int(view.traits.finger[row]) for view, row in places]
        fused = fuse_fingers(scores, fingers, positions, same_finger=same_finger)
        if fused.score > 0.0:
            matches = [
                PrintMatch(p, places[q][0].block.key(places[q][1]), Finger(positions[q]), float(scores[p, q]))
                for p, q in fused.pairs
            ]
            matches.sort(key=lambda match: (-match.score, match.key))
            found.append((-fused.score, matches[0].key, subject, tuple(matches)))
    found.sort(key=lambda item: item[:3])
    return tuple(
        Candidate(rank, key, -negative, subject, matches)
        for rank, (negative, key, subject, matches) in enumerate(found[:count], start=1)
    )


def _compared(
    matchers: Sequence[Matcher], prints: Sequence[tuple[BlockView, NDArray[np.int64]]]
) -> tuple[list[tuple[BlockView, int]], NDArray[np.float64]]:
    """Scores of all probes with some prints, shape (probes, prints), and the places of these; damaged ones are left."""
    places: list[tuple[BlockView, int]] = []
    columns = []
    for view, rows in prints:
        sound, batch = sound_batch(view.columns, rows)
        places += [(view, row) for row in sound.tolist()]
        columns.append(np.stack([matcher.scores(batch) for matcher in matchers]))
    return places, np.concatenate(columns, axis=1) if columns else np.zeros((len(matchers), 0))


def _ranked(scan: Scan, views: Sequence[BlockView], count: int) -> list[tuple[PrintMatch, str]]:
    """Scored prints with their subjects, best first, until there are `count` subjects and no tie with the last."""
    order = np.argsort(-scan.score, kind="stable")
    found: list[tuple[PrintMatch, str]] = []
    subjects: set[str] = set()
    floor = -1.0
    for place in order.tolist():
        score = float(scan.score[place])
        if len(subjects) >= count and score < floor:
            break
        view, row = views[int(scan.block[place])], int(scan.row[place])
        subject = view.block.subject(row)
        if subject not in subjects and len(subjects) < count:
            floor = score
        subjects.add(subject)
        found.append((PrintMatch(0, view.block.key(row), Finger(int(view.traits.finger[row])), score), subject))
    return sorted(found, key=lambda item: (-item[0].score, item[0].key))


def _prints_of(
    subject: str, views: Sequence[BlockView], masks: Sequence[NDArray[np.bool_]]
) -> list[tuple[BlockView, NDArray[np.int64]]]:
    """The eligible prints of a subject, in the order of enrolment."""
    found = []
    for view, mask in zip(views, masks, strict=True):
        rows = view.block.subject_rows_named(subject)
        rows = rows[rows < mask.size]
        rows = rows[mask[rows]]
        if rows.size:
            found.append((view, rows))
    return found
