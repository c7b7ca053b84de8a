"""An extended block of our own that carries the whole template: optional, and ignored by everyone else.

The standards give types whose high byte is not zero to vendors. The block holds a template's native bytes, which carry
what the standard fields cannot: fractions of pixels, local descriptors, the map of area and ridge flow. A reader takes
it only where it agrees with the standard fields beside it, so that a record that someone edited is never overruled.
"""

from __future__ import annotations

from fingerprint_engine.errors import TemplateError
from fingerprint_engine.exchange.losses import Losses
from fingerprint_engine.exchange.minutiae_records.model import ExtendedBlock, MinutiaeView
from fingerprint_engine.template import Template
from fingerprint_engine.template.native.format import MAGIC

NATIVE_TEMPLATE = 0x4645
"""The block's type; the content's own magic number tells it from another vendor's block of this type."""


def native_block(template: Template) -> ExtendedBlock:
    """The block of a template."""
    return ExtendedBlock(NATIVE_TEMPLATE, template.to_bytes())


def is_native(block: ExtendedBlock) -> bool:
    """Whether a block is one of ours."""
    return block.kind == NATIVE_TEMPLATE and block.data.startswith(MAGIC)


def find_native(view: MinutiaeView, losses: Losses) -> Template | None:
    """The template that a view carries, or None; a damaged one counts as lost."""
    block = next((block for block in view.extended if is_native(block)), None)
    if block is None:
        return None
    try:
        return Template.from_bytes(block.data)
    except TemplateError:
        losses.add("native block, which is damaged or of a newer release")
        return None
