"""`SearchOptions`: what a caller asks of a search, checked."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Sequence

import numpy as np

from fingerprint_engine.errors import InputError, ParameterError
from fingerprint_engine.index.search.eligibility import SearchFilter
from fingerprint_engine.index.search.parameters import SearchParameters
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint import TenprintSet
from fingerprint_engine.text.shown import brief
from fingerprint_engine.threads import check_workers

FOREVER_S = 1e9
"""Seconds from which on a deadline is none: thirty years."""


@dataclasses.dataclass(frozen=True, slots=True)
class SearchOptions:
    """How to search; see `Gallery.identify`.

    `deadline` is the moment of `time.monotonic` after which no more work is begun.

    Raises
    ------
    ParameterError, InputError
        When a number is out of range, or something is not of its type.
    """

    max_candidates: int
    max_fpir: float
    parameters: SearchParameters
    where: SearchFilter
    same_finger: bool = False
    exhaustive: bool = False
    deadline: float = math.inf
    workers: int = 1

    def __post_init__(self) -> None:
        check_count(self.max_candidates, "max_candidates")
        check_rate(self.max_fpir, "max_fpir")
        check_workers(self.workers)
        for name, kind in (("parameters", SearchParameters), ("where", SearchFilter)):
            if not isinstance(getattr(self, name), kind):
                raise InputError(f"{name}: expected {kind.__name__}, got {type(getattr(self, name)).__name__}")
        for name in ("same_finger", "exhaustive"):
            if not isinstance(getattr(self, name), bool | np.bool_):
                raise ParameterError(f"{name}: expected True or False, got {brief(getattr(self, name))}")


def check_rate(rate: float, name: str) -> float:
    """Return a rate above 0 and at most 1, or raise `ParameterError`."""
    is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
    if not is_number or not 0.0 < rate <= 1.0:
        raise ParameterError(f"{name}: expected a number above 0 and at most 1, got {brief(rate)}")
    return float(rate)


def check_count(count: object, name: str) -> int:
    """Return a number from 1 up, or raise `ParameterError`."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ParameterError(f"{name}: expected a whole number from 1 up, got {brief(count)}")
    return count


def check_probes(probe: Template | Sequence[Template] | TenprintSet) -> tuple[Template, ...]:
    """Return the probes of a search, one or several, or raise `InputError`."""
    if isinstance(probe, TenprintSet):
        probe = probe.templates
    probes = (probe,) if isinstance(probe, Template) or not isinstance(probe, list | tuple) else tuple(probe)
    for one in probes:
        if not isinstance(one, Template):
            raise InputError(f"probe: expected a Template or several, got {type(one).__name__}")
    if not probes:
        raise InputError("probe: expected at least one Template, got none")
    return probes


def deadline_in(seconds: float | None) -> float:
    """The moment of `time.monotonic` at which so many seconds will have passed; infinite for None.

    Raises
    ------
    ParameterError
        When it is no number from 0 up.
    """
    if seconds is None:
        return math.inf
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not seconds >= 0.0:
        raise ParameterError(f"deadline_s: expected seconds from 0 up, got {brief(seconds)}")
    return time.monotonic() + seconds if seconds < FOREVER_S else math.inf
