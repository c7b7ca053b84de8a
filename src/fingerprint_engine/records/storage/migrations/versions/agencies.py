"""The second schema: bundles to and from other agencies, what was asked of them, and what their answers led to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=27), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=40), nullable=nullable)


def _bundles() -> None:
    op.create_table(
        "bundles",
        _id("id"),
        *(_text(name) for name in ("bundle", "agency", "direction", "kind")),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        _text("digest"),
        _id("reply_to", nullable=True),
        _moment("at"),
        _moment("expires_at"),
        _moment("done_at", nullable=True),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_bundles_direction")),
        sa.ForeignKeyConstraint(["reply_to"], ["bundles.id"], name=op.f("fk_bundles_reply_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
        sa.UniqueConstraint("agency", "direction", "number", name=op.f("uq_bundles_number")),
        sa.UniqueConstraint("agency", "direction", "bundle", name=op.f("uq_bundles_bundle")),
    )
    op.create_index(op.f("ix_bundles_reply_to"), "bundles", ["reply_to"])


def _requests() -> None:
    op.create_table(
        "requests",
        _id("id"),
        *(_text(name) for name in ("reference", "agency")),
        _id("person_id"),
        _id("bundle_id"),
        sa.Column("place", sa.Integer(), nullable=False),
        *(_text(name) for name in ("kind", "step", "purpose", "legal_basis", "categories", "answer_by")),
        _moment("at"),
        _moment("expires_at"),
        _moment("ended_at", nullable=True),
        *(_text(name) for name in ("outcome", "answer", "reason", "receipt", "evidence")),
        _moment("answered_at", nullable=True),
        _id("case_id", nullable=True),
        _id("confirmed_in", nullable=True),
        _text("core_data"),
        _moment("told_at", nullable=True),
        sa.CheckConstraint("kind IN ('once', 'watch', 'sighting')", name=op.f("ck_requests_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_requests_person_id")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_requests_bundle_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_requests_case_id")),
        sa.ForeignKeyConstraint(["confirmed_in"], ["bundles.id"], name=op.f("fk_requests_confirmed_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    for name in ("person_id", "bundle_id", "case_id", "confirmed_in", "expires_at"):
        op.create_index(op.f(f"ix_requests_{name}"), "requests", [name])
    op.create_index(op.f("ix_requests_reference"), "requests", ["agency", "reference"])


def _answers() -> None:
    references = {"bundle_id": "bundles", "watch_id": "watches", "sent_in": "bundles", "released_in": "bundles"}
    with op.batch_alter_table("answers") as table:  # SQLite makes the table anew
        for name in references:
            table.add_column(_id(name, nullable=True))
        table.add_column(sa.Column("place", sa.Integer(), nullable=True))
        for name in ("purpose", "legal_basis", "reason", "receipt", "their_verdict"):
            table.add_column(_text(name))
        table.add_column(_moment("expires_at", nullable=True))
        for name, target in references.items():
            table.create_foreign_key(op.f(f"fk_answers_{name}"), target, [name], ["id"])
        table.create_unique_constraint(op.f("uq_answers_place"), ["bundle_id", "place"])
        for name in ("watch_id", "sent_in", "released_in", "expires_at"):
            table.create_index(op.f(f"ix_answers_{name}"), [name])


def _watches() -> None:
    op.add_column("watches", _text("their_reference"))
    op.add_column("watches", _text("legal_basis"))
    op.create_index(op.f("ix_watches_their_reference"), "watches", ["agency", "their_reference"])


def upgrade() -> None:
    """Make the new tables, and give the old ones their new columns."""
    _bundles()
    _watches()
    _answers()
    _requests()
