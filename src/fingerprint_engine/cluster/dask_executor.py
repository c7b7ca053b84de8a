"""`DaskExecutor`: shards on the workers of a Dask cluster. The only module that imports distributed.

A shard is the result of a task that opens it, no actor: when its worker dies, Dask runs that task again on another one
that reaches the path. Dask's messages are pickles: whoever may send some to a scheduler or a worker may run code there,
so a cluster belongs in a network of its own, with mutual TLS (`docs/how-to/cluster.md`).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import ssl
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from fingerprint_engine.cluster.executors import LATE, Lost, lost_or_raised, shard_lost
from fingerprint_engine.errors import GalleryError, InputError, MissingExtra
from fingerprint_engine.regular_files import open_regular
from fingerprint_engine.text.shown import brief

try:
    from distributed import Client, LocalCluster, Security
    from distributed import TimeoutError as DaskTimeout
    from distributed.comm.addressing import get_address_host_port, parse_address
    from distributed.utils import sync
except ImportError as error:
    raise MissingExtra("clusters of machines need distributed", "dask") from error

_LAST_S = 1.0
"""Chosen: after the end, for what is done already and has only to be fetched."""
MAX_PORT = 65_535
_ENCRYPTED = ("tls", "wss")
Tls = tuple[Path, Path, Path]
"""Files (PEM) of the trusted certificates, of the own one and its key."""


class DaskExecutor:
    """Shards on the workers of a cluster.

    Parameters
    ----------
    client
        Of the cluster; the caller made it and closes it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._last: list[Any] = []
        """The calls before. A client sends what it says in the 10 ms after a message together with them: given up at
        the end of a call, they would hold up the one that follows; given up with it, nothing."""

    @property
    def is_private(self) -> bool:
        """As `Executor.is_private`: with TLS, and for workers that are threads of this process."""
        return str(getattr(self._client.scheduler, "address", "")).startswith(("tls://", "inproc://"))

    def load(self, load_shard: Callable[[str], Any], path: str) -> Any:
        """As `Executor.load`."""
        return self._client.submit(load_shard, path, pure=False)

    def call(
        self,
        function: Callable[..., Any],
        shards: Sequence[Any],
        arguments: Sequence[tuple[Any, ...]],
        seconds: float = math.inf,
    ) -> list[Any]:
        """As `Executor.call`."""
        # One graph for all calls: a scheduler takes some ten milliseconds for each.
        calls = self._client.map(_called, shards, arguments, function=function, pure=False)
        self._last = calls
        waiting = dict(enumerate(calls))
        try:
            answers = self._gathered(waiting, seconds)
        except (DaskTimeout, TimeoutError):
            self._client.cancel([future for future in calls if future.status == "pending"])  # type: ignore[no-untyped-call]
            done = {place: future for place, future in waiting.items() if future.status == "finished"}
            answers = sync(self._client.loop, self._fetched, done)  # type: ignore[arg-type]
        return [
            answers[place] if future.status == "finished" and place in answers else _lost(future, shard)
            for (place, future), shard in zip(waiting.items(), shards, strict=True)
        ]

    def _gathered(self, waiting: dict[int, Any], seconds: float) -> dict[int, Any]:
        """Results by place, all in one message; what failed has none. `Client.gather` itself knows no end."""
        gather = functools.partial(self._client.gather, waiting, errors="skip", asynchronous=True)
        limit = None if math.isinf(seconds) else max(0.0, seconds)
        found: dict[int, Any] = sync(self._client.loop, gather, callback_timeout=limit)  # type: ignore[arg-type]
        return found

    async def _fetched(self, done: dict[int, Any]) -> dict[int, Any]:
        """Results by place, one by one: those whose worker died meanwhile keep none of the others."""
        fetch = functools.partial(self._client.gather, errors="skip", asynchronous=True)
        gathers = [asyncio.ensure_future(fetch({place: future})) for place, future in done.items()]
        if not gathers:
            return {}
        in_time, late = await asyncio.wait(gathers, timeout=_LAST_S)
        for gather in late:
            gather.cancel()
        fetched = [gather.result() for gather in in_time if not gather.cancelled() and gather.exception() is None]
        return {place: result for one in fetched for place, result in one.items()}


def _called(shard: Any, given: tuple[Any, ...], function: Callable[..., Any]) -> Any:
    return function(shard, *given)


def _lost(future: Any, shard: Any) -> Lost:
    """Why a call has no answer; errors of the caller are raised."""
    if future.status != "error":
        return Lost(LATE)
    if shard.status == "error" and (error := shard.exception()) is not None:
        return shard_lost(error)
    return lost_or_raised(future.exception())


@contextlib.contextmanager
def connected(address: str, tls: Tls | None = None, seconds: float = 10.0) -> Iterator[DaskExecutor]:
    """An executor on the cluster of a scheduler.

    Parameters
    ----------
    address
        Of the scheduler, as ``tls://host:8786``.
    tls
        None: no TLS.
    seconds
        To wait for the scheduler.

    Raises
    ------
    InputError
        When the address cannot be one, a file of `tls` cannot be used, or either is for TLS and the other is not.
    GalleryError
        When it does not answer.
    """
    _check_address(address)
    security = _security(tls)
    if tls is not None and parse_address(address)[0] not in _ENCRYPTED:
        raise InputError(f"scheduler: expected an address for TLS such as tls://host:8786, got {brief(address)}")
    try:
        client = Client(address, security=security, timeout=seconds)  # type: ignore[no-untyped-call]
    except TypeError as error:  # Dask's: its own configuration names no certificates either
        found = f"got none for {brief(address)}"
        raise InputError(f"TLS: expected files of certificates and of a key, {found}; pass tls=") from error
    except (OSError, DaskTimeout, TimeoutError, ValueError, RuntimeError) as error:  # Dask's, for TLS too
        raise GalleryError(f"scheduler: expected an answer within {seconds:g} s ({type(error).__name__})") from error
    with client:
        yield DaskExecutor(client)


def _check_address(address: str) -> None:
    """Refuse at once what Dask would take for a name that it cannot find, or wait for."""
    scheme, place = parse_address(address)
    if scheme == "inproc" and place:
        return
    try:
        host, port = get_address_host_port(address)
    except ValueError:  # of a kind that is not known, or without a port
        host, port = "", 0
    if not address.isprintable() or " " in address:
        host = ""
    if not host or not 1 <= port <= MAX_PORT:
        raise InputError(f"scheduler: expected an address such as tls://host:8786, got {brief(address)}")


@contextlib.contextmanager
def local_cluster(workers: int, host: str, port: int, tls: Tls | None = None) -> Iterator[str]:
    """A scheduler and worker processes on this machine; gives its address.

    Raises
    ------
    InputError
        When a file of `tls` cannot be used.
    """
    cluster = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=workers,
        threads_per_worker=1,
        host=host,
        scheduler_port=port,
        dashboard_address=None,
        security=_security(tls),
    )
    with cluster:
        yield str(cluster.scheduler_address)


def _security(tls: Tls | None) -> Security | None:
    """Mutual TLS, and nothing else, with one certificate for all parts."""
    if tls is None:
        return None
    for path in tls:
        try:
            open_regular(path).close()
        except OSError as error:
            raise InputError(f"TLS: {path}: expected a file that can be read ({error.strerror})") from error
    ca, certificate, key = map(str, tls)
    parts = {
        f"tls_{part}_{name}": value
        for part in ("client", "scheduler", "worker")
        for name, value in (("cert", certificate), ("key", key))
    }
    security = Security(tls_ca_file=ca, require_encryption=True, **parts)  # type: ignore[no-untyped-call]
    try:
        security.get_connection_args("client")  # type: ignore[no-untyped-call]
    except ssl.SSLError as error:
        why = error.reason or type(error).__name__
        raise InputError(f"TLS: expected certificates and the key of one's own as PEM ({why})") from error
    return security
