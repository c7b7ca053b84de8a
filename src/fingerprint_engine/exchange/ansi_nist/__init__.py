"""ANSI/NIST-ITL transactions in the traditional encoding ("NIST files", EFT, EBTS).

In come the bytes of a file, out comes a `Transaction` that keeps every byte of it: what is not touched is written back
as it was, whatever the spelling of its tags, the order of its fields or the type of its records. It must not know
algorithms, and it does not decode images: their payloads pass through.
"""

from fingerprint_engine.exchange.ansi_nist.cards.building import build_transaction
from fingerprint_engine.exchange.ansi_nist.cards.model import Header, ImageRecord, QualityScore, Segment
from fingerprint_engine.exchange.ansi_nist.checks.consistency import contradictions
from fingerprint_engine.exchange.ansi_nist.checks.findings import Finding
from fingerprint_engine.exchange.ansi_nist.description import describe
from fingerprint_engine.exchange.ansi_nist.features.image_geometry import ImageGeometry, geometry_of, linked_geometry
from fingerprint_engine.exchange.ansi_nist.features.model import Block, RidgeFeatures
from fingerprint_engine.exchange.ansi_nist.features.reading import features_in, features_of
from fingerprint_engine.exchange.ansi_nist.features.writing import minutiae_record
from fingerprint_engine.exchange.ansi_nist.fields import Field
from fingerprint_engine.exchange.ansi_nist.records import BinaryRecord, Record, TextRecord
from fingerprint_engine.exchange.ansi_nist.traditional.reading import dumps, loads
from fingerprint_engine.exchange.ansi_nist.transaction import Transaction, repaired
from fingerprint_engine.exchange.ansi_nist.views import View, binary_record, edit

__all__ = [
    "BinaryRecord",
    "Block",
    "Field",
    "Finding",
    "Header",
    "ImageGeometry",
    "ImageRecord",
    "QualityScore",
    "Record",
    "RidgeFeatures",
    "Segment",
    "TextRecord",
    "Transaction",
    "View",
    "binary_record",
    "build_transaction",
    "contradictions",
    "describe",
    "dumps",
    "edit",
    "features_in",
    "features_of",
    "geometry_of",
    "linked_geometry",
    "loads",
    "minutiae_record",
    "repaired",
]
