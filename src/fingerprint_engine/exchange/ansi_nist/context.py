"""What Type-1 says about all other records: version, domain, transaction type and character sets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from fingerprint_engine.exchange.ansi_nist.characters import CharacterSets
from fingerprint_engine.exchange.ansi_nist.fields import Field


@dataclasses.dataclass(frozen=True, slots=True)
class Context:
    """How the fields of a transaction are to be understood.

    Parameters
    ----------
    version
        1.002, such as ``"0500"`` for ANSI/NIST-ITL 1-2011.
    transaction_type
        1.004.
    domain, domain_version
        1.013: whose Type-2 fields these are, such as ``"INT-I"`` or ``"EBTS"``; empty if none is named.
    character_sets
        1.015.
    """

    version: str = ""
    transaction_type: str = ""
    domain: str = ""
    domain_version: str = ""
    character_sets: CharacterSets = CharacterSets()


def context_of(fields: Iterable[Field]) -> Context:
    """The context that the fields of a Type-1 record set; what cannot be understood there is left empty."""
    by_number = {field.number: field.subfields for field in reversed(tuple(fields))}
    nothing = ((b"",),)
    domain = (*by_number.get(13, nothing)[0], b"")
    indices = (items[0] for items in by_number.get(15, ()))
    return Context(
        version=_ascii(by_number.get(2, nothing)[0][0]),
        transaction_type=_ascii(by_number.get(4, nothing)[0][0]),
        domain=_ascii(domain[0]),
        domain_version=_ascii(domain[1]),
        character_sets=CharacterSets(tuple(int(index) for index in indices if index.isdigit() and len(index) <= 3)),
    )


def _ascii(raw: bytes) -> str:
    return raw.decode("ascii", "replace")
