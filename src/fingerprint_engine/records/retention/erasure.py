"""`erase`: take a person out of rows, feed, galleries and files, and prove it."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import UnknownRecord
from fingerprint_engine.keys.errors import NotAuthentic
from fingerprint_engine.records.cases.opening import CAPTURED
from fingerprint_engine.records.documents import canonical, digest_of, parsed
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.retention.residue import Residue, scrub
from fingerprint_engine.records.retention.whole_files import file_ids
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.column_seals import seals_of
from fingerprint_engine.records.storage.schema import (
    answers,
    cases,
    decisions,
    encounters,
    erasures,
    events,
    identifiers,
    images,
    notices,
    persons,
    prints,
    proposals,
    relations,
    requests,
    tags,
    watches,
)
from fingerprint_engine.records.words import ERASE, ERASED

BLANKED = "erased"
HELD = (prints.c.id, prints.c.template, prints.c.template_digest)


@dataclasses.dataclass(frozen=True, slots=True)
class ErasureProof:
    """What was there, what is left, and how one can see that it is gone.

    Attributes
    ----------
    persons
        Identifiers that are erased: the file and those that were merged into it.
    before
        Rows by table.
    templates
        SHA-256 of every template that was erased.
    residue
        Pieces of 32 bytes of the templates that were looked for in database, WAL and gallery files, and those found.
    change
        Number of the last change; every gallery that reached it has dropped the prints.
    """

    persons: tuple[str, ...]
    before: dict[str, int]
    templates: tuple[str, ...]
    residue: Residue
    change: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing was found."""
        return not self.residue.found

    @property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the proof."""
        return digest_of(dataclasses.asdict(self))


def erase(session: Session, person: str) -> ErasureProof:
    """Erase a person at once, whatever the terms say.

    Raises
    ------
    UnknownRecord
        When there is no such person.
    RecordConflict
        When it was erased already.
    PolicyDenied
        When the purpose may not erase.
    """
    session.require_permission(ERASE)
    return erase_all(session, [person])


def erase_all(session: Session, people: Sequence[str]) -> ErasureProof:
    """Erase several people, and clean the files once."""
    gone: list[Erased] = []
    for person in people:
        gone.append(session.write(functools.partial(erase_rows, person=person)))
    templates = [template for one in gone for template in one.templates]
    residue, change = scrub(session.database, session.galleries, templates)
    proof = ErasureProof(
        tuple(person for one in gone for person in one.persons),
        _sum([one.counts for one in gone]),
        tuple(digest for one in gone for digest in one.digests),
        residue,
        change,
    )

    def work(transaction: Transaction) -> None:
        document = canonical(dataclasses.asdict(proof))
        for one in gone:
            keep = erasures.update().where(erasures.c.person_id.in_(one.persons))
            transaction.connection.execute(keep.values(proof=document if len(gone) == 1 else proof.digest))
        transaction.note("erasure proof", " ".join(proof.persons[:20]), proof.digest)

    session.write(work)
    return proof


@dataclasses.dataclass(frozen=True, slots=True)
class Erased:
    """What was taken out of the rows."""

    persons: tuple[str, ...]
    counts: dict[str, int]
    digests: tuple[str, ...]
    templates: tuple[bytes, ...]


def erase_rows(transaction: Transaction, person: str) -> Erased:
    """Take a person, and the files merged into it, out of all rows; only identifiers are left."""
    connection = transaction.connection
    ids = file_ids(connection, person, lock=True)
    in_files = encounters.c.person_id.in_(ids)
    print_rows = connection.execute(sa.select(*HELD).join(encounters).where(in_files)).fetchall()
    print_ids = [row.id for row in print_rows]
    encounter_ids = list(connection.execute(sa.select(encounters.c.id).where(in_files)).scalars())
    counts: dict[str, int] = {}

    def delete(table: sa.Table, condition: sa.ColumnElement[bool]) -> None:
        counts[table.name] = connection.execute(table.delete().where(condition)).rowcount

    case_ids = list(connection.execute(sa.select(cases.c.id).where(cases.c.person_id.in_(ids))).scalars())
    watch_ids = sa.select(watches.c.id).where(watches.c.person_id.in_(ids))
    # What a watch found is a case of somebody else's, which holds the prints that were watched for.
    found = sa.select(answers.c.case_id).where(answers.c.watch_id.in_(watch_ids), answers.c.case_id.is_not(None))
    case_ids += connection.execute(found).scalars()
    delete(notices, sa.or_(notices.c.person_id.in_(ids), notices.c.watch_id.in_(watch_ids)))
    delete(answers, sa.or_(answers.c.person_id.in_(ids), answers.c.watch_id.in_(watch_ids)))
    delete(requests, requests.c.person_id.in_(ids))
    delete(watches, watches.c.person_id.in_(ids))
    for table, column in ((identifiers, "person_id"), (tags, "person_id")):
        delete(table, table.c[column].in_(ids))
    delete(relations, sa.or_(relations.c.person_a.in_(ids), relations.c.person_b.in_(ids)))
    delete(images, images.c.print_id.in_(print_ids))
    delete(prints, prints.c.id.in_(print_ids))
    delete(encounters, encounters.c.id.in_(encounter_ids))
    counts[events.name] = _forget_events(connection, ids)
    counts[cases.name] = blank_cases(connection, ids, case_ids, transaction.at)
    blank_proposals(connection, (*ids, *encounter_ids, *print_ids), transaction.at)
    nothing = {"agency": "", "site": "", "unit": "", "released_at": None, "created_at": transaction.at}
    gone = {"status": ERASED, "erased_at": transaction.at, **nothing}
    counts[persons.name] = connection.execute(persons.update().where(persons.c.id.in_(ids)).values(**gone)).rowcount
    connection.execute(erasures.insert(), [{"person_id": one, "at": transaction.at} for one in ids])
    transaction.drop(print_ids)
    transaction.note("erase person", " ".join(ids))
    kept = [row for row in print_rows if row.template is not None]
    return Erased(
        tuple(ids), counts, tuple(row.template_digest for row in kept), tuple(to_look_for(connection, print_rows))
    )


def to_look_for(connection: Connection, rows: Sequence[Any]) -> list[bytes]:
    """Templates of rows with the columns `HELD`, as files may hold them: as stored, and opened where they are sealed.

    Galleries seal under keys of their own, so that there nothing but an opened one could be found.
    """
    seals, found = seals_of(connection), []
    for row in rows:
        if row.template is not None:
            found.append(bytes(row.template))
            with contextlib.suppress(NotAuthentic):
                found += [] if seals.key is None else [seals.open(prints.c.template, row.id, row.template) or b""]
    return found


def _forget_events(connection: Connection, ids: Sequence[str]) -> int:
    """Events are of the person, so they go; cases and answers that refer to them stay, blank."""
    mine = sa.select(events.c.id).where(events.c.person_id.in_(ids))
    connection.execute(cases.update().where(cases.c.event_id.in_(mine)).values(event_id=None))
    return connection.execute(events.delete().where(events.c.person_id.in_(ids))).rowcount


def blank_cases(connection: Connection, ids: Sequence[str], own: Sequence[str], at: str) -> int:
    """Blank the evidence and reasons of a person's own cases, and its place among the candidates of others."""
    closed = {"evidence": canonical({BLANKED: True}), "closed_at": at, "verdict": BLANKED}
    connection.execute(cases.update().where(cases.c.id.in_(own), cases.c.closed_at.is_(None)).values(**closed))
    connection.execute(cases.update().where(cases.c.id.in_(own)).values(evidence=closed["evidence"]))
    connection.execute(decisions.update().where(decisions.c.case_id.in_(own)).values(reason="", person=""))
    touched = len(own)
    for one in ids:
        others = sa.select(cases.c.id, cases.c.evidence).where(cases.c.evidence.contains(one, autoescape=True))
        for row in connection.execute(others).fetchall():
            evidence = parsed(row.evidence)
            left = [candidate for candidate in evidence.get("candidates", ()) if candidate["person"] not in ids]
            evidence["candidates"] = left
            evidence.pop(CAPTURED, None)  # the prints in question may be his
            connection.execute(cases.update().where(cases.c.id == row.id).values(evidence=canonical(evidence)))
            touched += 1
    connection.execute(decisions.update().where(decisions.c.person.in_(ids)).values(person="", reason=""))
    return touched


def blank_proposals(connection: Connection, things: Sequence[str], at: str) -> None:
    """Close open proposals about people, encounters or prints, and blank evidence and reasons of all of them."""
    concerned: set[str] = set()
    for one in things:
        query = sa.select(proposals.c.id).where(proposals.c.subject.contains(one, autoescape=True))
        concerned.update(connection.execute(query).scalars())
    mine = list(concerned)
    blank = canonical({BLANKED: True})
    connection.execute(
        proposals.update()
        .where(proposals.c.id.in_(mine), proposals.c.verdict == "")
        .values(verdict=BLANKED, closed_at=at)
    )
    connection.execute(proposals.update().where(proposals.c.id.in_(mine)).values(evidence=blank))
    connection.execute(decisions.update().where(decisions.c.proposal_id.in_(mine)).values(reason=""))


def finish_erasures(session: Session) -> tuple[str, ...]:
    """Clean the files after erasures that were stopped between the rows and the files; gives whose they were.

    Their templates are gone from the rows, so that no pieces of them can be looked for any more: galleries are written
    anew without them, and so is what the database had not overwritten.
    """
    query = sa.select(erasures.c.person_id).where(erasures.c.proof == "").order_by(erasures.c.person_id)
    stopped = tuple(session.read(lambda connection: list(connection.execute(query).scalars())))
    if not stopped:
        return ()
    residue, change = scrub(session.database, session.galleries, [], anew=True)
    document = canonical({"persons": stopped, "residue": dataclasses.asdict(residue), "change": change})

    def work(transaction: Transaction) -> None:
        keep = erasures.update().where(erasures.c.person_id.in_(stopped), erasures.c.proof == "")
        transaction.connection.execute(keep.values(proof=document))
        transaction.note("erasure finished", " ".join(stopped[:20]), digest_of(document))

    session.write(work)
    return stopped


def erasure_of(connection: Connection, person: str) -> dict[str, Any]:
    """The kept proof of an erasure.

    Raises
    ------
    UnknownRecord
        When this person was not erased.
    """
    row = connection.execute(sa.select(erasures).where(erasures.c.person_id == person)).first()
    if row is None:
        raise UnknownRecord("erasure: this person was not erased")
    return {"person": row.person_id, "at": row.at, "proof": row.proof}


def _sum(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            found[name] = found.get(name, 0) + count
    return found
