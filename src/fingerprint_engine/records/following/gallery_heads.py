"""The states in which protected galleries were last seen, kept in the database: an older gallery is refused."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.records.storage.database import Database
from fingerprint_engine.records.storage.schema import gallery_heads


def known_head(database: Database, gallery: str) -> str | None:
    """The last state of a gallery that was written down; None when there is none."""
    query = sa.select(gallery_heads.c.head).where(gallery_heads.c.gallery == gallery)
    with database.reading() as connection:
        return connection.execute(query).scalar()


def keep_head(database: Database, gallery: str, head: str) -> None:
    """Write down the state of a gallery."""

    def work(connection: Connection) -> None:
        mine = gallery_heads.update().where(gallery_heads.c.gallery == gallery)
        if not connection.execute(mine.values(head=head)).rowcount:
            connection.execute(gallery_heads.insert(), {"gallery": gallery, "head": head})

    database.write(work)
