"""`Database`: one way to open SQLite and PostgreSQL, to read, and to write so that others wait instead of failing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError

from fingerprint_engine.errors import MissingExtra, RecordConflict, RecordsError, RegistryUnavailable
from fingerprint_engine.records.storage.column_seals import ColumnSeals
from fingerprint_engine.regular_files import path_of
from fingerprint_engine.threads import require_process
from fingerprint_engine.whole_files import PRIVATE

Result = TypeVar("Result")
BUSY_S = 20.0
"""Chosen: how long a writer waits for another one; longer than any transaction of the engine, bulk import included."""
ATTEMPTS = 8
_RETRIED_STATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialization failure, deadlock, lock not available."""


class Database:
    """Connections to the database of one registry. Safe to use from several threads.

    They belong to the process that made it: in a child made by `os.fork` every use of them is refused, because both
    would speak through one socket, or lock one file as one process.

    Parameters
    ----------
    place
        A file for SQLite, or a URL such as ``postgresql+psycopg://host/name``.
    """

    def __init__(self, place: str | Path) -> None:
        self.path = _file_of(place)
        self._engine = _engine_of(place, self.path)
        self._process = os.getpid()

    @property
    def engine(self) -> Engine:
        """What gives connections.

        Raises
        ------
        RegistryUnavailable
            In a forked child.
        """
        require_process(self._process, "registry", RegistryUnavailable)
        return self._engine

    def use(self, seals: ColumnSeals) -> None:
        """Let every connection from now on know how values of columns are sealed; see `seals_of`."""
        self._engine = self.engine.execution_options(seals=seals)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database."""
        with translated(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def write(self, work: Callable[[Connection], Result]) -> Result:
        """Do work in one transaction; when the database gave way to another writer, do it again.

        Raises
        ------
        RecordConflict
            When a rule of the schema refuses it.
        RegistryUnavailable
            When the database cannot be used.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.engine.connect() as connection:
                    connection.execution_options(writes=True)
                    with connection.begin():
                        return work(connection)
            except DBAPIError as error:
                if attempt == ATTEMPTS or not _gave_way(error):
                    raise _explained(error) from None
                time.sleep(0.002 * 2**attempt)
        raise RegistryUnavailable("database: it gave way to other writers every time")

    def close(self) -> None:
        """Let go of all connections; a forked child leaves those of its parent open."""
        self._engine.dispose(close=self._process == os.getpid())


@contextmanager
def closing_on_error(database: Database) -> Iterator[None]:
    """Let go of a database when what is done with it fails."""
    try:
        yield
    except BaseException:
        database.close()
        raise


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the database as errors of the registry; their texts may hold personal data and stay behind."""
    try:
        yield
    except DBAPIError as error:
        raise _explained(error) from None


def _explained(error: DBAPIError) -> RecordsError:
    if isinstance(error, IntegrityError):
        return RecordConflict("database: a rule of its schema refuses this; nothing was written")
    kind = type(error.orig).__name__
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    return RegistryUnavailable(f"database: it cannot be used now ({kind}{f', {state}' if state else ''})")


def _gave_way(error: DBAPIError) -> bool:
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRIED_STATES or getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY")


def _file_of(place: str | Path) -> Path | None:
    """The file, when the place is one."""
    if not isinstance(place, str) or "://" not in place:
        return path_of(place, "registry")
    try:
        url = make_url(place)
    except ArgumentError:
        raise RecordsError("database: expected a file or a URL such as postgresql+psycopg://host/name") from None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _engine_of(place: str | Path, path: Path | None) -> Engine:
    if path is not None:
        engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_S})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    url = make_url(str(place))
    if url.get_backend_name() == "postgresql" and "+" not in url.drivername:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "postgresql":
        raise RecordsError(f"database: expected SQLite or PostgreSQL, got {url.get_backend_name()}")
    try:
        engine = sa.create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=24)
    except (ImportError, NoSuchModuleError):
        raise MissingExtra("PostgreSQL needs psycopg", "postgres") from None
    sa.event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _: object) -> None:
    """Let the server plan each statement with its values.

    Of a statement that was prepared it would forget them, and read all prints for each batch of a follower: 4 s in
    place of 0.1 s with 200,000 prints.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_custom_plan")
    connection.commit()


def create_private(path: Path) -> None:
    """Make the file of a database that its owner alone may read; the files that SQLite puts beside it follow it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE))
    except OSError as error:
        raise RegistryUnavailable(f"{path}: it cannot be created: {error.strerror}") from error


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where the driver thinks
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        f"busy_timeout = {int(1000 * BUSY_S)}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
