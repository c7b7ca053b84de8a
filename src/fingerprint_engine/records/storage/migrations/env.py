"""What Alembic runs: the migrations of `versions` on the connection that it was given."""

from __future__ import annotations

from alembic import context

from fingerprint_engine.records.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
