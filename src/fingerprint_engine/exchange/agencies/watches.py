"""`WatchOrder`: an agency begins, renews or withdraws a watch for somebody whom it wants."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.exchange.agencies.documents import dumped, moment, opened, prose, reference, word, words
from fingerprint_engine.exchange.agencies.head import refuse
from fingerprint_engine.exchange.agencies.prints import SentPrint, as_list, prints_of

KIND = "watch"
BEGIN, RENEW, WITHDRAW = "begin", "renew", "withdraw"
ORDERS = (BEGIN, RENEW, WITHDRAW)
_NAMES = ("reference", "order", "purpose", "legal_basis", "categories", "expires_at", "prints")


@dataclasses.dataclass(frozen=True, slots=True)
class WatchOrder:
    """What is to be done with a watch.

    Attributes
    ----------
    reference
        Of the watch, as its owner calls it.
    order
        One of `ORDERS`.
    purpose, legal_basis, categories
        As in `Request`.
    expires_at
        Until when; a withdrawal states the present moment.
    prints
        The fingers; none unless a watch begins.
    """

    reference: str
    order: str
    purpose: str
    legal_basis: str
    categories: tuple[str, ...]
    expires_at: str
    prints: tuple[SentPrint, ...] = ()

    def to_bytes(self) -> bytes:
        """The record."""
        content = {name: getattr(self, name) for name in _NAMES}
        return dumped(KIND, content | {"categories": list(self.categories), "prints": as_list(self.prints)})

    @classmethod
    def from_bytes(cls, data: bytes) -> WatchOrder:
        """Read a record.

        Raises
        ------
        BundleRefused
        """
        found = opened(data, KIND, _NAMES)
        order = found.text("order", 40)
        if order not in ORDERS:
            raise refuse("order: expected one of " + ", ".join(ORDERS))
        prints = prints_of(found)
        if bool(prints) != (order == BEGIN):
            raise refuse("prints: expected where a watch begins, and nowhere else")
        return cls(
            reference(found),
            order,
            word(found, "purpose"),
            prose(found, "legal_basis"),
            words(found, "categories"),
            moment(found, "expires_at"),
            prints,
        )
