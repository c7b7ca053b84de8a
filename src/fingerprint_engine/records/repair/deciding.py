"""`decide`: an examiner accepts or refuses a proposal; what is accepted is done in the same transaction."""

from __future__ import annotations

from fingerprint_engine.errors import RecordConflict
from fingerprint_engine.records.cases.agreement import add_decision
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import RELATION, new_id
from fingerprint_engine.records.people.persons import person_row
from fingerprint_engine.records.people.recording import person_values
from fingerprint_engine.records.people.tags import Relation, add_relation
from fingerprint_engine.records.repair.changes import Change, load_change, make_change
from fingerprint_engine.records.repair.patches import Patch, Step, merging, moving, swapping
from fingerprint_engine.records.repair.proposals import Proposal, load_proposal, people_of
from fingerprint_engine.records.repair.proposing import NOT_THE_SAME
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import encounters, persons, proposals
from fingerprint_engine.records.texts import check_text
from fingerprint_engine.records.words import CHANGE, DECIDE, MERGE, MOVE, SWAP

ACCEPTED, REFUSED = "accepted", "refused"


def decide(session: Session, proposal: str, *, accept: bool, reason: str) -> tuple[Proposal, Change | None]:
    """Accept or refuse a proposal.

    Parameters
    ----------
    session
        Its actor is the examiner.
    proposal
        The proposal.
    accept
        Whether to do it.
    reason
        Why; required.

    Returns
    -------
    tuple
        The proposal, still open when the policy wants a second examiner, and the change if one was made.

    Raises
    ------
    RecordConflict
        When it is decided already, or the records changed so that it cannot be done any more.
    """
    session.require_permission(DECIDE)
    why = check_text(reason, "reason", required=True)
    known = session.read(lambda connection: load_proposal(connection, proposal))
    rows = session.read(lambda connection: people_of(connection, known))
    session.require(CHANGE, [(row.category, row.status) for row in rows])
    verdict = ACCEPTED if accept else REFUSED
    needed = 2 if known.kind in session.policy.two_examiners and accept else 1

    def work(transaction: Transaction) -> tuple[Proposal, Change | None]:
        connection = transaction.connection
        for person in sorted(row.id for row in rows):
            person_row(connection, person, lock=True)
        held = load_proposal(connection, proposal, lock=True)
        if held.verdict:
            raise RecordConflict(f"proposal: {proposal} was {held.verdict} already")
        stands = add_decision(
            transaction, held.decisions, needed=needed, verdict=verdict, person="", reason=why, proposal_id=proposal
        )
        transaction.note(f"decide proposal: {verdict}", proposal)
        change = None
        if stands:
            values = {"verdict": verdict, "closed_at": transaction.at}
            connection.execute(proposals.update().where(proposals.c.id == proposal).values(**values))
            if accept:
                change = _do(transaction, held)
            else:
                _remember_refusal(transaction, held)
        made = None if change is None else load_change(connection, change)
        return load_proposal(connection, proposal), made

    return session.write(work)


def _do(transaction: Transaction, proposal: Proposal) -> str:
    connection, subject = transaction.connection, proposal.subject
    patch: Patch
    if proposal.kind == MERGE:
        rows = [person_row(connection, one) for one in subject["persons"]]
        patch = merging(connection, *(row.id for row in sorted(rows, key=lambda row: (row.created_at, row.id))))
    elif proposal.kind == MOVE:
        patch = moving(connection, [subject["encounter"]], subject["from"], subject["to"])
    elif proposal.kind == SWAP:
        patch = swapping(connection, *subject["prints"])
    else:
        patch = _splitting(transaction, subject["person"], subject["encounters"])
    return make_change(transaction, proposal.kind, patch, proposal.id)


def _splitting(transaction: Transaction, person: str, ids: list[str]) -> Patch:
    """The patch that gives encounters a file of their own, which is made here as a part of the old one."""
    connection = transaction.connection
    row = person_row(connection, person, lock=True)
    new = person_values(row.category, row.agency, row.site, row.unit, transaction.at)
    new |= {"merged_into": row.id, "released_at": row.released_at}
    connection.execute(persons.insert(), new)
    moved = moving_from(transaction, ids, row.id, str(new["id"]))
    return (Step(persons.name, str(new["id"]), "merged_into", row.id, None), *moved)


def moving_from(transaction: Transaction, ids: list[str], source: str, target: str) -> Patch:
    """`moving`, into a file that is not one of its own yet."""
    for encounter in ids:
        query = encounters.select().where(encounters.c.id == encounter, encounters.c.person_id == source)
        if transaction.connection.execute(query).first() is None:
            raise RecordConflict(f"encounter: {encounter} is not in {source}; it was moved, or never was")
    return tuple(Step(encounters.name, one, "person_id", source, target) for one in ids)


def _remember_refusal(transaction: Transaction, proposal: Proposal) -> None:
    if proposal.kind == MERGE:
        first, second = sorted(proposal.subject["persons"])
        add_relation(transaction, Relation(new_id(RELATION), (first, second), NOT_THE_SAME, proposal.id))
