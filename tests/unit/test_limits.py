"""Budgets: counted before anything is made, over all calls, and against a clock that the tests own."""

import pytest

from fingerprint_engine.errors import LimitExceeded, ParameterError
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits


def test_what_is_counted_adds_up():
    budget = Budget(Limits(items=10))
    budget.spend("items", 6)
    budget.spend("items", 4)
    with pytest.raises(LimitExceeded, match="limit items: expected at most 10, found 11 or more") as caught:
        budget.spend("items")
    assert (caught.value.limit, caught.value.allowed, caught.value.found) == ("items", 10, 11)


def test_what_is_refused_is_not_counted():
    budget = Budget(Limits(pixels=100))
    with pytest.raises(LimitExceeded):
        budget.spend("pixels", 101)
    budget.spend("pixels", 100)


def test_what_is_given_back_does_not_add_up():
    budget = Budget(Limits(memory_bytes=100))
    for _ in range(3):
        budget.need("memory_bytes", 100)
    with pytest.raises(LimitExceeded, match="limit memory_bytes: expected at most 100, found 101"):
        budget.need("memory_bytes", 101)


def test_time_runs_from_the_start():
    now = [5.0]
    budget = Budget(Limits(seconds=2.0), clock=lambda: now[0])
    budget.spend("items")
    now[0] = 6.5
    assert budget.seconds_left == 0.5
    now[0] = 7.0
    for spend in (budget.check_time, lambda: budget.spend("items"), lambda: budget.spend("pixels")):
        with pytest.raises(LimitExceeded, match="limit seconds: expected at most 2"):
            spend()


@pytest.mark.parametrize("wrong", [{"items": 0}, {"pixels": -1}, {"seconds": float("inf")}, {"items": 1.5}])
def test_limits_are_numbers_in_their_range(wrong):
    with pytest.raises(ParameterError, match=rf"Limits\.{next(iter(wrong))}: expected"):
        Limits(**wrong)


def test_no_time_is_a_limit_too():
    with pytest.raises(LimitExceeded):
        Budget(Limits(seconds=0.0)).check_time()
    assert Budget().limits is DEFAULT_LIMITS
