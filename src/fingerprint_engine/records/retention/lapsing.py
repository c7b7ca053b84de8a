"""Encounters whose giver let the prints be kept until a day: what is left of them goes, the rest of the file stays."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.records.documents import digest_of
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.policy.last_days import all_lapsed, lapsed
from fingerprint_engine.records.retention.erasure import HELD, blank_cases, blank_proposals, to_look_for
from fingerprint_engine.records.retention.residue import Residue, scrub
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import cases, encounters, identifiers, images, persons, prints
from fingerprint_engine.records.words import ERASED


@dataclasses.dataclass(frozen=True, slots=True)
class LapseProof:
    """What was there, what is left, and how one can see that it is gone.

    Attributes
    ----------
    encounters
        Identifiers of the encounters that were erased.
    templates
        SHA-256 of every template that was erased.
    residue
        As in `ErasureProof`.
    change
        Number of the last change; every gallery that reached it has dropped the prints.
    """

    encounters: tuple[str, ...]
    templates: tuple[str, ...]
    residue: Residue
    change: int


def lapsed_files(connection: Connection, at: str) -> tuple[str, ...]:
    """Files that hold nothing but encounters whose last day is over: they go as a whole."""
    due = (persons.c.status != ERASED, persons.c.merged_into.is_(None), *all_lapsed(at))
    return tuple(connection.execute(sa.select(persons.c.id).where(*due).order_by(persons.c.id)).scalars())


def lapsed_encounters(connection: Connection, at: str) -> tuple[str, ...]:
    """Encounters whose last day is over, in files that hold others."""
    whole = sa.select(persons.c.id).where(*all_lapsed(at))
    query = sa.select(encounters.c.id).where(lapsed(at), encounters.c.person_id.not_in(whole))
    return tuple(connection.execute(query.order_by(encounters.c.id)).scalars())


def erase_encounters(session: Session, due: Sequence[str]) -> LapseProof:
    """Erase encounters: rows, prints in galleries, pieces in files, and at last the encounter itself.

    The row stays until the files are clean, so that a run that was stopped is taken up by the next one.
    """
    gone = [session.write(functools.partial(_empty, encounter=one)) for one in due]
    templates = [data for _, some in gone for data in some]
    residue, change = scrub(session.database, session.galleries, templates, anew=not templates)
    proof = LapseProof(tuple(due), tuple(digest for digests, _ in gone for digest in digests), residue, change)

    def work(transaction: Transaction) -> None:
        for one in due:
            transaction.connection.execute(encounters.delete().where(encounters.c.id == one))
        transaction.note("erase encounters", " ".join(due[:20]), digest_of(dataclasses.asdict(proof)))

    session.write(work)
    return proof


def _empty(transaction: Transaction, encounter: str) -> tuple[list[str], list[bytes]]:
    """Take all out of an encounter; gives digests of its templates, and what is to be looked for of them."""
    connection = transaction.connection
    row = connection.execute(sa.select(encounters).where(encounters.c.id == encounter).with_for_update()).one()
    mine = prints.c.encounter_id == encounter
    held = connection.execute(sa.select(*HELD).where(mine)).all()
    ids = [one.id for one in held]
    connection.execute(images.delete().where(images.c.print_id.in_(ids)))
    connection.execute(prints.delete().where(mine))
    # Names and numbers that came with the prints: written in one transaction, so of one moment.
    came_along = (identifiers.c.person_id == row.person_id, identifiers.c.recorded_at == row.recorded_at)
    connection.execute(identifiers.delete().where(*came_along))
    blank = {"active": False, "agency": "", "reason": ""}
    connection.execute(encounters.update().where(encounters.c.id == encounter).values(**blank))
    named = [cases.c.evidence.contains(one, autoescape=True) for one in (encounter, *ids)]
    own = list(connection.execute(sa.select(cases.c.id).where(sa.or_(*named))).scalars())
    blank_cases(connection, (), own, transaction.at)
    blank_proposals(connection, (encounter, *ids), transaction.at)
    transaction.drop(ids)
    return [one.template_digest for one in held if one.template is not None], to_look_for(connection, held)
