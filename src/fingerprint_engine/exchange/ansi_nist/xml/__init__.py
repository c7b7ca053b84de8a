"""THE XML ENCODING (NIEM 2.0, 2011 TO 2015): THE SAME RECORDS AS ELEMENTS.

In come bytes, out goes a `Transaction` of the record model; and back, with every element that no field stands for.
What elements are called is a table of text in ``elements``; that and how they are spelled is known here and nowhere
else. The room must not know features, checks or cards, nor any other encoding.
"""

from fingerprint_engine.exchange.ansi_nist.xml.labels import labelled
from fingerprint_engine.exchange.ansi_nist.xml.origin import is_from_xml
from fingerprint_engine.exchange.ansi_nist.xml.other_encodings import without_xml
from fingerprint_engine.exchange.ansi_nist.xml.reading import loads
from fingerprint_engine.exchange.ansi_nist.xml.writing import dumps

__all__ = ["dumps", "is_from_xml", "labelled", "loads", "without_xml"]
