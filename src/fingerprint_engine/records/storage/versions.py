"""Versions of the schema: which one a database has, and the steps to the present one."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import UnsupportedSchema

_MIGRATIONS = Path(__file__).parent / "migrations"


def present_version() -> str:
    """The version that this release reads and writes."""
    return str(ScriptDirectory(str(_MIGRATIONS)).get_current_head())


def version_of(connection: Connection) -> str | None:
    """The version of a database; None when it is empty.

    Raises
    ------
    UnsupportedSchema
        When it holds tables and is no registry.
    """
    version = MigrationContext.configure(connection).get_current_revision()
    if version is None and sa.inspect(connection).get_table_names():
        raise UnsupportedSchema("database: expected a registry, found tables of something else")
    return version


def check_version(connection: Connection) -> None:
    """See that a database has the present version.

    Raises
    ------
    UnsupportedSchema
        When it has an older or a newer one, or is no registry.
    """
    version, present = version_of(connection), present_version()
    if version is None:
        raise UnsupportedSchema("database: expected a registry, it is empty; create one first")
    if version == present:
        return
    known = {script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()}
    if version in known:
        raise UnsupportedSchema(f"database: expected schema {present}, got the older {version}; upgrade it first")
    raise UnsupportedSchema(f"database: expected schema {present}, got {version}, which a newer release made")


def upgrade(connection: Connection) -> None:
    """Bring a database, empty or older, to the present version, in the transaction of the connection.

    Raises
    ------
    UnsupportedSchema
        When a newer release made it.
    """
    if version_of(connection) not in (None, *(s.revision for s in ScriptDirectory(str(_MIGRATIONS)).walk_revisions())):
        check_version(connection)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
