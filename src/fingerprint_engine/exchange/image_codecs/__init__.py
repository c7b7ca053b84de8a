"""Compressed images as records carry them: WSQ, JPEG, JPEG 2000, PNG and plain pixels, to grey pixels and back.

Reading goes through the codecs of the preprocessing room, WSQ in a child process with a time limit. What a payload says
about its resolution is never trusted: the record around it states that.
"""

from __future__ import annotations

from fingerprint_engine.exchange.image_codecs.compression import Compression, compression_of
from fingerprint_engine.exchange.image_codecs.payload import decode, encode, halve_resolution

__all__ = ["Compression", "compression_of", "decode", "encode", "halve_resolution"]
