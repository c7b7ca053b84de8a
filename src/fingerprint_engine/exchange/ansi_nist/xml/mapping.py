"""Which elements a field is, read from the tables of text in ``elements``.

A line reads ``NUMBER PATH`` or ``NUMBER PATH ( ITEM, ITEM )``, and goes on in the next one behind blanks. A path is
steps from the record's element down, with the prefixes of `names` (none stands for biom), and alternatives of a step
between bars, the one that is written first. A path that ends in a star repeats: each of its elements is a subfield.
Items are paths below it; ``.`` is the element itself. Behind a colon stands how the text is spelled, see `spelling` and
`compound`. Several lines of a number are alternatives, of which the first is written. ``%``: the field has one item for
each leaf below, in document order, and is carried in XML only. ``~``: the elements belong to the field too, and other
fields read them.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping
from types import MappingProxyType

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.xml.elements import carried, descriptive, images, minutiae
from fingerprint_engine.exchange.ansi_nist.xml.names import names_of
from fingerprint_engine.exchange.markup import Name

_CONTINUED = re.compile(r"\n +")
_CONTINUED = re.compile(r"\n +")
_LINE = re.compile(r"([%~]?)(\d+) (\S+)(?: \( (.+) \))?")
Step = tuple[Name, ...]
Path = tuple[Step, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """An item of a field: where its text stands below the field's element, and how it is spelled."""

    path: Path
    spelling: str = "text"


@dataclasses.dataclass(frozen=True, slots=True)
class FieldElements:
    """Where a field stands.

    Parameters
    ----------
    number
        Of the field.
    path
        From the record's element to that of the field.
    items
        Below it.
    repeats
        Whether each element of the path is a subfield.
    carried
        Whether the field has one item for each leaf, and no other encoding.
    shared
        Whether other fields read the elements.
    """

    number: int
    path: Path
    items: tuple[Item, ...] = ()
    repeats: bool = False
    carried: bool = False
    shared: bool = False


def elements_of(record_type: int, domain: str) -> Mapping[int, tuple[FieldElements, ...]]:
    """Where the fields of a record type stand, by number, in the order of their elements; shared ones left out."""
    return _parsed(_table(record_type, domain), shared=False)


def shared_elements_of(record_type: int, domain: str) -> Mapping[int, tuple[FieldElements, ...]]:
    """Elements that belong to fields which others read."""
    return _parsed(_table(record_type, domain), shared=True)


def is_carried(record_type: int, number: int, domain: str) -> bool:
    """Whether a field is as XML has it, and has no other encoding."""
    lines = elements_of(record_type, domain).get(number, ())
    return bool(lines) and all(line.carried for line in lines)


_TYPE_2 = {"INT-I": descriptive.TYPE_2_INTERPOL}
_TABLES = {
    1: descriptive.TYPE_1,
    **dict.fromkeys((3, 4, 5, 6), images.TYPE_4),
    8: images.TYPE_8,
    9: minutiae.TYPE_9,
    10: images.TYPE_10,
    11: carried.TYPE_11,
    12: carried.TYPE_12,
    13: images.TYPE_13,
    14: images.TYPE_14,
    15: images.TYPE_15,
    16: carried.TYPE_16,
    17: carried.TYPE_17,
    18: carried.TYPE_18,
    19: carried.TYPE_19,
    20: images.TYPE_20,
    21: carried.TYPE_21,
    22: carried.TYPE_22,
    98: carried.TYPE_98,
    99: carried.TYPE_99,
}


def _table(record_type: int, domain: str) -> str:
    if record_type == 2:
        return _TYPE_2.get(domain, descriptive.TYPE_2)
    return _TABLES.get(record_type, descriptive.IDC)


@functools.cache
def _parsed(table: str, *, shared: bool) -> Mapping[int, tuple[FieldElements, ...]]:
    found: dict[int, tuple[FieldElements, ...]] = {}
    for text in _CONTINUED.sub(" ", table).splitlines():
        if text.strip():
            line = _parsed_line(text)
            if line.shared is shared:
                found[line.number] = (*found.get(line.number, ()), line)
    return MappingProxyType(found)


def _parsed_line(text: str) -> FieldElements:
    match = _LINE.fullmatch(text.strip())
    if match is None:
        raise ExchangeError(f"table of elements: unreadable line {text!r}")
    mark, number, path, items = match.groups()
    path, spelling = _spelled(path)
    steps = _path(path.removesuffix("*"))
    parts = items.split(", ") if items else []
    made = tuple(Item(_path(one), how) for one, how in map(_spelled, parts)) or (Item((), spelling),)
    return FieldElements(int(number), steps, made, path.endswith("*"), mark == "%", mark == "~")


def _spelled(text: str) -> tuple[str, str]:
    """A path, and the spelling behind its last colon where that is no namespace's."""
    head, _, tail = text.rpartition(":")
    known = head and tail in _SPELLINGS and not head.endswith(("nc", "itl", "int-i"))
    return (head, tail) if known else (text, "text")


_SPELLINGS = frozenset(
    {"when", "moment", "version", "contents", "reference", "data", "yes_no", "yes", "standard", "one_zero"}
    | {"packed", "neighbours", "polygon", "vertices", "each", "ridge_counts"}
)


def _path(text: str) -> Path:
    return () if text == "." else tuple(names_of(step) for step in text.split("/"))
