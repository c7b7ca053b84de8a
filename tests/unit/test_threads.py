"""Work in threads: order, read-ahead, deadline, cancellation."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fingerprint_engine import threads
from fingerprint_engine.threads import beside, done_in_time, in_order

ALL_AT_ONCE = pytest.mark.parametrize("run", [lambda *asked, **more: list(in_order(*asked, **more)), done_in_time])
"""Both ways to have the results of all items."""


def our_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("fingerprint-engine")]


@ALL_AT_ONCE
@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 3, 40])
def test_results_come_in_the_order_of_the_items(run: Callable[..., Any], workers: int, count: int) -> None:
    gates = [threading.Event() for _ in range(count)]

    def work(item: int) -> int:
        if workers > 1 and item % 2 == 0 and item + 1 < count:
            assert gates[item + 1].wait(10)  # an even item ends after the odd one behind it
        gates[item].set()
        return item * item

    assert run(work, range(count), workers=workers) == [item * item for item in range(count)]
    assert our_threads() == []


def test_one_worker_is_the_thread_of_the_caller() -> None:
    assert set(in_order(lambda _: threading.get_ident(), range(3), workers=1)) == {threading.get_ident()}
    assert set(in_order(lambda _: threading.get_ident(), [0], workers=4)) == {threading.get_ident()}
    assert threading.get_ident() not in set(in_order(lambda _: threading.get_ident(), range(3), workers=2))


@pytest.mark.parametrize(("workers", "ahead", "most"), [(1, None, 1), (2, None, 4), (3, None, 6), (2, 9, 9)])
def test_only_so_many_items_are_taken_ahead(workers: int, ahead: int | None, most: int) -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        for item in itertools.count():
            taken.append(item)
            yield item

    results = in_order(lambda item: item, endless(), workers=workers, ahead=ahead)
    assert taken == []
    for asked in range(5):
        assert next(results) == asked
        assert len(taken) <= asked + 1 + most
    results.close()
    assert our_threads() == []


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_comes_at_its_place_and_ends_all(workers: int) -> None:
    results = in_order(lambda item: 6 // (2 - item), range(20), workers=workers)
    assert [next(results), next(results)] == [3, 6]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert list(results) == []
    assert our_threads() == []


@pytest.mark.parametrize("workers", [1, 3])
def test_after_the_deadline_nothing_is_begun(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    begun: list[int] = []

    def work(item: int) -> int:
        nonlocal now
        begun.append(item)
        if item == 4:
            now = 8.0
        return item

    monkeypatch.setattr(time, "monotonic", lambda: now)
    done = list(in_order(work, range(50), workers=workers, deadline=8.0))
    assert done == list(range(len(done)))
    assert 5 <= len(done) + (workers > 1) <= 5 + 3
    assert len(begun) <= 5 + 2
    assert list(in_order(work, range(50), workers=workers, ahead=50, deadline=8.0)) == []


def test_what_was_not_begun_is_dropped_when_the_caller_stops() -> None:
    release, begun = threading.Event(), []

    def work(item: int) -> int:
        begun.append(item)
        if item:
            assert release.wait(10)
        return item

    results = in_order(work, range(100), workers=2, ahead=50)
    assert next(results) == 0
    release.set()
    results.close()
    assert len(begun) < 60
    assert our_threads() == []


@pytest.mark.parametrize(("workers", "items", "most"), [(1, 6, 1), (2, 6, 2), (8, 3, 3)])
def test_the_caller_is_one_of_the_workers(workers: int, items: int, most: int) -> None:
    together = threading.Barrier(most)

    def work(_: int) -> int:
        together.wait(10)  # as many as there may be work at once
        return threading.get_ident()

    found = set(done_in_time(work, range(items), workers=workers))
    assert threading.get_ident() in found
    assert len(found) == most


@pytest.mark.parametrize("workers", [1, 3])
def test_the_first_error_comes_out_and_no_more_is_begun(workers: int) -> None:
    begun, together = [], threading.Barrier(workers)

    def work(item: int) -> int:
        begun.append(item)
        if item < workers:
            together.wait(10)
        raise KeyError(item)

    with pytest.raises(KeyError, match=r"^0$"):
        done_in_time(work, range(50), workers=workers)
    assert sorted(begun) == list(range(workers))
    assert our_threads() == []


@pytest.mark.parametrize("workers", [1, 3])
def test_what_was_begun_before_the_deadline_are_the_first_items(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    begun: list[int] = []

    def work(item: int) -> int:
        nonlocal now
        begun.append(item)
        if item == 4:
            now = 8.0
        return -item

    monkeypatch.setattr(time, "monotonic", lambda: now)
    done = done_in_time(work, range(50), workers=workers, deadline=8.0)
    assert done == [-item for item in range(len(done))]
    assert sorted(begun) == list(range(len(done)))
    assert 5 <= len(done) < 5 + workers
    assert done_in_time(work, range(50), workers=workers, deadline=8.0) == []


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_after_an_interruption_no_thread_begins_another_item(workers: int) -> None:
    begun: list[int] = []
    all_begun = threading.Barrier(workers)

    def work(item: int) -> int:
        begun.append(item)
        all_begun.wait(10)
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        assert threads._thread.abandoned.wait(10)
        return item

    with pytest.raises(KeyboardInterrupt):
        done_in_time(work, range(50), workers=workers)
    assert sorted(begun) == list(range(workers))
    assert our_threads() == []


def test_beside_works_while_the_caller_does_something_else() -> None:
    release = threading.Event()

    def work(item: int) -> int:
        assert release.wait(10)
        return -item

    with beside(work, range(5), workers=2) as results:
        release.set()  # would never be reached if the caller had to wait
        assert results() == [0, -1, -2, -3, -4]
    assert our_threads() == []


def test_beside_ends_its_threads_when_the_caller_fails() -> None:
    with pytest.raises(KeyError), beside(lambda item: item, range(5), workers=2):
        raise KeyError
    assert our_threads() == []


@ALL_AT_ONCE
@pytest.mark.parametrize("workers", [2, 3])
def test_nested_work_that_nobody_waits_for_ends_at_its_next_item(run: Callable[..., Any], workers: int) -> None:
    """What was begun is made of a thousand items itself: after an interruption none of them is begun."""
    started = threading.Semaphore(0)
    begun: list[tuple[int, int]] = []

    def work(number: int) -> list[int]:
        def small(item: int) -> int:
            begun.append((number, item))
            started.release()
            assert threads._thread.abandoned.wait(10)
            return item

        return [] if number == 0 else run(small, range(1000), workers=1)

    results = in_order(work, range(50), workers=workers)
    assert next(results) == []
    for _ in range(workers):
        assert started.acquire(timeout=10)
    with pytest.raises(KeyboardInterrupt):
        results.throw(KeyboardInterrupt())
    assert len(begun) == workers
    assert {item for _, item in begun} == {0}
    assert our_threads() == []


def test_an_error_in_the_work_of_a_thread_leaves_the_next_run_alone() -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            list(
                in_order(lambda item: list(in_order(lambda n: 1 // n, range(item, 3), workers=1)), [2, 1, 0], workers=2)
            )
        assert list(in_order(lambda item: item, range(3), workers=2)) == [0, 1, 2]
