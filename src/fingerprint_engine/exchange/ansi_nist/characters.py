"""Character sets of a transaction: field 1.015 says which may occur, old files say nothing.

Nothing is lost by decoding: fields keep their bytes, and text is only a way to look at them. Type-1 is always ASCII.
UTF-16 and UTF-32 are written big-endian; no file by others that uses them has been seen.
"""

from __future__ import annotations

import dataclasses

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.fields import FS, GS, RS, US

CODECS = {0: "ascii", 2: "utf-16-be", 3: "utf-8", 4: "utf-32-be"}
"""Index in 1.015 to the codec (ANSI/NIST-ITL 1-2011, table 4); 5 to 127 are reserved, 128 to 999 users' own."""

_WIDE = {2, 4}
_SEPARATORS = tuple(separator.decode() for separator in (FS, GS, RS, US))


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
                return True  # a set of the users' own
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
            Where the text needs a set that 1.015 does not declare, or holds a separator.
        """
        if any(separator in text for separator in _SEPARATORS):
            raise ExchangeError(f"{field}: expected text without the separators 0x1C to 0x1F")
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
