"""WHAT THE STANDARD SAYS OF EACH FIELD.

Mnemonics, names, kinds of value and codes as tables of text. In comes the number of a field; out goes its description,
and its items become typed values and back. The room must not know records, nor how any of it is written.
"""

__all__ = [
    "codes",
    "descriptive",
    "field_table",
    "images",
    "minutiae",
    "values",
]
