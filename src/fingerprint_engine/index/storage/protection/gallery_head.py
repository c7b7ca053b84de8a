"""`GalleryHead`: which state a gallery is in, in a line that is kept elsewhere, so that an older state is noticed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from fingerprint_engine.errors import InputError
from fingerprint_engine.index.storage.log.frames import DIGEST_BYTES, LogPosition
from fingerprint_engine.index.storage.log.replay import Replayed
from fingerprint_engine.index.storage.manifest import Manifest
from fingerprint_engine.keys.errors import StaleGallery

_TEXT = re.compile(rf"([0-9a-f]{{32}}):(\d{{1,12}}):([0-9a-f]{{{2 * DIGEST_BYTES}}}):(\d{{1,12}}):([0-9a-f]{{32}})")


class GalleryHead(NamedTuple):
    """A state of a gallery.

    Attributes
    ----------
    gallery
        Identity of the gallery.
    counter, chain
        How many manifests it has had, and a digest over them and the ends of their logs.
    frames, digest
        How many changes its log holds since, and their digest.
    """

    gallery: bytes
    counter: int
    chain: bytes
    frames: int
    digest: bytes

    def __str__(self) -> str:
        return f"{self.gallery.hex()}:{self.counter}:{self.chain.hex()}:{self.frames}:{self.digest.hex()}"

    @classmethod
    def parse(cls, text: str) -> GalleryHead:
        """The head that `str` wrote.

        Raises
        ------
        InputError
        """
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise InputError("head: expected what `gallery head` prints")
        identity, counter, chain, frames, digest = found.groups()
        octets = bytes.fromhex
        return cls(octets(identity), int(counter), octets(chain), int(frames), octets(digest))


def head_after(manifest: Manifest, position: LogPosition) -> GalleryHead:
    """The state of a gallery whose log came so far."""
    return GalleryHead(manifest.identity, manifest.counter, manifest.chain, position.frames, position.digest)


def require_head(folder: Path, manifest: Manifest, replayed: Replayed, expected: GalleryHead) -> None:
    """See that a gallery is in the expected state, or in one that came of it.

    Raises
    ------
    StaleGallery
    """
    if manifest.identity != expected.gallery:
        raise StaleGallery(f"{folder}: expected gallery {expected.gallery.hex()}, found {manifest.identity.hex()}")
    known = {**dict(manifest.history), manifest.counter: manifest.chain}
    if manifest.counter < expected.counter:
        raise StaleGallery(
            f"{folder}: expected state {expected.counter} or a later one, found the older state {manifest.counter}"
        )
    if known.get(expected.counter, expected.chain) != expected.chain:
        raise StaleGallery(f"{folder}: expected what came of state {expected.counter}, found another history")
    if manifest.counter > expected.counter:
        return
    if replayed.position.frames < expected.frames:
        missing = expected.frames - replayed.position.frames
        raise StaleGallery(f"{folder}: expected {expected.frames} changes in its log, the last {missing} are missing")
    if replayed.passed[expected.frames] != expected.digest:
        raise StaleGallery(f"{folder}: expected the log of {expected.frames} known changes, found another one")
