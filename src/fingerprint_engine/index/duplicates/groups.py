"""From matching pairs of prints to groups of subjects, and to records that contradict themselves."""

from __future__ import annotations

import dataclasses
import enum
import itertools
from collections.abc import Sequence

import numpy as np

from fingerprint_engine.errors import CorruptTemplate
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index.columns.details import text_hash
from fingerprint_engine.index.search.search import Snapshot
from fingerprint_engine.matching import MIN_MATCH_MINUTIAE, compare
from fingerprint_engine.template import Template

MIN_MATED_SCORE = 10.0
"""Chosen: one in ten non-mated pairs scores as high; two prints of one finger that score less contradict each other."""


@dataclasses.dataclass(frozen=True, slots=True)
class PrintPair:
    """Two prints that match; `key` sorts before `other_key`."""

    key: str
    other_key: str
    subject: str
    other_subject: str
    finger: Finger
    other_finger: Finger
    score: float

    @property
    def is_same_subject(self) -> bool:
        """Whether one subject has both."""
        return self.subject == self.other_subject

    @property
    def have_different_positions(self) -> bool:
        """Whether both state a finger, and different ones."""
        return Finger.UNKNOWN not in (self.finger, self.other_finger) and self.finger != self.other_finger


@dataclasses.dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Subjects that share fingers: probably one person.

    Attributes
    ----------
    subjects
        In order.
    pairs
        The matches between them, falling score.
    weakest_link
        The match without which the group would fall apart and that has the lowest score: look at it first.
    """

    subjects: tuple[str, ...]
    pairs: tuple[PrintPair, ...]
    weakest_link: PrintPair


class ProblemKind(enum.Enum):
    """How a record contradicts itself."""

    ONE_FINGER_TWICE = "one finger under two positions"
    """Two prints of a subject match, and state different fingers."""
    SWAPPED_FINGERS = "two fingers swapped"
    """Of two captures the first finger of one matches the second of the other, and the other way round."""
    TWO_PEOPLE = "two people in one record"
    """Two prints of a subject state the same finger and do not match, or match two subjects who do not."""


@dataclasses.dataclass(frozen=True, slots=True)
class RecordProblem:
    """A contradiction: its kind, the subjects whose records it concerns, and the prints that show it."""

    kind: ProblemKind
    subjects: tuple[str, ...]
    keys: tuple[str, ...]


def groups_of(pairs: Sequence[PrintPair]) -> tuple[DuplicateGroup, ...]:
    """Subjects that matching pairs connect; largest group first, then by name."""
    parent: dict[str, str] = {}
    links: list[PrintPair] = []

    def root(subject: str) -> str:
        parent.setdefault(subject, subject)
        while parent[subject] != subject:
            parent[subject] = parent[parent[subject]]
            subject = parent[subject]
        return subject

    between = [pair for pair in pairs if not pair.is_same_subject]
    for pair in sorted(between, key=lambda pair: (-pair.score, pair.key, pair.other_key)):
        first, second = root(pair.subject), root(pair.other_subject)
        if first != second:  # a link of the strongest tree that spans the group
            parent[second] = first
            links.append(pair)
    members: dict[str, list[str]] = {}
    for subject in sorted(parent):
        members.setdefault(root(subject), []).append(subject)
    weakest = {root(link.subject): link for link in links}  # the last of each group, so the lowest
    inside: dict[str, list[PrintPair]] = {}
    for pair in between:
        inside.setdefault(root(pair.subject), []).append(pair)
    groups = [DuplicateGroup(tuple(m), tuple(inside[name]), weakest[name]) for name, m in members.items()]
    return tuple(sorted(groups, key=lambda group: (-len(group.subjects), group.subjects)))


def problems_of(pairs: Sequence[PrintPair], snapshot: Snapshot) -> tuple[RecordProblem, ...]:
    """Contradictions that matching pairs show, and prints of one subject and finger that do not match."""
    swapped = _swapped(pairs)
    in_swaps = {frozenset(keys) for problem in swapped for keys in (problem.keys[:2], problem.keys[2:])}
    twice = [
        RecordProblem(ProblemKind.ONE_FINGER_TWICE, (pair.subject,), (pair.key, pair.other_key))
        for pair in pairs
        if pair.is_same_subject
        and pair.have_different_positions
        and frozenset((pair.key, pair.other_key)) not in in_swaps
    ]
    found = [*twice, *swapped, *_two_people(pairs, snapshot)]
    return tuple(sorted(found, key=lambda problem: (problem.kind.value, problem.subjects, problem.keys)))


def _swapped(pairs: Sequence[PrintPair]) -> list[RecordProblem]:
    """Pairs of pairs: finger X of one capture on finger Y of another, and Y of the first on X of the second."""
    crossed: dict[tuple[str, str, Finger, Finger], list[PrintPair]] = {}
    for pair in pairs:
        if pair.have_different_positions:
            one, two = sorted((pair.subject, pair.other_subject))
            low, high = sorted((pair.finger, pair.other_finger))
            crossed.setdefault((one, two, low, high), []).append(pair)
    found = []
    for (first, second, _, _), group in sorted(crossed.items()):
        for number, pair in enumerate(group):
            for other in group[number + 1 :]:
                four = (pair.key, pair.other_key, other.key, other.other_key)
                if len(set(four)) == len(four) and _crosses(pair, other):
                    found.append(
                        RecordProblem(ProblemKind.SWAPPED_FINGERS, tuple(dict.fromkeys((first, second))), four)
                    )
    return found


def _crosses(pair: PrintPair, other: PrintPair) -> bool:
    """Whether, seen from one of two subjects, both pairs go opposite ways between the same two fingers."""
    if pair.is_same_subject:
        return True
    ways = []
    for one in (pair, other):
        first = min(one.subject, one.other_subject)
        ways.append(one.finger if one.subject == first else one.other_finger)
    return ways[0] != ways[1]


Place = tuple[int, int]
"""Block and row of a print."""


def _two_people(pairs: Sequence[PrintPair], snapshot: Snapshot) -> list[RecordProblem]:
    """Prints of one subject that cannot be one person's."""
    matched = {frozenset((pair.key, pair.other_key)) for pair in pairs}
    places: dict[tuple[int, int], list[Place]] = {}
    for number, view in enumerate(snapshot.views):
        known = view.alive & (view.traits.finger != Finger.UNKNOWN)
        for row in np.flatnonzero(known).tolist():
            places.setdefault((int(view.traits.subject[row]), int(view.traits.finger[row])), []).append((number, row))
    found = []
    for prints in places.values():
        for first, second in itertools.combinations(prints, 2):
            keys = tuple(sorted((_key(snapshot, first), _key(snapshot, second))))
            subject = _subject(snapshot, first)
            if frozenset(keys) in matched or subject != _subject(snapshot, second):
                continue
            if _do_not_match(snapshot, first, second):
                found.append(RecordProblem(ProblemKind.TWO_PEOPLE, (subject,), keys))
    return found + _match_two_others(pairs, snapshot, places)


def _match_two_others(
    pairs: Sequence[PrintPair], snapshot: Snapshot, places: dict[tuple[int, int], list[Place]]
) -> list[RecordProblem]:
    """Subjects whose prints match two others, whose prints of one finger do not match."""
    others: dict[str, dict[str, str]] = {}
    for pair in pairs:
        if not pair.is_same_subject:
            others.setdefault(pair.subject, {}).setdefault(pair.other_subject, pair.key)
            others.setdefault(pair.other_subject, {}).setdefault(pair.subject, pair.other_key)
    found = []
    for subject, keys in others.items():
        for first, second in itertools.combinations(sorted(keys), 2):
            if keys[first] == keys[second] or second in others[first]:
                continue
            hashes = text_hash(first), text_hash(second)
            shared = [f for f in Finger if f and (hashes[0], f) in places and (hashes[1], f) in places]
            if any(_do_not_match(snapshot, places[hashes[0], f][0], places[hashes[1], f][0]) for f in shared):
                shown = tuple(sorted((keys[first], keys[second])))
                found.append(RecordProblem(ProblemKind.TWO_PEOPLE, (subject,), shown))
    return found


def _do_not_match(snapshot: Snapshot, first: Place, second: Place) -> bool:
    try:
        left, right = (Template.from_bytes(snapshot.views[n].columns.template_bytes(row)) for n, row in (first, second))
    except CorruptTemplate:
        return False
    return min(len(left), len(right)) >= MIN_MATCH_MINUTIAE and compare(left, right).score < MIN_MATED_SCORE


def _key(snapshot: Snapshot, place: Place) -> str:
    return snapshot.views[place[0]].key(place[1])


def _subject(snapshot: Snapshot, place: Place) -> str:
    return snapshot.views[place[0]].subject(place[1])
