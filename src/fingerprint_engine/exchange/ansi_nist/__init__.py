"""ANSI/NIST-ITL TRANSACTIONS ("NIST files", EFT, EBTS): one record model, and the encodings that read and write it.

In come the bytes of a file, out comes a `Transaction`. `loads` tells the encoding, `dumps` writes in the one that was
read or in another: what is not touched is written back as it was, whatever the spelling of its tags, the order of its
fields or the type of its records. The room must not know algorithms, and it does not decode images: their payloads
pass through.

``tables`` says what each field is; ``model`` holds records; ``traditional`` and ``xml`` read and write them;
``encodings`` chooses between them; ``features`` turns Type-9 into minutiae and back; ``checks`` finds contradictions;
``cards`` builds transactions of images.
"""

from fingerprint_engine.exchange.ansi_nist.cards.building import build_transaction
from fingerprint_engine.exchange.ansi_nist.cards.model import Header, ImageRecord, QualityScore, Segment
from fingerprint_engine.exchange.ansi_nist.checks.consistency import contradictions
from fingerprint_engine.exchange.ansi_nist.checks.findings import Finding
from fingerprint_engine.exchange.ansi_nist.description import describe
from fingerprint_engine.exchange.ansi_nist.encodings import Encoding, dumps, encoded, encoding_of, loads
from fingerprint_engine.exchange.ansi_nist.features.image_geometry import ImageGeometry, geometry_of, linked_geometry
from fingerprint_engine.exchange.ansi_nist.features.model import Block, RidgeFeatures
from fingerprint_engine.exchange.ansi_nist.features.reading import features_in, features_of
from fingerprint_engine.exchange.ansi_nist.features.writing import minutiae_record
from fingerprint_engine.exchange.ansi_nist.model import Field, Record, Transaction, View, edit, new_record
from fingerprint_engine.exchange.ansi_nist.traditional import repaired
from fingerprint_engine.exchange.ansi_nist.xml import labelled
from fingerprint_engine.exchange.ansi_nist.xml.names import ROOT as XML_ROOT

__all__ = [
    "XML_ROOT",
    "Block",
    "Encoding",
    "Field",
    "Finding",
    "Header",
    "ImageGeometry",
    "ImageRecord",
    "QualityScore",
    "Record",
    "RidgeFeatures",
    "Segment",
    "Transaction",
    "View",
    "build_transaction",
    "contradictions",
    "describe",
    "dumps",
    "edit",
    "encoded",
    "encoding_of",
    "features_in",
    "features_of",
    "geometry_of",
    "labelled",
    "linked_geometry",
    "loads",
    "minutiae_record",
    "new_record",
    "repaired",
]
