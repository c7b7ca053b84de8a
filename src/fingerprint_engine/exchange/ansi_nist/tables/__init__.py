"""WHAT THE STANDARD SAYS OF EACH FIELD.

Mnemonics, names, kinds of value and codes as tables of text. In comes the number of a field; out goes its description.
"""

__all__ = [
    "codes",
    "descriptive",
    "field_table",
    "images",
    "minutiae",
    "values",
]
