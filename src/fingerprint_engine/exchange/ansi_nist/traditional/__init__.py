"""THE TRADITIONAL ENCODING: TAGGED FIELDS WITH SEPARATORS, AND THE BINARY LAYOUT OF TYPES 3 TO 8.

In come bytes, out goes a `Transaction` of the record model; and back, to the same bytes where nothing was changed. All
that is about separators, tags, lengths, character sets and layouts is known here and nowhere else. The room must not
know features, checks or cards, nor any other encoding.
"""

from fingerprint_engine.exchange.ansi_nist.traditional.reading import loads
from fingerprint_engine.exchange.ansi_nist.traditional.writing import dumps, repaired

__all__ = ["dumps", "loads", "repaired"]
