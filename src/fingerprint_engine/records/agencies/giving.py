"""What goes into the bundle that answers: outcomes, receipts, and evidence as far as the policy lets it out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import CorruptTemplate, IncompatibleTemplates, RecordConflict, UnsupportedTemplateVersion
from fingerprint_engine.matching import evidence_of
from fingerprint_engine.records.agencies.answering import Answer, answer_of
from fingerprint_engine.records.agencies.post import Posted, get_posted, open_outgoing
from fingerprint_engine.records.cases.opening import CAPTURED, captured_templates
from fingerprint_engine.records.documents import parsed
from fingerprint_engine.records.following.live_prints import live_prints, template_of
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.schema import answers, bundles, cases
from fingerprint_engine.records.words import ANSWER, ANSWERS, EVIDENCE_KINDS
from fingerprint_engine.template import Template

CHUNK = 100
TEMPLATES, PAIRS, NOTHING = EVIDENCE_KINDS


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """An answer with its evidence.

    Attributes
    ----------
    answer
        Outcome, references and receipt.
    evidence
        Plain data: the score of the candidate, and a document of each finger for `matching.check_evidence`; None where
        nobody came near, or the policy lets nothing out.
    """

    answer: Answer
    evidence: dict[str, Any] | None


def close_questions(session: Session, posted: Posted, *, bundle: str, expires_at: str) -> Posted:
    """Say that all questions of a bundle are answered, and open the bundle that answers, in one step.

    Parameters
    ----------
    session
        Of whoever answers.
    posted
        The bundle with the questions, open.
    bundle, expires_at
        Of the one that answers.

    Raises
    ------
    RecordConflict
        When not all of its records are answered.
    """
    session.require_permission(ANSWER)

    def work(transaction: Transaction) -> str:
        connection = transaction.connection
        mine = answers.c.bundle_id == posted.id
        count = connection.execute(sa.select(sa.func.count()).select_from(answers).where(mine)).scalar_one()
        if count != posted.count:
            raise RecordConflict(f"bundle: expected {posted.count} answers before it is closed, found {count}")
        waiting = bundles.update().where(bundles.c.id == posted.id, bundles.c.done_at.is_(None))
        if not connection.execute(waiting.values(done_at=transaction.at)).rowcount:
            raise RecordConflict("bundle: expected an open one, it is done with")
        entry = open_outgoing(transaction, posted.agency, ANSWERS, bundle, expires_at, posted.id)
        connection.execute(answers.update().where(mine).values(sent_in=entry))
        transaction.note("finish request", f"{posted.id} {posted.bundle} {posted.agency}")
        return entry

    return get_posted(session, session.write(work))


def answers_of(session: Session, posted: Posted) -> Iterator[Given]:
    """What a bundle of answers, or of notices, holds, one at a time."""
    session.require_permission(ANSWER)
    after = ("", "")
    while rows := session.read(lambda connection, last=after: _rows(connection, posted, last)):  # type: ignore[misc]
        after = (rows[-1].at, rows[-1].id)
        for row in rows:
            yield Given(answer_of(row), session.read(lambda connection, one=row: _evidence(connection, session, one)))  # type: ignore[misc]


def _rows(connection: Connection, posted: Posted, after: tuple[str, str]) -> Sequence[Any]:
    later = sa.or_(answers.c.at > after[0], sa.and_(answers.c.at == after[0], answers.c.id > after[1]))
    query = sa.select(answers).where(answers.c.sent_in == posted.id, later)
    return connection.execute(query.order_by(answers.c.at, answers.c.id).limit(CHUNK)).fetchall()


def _evidence(connection: Connection, session: Session, row: Any) -> dict[str, Any] | None:
    if row.case_id is None or session.policy.evidence == NOTHING:
        return None
    found = parsed(connection.execute(sa.select(cases.c.evidence).where(cases.c.id == row.case_id)).scalar_one())
    if not found.get(CAPTURED) or not found.get("candidates"):
        return None  # decided, or erased, before the answer was written
    candidate = found["candidates"][0]
    probes = captured_templates(connection, row.case_id, found)
    prints = live_prints(connection, [match["print"] for match in candidate["matches"]])
    fingers = []
    for match in candidate["matches"]:
        stored = prints.get(match["print"])
        reference = None if stored is None else template_of(stored)
        if reference is not None:
            fingers += _documents(probes, reference, match, partial=session.policy.evidence == PAIRS)
    return {"score": candidate["score"], "fingers": fingers}


def _documents(
    probes: Sequence[Template], reference: Template, match: dict[str, Any], *, partial: bool
) -> list[dict[str, Any]]:
    """Evidence of one finger: the captured print of that position that scores highest."""
    best = None
    for probe in probes:
        if int(probe.finger) == match["finger"]:
            try:
                found = evidence_of(probe, reference, partial=partial)
            except (IncompatibleTemplates, CorruptTemplate, UnsupportedTemplateVersion):
                continue
            if best is None or found.score > best.score:
                best = found
    return [] if best is None else [best.as_document()]
