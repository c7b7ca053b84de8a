"""Character sets of a transaction: field 1.015 says which may occur, old files say nothing. Type-1 is always ASCII.

UTF-16 and UTF-32 are written big-endian; no file from another system that uses them has been seen.
"""

from __future__ import annotations

import dataclasses

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.model import Record

DECLARED_SETS = 15
"""Number of the field."""
CODECS = {0: "ascii", 2: "utf-16-be", 3: "utf-8", 4: "utf-32-be"}
"""Index in 1.015 to the codec (ANSI/NIST-ITL 1-2011, table 4); 5 to 127 are reserved, 128 to 999 defined by users."""
MAX_SETS = 16
"""Sets of a transaction that are looked at: each item is tried in one after the other."""
_WIDE = {2, 4}


@dataclasses.dataclass(frozen=True, slots=True)
class CharacterSets:
    """The sets that a transaction declares, in the order of 1.015; empty where it declares none."""

    indices: tuple[int, ...] = ()

    @property
    def wide(self) -> bool:
        """Whether characters may take two or four bytes, in which bytes of separators occur."""
        return bool(_WIDE.intersection(self.indices))

    def decode(self, raw: bytes) -> str:
        """Text of an item: by the declared sets, else ASCII, UTF-8, and at last Latin-1, which takes any byte."""
        if raw.isascii() and not self.wide:
            return raw.decode("ascii")
        for index in (*self.indices, 3):
            codec = CODECS.get(index)
            if codec is None or (index in _WIDE and raw.isascii() and b"\0" not in raw):
                continue
            try:
                return raw.decode(codec)
            except UnicodeDecodeError:
                continue
        return raw.decode("latin-1")

    def declares(self, raw: bytes) -> bool:
        """Whether the bytes are text in one of the declared sets, as far as those are known."""
        for index in self.indices or (0,):
            codec = CODECS.get(index)
            if codec is None:
                return True  # a set of the defined by users
            try:
                raw.decode(codec)
            except UnicodeDecodeError:
                continue
            return True
        return False

    def encode(self, text: str, field: str) -> bytes:
        """Bytes of an item, in ASCII where that does, else in the first declared set that has the characters.

        Raises
        ------
        ExchangeError
            Where the text needs a set that 1.015 does not declare.
        """
        if text.isascii():
            return text.encode("ascii")
        for index in self.indices:
            try:
                return text.encode(CODECS.get(index, "ascii"))
            except UnicodeEncodeError:
                continue
        declared = ", ".join(f"{index:03d}" for index in self.indices) or "none"
        raise ExchangeError(
            f"{field}: text outside ASCII needs a character set in 1.015 that holds it, declared: {declared}"
        )


ASCII_ONLY = CharacterSets()


def declared_sets(header: Record) -> CharacterSets:
    """The sets that a Type-1 record declares for the other records."""
    field = header.field(DECLARED_SETS)
    indices = () if field is None else (items[0] for items in field.subfields)
    found = dict.fromkeys(int(one) for one in indices if one.isascii() and one.isdigit() and len(one) <= 3)
    return CharacterSets(tuple(found)[:MAX_SETS])


def sets_of(record: Record, declared: CharacterSets) -> CharacterSets:
    """The sets in which a record of a transaction is written."""
    return ASCII_ONLY if record.type == 1 else declared
