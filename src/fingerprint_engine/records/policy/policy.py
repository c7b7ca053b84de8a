"""`Policy`: what a purpose may do, how long records are kept, and at which error rates answers are given."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Set

from fingerprint_engine.records.policy.terms import Term
from fingerprint_engine.records.words import RESTRICTED, SEARCH


@dataclasses.dataclass(frozen=True, slots=True)
class Rates:
    """Error rates at which the engine decides.

    Attributes
    ----------
    max_fmr
        False match rate of a check of one person.
    max_fpir
        False positive identification rate of a search.
    duplicates_max_fmr
        False match rate of a single comparison when everybody is compared with everybody.
    """

    max_fmr: float = 1e-4
    max_fpir: float = 1e-3
    duplicates_max_fmr: float = 1e-6


@dataclasses.dataclass(frozen=True, slots=True)
class Purpose:
    """What may be done for one purpose.

    Attributes
    ----------
    name
        As sessions state it.
    allowed
        For each action on people, the categories of people.
    may
        Actions on the registry as a whole.
    """

    name: str
    allowed: Mapping[str, Set[str]]
    may: Set[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Retention:
    """How long the records of a category are kept.

    Attributes
    ----------
    restricted_after
        From then on only `restricted_purposes` find and read them; None: never restricted.
    erased_after
        From then on they are erased.
    restricted_purposes
        Names of purposes.
    """

    restricted_after: Term | None
    erased_after: Term
    restricted_purposes: Set[str]


@dataclasses.dataclass(frozen=True, slots=True)
class LogTerms:
    """How long what is not a record of a person is kept.

    Attributes
    ----------
    events
        By kind of event, identity checks and their receipts; kinds that are not named are kept as long as the person.
    audit
        Entries of the audit trail; None: for ever.
    images
        Images, which are needed to make templates anew; None: as long as the person.
    """

    events: Mapping[str, Term]
    audit: Term | None
    images: Term | None


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """A checked policy file; `digest` is in every receipt, `evidence` is what another agency gets of a hit."""

    purposes: Mapping[str, Purpose]
    retention: Mapping[str, Retention]
    logs: LogTerms
    rates: Rates
    two_examiners: Set[str]
    evidence: str
    digest: str

    def allows(self, purpose: str, action: str, category: str, status: str) -> bool:
        """Whether a purpose may do an action on people of a category and status."""
        known = self.purposes.get(purpose)
        if known is None or category not in known.allowed.get(action, ()):
            return False
        return status != RESTRICTED or purpose in self.retention[category].restricted_purposes

    def searchable(self, purpose: str, among: Set[str] | None = None) -> tuple[frozenset[str], frozenset[str]]:
        """Categories that a purpose may search, and those of which it may search restricted records too."""
        known = self.purposes.get(purpose)
        allowed = frozenset(known.allowed.get(SEARCH, ())) if known else frozenset()
        if among is not None:
            allowed &= among
        restricted = {one for one in allowed if purpose in self.retention[one].restricted_purposes}
        return allowed, frozenset(restricted)

    def permits(self, purpose: str, action: str) -> bool:
        """Whether a purpose may do an action on the registry as a whole."""
        known = self.purposes.get(purpose)
        return known is not None and action in known.may
