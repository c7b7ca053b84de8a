"""`change_registry_keys`: a registry and its galleries under other keys; `check_sealed`: what of it was altered."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.index import Gallery
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.keys.errors import NotAuthentic, WrongKey
from fingerprint_engine.records.cases.opening import CAPTURED, kept_templates, template_bytes
from fingerprint_engine.records.documents import canonical, parsed
from fingerprint_engine.records.following.shelf import galleries_in
from fingerprint_engine.records.ledger import Context, Transaction
from fingerprint_engine.records.moments import Clock, now, text_of
from fingerprint_engine.records.people.identifiers import stored_value, value_of
from fingerprint_engine.records.registry import Registry
from fingerprint_engine.records.retention.residue import write_anew
from fingerprint_engine.records.storage.column_seals import ColumnSeals, new_seals, rewrapped, seals_of, stored_seals
from fingerprint_engine.records.storage.database import Database, closing_on_error, translated
from fingerprint_engine.records.storage.schema import cases, identifiers, images, ledger, prints, requests
from fingerprint_engine.records.storage.versions import check_version
from fingerprint_engine.records.texts import check_word

BATCH = 500
"""Chosen: two megabytes of templates, or some images, at a time."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Sealed:
    """What is sealed of a table: its columns, which rows hold something, and how a row is opened and stored."""

    columns: tuple[sa.Column[Any], ...]
    present: sa.ColumnElement[bool]
    opened: Callable[[ColumnSeals, Any], Any]
    stored: Callable[[ColumnSeals, str, Any], dict[str, Any]]

    @property
    def table(self) -> sa.Table:
        """The table."""
        return self.columns[0].table

    @property
    def key(self) -> sa.Column[Any]:
        """Its primary key."""
        (key,) = self.table.primary_key
        return key


def _binary(column: sa.Column[Any]) -> _Sealed:
    def opened(seals: ColumnSeals, row: Any) -> bytes | None:
        return seals.open(column, row.id, row._mapping[column.name])

    return _Sealed(
        (column,), column.is_not(None), opened, lambda seals, row, value: {column.name: seals.seal(column, row, value)}
    )


def _text(column: sa.Column[Any]) -> _Sealed:
    def opened(seals: ColumnSeals, row: Any) -> str:
        return seals.open_text(column, row.id, row._mapping[column.name])

    return _Sealed(
        (column,), column != "", opened, lambda seals, row, value: {column.name: seals.seal_text(column, row, value)}
    )


def _case_opened(seals: ColumnSeals, row: Any) -> tuple[dict[str, Any], list[bytes]]:
    evidence = parsed(row.evidence)
    try:
        return evidence, template_bytes(seals, row.id, evidence.get(CAPTURED, ()))
    except ValueError:
        raise NotAuthentic(f"cases, evidence of {row.id}: it was altered") from None


def _case_stored(seals: ColumnSeals, row: str, value: tuple[dict[str, Any], list[bytes]]) -> dict[str, Any]:
    evidence, templates = value
    return {"evidence": canonical(evidence | {CAPTURED: kept_templates(seals, row, templates)})}


SEALED = (
    _binary(prints.c.template),
    _binary(images.c.content),
    _text(requests.c.evidence),
    _text(requests.c.core_data),
    _Sealed((identifiers.c.value, identifiers.c.sealed), sa.true(), value_of, stored_value),
    _Sealed((cases.c.evidence,), cases.c.evidence.contains(f'"{CAPTURED}"'), _case_opened, _case_stored),
)
"""All that keys protect in a database: templates, images, what other agencies sent, names and numbers."""


def change_registry_keys(
    place: str | Path,
    keys: KeyRing | None,
    new: KeyRing,
    *,
    actor: str,
    galleries: str | Path | None = None,
    reencrypt: bool = False,
    clock: Clock = now,
) -> tuple[str, ...]:
    """Protect a registry and its galleries with other keys; whatever stops it, old or new keys open all of it.

    Its data key is put under the new master key, which takes a moment. A registry without keys, and any with
    `reencrypt`, gets a new data key, and everything is sealed anew in one transaction. Who has it open meanwhile is
    refused when he next writes, or reads what is sealed.

    Parameters
    ----------
    place
        As for `Registry.open`.
    keys
        The present ones; None: it has none.
    new
        Those from now on.
    actor
        Whom the audit trail names.
    galleries
        Folder of the galleries.
    reencrypt
        Make a new data key: who copied the old one reads nothing that is written from now on.
    clock
        Gives the present moment.

    Returns
    -------
    tuple
        What had been altered and stays as it is, by table, column and row; nobody can read it.

    Raises
    ------
    WrongKey
        When the registry does not open with `keys`.
    """
    who = Context(check_word(actor, "actor", required=True), "keys", "")
    database = Database(place)
    with closing_on_error(database):
        with database.reading() as connection:
            check_version(connection)
            before = stored_seals(connection, keys)
        database.use(before)
        for path in galleries_in(None if galleries is None else Path(galleries)):
            _rekey_gallery(path, keys, new, reencrypt)
        seals_anew = reencrypt or before.key is None

        def work(connection: Connection) -> tuple[str, ...]:
            transaction = Transaction(connection, who, text_of(clock()))
            transaction.note("change keys", " ".join(new.ids))
            transaction.finish()  # from here to the commit nobody else writes
            made = new_seals(before.registry, new) if seals_anew else rewrapped(before, new)
            altered = _seal_anew(connection, before, made) if seals_anew else ()
            connection.execute(ledger.update().values(wrapped_key=made.document()))
            return altered

        altered = database.write(work)
        if seals_anew:
            write_anew(database)  # what was there before is in no file any more
    database.close()
    return altered


def check_sealed(registry: Registry) -> tuple[str, ...]:
    """Look at all that is sealed in the database; gives table, column and row of what was altered."""
    with translated(), registry.database.reading() as connection:
        found = (value for one in SEALED for _, value in _values(connection, seals_of(connection), one))
        return tuple(str(value) for value in found if isinstance(value, NotAuthentic))


def _seal_anew(connection: Connection, before: ColumnSeals, made: ColumnSeals) -> tuple[str, ...]:
    altered: list[str] = []
    for one in SEALED:
        change = one.table.update().where(one.key == sa.bindparam("row"))
        waiting: list[dict[str, Any]] = []
        for row, value in _values(connection, before, one):
            if isinstance(value, NotAuthentic):
                altered.append(str(value))
                continue
            waiting.append({"row": row, **one.stored(made, row, value)})
            if len(waiting) == BATCH:
                connection.execute(change, waiting)
                waiting = []
        if waiting:
            connection.execute(change, waiting)
    return tuple(altered)


def _values(connection: Connection, seals: ColumnSeals, one: _Sealed) -> Iterator[tuple[str, Any]]:
    """Rows by their keys, with what was sealed there, or with the error that says that it was altered."""
    after = ""
    query = sa.select(one.key.label("id"), *one.columns).where(one.present).order_by(one.key).limit(BATCH)
    while rows := connection.execute(query.where(one.key > after)).fetchall():
        for row in rows:
            try:
                yield row.id, one.opened(seals, row)
            except NotAuthentic as error:
                yield row.id, error
        after = rows[-1].id


def _rekey_gallery(path: Path, keys: KeyRing | None, new: KeyRing, reencrypt: bool) -> None:
    try:
        gallery = Gallery.open(path, keys=keys)
    except WrongKey:  # an earlier run was stopped behind it
        gallery = Gallery.open(path, keys=new)
    with gallery:
        gallery.change_keys(new)
        if reencrypt:
            gallery.compact(reencrypt=True)
