"""`KeptImage`: the image behind a print, as long as its own term lasts."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import sqlalchemy as sa

from fingerprint_engine.errors import RecordConflict, UnknownRecord
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.people.persons import allowed_row
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.column_seals import opened_rows
from fingerprint_engine.records.storage.schema import encounters, images, prints
from fingerprint_engine.records.texts import check_id
from fingerprint_engine.records.words import READ


@dataclasses.dataclass(frozen=True, slots=True)
class KeptImage:
    """The image behind a print.

    Attributes
    ----------
    print_id
        Of the print.
    content
        The file; None when only a reference is kept.
    reference
        Where it lies otherwise.
    ppi
        Its resolution.
    finger, impression
        As on record.
    """

    print_id: str
    content: bytes | None
    reference: str
    ppi: float
    finger: Finger
    impression: Impression


def image_of(session: Session, print_id: str) -> KeptImage:
    """Read the image behind a print.

    Raises
    ------
    UnknownRecord
        When there is no such print, or its image is not kept, or not any more.
    RecordConflict
        When the image is not the one that was stored.
    """
    query = sa.select(encounters.c.person_id).join(prints).where(prints.c.id == check_id(print_id, "print"))
    person = session.read(lambda connection: connection.execute(query).scalar())
    if person is None:
        raise UnknownRecord("print: there is none with this identifier")
    allowed_row(session, person, READ)

    def work(transaction: Transaction) -> KeptImage:
        rows = opened_rows(transaction.connection, kept_images().where(images.c.print_id == print_id), images.c.content)
        if not rows:
            raise UnknownRecord("image: it is not kept, or not any more")
        transaction.note("read image", print_id)
        return kept_image(rows[0])

    return session.write(work)


def kept_images() -> sa.Select[Any]:
    """Images with what is on record of their prints."""
    return sa.select(images, prints.c.finger, prints.c.impression, prints.c.parameters).join(prints)


def kept_image(row: Any) -> KeptImage:
    """An image from its row; what was altered in the database is refused."""
    if row.content is not None and hashlib.sha256(row.content).hexdigest() != row.digest:
        raise RecordConflict(f"image of {row.print_id}: it is not the one that was stored")
    return KeptImage(row.print_id, row.content, row.reference, row.ppi, Finger(row.finger), Impression(row.impression))
