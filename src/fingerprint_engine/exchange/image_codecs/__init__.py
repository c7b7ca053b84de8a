"""COMPRESSED IMAGES AS RECORDS CARRY THEM: WSQ, JPEG, JPEG 2000, PNG and plain pixels.

In come payloads, out go grey pixels, and back. Reading goes through the one registry of codecs in the preprocessing
room. The room must not know records: what a payload says about its resolution is never trusted, and the record around
it states that.
"""

from __future__ import annotations

from fingerprint_engine.exchange.image_codecs.compression import Compression, compression_of
from fingerprint_engine.exchange.image_codecs.payload import decode, encode, halve_resolution

__all__ = ["Compression", "compression_of", "decode", "encode", "halve_resolution"]
