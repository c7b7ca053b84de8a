"""Work in threads: the one place that begins them.

Threads help because kernels, decoders and the system's calls release the GIL. What comes out never depends on their
number. Neither locks nor threads survive a fork: what is held open belongs to one process (`require_process`).
"""

from __future__ import annotations

import collections
import contextlib
import itertools
import math
import operator
import os
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from fingerprint_engine.errors import FingerprintEngineError, ParameterError
from fingerprint_engine.text.shown import brief

MAX_WORKERS = 1024
"""Chosen: more threads than any machine has processors."""
Item = TypeVar("Item")
Result = TypeVar("Result")


def check_workers(workers: object) -> int:
    """Return a number of threads, or raise `ParameterError`."""
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= MAX_WORKERS:
        raise ParameterError(f"workers: expected a whole number from 1 to {MAX_WORKERS}, got {brief(workers)}")
    return workers


def require_process(process: int, what: str, error: type[FingerprintEngineError]) -> None:
    """Refuse the use of something, such as ``"gallery"``, in another process than the one that opened it.

    Raises
    ------
    FingerprintEngineError
        Of the kind that was given.
    """
    if process != os.getpid():
        raise error(f"{what}: it belongs to the process that opened it; open it in this one as well")


def in_order(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int,
    ahead: int | None = None,
    deadline: float = math.inf,
) -> Generator[Result, None, None]:
    """Results in the order of the items. Nothing is begun before the first result is asked for.

    Parameters
    ----------
    work
        Is given one item. What it raises comes out at the place of its result.
    items
        May be endless: they are taken as threads become free.
    workers
        Threads; with one, the caller's own thread works.
    ahead
        Maximum number of items that are taken and whose result was not asked for yet; by default two per thread.
    deadline
        Moment of `time.monotonic` after which no item is begun: then the results end early, those of the first items
        being there and those of all further ones missing.

    Yields
    ------
    The results. Whoever stops asking closes the iterator: what was not begun is dropped. What was begun is waited for,
    and ends at its own next item where it is made of items as well.
    """
    workers = max(1, min(workers, operator.length_hint(items, workers)))
    if workers == 1:
        yield from _one_by_one(work, items, deadline)
        return

    def timely(item: Item) -> tuple[Result] | None:
        return (work(item),) if time.monotonic() < deadline else None

    waiting = iter(items)
    begun: collections.deque[Future[tuple[Result] | None]] = collections.deque()
    with _threads(workers) as submit:
        begun.extend(submit(timely, item) for item in itertools.islice(waiting, ahead or 2 * workers))
        while begun:
            _check_wanted()
            result = begun.popleft().result()
            if result is None:
                return
            begun.extend(submit(timely, item) for item in itertools.islice(waiting, 1))
            yield result[0]


def done_in_time(
    work: Callable[[Item], Result], items: Sequence[Item], *, workers: int, deadline: float = math.inf
) -> list[Result]:
    """Results of some items in their order, made by the caller's own thread and, with several workers, by others too.

    Parameters
    ----------
    work
        Is given one item. Where it raises, the error of the first such item comes out, and no more items are begun.
    items
        All of them; none is taken before a thread is free.
    workers
        Threads, the caller's own among them.
    deadline
        Moment of `time.monotonic` after which no item is begun.

    Returns
    -------
    list
        The results of the items before the first that was not begun.
    """
    others = min(workers, len(items)) - 1
    if others < 1:
        return list(_one_by_one(work, items, deadline))
    numbers, begin = itertools.count(), threading.Lock()
    done: dict[int, Result] = {}
    failed: dict[int, Exception] = {}

    def take() -> None:
        while not failed:
            _check_wanted()
            with begin:  # so that what was begun are always the first items
                if time.monotonic() >= deadline or (number := next(numbers)) >= len(items):
                    return
            try:
                done[number] = work(items[number])
            except Exception as error:
                failed[number] = error

    with _threads(others) as submit:
        begun = [submit(lambda _: take(), number) for number in range(others)]
        take()
        for thread in begun:
            thread.result()
    try:
        if failed:
            raise failed[min(failed)]
    finally:
        failed.clear()  # else error and frame would hold each other, and all that the work had
    return [done[number] for number in range(len(done))]


def _one_by_one(
    work: Callable[[Item], Result], items: Iterable[Item], deadline: float
) -> Generator[Result, None, None]:
    """Results that the caller's own thread makes, until the deadline."""
    for item in items:
        _check_wanted()
        if time.monotonic() >= deadline:
            return
        yield work(item)


def lasting_threads(workers: int) -> ThreadPoolExecutor:
    """Threads that wait for work until whoever has them shuts them down."""
    return ThreadPoolExecutor(check_workers(workers), thread_name_prefix="fingerprint-engine")


@contextlib.contextmanager
def beside(
    work: Callable[[Item], Result], items: Iterable[Item], *, workers: int
) -> Iterator[Callable[[], list[Result]]]:
    """Begin all of some work in threads while the caller does something else.

    Yields
    ------
    What waits for the results and gives them in the order of the items.
    """
    with _threads(workers) as submit:
        begun = [submit(work, item) for item in items]
        yield lambda: [future.result() for future in begun]


class _Abandoned(BaseException):
    """Nobody waits for the results of this thread any more; no error of anybody's, so nobody may handle it."""


_thread = threading.local()
"""What the thread at hand works for: `abandoned` is set when its results are no longer wanted."""


def _check_wanted() -> None:
    """End the work of a thread whose results nobody wants any more; called between the pieces of such work."""
    abandoned: threading.Event | None = getattr(_thread, "abandoned", None)
    if abandoned is not None and abandoned.is_set():
        raise _Abandoned


@contextlib.contextmanager
def _threads(workers: int) -> Iterator[Callable[[Callable[[Item], Result], Item], Future[Result]]]:
    """Threads; gives what submits work to them. At the end nothing is begun, and what was begun ends at its next piece.

    So an interruption waits for one piece of each thread, however deep the pieces are nested.
    """
    abandoned = threading.Event()

    def mark() -> None:
        _thread.abandoned = abandoned

    def run(work: Callable[[Any], Any], item: Any) -> Any:
        _check_wanted()
        return work(item)

    pool = ThreadPoolExecutor(workers, thread_name_prefix="fingerprint-engine", initializer=mark)
    try:
        yield lambda work, item: pool.submit(run, work, item)
    finally:
        abandoned.set()
        pool.shutdown(wait=True, cancel_futures=True)
