"""`decide_case`: what an examiner says, and what follows from it."""

from __future__ import annotations

from fingerprint_engine.errors import RecordConflict, RecordsError
from fingerprint_engine.records.cases.agreement import add_decision
from fingerprint_engine.records.cases.opening import CAPTURED
from fingerprint_engine.records.cases.reading import Case, load_case
from fingerprint_engine.records.documents import canonical
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import RELATION, new_id
from fingerprint_engine.records.people.persons import person_row
from fingerprint_engine.records.people.tags import Relation, add_relation
from fingerprint_engine.records.repair.changes import make_change
from fingerprint_engine.records.repair.patches import merging
from fingerprint_engine.records.repair.proposing import NOT_THE_SAME
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import cases
from fingerprint_engine.records.texts import check_text, one_of
from fingerprint_engine.records.words import CHANGE, DECIDE, MERGE

SAME, DIFFERENT, UNDECIDED = "same", "different", "cannot tell"
_VERDICTS = (SAME, DIFFERENT, UNDECIDED)
_MERGING = ("admission", "visitor")
"""Kinds of cases whose file was made only because nobody could tell yet."""
_CLAIMED = ("check", "roll-call", "exchange")
"""Kinds of cases that begin with a person who is claimed."""
CONFIRMED = "identity confirmed"


def decide_case(session: Session, case: str, verdict: str, *, reason: str, person: str = "") -> Case:
    """Decide a case.

    Parameters
    ----------
    session
        Its actor is the examiner.
    case
        The case.
    verdict
        same, different or cannot tell.
    reason
        Why; required.
    person
        With *same*: which of the candidates.

    Returns
    -------
    Case
        Still open when the policy wants a second examiner.

    Raises
    ------
    RecordConflict
        When it is decided already, or this examiner said the same before.
    """
    session.require_permission(DECIDE)
    said = one_of(verdict, "verdict", _VERDICTS)
    why = check_text(reason, "reason", required=True)
    known = session.read(lambda connection: load_case(connection, case))
    chosen = _chosen(known, said, person)
    people = [one for one in (known.person, chosen) if one]
    rows = session.read(lambda connection: [person_row(connection, one) for one in people])
    session.require(CHANGE, [(row.category, row.status) for row in rows])
    needed = 2 if known.kind in session.policy.two_examiners else 1

    def work(transaction: Transaction) -> Case:
        held = load_case(transaction.connection, case, lock=True)
        if held.closed_at is not None:
            raise RecordConflict(f"case: {case} is decided; undo what followed from it, or open another")
        stands = add_decision(
            transaction, held.decisions, needed=needed, verdict=said, person=chosen, reason=why, case_id=case
        )
        transaction.note(f"decide case: {said}", case)
        if stands:
            evidence = {name: value for name, value in held.evidence.items() if name != CAPTURED}
            values = {"closed_at": transaction.at, "verdict": said, "evidence": canonical(evidence)}
            transaction.connection.execute(cases.update().where(cases.c.id == case).values(**values))
            _follow_up(transaction, held, said, chosen)
        return load_case(transaction.connection, case)

    return session.write(work)


def _chosen(case: Case, verdict: str, person: str) -> str:
    if verdict != SAME:
        return ""
    if person not in case.candidates:
        if not person and len(case.candidates) == 1:
            return case.candidates[0]
        if not person and not case.candidates and case.person and case.kind in _CLAIMED:
            return case.person  # it is the person who was claimed
        if person == case.person and case.kind in _CLAIMED:
            return person
        raise RecordsError("person: expected one of the candidates of the case")
    return person


def _follow_up(transaction: Transaction, case: Case, verdict: str, chosen: str) -> None:
    """What the records must say now."""
    if case.person is None:
        return
    connection = transaction.connection
    own = person_row(connection, case.person).id
    if verdict == SAME and case.kind in _MERGING:
        kept = person_row(connection, chosen).id
        if kept != own:
            make_change(transaction, MERGE, merging(connection, kept, own))
    elif verdict == SAME and case.kind == "watch":
        add_relation(transaction, Relation(new_id(RELATION), _ordered(own, chosen), CONFIRMED, case.id))
    elif verdict == DIFFERENT and case.kind in (*_MERGING, "watch"):  # elsewhere the prints are in nobody's file
        for candidate in case.candidates:
            other = person_row(connection, candidate).id
            if other != own:
                add_relation(transaction, Relation(new_id(RELATION), _ordered(own, other), NOT_THE_SAME, case.id))


def _ordered(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first < second else (second, first)
