"""`Template`: what is stored of one print."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints
from fingerprint_engine.template.coarse_map import CoarseMap


@dataclasses.dataclass(frozen=True, eq=False)
class Template:
    """One print, ready to be stored and compared. Made by `build_template` or `Template.from_bytes`.

    Two templates are equal when their bytes are. Everything is quantised as in the bytes, so a template equals what its
    own bytes read back as.

    Attributes
    ----------
    minutiae
        Minutiae, x and y in quarters of a pixel at 500 ppi, directions in 256 steps a turn.
    singular_points
        Cores and deltas, quantised alike.
    cylinders
        uint64, shape (n, 7): the minutiae's local descriptors, see `template.cylinders`.
    coarse_map
        Area, ridge orientation and ridge period on a coarse grid.
    finger, impression
        Position of the finger and type of the impression.
    quality
        Overall quality 0 to 100, 255 when unknown.
    shape
        Rows and columns of the print in pixels at 500 ppi.
    source_ppi
        Resolution of the image it was made of.
    extractor
        Name and version of what found the minutiae, at most 255 bytes of UTF-8.
    parameters_digest, descriptor_digest
        Eight bytes each: the parameters of the extraction and of the descriptors. Unlike ones do not compare.
    """

    minutiae: Minutiae
    singular_points: SingularPoints
    cylinders: NDArray[np.uint64]
    coarse_map: CoarseMap
    finger: Finger
    impression: Impression
    quality: int
    shape: tuple[int, int]
    source_ppi: float
    extractor: str
    parameters_digest: bytes
    descriptor_digest: bytes
    radius_px: float

    def __len__(self) -> int:
        return len(self.minutiae)

    def __bool__(self) -> bool:
        return True

    def to_bytes(self) -> bytes:
        """The native byte format, version 1; see `docs/algorithm/template.md`."""
        return self._bytes

    @classmethod
    def from_bytes(cls, data: bytes) -> Template:
        """Read the native byte format.

        Raises
        ------
        CorruptTemplate
            When the bytes are damaged in any way.
        UnsupportedTemplateVersion
            When they are sound, but of a release newer than this one.
        """
        from fingerprint_engine.template.native_format import decode

        return decode(data)

    @functools.cached_property
    def _bytes(self) -> bytes:
        from fingerprint_engine.template.native_format import encode

        return encode(self)

    @functools.cached_property
    def content_key(self) -> int:
        """64 bits of a hash of the bytes: the same for equal templates only; gives any two templates an order."""
        return int.from_bytes(hashlib.blake2b(self._bytes, digest_size=8).digest(), "little")

    def __eq__(self, other: object) -> bool:
        return self._bytes == other._bytes if isinstance(other, Template) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._bytes)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Template.from_bytes, (self._bytes,)

    def __repr__(self) -> str:
        rows, cols = self.shape
        return f"Template({len(self)} minutiae, {rows} x {cols} px, {self.finger.name}, quality {self.quality})"
