"""WHERE EACH FIELD STANDS IN XML: tables of text, read by `mapping`.

In comes the number of a field; out goes the path of its elements. Facts of ANSI/NIST-ITL 1-2011 to update 2015 (NIEM
2.0) and INT-I 6.00 as files by others show them.
"""

__all__ = ["carried", "descriptive", "images", "minutiae"]
