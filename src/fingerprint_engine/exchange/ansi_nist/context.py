"""What Type-1 says about all other records: version, domain, transaction type and character sets."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from fingerprint_engine.exchange.ansi_nist.characters import CharacterSets
from fingerprint_engine.exchange.ansi_nist.fields import Field

_DECIMAL = re.compile(rb"\d{1,3}(\.\d{1,3})?")


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
    native_ppmm, nominal_ppmm
        1.011 and 1.012, pixels a millimetre: of the scanner and of images as transmitted in Types 3 to 6; 0 if unknown.
    """

    version: str = ""
    transaction_type: str = ""
    domain: str = ""
    domain_version: str = ""
    character_sets: CharacterSets = CharacterSets()
    native_ppmm: float = 0.0
    nominal_ppmm: float = 0.0


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
        native_ppmm=_decimal(by_number.get(11, nothing)[0][0]),
        nominal_ppmm=_decimal(by_number.get(12, nothing)[0][0]),
    )


def _decimal(raw: bytes) -> float:
    return float(raw) if _DECIMAL.fullmatch(raw) else 0.0


def _ascii(raw: bytes) -> str:
    return raw.decode("ascii", "replace")
