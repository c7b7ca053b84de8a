"""THE TRADITIONAL ENCODING OF TRANSACTIONS.

Bytes with separators, tagged fields and binary records in; the record model out, and back to the same bytes.
"""

__all__ = [
    "reading",
]
