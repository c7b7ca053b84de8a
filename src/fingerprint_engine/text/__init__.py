"""TEXT FROM OUTSIDE IN, TEXT THAT DOES NOTHING OUT.

In come keys, names of files, labels and fields of records, which may hold anything; out go lines that move no cursor,
JSON that is valid, values of JSON that lie within their limits, and tables whose cells no spreadsheet runs. Whoever
reads, shows or writes such text passes it through here. The room must not know what a text means.
"""

__all__ = ["bounded_json", "shown", "tables"]
