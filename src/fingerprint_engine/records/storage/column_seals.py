"""`ColumnSeals`: values of columns sealed before they reach the database, where a registry has keys.

A value is bound to registry, table, column and row, so that none can stand in another's place. What is looked up by
equality stands there as a keyed digest (a blind index): who reads the database sees which values are equal, and nothing
else of them. Without keys values stay as they are.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordConflict
from fingerprint_engine.keys import DataKey, KeyRing, Wrapping
from fingerprint_engine.keys.errors import NotAuthentic, WrongKey
from fingerprint_engine.records.documents import canonical, parsed
from fingerprint_engine.records.opaque import new_mark
from fingerprint_engine.records.storage.schema import ledger


class ColumnSeals:
    """Seals and opens values of one registry.

    Parameters
    ----------
    registry
        Identifier of the registry.
    key
        Its data key; None: it has no keys.
    mark
        Names the data key among those that the registry had.
    """

    def __init__(self, registry: str, key: DataKey | None = None, mark: str = "") -> None:
        self.registry, self.key, self.mark = registry, key, mark

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Ids of the keys under which the data key lies; empty without keys."""
        return () if self.key is None else tuple(one.key_id for one in self.key.wrappings)

    def seal(self, column: sa.Column[Any], row: str, data: bytes | None) -> bytes | None:
        """A value as it is stored."""
        if self.key is None or data is None:
            return data
        return self.key.seal_once(data, self._place(column, row))

    def open(self, column: sa.Column[Any], row: str, stored: bytes | None) -> bytes | None:
        """The value that was sealed.

        Raises
        ------
        NotAuthentic
            When it was altered, is another row's, or was never sealed; names the row.
        """
        if self.key is None or stored is None:
            return stored
        try:
            return self.key.open_once(stored, self._place(column, row))
        except NotAuthentic:
            raise NotAuthentic(
                f"{column.table.name}, {column.name} of {row}: it was altered, belongs somewhere else, "
                "or the keys of the registry were changed since it was opened"
            ) from None

    def seal_text(self, column: sa.Column[Any], row: str, text: str) -> str:
        """A text, as a text."""
        sealed = self.seal(column, row, text.encode())
        return text if self.key is None or sealed is None else base64.b64encode(sealed).decode()

    def open_text(self, column: sa.Column[Any], row: str, stored: str) -> str:
        """The text that was sealed; errors as `open`. An empty one stands for nothing."""
        if self.key is None or not stored:
            return stored
        try:
            sealed = base64.b64decode(stored, validate=True)
        except (binascii.Error, ValueError):
            sealed = b""
        return (self.open(column, row, sealed) or b"").decode()

    def lookup(self, value: str) -> str:
        """What stands in the database where a value is searched for."""
        return value if self.key is None else self.key.tag(b"lookup " + value.encode()).hex()

    def document(self) -> str:
        """The data key as the ledger keeps it: wrapped."""
        if self.key is None:
            return ""
        wrapped = [[one.key_id, base64.b64encode(one.data).decode()] for one in self.key.wrappings]
        return canonical({"mark": self.mark, "wrapped": wrapped})

    def _place(self, column: sa.Column[Any], row: str) -> bytes:
        return "\0".join((self.registry, column.table.name, column.name, row)).encode()


def new_seals(registry: str, ring: KeyRing | None) -> ColumnSeals:
    """Seals under a new data key; without a ring those of a registry without keys."""
    return (
        ColumnSeals(registry) if ring is None else ColumnSeals(registry, ring.new_key(_purpose(registry)), new_mark())
    )


def rewrapped(seals: ColumnSeals, ring: KeyRing) -> ColumnSeals:
    """The same data key under the present keys of a ring."""
    key = None if seals.key is None else ring.rewrapped(seals.key, _purpose(seals.registry))
    return ColumnSeals(seals.registry, key, seals.mark)


def stored_seals(connection: Connection, ring: KeyRing | None) -> ColumnSeals:
    """The seals of the registry in a database.

    Raises
    ------
    WrongKey
        When no key of the ring opens them, keys are given and it has none, or it has some and none are given.
    """
    row = connection.execute(sa.select(ledger.c.registry, ledger.c.wrapped_key)).one()
    registry = str(row.registry)
    if not row.wrapped_key:
        if ring is not None:
            raise WrongKey("registry: expected one that has keys, this one has none; `registry rekey` gives it some")
        return ColumnSeals(registry)
    try:
        found = parsed(row.wrapped_key)
        mark = str(found["mark"])
        wrappings = [Wrapping(str(name), base64.b64decode(data)) for name, data in found["wrapped"]]
    except (KeyError, TypeError, ValueError):
        raise WrongKey("registry: expected its wrapped data key in the ledger, it was altered") from None
    if ring is None:
        named = ", ".join(ascii(one.key_id)[1:-1] for one in wrappings)
        raise WrongKey(f"registry: it is protected by key {named}; keys are needed to open it")
    return ColumnSeals(registry, ring.open_key(wrappings, _purpose(registry)), mark)


def seals_of(connection: Connection) -> ColumnSeals:
    """The seals that were opened with the registry of a connection."""
    found: ColumnSeals = connection.get_execution_options()["seals"]
    return found


def require_mark(seals: ColumnSeals, document: str) -> None:
    """See that the keys of the registry are those that it was opened with: before a transaction, its commit, a read.

    Raises
    ------
    RecordConflict
    """
    try:
        mark = parsed(document)["mark"] if document else ""
    except (KeyError, TypeError, ValueError):
        mark = None  # altered
    if seals.mark != mark:
        raise RecordConflict("registry: its keys were changed since it was opened; open it again")


def opened_rows(connection: Connection, query: sa.Select[Any], column: sa.Column[Any]) -> Sequence[Any]:
    """Rows in which the values of a column are opened; one that was altered is empty, and so is no template or image.

    The query must give the primary key of the column's table under its own name.

    Raises
    ------
    RecordConflict
        When the keys of the registry were changed since it was opened: nothing opens, though nothing was altered.
    """
    rows, seals = connection.execute(query).fetchall(), seals_of(connection)
    require_mark(seals, connection.execute(sa.select(ledger.c.wrapped_key)).scalar_one())
    if seals.key is None:
        return rows
    (key,) = column.table.primary_key

    def opened(row: Any) -> bytes | None:
        try:
            return seals.open(column, row._mapping[key.name], row._mapping[column.name])
        except NotAuthentic:
            return b""

    return [SimpleNamespace(**{**row._mapping, column.name: opened(row)}) for row in rows]


def _purpose(registry: str) -> bytes:
    return b"registry " + registry.encode()
