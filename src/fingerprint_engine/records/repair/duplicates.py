"""`find_duplicates`: everybody against everybody, and a proposal for each contradiction that can be repaired."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery, PrintPair, ProblemKind, RecordProblem
from fingerprint_engine.index.search.finger_fusion import fuse_scores
from fingerprint_engine.records.cases.opening import open_case
from fingerprint_engine.records.following import Finding, FingerMatch, Follower
from fingerprint_engine.records.following.live_prints import RESTRICTED_PREFIX, all_live_prints, details_of, template_of
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.repair.proposing import add_proposal, propose_merge
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import encounters, persons, prints
from fingerprint_engine.records.words import DECIDE, ERASED, MOVE, SEARCH, SPLIT, SWAP

_BATCH = 2000


class _Place(NamedTuple):
    """Where a print is on record."""

    person: str
    encounter: str
    captured_at: str


def find_duplicates(
    session: Session, *, workers: int = 2, progress: Callable[[int, int], object] | None = None
) -> tuple[str, ...]:
    """Compare all prints that the purpose may search with each other, and write proposals.

    Parameters
    ----------
    session
        Its purpose must be allowed to decide; only the categories that it may search are compared.
    workers
        Threads.
    progress
        Called with the number of prints done and of all.

    Returns
    -------
    tuple
        Identifiers of new proposals.
    """
    session.require_permission(DECIDE)
    categories, restricted = session.policy.searchable(session.context.purpose)
    if not categories:
        session.deny(SEARCH, f"purpose {session.context.purpose!r} may not search anybody")
    session.galleries.catch_up()
    made: list[str] = []
    for follower in session.galleries.followers:
        gallery = _allowed_part(session, follower, categories | {RESTRICTED_PREFIX + one for one in restricted})
        rate = session.policy.rates.duplicates_max_fmr
        found = gallery.duplicates(max_fmr=rate, workers=workers, progress=progress)
        pairs = [pair for group in found.groups for pair in group.pairs]
        problems = list(found.problems)
        chances = max(1, math.comb(len(gallery), 2))

        def work(
            transaction: Transaction,
            pairs: list[PrintPair] = pairs,
            problems: list[RecordProblem] = problems,
            chances: int = chances,
        ) -> list[str]:
            transaction.note("find duplicates")
            return _propose(transaction, pairs, problems, chances)

        made += session.write(work)
    return tuple(made)


def _allowed_part(session: Session, follower: Follower, categories: frozenset[str]) -> Gallery:
    """The gallery, or a copy in memory of the part that the purpose may search."""
    query = sa.select(persons.c.category, persons.c.status).where(persons.c.status != ERASED).distinct()
    held = session.read(lambda connection: connection.execute(query).fetchall())
    words = {(RESTRICTED_PREFIX if row.status == "restricted" else "") + row.category for row in held}
    if words <= categories:
        return follower.gallery
    part, after = Gallery(), ""
    with session.database.reading() as connection:
        while rows := all_live_prints(connection, after, _BATCH):
            after = rows[-1].id
            chosen = []
            for row in rows:
                details, template = details_of(row, session.policy), template_of(row)
                if row.parameters == follower.parameters and details.category in categories and template is not None:
                    chosen.append((row.id, template, details))
            part.enrol_many(chosen)
    return part


def _propose(
    transaction: Transaction, pairs: Sequence[PrintPair], problems: Sequence[RecordProblem], chances: int
) -> list[str]:
    connection = transaction.connection
    keys = {key for pair in pairs for key in (pair.key, pair.other_key)}
    keys |= {key for problem in problems for key in problem.keys}
    places = _places(connection, sorted(keys))
    made = [_merge(transaction, group, chances) for group in _by_people(pairs).values()]
    for problem in problems:
        if any(key not in places for key in problem.keys):
            continue  # erased or moved since
        if problem.kind is ProblemKind.SWAPPED_FINGERS:
            made.append(_swap(transaction, problem, places))
        elif problem.kind is ProblemKind.TWO_PEOPLE:
            made.append(_separate(transaction, problem, places, pairs))
        else:
            place = places[problem.keys[0]]
            open_case(transaction, "check", None, place.person, (), problem=problem.kind.value, prints=problem.keys)
    return [one for one in made if one is not None]


def _by_people(pairs: Sequence[PrintPair]) -> Mapping[tuple[str, str], list[PrintPair]]:
    found: dict[tuple[str, str], list[PrintPair]] = {}
    for pair in pairs:
        if not pair.is_same_subject:
            low, high = sorted((pair.subject, pair.other_subject))
            found.setdefault((low, high), []).append(pair)
    return found


def _merge(transaction: Transaction, pairs: Sequence[PrintPair], chances: int) -> str | None:
    first, second = pairs[0].subject, pairs[0].other_subject
    best: dict[Finger, float] = {}
    for pair in pairs:
        best[pair.finger] = max(best.get(pair.finger, 0.0), pair.score)
    # All pairs of people were compared, so the best of so many chances is what must not be chance.
    score = max(0.0, fuse_scores(list(best.values()), len(best)) - 10.0 * math.log10(chances))
    matches = tuple(FingerMatch(pair.finger, pair.other_key, pair.other_finger, pair.score) for pair in pairs)
    return propose_merge(transaction, first, second, Finding(second, score, True, matches))


def _swap(transaction: Transaction, problem: RecordProblem, places: Mapping[str, _Place]) -> str | None:
    """The positions of the two prints of one encounter, of the later one where both could be wrong."""
    by_encounter: dict[str, list[str]] = {}
    for key in problem.keys:
        by_encounter.setdefault(places[key].encounter, []).append(key)
    whole = [keys for keys in by_encounter.values() if len(set(keys)) == 2]
    if not whole:
        return None
    chosen = max(whole, key=lambda keys: places[keys[0]].captured_at)
    evidence = {"prints": list(problem.keys), "encounters": sorted(by_encounter)}
    return add_proposal(transaction, SWAP, {"prints": sorted(chosen)}, evidence, 1.0 / len(whole) if whole else 1.0)


def _separate(
    transaction: Transaction, problem: RecordProblem, places: Mapping[str, _Place], pairs: Sequence[PrintPair]
) -> str | None:
    """Take the encounter of another person out of a file: into the file that it matches, or into one of its own."""
    encounters_in_doubt = sorted({(places[key].captured_at, places[key].encounter) for key in problem.keys})
    if len(encounters_in_doubt) < 2:
        return None
    person = places[problem.keys[0]].person
    for key in problem.keys:
        for pair in pairs:
            if key in (pair.key, pair.other_key) and not pair.is_same_subject:
                other = pair.other_subject if pair.subject == person else pair.subject
                subject = {"encounter": places[key].encounter, "from": person, "to": other}
                return add_proposal(
                    transaction, MOVE, subject, {"prints": list(problem.keys)}, 10 ** (-pair.score / 10)
                )
    subject_of_split = {"person": person, "encounters": [encounters_in_doubt[-1][1]]}
    return add_proposal(transaction, SPLIT, subject_of_split, {"prints": list(problem.keys)}, 0.01)


def _places(connection: Connection, keys: Sequence[str]) -> dict[str, _Place]:
    found: dict[str, _Place] = {}
    for begin in range(0, len(keys), _BATCH):
        query: Any = (
            sa.select(prints.c.id, encounters.c.person_id, encounters.c.id.label("encounter"), encounters.c.captured_at)
            .join(encounters, prints.c.encounter_id == encounters.c.id)
            .where(prints.c.id.in_(keys[begin : begin + _BATCH]))
        )
        for row in connection.execute(query):
            found[row.id] = _Place(row.person_id, row.encounter, row.captured_at)
    return found
