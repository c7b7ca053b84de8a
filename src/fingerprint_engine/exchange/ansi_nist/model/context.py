"""What Type-1 says about all other records: version, domain, transaction type and resolutions."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from fingerprint_engine.exchange.ansi_nist.model.field import Field

_DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
_FBI_TRANSACTIONS = frozenset(
    {"CAR", "CNA", "DEK", "DEU", "DOCE", "EMUF", "FANC", "FAUF", "FRS"}
    | {"LFFS", "LFIS", "MAP", "MPR", "NFAP", "NFUE", "NFUF"}
)


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
    native_ppmm, nominal_ppmm
        1.011 and 1.012, pixels per millimetre: of the scanner and of images as transmitted in Types 3 to 6; 0 if
        unknown.
    """

    version: str = ""
    transaction_type: str = ""
    domain: str = ""
    domain_version: str = ""
    native_ppmm: float = 0.0
    nominal_ppmm: float = 0.0

    @property
    def type_2_domain(self) -> str:
        """Whose Type-2 fields these are: ``"INT-I"``, ``"EBTS"``, or ``""`` where it cannot be told.

        By domain name, or its version where the name is that of a whole region (``NORAM``, ``EBTS 10.0``); only old
        files that name no domain are told by version and transaction type.
        """
        name, version = self.domain.upper(), self.domain_version.upper()
        if name.startswith("INT-I"):
            return "INT-I"
        old = not name and self.version.startswith(("02", "03"))
        if (
            name.startswith(("EBTS", "EFTS"))
            or version.startswith(("EBTS", "EFTS"))
            or (old and self.transaction_type.upper() in _FBI_TRANSACTIONS)
        ):
            return "EBTS"
        return ""


def context_of(fields: Iterable[Field]) -> Context:
    """The context that the fields of a Type-1 record set; what cannot be understood there is left empty."""
    by_number = {field.number: field for field in reversed(tuple(fields))}
    first = {number: field.first_item for number, field in by_number.items()}
    domain = by_number.get(13)
    domain_items = domain.subfields[0] if domain is not None and domain.subfields else ()
    return Context(
        version=first.get(2, ""),
        transaction_type=first.get(4, ""),
        domain=first.get(13, ""),
        domain_version=domain_items[1] if len(domain_items) > 1 else "",
        native_ppmm=_decimal(first.get(11, "")),
        nominal_ppmm=_decimal(first.get(12, "")),
    )


def _decimal(text: str) -> float:
    return float(text) if _DECIMAL.fullmatch(text) else 0.0
