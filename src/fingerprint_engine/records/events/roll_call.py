"""`roll_call`: who of a unit is there, who is not, who is somebody else."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.records.events.roll_call_answer import CardCapture, RollCall
from fingerprint_engine.records.events.roll_call_record import Outside, record_roll_call
from fingerprint_engine.records.events.searching import is_complete, search
from fingerprint_engine.records.events.unit_evidence import MAX_CANDIDATES, UnitEvidence, log_ratios
from fingerprint_engine.records.people.best_set import Reference, best_set
from fingerprint_engine.records.people.captures import Capture, captures_of
from fingerprint_engine.records.people.persons import person_row
from fingerprint_engine.records.roll_call import Problem, RollCallParameters, solve
from fingerprint_engine.records.roll_call.options import options_of
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import persons
from fingerprint_engine.records.words import COMPARE, ERASED
from fingerprint_engine.threads import in_order

MAX_ROSTER = 5000
SETTLED = math.log(1e5)
"""Chosen: a capture that fits its card so well is not compared with everybody; what others would score on average
outweighs it once in millions."""
_DEFAULT_PARAMETERS = RollCallParameters()


def roll_call(
    session: Session,
    captures: Iterable[CardCapture],
    *,
    roster: Iterable[str] | None = None,
    unit: str | None = None,
    parameters: RollCallParameters = _DEFAULT_PARAMETERS,
    workers: int = 2,
) -> RollCall:
    """Solve the roll-call of a unit.

    Parameters
    ----------
    session
        Its site and purpose say who may be compared, and where people from outside are looked for.
    captures
        Each of one or more fingers of one person.
    roster
        Who should be there; by default everybody of the unit at the session's site.
    unit
        The unit, where no roster is given.
    parameters
        What is expected beforehand.
    workers
        Threads that compare.

    Raises
    ------
    RecordsError
        When the roster is empty, names somebody twice or is too long.
    UnknownRecord, RecordConflict, PolicyDenied
        As `check`, of anybody on it.
    """
    people = _roster(session, roster, unit)
    place = {person: number for number, person in enumerate(people)}
    taken = [(captures_of(one.prints), one.card) for one in captures]
    cards = [_place_of(session, place, card) for _, card in taken]
    view = UnitEvidence(_best_sets(session, place), parameters, SETTLED)

    def own(number: int) -> float | None:
        claim = cards[number]
        return None if claim is None else view.one(taken[number][0], claim)

    first = list(in_order(own, range(len(taken)), workers=workers))
    unsettled = [number for number, ratio in enumerate(first) if ratio is None or ratio < SETTLED]
    if unsettled:
        view.prepare()
    resembling = in_order(lambda number: view.everybody(taken[number][0]), unsettled, workers=workers)
    looked = dict(zip(unsettled, resembling, strict=True))
    outside = {
        number: _from_outside(session, taken[number][0], place, looked[number], parameters) for number in unsettled
    }
    options = []
    for number, (prints, _) in enumerate(taken):
        claim, ratio = cards[number], first[number]
        evidence = dict(looked.get(number, {}))
        if claim is not None and ratio is not None:
            evidence[claim] = ratio
        elsewhere = view.nothing(prints) if number in looked else 0.0
        others = outside.get(number, Outside())
        ratios = [ratio for _, ratio in others.candidates]
        options.append(options_of(claim, len(people), evidence, elsewhere, ratios, others.searched, parameters))
    record = functools.partial(
        record_roll_call,
        session=session,
        people=people,
        taken=taken,
        cards=cards,
        solution=solve(Problem(options, len(people)), parameters),
        resembling=looked,
        outside=outside,
        parameters=parameters,
    )
    return session.write(record)


def _place_of(session: Session, place: dict[str, int], card: str | None) -> int | None:
    """Where the person of a card stands in the roster; None when not there."""
    if card is None or card in place:
        return None if card is None else place[card]
    return place.get(session.read(lambda connection: person_row(connection, card)).id)


def _best_sets(session: Session, place: dict[str, int]) -> dict[int, list[Reference]]:
    found: dict[int, list[Reference]] = {}
    for one in session.read(lambda connection: best_set(connection, list(place), session.moment)):
        found.setdefault(place[one.person], []).append(one)
    return found


def _roster(session: Session, roster: Iterable[str] | None, unit: str | None) -> tuple[str, ...]:
    def find(connection: sa.Connection) -> list[Any]:
        if roster is None:
            query = sa.select(persons).where(
                persons.c.site == session.context.site,
                persons.c.unit == (unit or ""),
                persons.c.merged_into.is_(None),
                persons.c.status != ERASED,
                persons.c.released_at.is_(None),
            )
            return list(connection.execute(query.order_by(persons.c.id)))
        return [person_row(connection, one) for one in roster]

    rows = session.read(find)
    session.require(COMPARE, sorted({(row.category, row.status) for row in rows}))
    people = tuple(row.id for row in rows)
    if not 0 < len(people) <= MAX_ROSTER or len(set(people)) < len(people):
        raise RecordsError(f"roster: expected 1 to {MAX_ROSTER} different people, got {len(people)}")
    return people


def _from_outside(
    session: Session,
    prints: Sequence[Capture],
    place: dict[str, int],
    looked: dict[int, float],
    parameters: RollCallParameters,
) -> Outside:
    """Whom a capture resembles who is not on the roster, unless it is somebody's of the roster for sure."""
    if max(looked.values(), default=0.0) >= SETTLED or not session.policy.searchable(session.context.purpose)[0]:
        return Outside()
    findings = search(session, prints, max_candidates=MAX_CANDIDATES)
    strangers = [one for one in findings.candidates if one.person not in place]
    sets = session.read(lambda connection: best_set(connection, [one.person for one in strangers], session.moment))
    searched = sum(gallery["receipt"]["searched"] for gallery in findings.receipt["galleries"])
    files = {number: [q for q in sets if q.person == one.person] for number, one in enumerate(strangers)}
    ratios = log_ratios(prints, files, parameters)
    near = tuple((one, ratios[number]) for number, one in enumerate(strangers) if ratios[number] > 0.0)
    return Outside(near, searched, is_complete(findings))
