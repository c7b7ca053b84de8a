"""The port: what an extractor is asked and what it answers."""

from __future__ import annotations

import abc
import dataclasses
from typing import Protocol

from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.parameters import Parameters
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
        """What the templates record: who read the print."""
        ...

    def read(self, image: FingerprintImage) -> Reading:
        """Ridge maps and minutiae of an image; minutiae may be none.

        Raises
        ------
        FailureToExtract
            When the image shows no print, or too little of one.
        """
        ...


class ReadingParameters(Parameters, abc.ABC):
    """Everything that decides what one extractor finds, and with that, which one it is."""

    __slots__ = ()

    @abc.abstractmethod
    def extractor(self) -> Extractor:
        """An extractor that reads prints with these parameters.

        Raises
        ------
        ModelError
            When it needs a network that cannot be used.
        MissingExtra, ParameterError
            When what the environment names to compute it is not installed, or unknown.
        """
