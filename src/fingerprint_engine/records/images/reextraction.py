"""`reextract`: templates anew from the images that are kept, when extraction has changed."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from fingerprint_engine.errors import FailureToExtract, InputError, RecordConflict, RecordsError
from fingerprint_engine.records.images.keeping import KeptImage, kept_image, kept_images
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.recording import template_values
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.column_seals import opened_rows
from fingerprint_engine.records.storage.schema import images, prints
from fingerprint_engine.records.words import REEXTRACT
from fingerprint_engine.template import Template
from fingerprint_engine.template.batch import template_digest

BATCH = 32
"""Chosen: so many templates are made between two commits; a run that is stopped loses no more."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reextraction:
    """What came of making templates anew.

    Attributes
    ----------
    made
        Templates that took the place of older ones.
    failed
        Prints whose image gave none, or was altered; they keep the template that they have.
    without_image
        Prints of another kind whose image is not kept: they stay searchable with probes of their kind only.
    """

    made: int
    failed: tuple[str, ...]
    without_image: int


def reextract(
    session: Session,
    extract: Callable[[KeptImage], Template],
    parameters: str,
    *,
    progress: Callable[[int, int], object] | None = None,
) -> Reextraction:
    """Make templates of another kind from all images that are kept; a run that was stopped goes on where it was.

    Meanwhile prints of both kinds are searchable, each in its own gallery; probes should bring templates of both kinds
    (see `Capture.also`).

    Parameters
    ----------
    session
        Its purpose must be allowed to.
    extract
        Makes a template of an image; raises `FailureToExtract` or `InputError` where there is none.
    parameters
        The kind of template that it makes: digest (hexadecimal) of parameters and descriptors.
    progress
        Called with the number of images done and of all.

    Raises
    ------
    RecordsError
        When `extract` makes templates of another kind.
    """
    session.require_permission(REEXTRACT)
    other = sa.and_(prints.c.parameters != parameters, prints.c.missing == "")
    todo = kept_images().where(other)
    total = session.read(lambda c: int(c.execute(sa.select(sa.func.count()).select_from(todo.subquery())).scalar_one()))
    made, failed, last = 0, [], ""
    while True:
        query = todo.where(prints.c.id > last).order_by(prints.c.id).limit(BATCH)
        rows = session.read(functools.partial(_rows, query=query))
        if not rows:
            break
        last = rows[-1].print_id
        fresh: dict[str, Template] = {}
        for row in rows:
            try:
                fresh[row.print_id] = extract(kept_image(row))
            except (FailureToExtract, InputError, RecordConflict):
                failed.append(row.print_id)
        if any(template_digest(template).hex() != parameters for template in fresh.values()):
            raise RecordsError(f"extract: expected templates of the kind {parameters}, it makes others")
        made += session.write(functools.partial(_replace, fresh=fresh, rows=rows))
        if progress is not None:
            progress(made + len(failed), total)
    left = sa.select(sa.func.count()).select_from(prints.outerjoin(images)).where(other, images.c.print_id.is_(None))
    return Reextraction(made, tuple(failed), session.read(lambda c: int(c.execute(left).scalar_one())))


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> Sequence[Any]:
    return opened_rows(connection, query, images.c.content)


def _replace(transaction: Transaction, fresh: dict[str, Template], rows: Sequence[Any]) -> int:
    """Put templates in the place of those they were made to replace, unless somebody changed or erased them."""
    before = {row.print_id: row.parameters for row in rows}
    done = []
    for print_id, template in fresh.items():
        values = template_values(transaction, print_id, template)
        same = prints.update().where(prints.c.id == print_id, prints.c.parameters == before[print_id])
        if transaction.connection.execute(same.values(**values)).rowcount:
            done.append(print_id)
    transaction.put(done)
    transaction.note("reextract", f"{len(done)} prints")
    return len(done)
