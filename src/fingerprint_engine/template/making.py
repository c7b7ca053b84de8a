"""`Making`: with what a template was made. Only templates that were made with the same parameters compare."""

from __future__ import annotations

import struct
from typing import NamedTuple

from fingerprint_engine.errors import IncompatibleTemplates
from fingerprint_engine.template.content import TemplateContent
from fingerprint_engine.text.shown import brief


class Making(NamedTuple):
    """With what a template was made.

    Attributes
    ----------
    parameters_digest, descriptor_digest, radius_px, extractor
        As in `Template`.
    """

    parameters_digest: bytes
    descriptor_digest: bytes
    radius_px: float
    extractor: str

    @property
    def digest(self) -> bytes:
        """The 20 bytes that templates must share to be comparable."""
        return self.parameters_digest + self.descriptor_digest + struct.pack("<f", self.radius_px)

    def compares_with(self, other: Making) -> bool:
        """Whether the parameters are the same; the name of the extractor may differ."""
        return self[:3] == other[:3] or self.digest == other.digest

    def require_same(self, other: Making, names: tuple[str, str]) -> None:
        """Refuse a comparison.

        Raises
        ------
        IncompatibleTemplates
            When the parameters differ; names both sides.
        """
        if not self.compares_with(other):
            sides = [f"{name} made by {made}" for name, made in zip(names, (self, other), strict=True)]
            raise IncompatibleTemplates(f"template: expected the same parameters, got {' and '.join(sides)}")

    def __str__(self) -> str:
        name = brief(self.extractor) if self.extractor else "an unnamed extractor"
        digests = f"{self.parameters_digest.hex()}-{self.descriptor_digest.hex()}"
        return f"{name} with parameters {digests}, radius {self.radius_px:g} px"


def making_of(content: TemplateContent) -> Making:
    """With what a template was made."""
    return Making(content.parameters_digest, content.descriptor_digest, content.radius_px, content.extractor)
