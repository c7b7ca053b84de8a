"""The tables of a registry, one definition for SQLite and PostgreSQL.

Identifiers are opaque texts (see `opaque`). Moments are texts in UTC that sort as they follow each other, so that both
databases, and the audit chain, see the same characters. What is a document is canonical JSON.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fingerprint_engine.records.words import (
    CASE_KINDS,
    CATEGORIES,
    DIRECTIONS,
    ENCOUNTER_KINDS,
    FEED_ACTIONS,
    IDENTIFIER_KINDS,
    PROPOSAL_KINDS,
    REQUEST_KINDS,
    STATUSES,
)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.String(40), primary_key=True)


def _refers(name: str, target: str, *, nullable: bool = False, index: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.String(40), sa.ForeignKey(target), nullable=nullable, index=index)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(27), nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = "") -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=nullable, server_default=None if nullable else default)


def _one_of(column: str, words: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    _text("registry"),
    _moment("created_at"),
    sa.Column("feed_number", sa.BigInteger, nullable=False),
    sa.Column("audit_number", sa.BigInteger, nullable=False),
    _text("audit_digest"),
    _moment("audited_at"),
    _text("wrapped_key"),
    sa.CheckConstraint("id = 1", name="one_row"),
)
persons = sa.Table(
    "persons",
    metadata,
    _id(),
    _text("category"),
    _text("status"),
    _refers("merged_into", "persons.id", nullable=True),
    _text("agency"),
    _text("site"),
    _text("unit"),
    _moment("created_at"),
    _moment("released_at", nullable=True),
    _moment("erased_at", nullable=True),
    _one_of("category", CATEGORIES),
    _one_of("status", STATUSES),
    sa.Index("ix_persons_place", "site", "unit"),
)
identifiers = sa.Table(
    "identifiers",
    metadata,
    _id(),
    _refers("person_id", "persons.id"),
    _text("kind"),
    _text("value"),
    sa.Column("sealed", sa.LargeBinary, nullable=True),
    _text("issuer"),
    _moment("valid_from", nullable=True),
    _moment("valid_to", nullable=True),
    sa.Column("is_unique", sa.Boolean, nullable=False),
    _moment("recorded_at"),
    _one_of("kind", IDENTIFIER_KINDS),
    sa.Index("ix_identifiers_value", "kind", "value"),
    sa.Index(
        "uq_identifiers_unique",
        "issuer",
        "kind",
        "value",
        unique=True,
        sqlite_where=sa.text("is_unique = 1"),
        postgresql_where=sa.text("is_unique"),
    ),
)
encounters = sa.Table(
    "encounters",
    metadata,
    _id(),
    _refers("person_id", "persons.id"),
    _text("kind"),
    _text("agency"),
    _text("site"),
    _text("reason"),
    _moment("captured_at"),
    _moment("recorded_at"),
    _text("operator"),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("last_day", sa.String(10), nullable=True, index=True),
    _one_of("kind", ENCOUNTER_KINDS),
)
prints = sa.Table(
    "prints",
    metadata,
    _id(),
    _refers("encounter_id", "encounters.id"),
    sa.Column("finger", sa.SmallInteger, nullable=False),
    sa.Column("impression", sa.SmallInteger, nullable=False),
    sa.Column("quality", sa.SmallInteger, nullable=False),
    sa.Column("minutiae", sa.SmallInteger, nullable=False),
    sa.Column("template", sa.LargeBinary, nullable=True),
    sa.Column("template_finger", sa.SmallInteger, nullable=False),
    _text("template_digest"),
    sa.Column("parameters", sa.String(40), nullable=False, index=True),
    _text("missing"),
    sa.CheckConstraint("finger BETWEEN 0 AND 10", name="finger"),
    sa.CheckConstraint("(template IS NULL) = (missing <> '')", name="missing"),
)
images = sa.Table(
    "images",
    metadata,
    sa.Column("print_id", sa.String(40), sa.ForeignKey("prints.id"), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=True),
    _text("reference"),
    _text("digest"),
    sa.Column("ppi", sa.Float, nullable=False),
    _moment("recorded_at"),
)
tags = sa.Table(
    "tags",
    metadata,
    _id(),
    _refers("person_id", "persons.id"),
    _text("circuit"),
    _text("given_by"),
    _moment("valid_from"),
    _moment("valid_to", nullable=True),
)
relations = sa.Table(
    "relations",
    metadata,
    _id(),
    _refers("person_a", "persons.id"),
    _refers("person_b", "persons.id"),
    _text("kind"),
    _text("evidence"),
    _moment("recorded_at"),
)
events = sa.Table(
    "events",
    metadata,
    _id(),
    _text("kind"),
    _refers("person_id", "persons.id", nullable=True),
    _text("actor"),
    _text("purpose"),
    _text("site"),
    _text("outcome"),
    _text("receipt"),
    _text("receipt_digest"),
    sa.Column("at", sa.String(27), nullable=False, index=True),
)
cases = sa.Table(
    "cases",
    metadata,
    _id(),
    _text("kind"),
    _refers("event_id", "events.id", nullable=True),
    _refers("person_id", "persons.id", nullable=True),
    _text("evidence"),
    _moment("opened_at"),
    _moment("closed_at", nullable=True),
    _text("verdict"),
    _one_of("kind", CASE_KINDS),
)
proposals = sa.Table(
    "proposals",
    metadata,
    _id(),
    _text("kind"),
    _text("subject"),
    _text("evidence"),
    sa.Column("expected_error", sa.Float, nullable=False),
    _moment("proposed_at"),
    _text("verdict"),
    _moment("closed_at", nullable=True),
    _one_of("kind", PROPOSAL_KINDS),
)
decisions = sa.Table(
    "decisions",
    metadata,
    _id(),
    _refers("case_id", "cases.id", nullable=True),
    _refers("proposal_id", "proposals.id", nullable=True),
    _text("examiner"),
    _text("verdict"),
    _text("person"),
    _text("reason"),
    sa.Column("at", sa.String(27), nullable=False),
    sa.CheckConstraint("(case_id IS NULL) <> (proposal_id IS NULL)", name="subject"),
)
changes = sa.Table(
    "changes",
    metadata,
    _id(),
    _text("kind"),
    _refers("proposal_id", "proposals.id", nullable=True),
    _text("patch"),
    _text("made_by"),
    sa.Column("at", sa.String(27), nullable=False),
    _refers("undone_by", "changes.id", nullable=True),
)
bundles = sa.Table(
    "bundles",
    metadata,
    _id(),
    _text("bundle"),
    _text("agency"),
    _text("direction"),
    _text("kind"),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    _text("digest"),
    _refers("reply_to", "bundles.id", nullable=True),
    sa.Column("at", sa.String(27), nullable=False),
    _moment("expires_at"),
    _moment("done_at", nullable=True),
    _one_of("direction", DIRECTIONS),
    sa.UniqueConstraint("agency", "direction", "number", name="uq_bundles_number"),
    sa.UniqueConstraint("agency", "direction", "bundle", name="uq_bundles_bundle"),
)
watches = sa.Table(
    "watches",
    metadata,
    _id(),
    _text("agency"),
    _refers("person_id", "persons.id"),
    _text("direction"),
    _text("categories"),
    _moment("created_at"),
    _moment("expires_at"),
    _moment("ended_at", nullable=True),
    _text("their_reference"),
    _text("legal_basis"),
    sa.Index("ix_watches_their_reference", "agency", "their_reference"),
)
notices = sa.Table(
    "notices",
    metadata,
    _id(),
    _refers("watch_id", "watches.id"),
    _refers("person_id", "persons.id"),
    _text("outcome"),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("at", sa.String(27), nullable=False),
    _moment("delivered_at", nullable=True),
)
answers = sa.Table(
    "answers",
    metadata,
    _id(),
    _text("agency"),
    _text("their_reference"),
    _refers("person_id", "persons.id", nullable=True),
    _refers("case_id", "cases.id", nullable=True),
    _text("outcome"),
    sa.Column("at", sa.String(27), nullable=False),
    _moment("identity_released_at", nullable=True),
    _refers("bundle_id", "bundles.id", nullable=True, index=False),
    sa.Column("place", sa.Integer, nullable=True),
    _refers("watch_id", "watches.id", nullable=True),
    _text("purpose"),
    _text("legal_basis"),
    _moment("expires_at", nullable=True),
    _text("reason"),
    _text("receipt"),
    _refers("sent_in", "bundles.id", nullable=True),
    _text("their_verdict"),
    _refers("released_in", "bundles.id", nullable=True),
    sa.UniqueConstraint("bundle_id", "place", name="uq_answers_place"),
    sa.Index("ix_answers_expires_at", "expires_at"),
)
requests = sa.Table(
    "requests",
    metadata,
    _id(),
    _text("reference"),
    _text("agency"),
    _refers("person_id", "persons.id"),
    _refers("bundle_id", "bundles.id"),
    sa.Column("place", sa.Integer, nullable=False),
    _text("kind"),
    _text("step"),
    _text("purpose"),
    _text("legal_basis"),
    _text("categories"),
    _text("answer_by"),
    sa.Column("at", sa.String(27), nullable=False),
    _moment("expires_at"),
    _moment("ended_at", nullable=True),
    _text("outcome"),
    _text("answer"),
    _text("reason"),
    _text("receipt"),
    _text("evidence"),
    _moment("answered_at", nullable=True),
    _refers("case_id", "cases.id", nullable=True),
    _refers("confirmed_in", "bundles.id", nullable=True),
    _text("core_data"),
    _moment("told_at", nullable=True),
    _one_of("kind", REQUEST_KINDS),
    sa.Index("ix_requests_reference", "agency", "reference"),
    sa.Index("ix_requests_expires_at", "expires_at"),
)
feed = sa.Table(
    "feed",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("action"),
    sa.Column("print_id", sa.String(40), nullable=False),
    sa.Column("mark", sa.String(16), nullable=False),
    _one_of("action", FEED_ACTIONS),
)
gallery_heads = sa.Table(
    "gallery_heads",
    metadata,
    sa.Column("gallery", sa.String(32), primary_key=True),
    _text("head"),
)
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(27), nullable=False),
    _text("actor"),
    _text("purpose"),
    _text("site"),
    _text("action"),
    sa.Column("object", sa.Text, nullable=False),
    _text("receipt"),
    _text("previous"),
    _text("digest"),
)
erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("person_id", sa.String(40), sa.ForeignKey("persons.id"), primary_key=True),
    sa.Column("at", sa.String(27), nullable=False),
    _text("proof"),
)
