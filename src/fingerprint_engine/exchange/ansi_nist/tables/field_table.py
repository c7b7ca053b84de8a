"""Which field of which record type has which mnemonic, name and kind of value: a lookup over tables of text.

A line of a table reads ``NUMBER MNEMONIC KIND TITLE``. The kind is ``int``, ``dec`` (two decimals), ``text``, ``date``
(YYYYMMDD), ``gmt`` or ``bytes``, or a list of items in brackets, ``(FRNP:int,IQS:int)``; an item is text unless it says
otherwise, and the last one takes all items that follow if it ends in ``...``. A star after it: the field repeats.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.tables import descriptive as table_descriptive
from fingerprint_engine.exchange.ansi_nist.tables import images as table_images
from fingerprint_engine.exchange.ansi_nist.tables import minutiae as table_minutiae

DATA_NUMBER = 999
FIRST_TYPE_WITH_DATA = 10
"""From Type-10 on, field 999 holds bytes."""
TYPE_NAMES = {
    1: "Transaction information",
    2: "User-defined descriptive text",
    3: "Low-resolution grayscale fingerprint image",
    4: "High-resolution grayscale fingerprint image",
    5: "Low-resolution binary fingerprint image",
    6: "High-resolution binary fingerprint image",
    7: "User-defined image",
    8: "Signature image",
    9: "Minutiae and other friction ridge features",
    10: "Face, scar, mark and tattoo image",
    11: "Voice",
    12: "Dental",
    13: "Latent friction ridge image",
    14: "Fingerprint image",
    15: "Palm print image",
    16: "User-defined testing image",
    17: "Iris image",
    18: "DNA",
    19: "Plantar image",
    20: "Source representation",
    21: "Associated context",
    22: "Non-photographic imagery",
    98: "Information assurance",
    99: "CBEFF biometric data",
}

_LINE = re.compile(r"(\d+) (\w+) (\(.*?\)|[a-z]+)(\*?) (.+)")


@dataclasses.dataclass(frozen=True, slots=True)
class Spec:
    """What is known about a field.

    Parameters
    ----------
    number, mnemonic, title
        Such as 13, ``"FGP"``, ``"Friction ridge generalized position"``.
    kind
        Kind of value where the field has no items.
    items
        Name and kind of each item; empty where the field is a single value.
    open_ended
        Whether the last item takes all that follow.
    repeats
        Whether there may be more than one subfield.
    """

    number: int
    mnemonic: str
    title: str
    kind: str = "text"
    items: tuple[tuple[str, str], ...] = ()
    open_ended: bool = False
    repeats: bool = False


def specs(record_type: int, domain: str = "") -> Mapping[int, Spec]:
    """What is known about the fields of a record type, by number; length and IDC only for types that are only carried.

    Parameters
    ----------
    record_type
        1 to 99.
    domain
        Whose Type-2 fields they are: ``"INT-I"``, ``"EBTS"`` or unknown.
    """
    tables = _TYPE_2_TABLES if record_type == 2 else _TABLES
    return _parsed(tables.get(domain if record_type == 2 else record_type, table_descriptive.TYPE_2))


def spec_named(record_type: int, name: str | int, domain: str = "") -> Spec:
    """The field of this mnemonic or number; numbers may be written out, as ``"14.013"``.

    Raises
    ------
    ExchangeError
        Where the record type has no field of that name.
    """
    known = specs(record_type, domain)
    if isinstance(name, str) and not name.replace(".", "").isdigit():
        for spec in known.values():
            if spec.mnemonic == name:
                return spec
        if name == "DATA" and record_type >= FIRST_TYPE_WITH_DATA:
            return unknown_spec(record_type, DATA_NUMBER)
        raise ExchangeError(f"Type-{record_type}: no field is called {name}")
    written_type, _, written_number = str(name).rpartition(".")
    if written_type not in ("", str(record_type)) or not 1 <= int(written_number) <= 999_999_999:
        raise ExchangeError(f"Type-{record_type}: no field has the number {name}")
    number = int(written_number)
    return known.get(number, unknown_spec(record_type, number))


def unknown_spec(record_type: int, number: int) -> Spec:
    """A field of which nothing is known; it is called by its number, and by DATA where it is one."""
    if number == DATA_NUMBER and record_type >= FIRST_TYPE_WITH_DATA:
        return Spec(number, "DATA", "Data", "bytes")
    return Spec(number, f"{record_type}.{number:03d}", "", "text", repeats=True)


_TYPE_2_TABLES: Mapping[str | int, str] = {
    "INT-I": table_descriptive.TYPE_2_INTERPOL,
    "EBTS": table_descriptive.TYPE_2_FBI,
}
_TABLES: Mapping[str | int, str] = {
    1: table_descriptive.TYPE_1,
    **dict.fromkeys((3, 4, 5, 6), table_images.BINARY_PRINT),
    7: table_images.BINARY_USER_DEFINED,
    8: table_images.BINARY_SIGNATURE,
    9: table_minutiae.TYPE_9,
    10: table_images.TYPE_10,
    13: table_images.TYPE_13,
    14: table_images.TYPE_14,
    15: table_images.TYPE_15,
}


@functools.cache
def _parsed(table: str) -> Mapping[int, Spec]:
    known = (_parsed_line(line) for line in table.splitlines() if line)
    return MappingProxyType({spec.number: spec for spec in sorted(known, key=lambda spec: spec.number)})


def _parsed_line(line: str) -> Spec:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ExchangeError(f"table of fields: unreadable line {line!r}")
    number, mnemonic, kind, star, title = match.groups()
    if not kind.startswith("("):
        return Spec(int(number), mnemonic, title, kind, repeats=bool(star))
    items = kind[1:-1].split(",")
    pairs = (item.removesuffix("...").partition(":") for item in items)
    named = tuple((name, item_kind or "text") for name, _, item_kind in pairs)
    return Spec(int(number), mnemonic, title, "text", named, items[-1].endswith("..."), bool(star))
