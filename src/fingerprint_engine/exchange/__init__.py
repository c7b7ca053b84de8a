"""THE SAME THINGS IN OTHER PEOPLE'S FORMATS: minutiae records, image records, ANSI/NIST-ITL transactions.

In come bytes in a standard format, or the engine's own templates and images; out come typed records that keep all that
was read, the engine's own types with a list of what was lost, or bytes. A thin adapter of tables with one reader and
one writer per version: it must not know algorithms (no extraction, no comparison, no search). Decoders raise only
`ExchangeError`, whatever the bytes.

``read`` tells what a file is by content; `minutiae_records`, `image_records`, `ansi_nist`, `xyt` and `image_codecs`
read and write one kind each.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fingerprint_engine.exchange import agencies, ansi_nist, image_codecs, image_records, minutiae_records, xyt
    from fingerprint_engine.exchange.conversion import ConversionOptions, Target, convert, target_of_name
    from fingerprint_engine.exchange.document import Document, Part, Parts, read, read_card
    from fingerprint_engine.exchange.kinds import Format, format_of, refusal_by_name
    from fingerprint_engine.exchange.losses import Mapped
    from fingerprint_engine.exchange.outlines import Outline, outline
    from fingerprint_engine.exchange.plain_image import PlainImageRules
    from fingerprint_engine.exchange.prints import PrintImage

_MODULES = ("agencies", "ansi_nist", "image_codecs", "image_records", "interpol", "minutiae_records", "xyt")
_HOME = {
    "ConversionOptions": "conversion",
    "Document": "document",
    "Format": "kinds",
    "Mapped": "losses",
    "Outline": "outlines",
    "Part": "document",
    "Parts": "document",
    "PlainImageRules": "plain_image",
    "PrintImage": "prints",
    "Target": "conversion",
    "convert": "conversion",
    "format_of": "kinds",
    "outline": "outlines",
    "read": "document",
    "read_card": "document",
    "refusal_by_name": "kinds",
    "target_of_name": "conversion",
}

__all__ = [
    "ConversionOptions",
    "Document",
    "Format",
    "Mapped",
    "Outline",
    "Part",
    "Parts",
    "PlainImageRules",
    "PrintImage",
    "Target",
    "agencies",
    "ansi_nist",
    "convert",
    "format_of",
    "image_codecs",
    "image_records",
    "interpol",
    "minutiae_records",
    "outline",
    "read",
    "read_card",
    "refusal_by_name",
    "target_of_name",
    "xyt",
]


def __getattr__(name: str) -> Any:
    """Load a part of the room when it is first used: who reads minutiae needs no image codecs."""
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _HOME:
        value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
