"""`Claim` and `Identifier`: the names and numbers that a person goes by, as claimed and as recorded."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from fingerprint_engine.errors import RecordConflict, RecordsError
from fingerprint_engine.keys.errors import NotAuthentic
from fingerprint_engine.records.ledger import Transaction
from fingerprint_engine.records.opaque import IDENTIFIER, new_id
from fingerprint_engine.records.storage.column_seals import ColumnSeals, seals_of
from fingerprint_engine.records.storage.schema import identifiers
from fingerprint_engine.records.texts import check_text, check_word, one_of
from fingerprint_engine.records.words import ALIAS, IDENTIFIER_KINDS, NAME, UNIQUE_KINDS


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """A name or number that somebody states, or a document states for him.

    Attributes
    ----------
    kind
        custody number, national id, foreign reference, biometric id, name or alias.
    value
        Any Unicode.
    issuer
        Agency or country that gave it; empty for names.
    """

    kind: str
    value: str
    issuer: str = ""

    def __post_init__(self) -> None:
        one_of(self.kind, "identifier, kind", IDENTIFIER_KINDS)
        check_text(self.value, f"identifier, {self.kind}", required=True)
        check_word(self.issuer, "identifier, issuer")


@dataclasses.dataclass(frozen=True, slots=True)
class Identifier:
    """A name or number on record; `valid_to` is set when it was corrected or withdrawn."""

    id: str
    kind: str
    value: str
    issuer: str
    valid_from: str | None
    valid_to: str | None


def claims_of(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Check what a caller gives; the same claim twice is one."""
    found = tuple(dict.fromkeys(claims))
    if not all(isinstance(one, Claim) for one in found):
        raise RecordsError("identifiers: expected Claim objects")
    return found


def add_claims(transaction: Transaction, person: str, claims: Sequence[Claim]) -> int:
    """Record what is new among claims; a second name becomes an alias. Gives how many were new.

    Raises
    ------
    RecordConflict
        When a number that is given once stands in another file.
    """
    connection = transaction.connection
    known = {(one.kind, one.value, one.issuer) for one in identifiers_of(connection, person) if one.valid_to is None}
    has_name = any(kind == NAME for kind, *_ in known)
    rows = []
    for claim in claims:
        kind = ALIAS if claim.kind == NAME and has_name else claim.kind
        if (claim.kind, claim.value, claim.issuer) in known or (kind, claim.value, claim.issuer) in known:
            continue
        has_name = has_name or kind == NAME
        known.add((kind, claim.value, claim.issuer))
        rows.append(identifier_row(transaction, person, kind, claim))
    check_free(connection, person, claims)
    if rows:
        connection.execute(identifiers.insert(), rows)
    return len(rows)


def identifier_row(transaction: Transaction, person: str, kind: str, claim: Claim) -> dict[str, Any]:
    """The row of a new identifier."""
    made, at = new_id(IDENTIFIER), transaction.at
    return {
        "id": made,
        "person_id": person,
        "kind": kind,
        **stored_value(seals_of(transaction.connection), made, claim.value),
        "issuer": claim.issuer,
        "valid_from": at,
        "is_unique": kind in UNIQUE_KINDS,
        "recorded_at": at,
    }


def check_free(connection: Connection, person: str | None, claims: Iterable[Claim]) -> None:
    """See that numbers which an issuer gives once do not stand in another file; the message does not repeat them.

    Raises
    ------
    RecordConflict
    """
    for claim in claims:
        if claim.kind in UNIQUE_KINDS:
            query = sa.select(identifiers.c.person_id).where(
                identifiers.c.kind == claim.kind,
                identifiers.c.value == seals_of(connection).lookup(claim.value),
                identifiers.c.issuer == claim.issuer,
                identifiers.c.is_unique,
            )
            holder = connection.execute(query).scalar()
            if holder is not None and holder != person:
                raise RecordConflict(f"identifier, {claim.kind}: this issuer gave it already, it stands in {holder}")


def identifiers_of(connection: Connection, person: str) -> tuple[Identifier, ...]:
    """What a person goes by, oldest first."""
    query = sa.select(identifiers).where(identifiers.c.person_id == person)
    rows = connection.execute(query.order_by(identifiers.c.recorded_at, identifiers.c.id))
    seals = seals_of(connection)
    return tuple(
        Identifier(row.id, row.kind, value_of(seals, row), row.issuer, row.valid_from, row.valid_to) for row in rows
    )


def stored_value(seals: ColumnSeals, identifier: str, value: str) -> dict[str, Any]:
    """The columns of a value: what it is searched by, and with keys the value itself, sealed."""
    sealed = None if seals.key is None else seals.seal(identifiers.c.sealed, identifier, value.encode())
    return {"value": seals.lookup(value), "sealed": sealed}


def value_of(seals: ColumnSeals, row: Any) -> str:
    """The value of a row of `identifiers`.

    Raises
    ------
    NotAuthentic
        When it was altered, or only one of both columns was.
    """
    if seals.key is None and row.sealed is None:
        return str(row.value)
    value = (seals.open(identifiers.c.sealed, row.id, row.sealed) or b"").decode("utf-8", "replace")
    if seals.key is None or row.sealed is None or seals.lookup(value) != row.value:
        raise NotAuthentic(f"identifiers, value of {row.id}: it was altered, or sealed without the other values")
    return value
