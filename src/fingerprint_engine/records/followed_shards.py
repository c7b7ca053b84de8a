"""`FollowedShards`: shards of a cluster that are made of the database, wherever a worker opens one."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from fingerprint_engine.cluster import Shard
from fingerprint_engine.errors import GalleryError
from fingerprint_engine.keys import KeyRing
from fingerprint_engine.records.following.rule import FollowRule
from fingerprint_engine.records.following.shelf import galleries_in
from fingerprint_engine.records.registry import Registry

_NUMBER = re.compile(r"shard-(\d{4})")


@dataclasses.dataclass(frozen=True)
class FollowedShards:
    """Opens shards for `cluster.ShardedGallery`; a shard that is lost with its machine is built again from the feed.

    Attributes
    ----------
    place
        The registry's database, as workers reach it.
    shards
        How many there are; ``shard-0000`` is the first.
    keys_variable
        Environment variable of workers that holds the keys of a registry that has some; keys themselves never travel.
    """

    place: str
    shards: int
    keys_variable: str | None = None

    def __call__(self, path: str) -> Shard:
        """Let the folder ``path`` of a shard, made when absent, take all changes of its people; then open it.

        Raises
        ------
        GalleryError
            When the name of the folder is no shard's, or the database holds no templates or such of several kinds.
        RecordsError
            When the database is no registry, or another one than the folder follows.
        """
        name = _NUMBER.fullmatch(Path(path).name)
        if name is None or int(name[1]) >= self.shards:
            last = self.shards - 1
            raise GalleryError(f"{Path(path).name}: expected a folder named shard-0000 to shard-{last:04d}")
        keys = None if self.keys_variable is None else KeyRing.from_environment(self.keys_variable)
        part = FollowRule(part=(int(name[1]), self.shards))
        with Registry.open(self.place, galleries=path, only=part, keys=keys) as registry:
            registry.catch_up()
        found = galleries_in(Path(path))
        if len(found) != 1:
            raise GalleryError(f"{Path(path).name}: expected templates of one kind in the database, found {len(found)}")
        return Shard(path, gallery=found[0], keys=keys, load=self)
