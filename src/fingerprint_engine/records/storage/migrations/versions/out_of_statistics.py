"""PostgreSQL keeps samples of columns for its planner, where an erasure would not reach names and templates."""

from __future__ import annotations

from alembic import op

revision = "3"
down_revision = "2"
COLUMNS = (
    ("identifiers", "value"),
    ("encounters", "reason"),
    ("prints", "template"),
    ("prints", "template_digest"),
    ("images", "content"),
    ("images", "reference"),
    ("images", "digest"),
    ("tags", "circuit"),
    ("relations", "evidence"),
    ("events", "receipt"),
    ("cases", "evidence"),
    ("proposals", "evidence"),
    ("decisions", "reason"),
    ("answers", "their_reference"),
    ("requests", "core_data"),
)


def upgrade() -> None:
    """Keep columns that hold something of a person out of these samples."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in COLUMNS:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
