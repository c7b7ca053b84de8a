"""`Shard`: a gallery that an executor holds open, and loads again wherever it is needed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from fingerprint_engine.index import Gallery
from fingerprint_engine.index.search.search import Snapshot
from fingerprint_engine.index.where_it_fits import open_where_it_fits
from fingerprint_engine.keys import KeyRing, LentKeys
from fingerprint_engine.template import Template
from fingerprint_engine.version import __version__


class ShardFacts(NamedTuple):
    """Identity of a shard, digest of its parameters, prints in it, and the release that opened it."""

    identity: str
    made_with: str
    prints: int
    engine_version: str


class Shard:
    """A part of a gallery, opened to be searched.

    When it is sent to another process, only its path goes there, and it is opened again.

    Parameters
    ----------
    path
        What the shard is opened by again; the folder of the gallery, unless that is given.
    gallery
        Folder of the gallery.
    keys
        Of a gallery that is protected; a ring never leaves the process, lent keys go with the loader.
    load
        What opens the shard in another process, where it finds the keys; `load_shard` by default, which has none.
    in_memory
        Whether its index is read into memory, as `Gallery.open` says; None: where it fits. A `load` that is given has
        to say it as well, for other processes.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        gallery: str | Path | None = None,
        keys: KeyRing | None = None,
        load: Callable[[str], Shard] | None = None,
        in_memory: bool | None = False,
    ) -> None:
        self.path, self._load = str(path), load
        folder = self.path if gallery is None else gallery
        if in_memory is None:
            self._gallery, _ = open_where_it_fits(folder, read_only=True, keys=keys)
        else:
            self._gallery = Gallery.open(folder, read_only=True, keys=keys, in_memory=in_memory)

    def __reduce__(self) -> tuple[Callable[[str], Shard], tuple[str]]:
        return self._load or load_shard, (self.path,)

    def snapshot(self, probes: Sequence[Template] = ()) -> Snapshot:
        """The prints; checks that probes can be compared with them."""
        return self._gallery.snapshot(probes)

    def about(self) -> ShardFacts:
        """What tells the shard from others, and whether it can be searched together with them."""
        return ShardFacts(self._gallery.identity, self._gallery.made_with, len(self._gallery), __version__)


@dataclasses.dataclass(frozen=True, slots=True)
class ShardLoader:
    """Opens a shard in one way, wherever it is sent to: with keys that its reader was lent, its index in memory."""

    keys: LentKeys | None = None
    in_memory: bool | None = False

    def __call__(self, path: str) -> Shard:
        """As `load_shard`."""
        return Shard(path, keys=self.keys, load=self, in_memory=self.in_memory)


def load_shard(path: str) -> Shard:
    """Open a shard.

    Raises
    ------
    GalleryError
        When there is no sound gallery.
    """
    return Shard(path)
