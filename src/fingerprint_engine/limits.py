"""What one file may cost: limits that a caller sets, and the budget of one file or request that is spent against them.

A few kilobytes can ask for gigabytes: a header states a size, a list repeats an area, a text says nothing a million
times. Whoever reads a file counts what it asks for, before anything of that size is allocated.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Literal

from fingerprint_engine.errors import LimitExceeded
from fingerprint_engine.parameters import Parameters, parameter

MIB = 2**20
LimitName = Literal["file_bytes", "pixels", "memory_bytes", "items", "prints", "seconds"]


@dataclasses.dataclass(frozen=True, slots=True)
class Limits(Parameters):
    """What one file, or one request about it, may cost; with the defaults less than 1 GB of memory and a minute.

    Each number counts for one call: of `load_image`, `exchange.read`, `Document.images`, `exchange.convert` and so on.
    """

    file_bytes: int = parameter(
        128 * MIB,
        unit="bytes",
        low=1,
        high=2**40,
        source="chosen: a card of ten prints and two palms at 1000 ppi, compressed without loss, has 80 MB",
    )
    pixels: int = parameter(
        200_000_000,
        unit="px of all images and of all parts cut out of them",
        low=1,
        high=2**40,
        source="chosen: a card of ten prints and two palms at 1000 ppi, with its fingers cut out, has 170 million",
    )
    memory_bytes: int = parameter(
        384 * MIB,
        unit="bytes that a decoder needs for one image",
        low=1,
        high=2**40,
        source="chosen: JPEG 2000 of the largest image allowed needs 300 MB, the other formats less",
    )
    items: int = parameter(
        500_000,
        unit="fields, items, minutiae, blocks of data, marker segments, chunks, strips and lines",
        low=1,
        high=2**40,
        source="chosen: ten times what the largest transaction seen has; they cost 1 kB and 30 µs each at most",
    )
    prints: int = parameter(
        2_000,
        unit="images, views and sets of minutiae",
        low=1,
        high=2**40,
        source="chosen: twice the records of a transaction, so that each may hold a slap",
    )
    seconds: float = parameter(
        60.0,
        unit="s",
        low=0.0,
        high=86_400.0,
        source="chosen: three times what the slowest sound file takes; looked at between steps, not inside a decoder",
    )


DEFAULT_LIMITS = Limits()
LIST_LIMITS = Limits(items=4_000_000, prints=500_000, seconds=600.0)
"""Of a list, such as one of files to enrol: its lines count as prints, its fields as items; 1 kB each at most."""

SCORE_LIMITS = Limits(file_bytes=1024 * MIB, items=100_000_000, prints=20_000_000, seconds=600.0)
"""Of a file of scores: its rows count as prints, its fields as items; 16 bytes of memory for each row."""


class Budget:
    """What is left for one file or request.

    Parameters
    ----------
    limits
        What it may cost in all.
    clock
        Seconds from any start; the time runs from now.
    """

    __slots__ = ("_clock", "_spent", "_started", "limits")

    def __init__(self, limits: Limits = DEFAULT_LIMITS, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._started = clock()
        self._spent = {"pixels": 0, "items": 0, "prints": 0}

    def spend(self, limit: Literal["pixels", "items", "prints"], amount: int = 1) -> None:
        """Count what is about to be made.

        Raises
        ------
        LimitExceeded
            When that is more than is left, or the time is over.
        """
        spent = self._spent[limit] + amount
        allowed = int(getattr(self.limits, limit))
        if spent > allowed:
            raise LimitExceeded(limit, allowed, spent)
        self._spent[limit] = spent
        self.check_time()

    def need(self, limit: Literal["file_bytes", "memory_bytes"], amount: int) -> None:
        """Check what is needed at one time, and given back afterwards.

        Raises
        ------
        LimitExceeded
            When that is more than is allowed.
        """
        allowed = int(getattr(self.limits, limit))
        if amount > allowed:
            raise LimitExceeded(limit, allowed, amount)

    def check_time(self) -> None:
        """Check that there is time left.

        Raises
        ------
        LimitExceeded
            When there is none.
        """
        if self.seconds_left <= 0.0:
            raise LimitExceeded("seconds", self.limits.seconds, self._clock() - self._started)

    @property
    def seconds_left(self) -> float:
        """Time that is left; 0 or less when it is over."""
        return self.limits.seconds - (self._clock() - self._started)
