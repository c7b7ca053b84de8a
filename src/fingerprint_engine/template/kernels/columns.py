"""Packed columns of many templates, `template.batch.Columns`, as kernels read them."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from fingerprint_engine.jit import inline_kernel


@inline_kernel
def words_of(columns, template):
    """The words of one template: word 0 of all its minutiae, then word 1, and so on; first cylinders, then texture."""
    first = columns.first
    words_per_minutia = columns.words.shape[0] // max(first[first.shape[0] - 1], 1)
    return columns.words[words_per_minutia * first[template] : words_per_minutia * first[template + 1]]
