"""`Session`: who acts, for which purpose and where. Nothing is read or written without one."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy.engine import Connection

from fingerprint_engine.errors import PolicyDenied, RecordsError
from fingerprint_engine.records.following import GalleryShelf
from fingerprint_engine.records.ledger import Context, Transaction, transact
from fingerprint_engine.records.moments import Clock, text_of
from fingerprint_engine.records.policy import Policy
from fingerprint_engine.records.storage.database import Database

Result = TypeVar("Result")


class Session:
    """Made by `Registry.session`; calls such as `admit` take it as their first argument.

    Attributes
    ----------
    registry
        Identifier of the registry.
    database, galleries, policy
        Its truth, what searches use, and what is enforced.
    context
        Actor, purpose and site.
    """

    def __init__(
        self,
        registry: str,
        database: Database,
        galleries: GalleryShelf,
        policy: Policy,
        clock: Clock,
        context: Context,
    ) -> None:
        self.registry = registry
        self.database = database
        self.galleries = galleries
        self.policy = policy
        self.context = context
        self._clock = clock
        self._is_open = True

    def under(self, purpose: str) -> Session:
        """The same actor at the same site, for another purpose of the policy; it is closed with this one or before."""
        self._require_open()
        context = self.context._replace(purpose=purpose)
        return Session(self.registry, self.database, self.galleries, self.policy, self._clock, context)

    @property
    def now(self) -> datetime.datetime:
        """The present moment by the registry's clock."""
        return self._clock()

    @property
    def moment(self) -> str:
        """The present moment as a text."""
        return text_of(self.now)

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """Read one state of the database."""
        self._require_open()
        with self.database.reading() as connection:
            return work(connection)

    def write(self, work: Callable[[Transaction], Result]) -> Result:
        """Do work in one transaction; it may be called again when the database gave way to another writer."""
        self._require_open()
        return transact(self.database, self.context, self._clock, work)

    def require(self, action: str, people: Iterable[tuple[str, str]]) -> None:
        """See that the policy allows an action on people of these categories and statuses; else log and refuse.

        Raises
        ------
        PolicyDenied
            Nothing was read or written, but an audit entry.
        """
        self._require_open()
        purpose = self.context.purpose
        for category, status in people:
            if not self.policy.allows(purpose, action, category, status):
                self.deny(action, f"purpose {purpose!r} may not {action} people of category {category!r} ({status})")

    def require_permission(self, action: str) -> None:
        """See that the policy allows an action on the registry as a whole; else log and refuse."""
        self._require_open()
        if not self.policy.permits(self.context.purpose, action):
            self.deny(action, f"purpose {self.context.purpose!r} may not {action}")

    def deny(self, action: str, why: str) -> None:
        """Log a refusal and raise `PolicyDenied`."""
        self.write(lambda transaction: transaction.note(f"denied {action}"))
        raise PolicyDenied(f"policy: {why}")

    def close(self) -> None:
        """End the session."""
        self._is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _require_open(self) -> None:
        if not self._is_open:
            raise RecordsError("session: it is closed; open another one")
