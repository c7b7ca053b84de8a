"""`Registry`: a database that holds the truth about people, and the galleries that follow it."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from fingerprint_engine.errors import PolicyDenied, RecordConflict, UnsupportedSchema
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.records.audit.chain import GENESIS, AuditHead
from fingerprint_engine.records.audit.verification import AuditReport, verify_audit
from fingerprint_engine.records.following.rule import FollowRule
from fingerprint_engine.records.following.shelf import GalleryShelf
from fingerprint_engine.records.ledger import Context
from fingerprint_engine.records.moments import Clock, now, text_of
from fingerprint_engine.records.opaque import new_id, new_mark
from fingerprint_engine.records.policy import Policy, default_policy, load_policy
from fingerprint_engine.records.session import Session
from fingerprint_engine.records.storage.column_seals import new_seals, stored_seals
from fingerprint_engine.records.storage.database import Database, closing_on_error, create_private, translated
from fingerprint_engine.records.storage.schema import ledger
from fingerprint_engine.records.storage.versions import check_version, upgrade, version_of
from fingerprint_engine.records.texts import check_word
from fingerprint_engine.regular_files import path_of


class Registry:
    """Records of people. Made by `Registry.create` and `Registry.open`; safe to use from several threads.

    Attributes
    ----------
    id
        Names this registry; galleries remember it.
    policy
        What is allowed, and how long records are kept.
    clock
        Gives the present moment.
    galleries
        The galleries that searches use; they follow the database.
    """

    def __init__(
        self,
        database: Database,
        *,
        policy: Policy | str | Path | None,
        galleries: str | Path | None,
        only: FollowRule,
        clock: Clock,
        keys: KeyRing | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        with closing_on_error(database):
            self.policy = _policy_of(policy)
            with database.reading() as connection:
                check_version(connection)
                seals = stored_seals(connection, keys)
            self.id = seals.registry
            database.use(seals)
        folder = None if galleries is None else path_of(galleries, "galleries")
        self.galleries = GalleryShelf(database, self.id, self.policy, folder, only, keys)

    @classmethod
    def create(
        cls,
        place: str | Path,
        *,
        policy: Policy | str | Path | None = None,
        galleries: str | Path | None = None,
        only: FollowRule = FollowRule(),  # noqa: B008 - frozen
        clock: Clock = now,
        keys: KeyRing | None = None,
    ) -> Registry:
        """Make a new registry.

        Parameters
        ----------
        place
            A file for SQLite, or the URL of an empty PostgreSQL database.
        policy
            A policy or the file of one; by default the example that ships with the package.
        galleries
            Folder of the galleries; None keeps them in memory, where each process builds them from the database.
        only
            Which prints the galleries hold.
        clock
            Gives the present moment.
        keys
            What templates, images, names and numbers in the database, and the galleries on disk, are protected with.
            Whoever opens the registry later needs them.

        Raises
        ------
        RecordConflict
            When there is a registry already.
        UnsupportedSchema
            When the database holds something else.
        """
        checked = _policy_of(policy)
        database = Database(place)
        if database.path is not None:
            create_private(database.path)
        at, registry = text_of(clock()), new_id("G") + new_mark()
        document = new_seals(registry, keys).document()

        def work(connection: sa.Connection) -> None:
            if version_of(connection) is not None:
                raise RecordConflict("database: it holds a registry already")
            upgrade(connection)
            first = {
                "id": 1,
                "registry": registry,
                "created_at": at,
                "feed_number": 0,
                "audit_number": 0,
                "audit_digest": GENESIS,
                "audited_at": at,
                "wrapped_key": document,
            }
            connection.execute(ledger.insert(), first)

        with closing_on_error(database):
            database.write(work)
        return cls(database, policy=checked, galleries=galleries, only=only, clock=clock, keys=keys)

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        policy: Policy | str | Path | None = None,
        galleries: str | Path | None = None,
        only: FollowRule = FollowRule(),  # noqa: B008 - frozen
        clock: Clock = now,
        keys: KeyRing | None = None,
    ) -> Registry:
        """Open a registry; parameters as for `create`.

        Raises
        ------
        UnsupportedSchema
            When there is none, or an older or newer release made it; see `upgrade_registry`.
        WrongKey
            When it has keys and none are given, or others, or it has none and keys are given.
        ForeignGallery
            When a gallery in the folder follows another registry.
        StaleGallery
            With keys: when a gallery in the folder is in an older state than the database saw it in, or in another.
            Whoever put it there knowingly deletes it: it is made anew from the database.
        """
        database = Database(place)
        if database.path is not None and not database.path.is_file():
            raise UnsupportedSchema(f"{database.path}: expected a registry, there is no such file")
        return cls(database, policy=policy, galleries=galleries, only=only, clock=clock, keys=keys)

    def session(self, *, actor: str, purpose: str, site: str = "") -> Session:
        """Begin to work.

        Parameters
        ----------
        actor
            The account of whoever acts; it is written to the audit trail, so it should not be a name.
        purpose
            One of the policy's.
        site
            Where.

        Raises
        ------
        PolicyDenied
            When the policy knows no such purpose.
        """
        checked = check_word(purpose, "purpose", required=True)
        if checked not in self.policy.purposes:
            known = ", ".join(sorted(self.policy.purposes))
            raise PolicyDenied(f"policy: expected a purpose among {known}, got {checked!r}")
        context = Context(check_word(actor, "actor", required=True), checked, check_word(site, "site"))
        return Session(self.id, self.database, self.galleries, self.policy, self.clock, context)

    def catch_up(self) -> int:
        """Let the galleries take all changes; gives the number of the last one."""
        return self.galleries.catch_up()

    def verify_audit(self, exported: AuditHead | None = None) -> AuditReport:
        """Look at every entry of the audit trail, and compare with a head that was kept elsewhere."""
        with translated():
            return verify_audit(self.database, exported)

    def close(self) -> None:
        """Let go of the database and the galleries."""
        try:
            self.galleries.close()
        finally:
            self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def upgrade_registry(place: str | Path) -> None:
    """Bring the schema of an older registry to the present version, in one transaction.

    Raises
    ------
    UnsupportedSchema
        When there is no registry, or a newer release made it.
    """
    database = Database(place)

    def work(connection: sa.Connection) -> None:
        if version_of(connection) is None:
            raise UnsupportedSchema("database: expected a registry, it is empty")
        upgrade(connection)

    try:
        database.write(work)
    finally:
        database.close()


def _policy_of(policy: Policy | str | Path | None) -> Policy:
    if policy is None:
        return default_policy()
    return policy if isinstance(policy, Policy) else load_policy(policy)
