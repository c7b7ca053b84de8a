"""The port: what an extractor is asked and what it answers."""

from __future__ import annotations

import dataclasses
from typing import Protocol

from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.preprocessing import FingerprintImage, RidgeMaps


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What an extractor saw in an image: its ridge maps and its minutiae, both at 500 ppi."""

    maps: RidgeMaps
    minutiae: Minutiae


class Extractor(Protocol):
    """Reads ridge maps and minutiae from images; one may be shared by threads."""

    @property
    def name(self) -> str:
        """One word, which the templates record."""
        ...

    def read(self, image: FingerprintImage) -> Reading:
        """Ridge maps and minutiae of an image; minutiae may be none.

        Raises
        ------
        FailureToExtract
            When the image shows no print, or too little of one.
        """
        ...
