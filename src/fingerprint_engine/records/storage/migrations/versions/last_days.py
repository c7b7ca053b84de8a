"""The fourth schema: whoever gave the prints of an encounter may have said until which day they may be kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Give encounters their last day; those that are there have none."""
    op.add_column("encounters", sa.Column("last_day", sa.String(length=10), nullable=True))
    op.create_index(op.f("ix_encounters_last_day"), "encounters", ["last_day"])
