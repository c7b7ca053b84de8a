"""The seam of a cluster: load shards, call functions on them, gather what comes in time; and its threads."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import Any, Protocol, TypeVar

from fingerprint_engine.cluster.shard import Shard
from fingerprint_engine.errors import FingerprintEngineError, GalleryError
from fingerprint_engine.threads import lasting_threads

Found = TypeVar("Found")

LATE = "no answer in time"
LoadShard = Callable[[str], Shard]


@dataclasses.dataclass(frozen=True, slots=True)
class Lost:
    """In the place of an answer: why there is none, and the error that it is for a caller who needs one."""

    reason: str
    kind: type[GalleryError] = GalleryError


class Executor(Protocol):
    """Holds shards, and calls functions on them.

    Attributes
    ----------
    is_private
        Whether what is sent to shards stays in this process, or goes through an encrypted channel.
    """

    @property
    def is_private(self) -> bool:
        """See above."""
        ...

    def load(self, load_shard: Callable[[str], Any], path: str) -> Any:
        """Begin to load a shard, or whatever else is found at its path; what is returned stands for it."""
        ...

    def call(
        self, function: Callable[..., Any], shards: Sequence[Any], arguments: Sequence[tuple[Any, ...]], seconds: float
    ) -> list[Any]:
        """Call ``function(shard, *arguments)`` for each shard with its arguments; answers in the order of the shards.

        Nothing is waited for longer than `seconds`; `Lost` where an answer did not come, or the shard could not be
        loaded. Errors of the caller (`FingerprintEngineError` of the function) are raised.
        """
        ...


class ThreadExecutor:
    """Shards in this process, each call in a thread.

    Parameters
    ----------
    workers
        Threads.
    """

    is_private = True

    def __init__(self, workers: int = 2) -> None:
        self._pool = lasting_threads(workers)

    def load(self, load_shard: Callable[[str], Any], path: str) -> Future[Any]:
        """As `Executor.load`."""
        return self._pool.submit(load_shard, path)

    def call(
        self,
        function: Callable[..., Any],
        shards: Sequence[Future[Shard]],
        arguments: Sequence[tuple[Any, ...]],
        seconds: float = math.inf,
    ) -> list[Any]:
        """As `Executor.call`."""
        end = time.monotonic() + seconds
        waiting = [
            self._pool.submit(lambda shard=shard, given=given: function(shard.result(), *given))  # type: ignore[misc]
            for shard, given in zip(shards, arguments, strict=True)
        ]
        wait(waiting, None if math.isinf(seconds) else max(0.0, end - time.monotonic()))
        return [_answer_of(future, shard) for future, shard in zip(waiting, shards, strict=True)]

    def close(self) -> None:
        """End the threads; calls that are running end first."""
        self._pool.shutdown(cancel_futures=True)


def _answer_of(future: Future[Any], shard: Future[Shard]) -> Any:
    if not future.done():
        future.cancel()
        return Lost(LATE)
    if shard.done() and (error := shard.exception()) is not None:
        return shard_lost(error)
    error = future.exception()
    return future.result() if error is None else lost_or_raised(error)


def itself(found: Found) -> Found:
    """What was loaded is itself the answer; or a name that stands for a worker."""
    return found


def shard_lost(error: BaseException) -> Lost:
    """Why a shard that cannot be opened has no answer; absent and damaged galleries stay what they are."""
    kind = type(error) if isinstance(error, GalleryError) else GalleryError
    return Lost(f"{type(error).__name__}: {error}", kind)


def lost_or_raised(error: BaseException) -> Lost:
    """Why a call that ended in an error has no answer; errors of the caller are raised."""
    if isinstance(error, FingerprintEngineError):
        raise error
    return Lost(type(error).__name__)
