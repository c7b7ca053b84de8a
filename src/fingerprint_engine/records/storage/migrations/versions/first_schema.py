"""The first schema of a registry."""

from __future__ import annotations

from alembic import op

from fingerprint_engine.records.storage.schema import metadata

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    metadata.create_all(op.get_bind())
