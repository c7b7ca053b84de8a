"""XML IN AND OUT, SAFELY: a tree of named elements, read with limits and without anything that a file could make us do.

In come bytes in UTF-8 or UTF-16, out goes a tree, and back. No document type, entity or reference to another file is
taken; depth, tags and elements are limited, and base64 is decoded as it comes. The room must not know what any element
means. It reads through `expat` of the standard library: no dependency gives more than these limits do.
"""

from fingerprint_engine.exchange.markup.reading import is_markup, parse, root_name
from fingerprint_engine.exchange.markup.tree import Element, Name
from fingerprint_engine.exchange.markup.writing import serialize

__all__ = ["Element", "Name", "is_markup", "parse", "root_name", "serialize"]
