"""The first schema of a registry, as it was: later changes are later versions, and this one stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("action", sa.Text(), server_default="", nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), server_default="", nullable=False),
        sa.Column("previous", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )


def _feed() -> None:
    op.create_table(
        "feed",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), server_default="", nullable=False),
        sa.Column("print_id", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.CheckConstraint("action IN ('put', 'drop')", name=op.f("ck_feed_action")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_feed")),
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("registry", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("feed_number", sa.BigInteger(), nullable=False),
        sa.Column("audit_number", sa.BigInteger(), nullable=False),
        sa.Column("audit_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("audited_at", sa.String(length=27), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )


def _persons() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("merged_into", sa.String(length=40), nullable=True),
        sa.Column("agency", sa.Text(), server_default="", nullable=False),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("unit", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("released_at", sa.String(length=27), nullable=True),
        sa.Column("erased_at", sa.String(length=27), nullable=True),
        sa.CheckConstraint(
            "category IN ('remand', 'convicted', 'released', 'visitor', 'barred', 'staff', 'wanted', 'foreign')",
            name=op.f("ck_persons_category"),
        ),
        sa.CheckConstraint("status IN ('active', 'restricted', 'erased')", name=op.f("ck_persons_status")),
        sa.ForeignKeyConstraint(["merged_into"], ["persons.id"], name=op.f("fk_persons_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index(op.f("ix_persons_merged_into"), "persons", ["merged_into"], unique=False)
    op.create_index("ix_persons_place", "persons", ["site", "unit"], unique=False)


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.Column("expected_error", sa.Float(), nullable=False),
        sa.Column("proposed_at", sa.String(length=27), nullable=False),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_at", sa.String(length=27), nullable=True),
        sa.CheckConstraint("kind IN ('merge', 'move', 'swap', 'split')", name=op.f("ck_proposals_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("proposal_id", sa.String(length=40), nullable=True),
        sa.Column("patch", sa.Text(), server_default="", nullable=False),
        sa.Column("made_by", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("undone_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_changes_proposal_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["changes.id"], name=op.f("fk_changes_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(op.f("ix_changes_proposal_id"), "changes", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_changes_undone_by"), "changes", ["undone_by"], unique=False)


def _encounters() -> None:
    op.create_table(
        "encounters",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("agency", sa.Text(), server_default="", nullable=False),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("captured_at", sa.String(length=27), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.Column("operator", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('admission', 'visit', 'return', 'transfer', 'release', 'roll-call', "
            "'check', 'import', 'exchange', 'watch')",
            name=op.f("ck_encounters_kind"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_encounters_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encounters")),
    )
    op.create_index(op.f("ix_encounters_person_id"), "encounters", ["person_id"], unique=False)


def _erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("proof", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_erasures_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erasures")),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("receipt", sa.Text(), server_default="", nullable=False),
        sa.Column("receipt_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_events_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_at"), "events", ["at"], unique=False)
    op.create_index(op.f("ix_events_person_id"), "events", ["person_id"], unique=False)


def _identifiers() -> None:
    op.create_table(
        "identifiers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("issuer", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_from", sa.String(length=27), nullable=True),
        sa.Column("valid_to", sa.String(length=27), nullable=True),
        sa.Column("is_unique", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.CheckConstraint(
            "kind IN ('custody number', 'national id', 'foreign reference', 'biometric id', 'name', 'alias')",
            name=op.f("ck_identifiers_kind"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_identifiers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifiers")),
    )
    op.create_index(op.f("ix_identifiers_person_id"), "identifiers", ["person_id"], unique=False)
    op.create_index("ix_identifiers_value", "identifiers", ["kind", "value"], unique=False)
    op.create_index(
        "uq_identifiers_unique",
        "identifiers",
        ["issuer", "kind", "value"],
        unique=True,
        sqlite_where=sa.text("is_unique = 1"),
        postgresql_where=sa.text("is_unique"),
    )


def _relations() -> None:
    op.create_table(
        "relations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_a", sa.String(length=40), nullable=False),
        sa.Column("person_b", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["person_a"], ["persons.id"], name=op.f("fk_relations_person_a")),
        sa.ForeignKeyConstraint(["person_b"], ["persons.id"], name=op.f("fk_relations_person_b")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relations")),
    )
    op.create_index(op.f("ix_relations_person_a"), "relations", ["person_a"], unique=False)
    op.create_index(op.f("ix_relations_person_b"), "relations", ["person_b"], unique=False)


def _tags() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("circuit", sa.Text(), server_default="", nullable=False),
        sa.Column("given_by", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_from", sa.String(length=27), nullable=False),
        sa.Column("valid_to", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_tags_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
    )
    op.create_index(op.f("ix_tags_person_id"), "tags", ["person_id"], unique=False)


def _watches() -> None:
    op.create_table(
        "watches",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.Text(), server_default="", nullable=False),
        sa.Column("categories", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.String(length=27), nullable=False),
        sa.Column("expires_at", sa.String(length=27), nullable=False),
        sa.Column("ended_at", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_watches_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
    )
    op.create_index(op.f("ix_watches_person_id"), "watches", ["person_id"], unique=False)


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=True),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("evidence", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", sa.String(length=27), nullable=False),
        sa.Column("closed_at", sa.String(length=27), nullable=True),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind IN ('admission', 'check', 'roll-call', 'visitor', 'watch', 'exchange')", name=op.f("ck_cases_kind")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_cases_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_cases_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_event_id"), "cases", ["event_id"], unique=False)
    op.create_index(op.f("ix_cases_person_id"), "cases", ["person_id"], unique=False)


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("watch_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("delivered_at", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_notices_person_id")),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name=op.f("fk_notices_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_person_id"), "notices", ["person_id"], unique=False)
    op.create_index(op.f("ix_notices_watch_id"), "notices", ["watch_id"], unique=False)


def _prints() -> None:
    op.create_table(
        "prints",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("encounter_id", sa.String(length=40), nullable=False),
        sa.Column("finger", sa.SmallInteger(), nullable=False),
        sa.Column("impression", sa.SmallInteger(), nullable=False),
        sa.Column("quality", sa.SmallInteger(), nullable=False),
        sa.Column("minutiae", sa.SmallInteger(), nullable=False),
        sa.Column("template", sa.LargeBinary(), nullable=True),
        sa.Column("template_finger", sa.SmallInteger(), nullable=False),
        sa.Column("template_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("parameters", sa.String(length=40), nullable=False),
        sa.Column("missing", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("(template IS NULL) = (missing <> '')", name=op.f("ck_prints_missing")),
        sa.CheckConstraint("finger BETWEEN 0 AND 10", name=op.f("ck_prints_finger")),
        sa.ForeignKeyConstraint(["encounter_id"], ["encounters.id"], name=op.f("fk_prints_encounter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prints")),
    )
    op.create_index(op.f("ix_prints_encounter_id"), "prints", ["encounter_id"], unique=False)
    op.create_index(op.f("ix_prints_parameters"), "prints", ["parameters"], unique=False)


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.Text(), server_default="", nullable=False),
        sa.Column("their_reference", sa.Text(), server_default="", nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("case_id", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("identity_released_at", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_answers_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_answers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_case_id"), "answers", ["case_id"], unique=False)
    op.create_index(op.f("ix_answers_person_id"), "answers", ["person_id"], unique=False)


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=True),
        sa.Column("proposal_id", sa.String(length=40), nullable=True),
        sa.Column("examiner", sa.Text(), server_default="", nullable=False),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.Column("person", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.CheckConstraint("(case_id IS NULL) <> (proposal_id IS NULL)", name=op.f("ck_decisions_subject")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name=op.f("fk_decisions_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_case_id"), "decisions", ["case_id"], unique=False)
    op.create_index(op.f("ix_decisions_proposal_id"), "decisions", ["proposal_id"], unique=False)


def _images() -> None:
    op.create_table(
        "images",
        sa.Column("print_id", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("ppi", sa.Float(), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["print_id"], ["prints.id"], name=op.f("fk_images_print_id")),
        sa.PrimaryKeyConstraint("print_id", name=op.f("pk_images")),
    )


def upgrade() -> None:
    """Make all tables, those that others refer to first."""
    _audit()
    _feed()
    _ledger()
    _persons()
    _proposals()
    _changes()
    _encounters()
    _erasures()
    _events()
    _identifiers()
    _relations()
    _tags()
    _watches()
    _cases()
    _notices()
    _prints()
    _answers()
    _decisions()
    _images()
