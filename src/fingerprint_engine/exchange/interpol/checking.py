"""Whether a transaction keeps the rules of INT-I, and what a peer is forgiven."""

from __future__ import annotations

import dataclasses
import datetime

from fingerprint_engine.exchange.ansi_nist import Transaction
from fingerprint_engine.exchange.interpol.element_rules import element_violations
from fingerprint_engine.exchange.interpol.header_rules import header_violations, record_violations
from fingerprint_engine.exchange.interpol.image_rules import image_violations
from fingerprint_engine.exchange.interpol.type_2_rules import type_2_violations
from fingerprint_engine.exchange.interpol.violations import CONTRADICTIONS, Violation

_RULES = (header_violations, record_violations, type_2_violations, image_violations, element_violations)


@dataclasses.dataclass(frozen=True, slots=True)
class Peer:
    """What is forgiven to those from whom a transaction comes.

    Parameters
    ----------
    forgiven
        Numbers in `CONTRADICTIONS`; by default all: INTERPOL's own samples have them.
    """

    forgiven: frozenset[int] = frozenset(CONTRADICTIONS)


TOLERANT = Peer()
STRICT = Peer(frozenset())


def violations(transaction: Transaction, peer: Peer = TOLERANT) -> tuple[Violation, ...]:
    """The rules that a transaction breaks, those left out that its peer is forgiven.

    Parameters
    ----------
    transaction
        In either encoding; of 6.00, or of the traditional form 4.22, which fewer rules are known of.
    peer
        `TOLERANT`, `STRICT`, or one with numbers of its own.
    """
    found = {one: None for rules in _RULES for one in rules(transaction) if one.contradiction not in peer.forgiven}
    return tuple(sorted(found, key=lambda one: (one.record, one.field, one.code)))


def last_day(transaction: Transaction) -> datetime.date | None:
    """The last day on which the record may be kept (2.092): a duty of whoever stores it; None where none is stated."""
    if transaction.context.type_2_domain != "INT-I":
        return None  # others gave the number to something else
    for record in transaction.of_type(2):
        field = record.field(92)
        text = "" if field is None else field.first_item[:8]
        try:
            return datetime.datetime.strptime(text, "%Y%m%d").date() if text else None
        except ValueError:
            return None
    return None
