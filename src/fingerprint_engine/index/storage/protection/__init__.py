"""KEYS AND PLAIN BYTES IN, SEALED PIECES OUT, AND BACK.

What a gallery with keys has beside one without: what each key is for, columns of a segment sealed one by one, keys that
change, and the head by which an older state is noticed. It must not know what a print is.
"""

__all__ = ["gallery_head", "key_purposes", "sealed_columns"]
