"""The fifth schema: keys of a registry, sealed identifiers, and the states in which its galleries were last seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Make room; registries that are there have no keys until `registry rekey` gives them some."""
    op.add_column("ledger", sa.Column("wrapped_key", sa.Text(), nullable=False, server_default=""))
    op.add_column("identifiers", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.create_table(
        "gallery_heads",
        sa.Column("gallery", sa.String(length=32), nullable=False),
        sa.Column("head", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("gallery", name=op.f("pk_gallery_heads")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE identifiers ALTER COLUMN sealed SET STATISTICS 0")
