"""THE SAME SEARCH OVER MANY SHARDS: a gallery in parts, on threads of this machine or on many machines (extra dask).

A shard is a gallery on disk that holds all prints of its subjects. Pure functions look into a shard that an executor
has loaded; what they find is merged here, round by round, so that the answer is that of one gallery. Knows no files of
a gallery and no persons.
"""

from fingerprint_engine.cluster.executors import Executor, Lost, ThreadExecutor
from fingerprint_engine.cluster.shard import Shard, load_shard
from fingerprint_engine.cluster.sharded_gallery import ShardedGallery
from fingerprint_engine.cluster.splitting import join, split

__all__ = ["Executor", "Lost", "Shard", "ShardedGallery", "ThreadExecutor", "join", "load_shard", "split"]
