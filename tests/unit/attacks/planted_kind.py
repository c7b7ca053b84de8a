"""A kind of attack whose doors fail in every way that there is: a child process of the benchmark loads it by name."""

import os
import time

from benchmarks.attacks.kinds import Kind
from benchmarks.attacks.verdicts import check

from fingerprint_engine.errors import InputError

SOUND = -1


def kind(place):
    return Kind(SOUND, lambda rng: int(rng.integers(10)), DOORS, budget_s=0.5, wall_s=6.0, max_peak_mb=600.0)


def refuse(crafted):
    if crafted != SOUND:
        raise InputError("refused")


def lie(crafted):
    check(crafted == SOUND, "it lies")


def untyped(crafted):
    if crafted != SOUND:
        raise KeyError("untyped")


def grow(crafted):
    if crafted != SOUND:
        _ = b"x" * 700_000_000


def spin(crafted):
    ends = time.process_time() + 0.7
    while crafted != SOUND and time.process_time() < ends:
        pass


def hang(crafted):
    while crafted != SOUND:
        pass


def crash(crafted):
    if crafted != SOUND:
        os.abort()


DOORS = {
    "accept": lambda _: None,
    "refuse": refuse,
    "lie": lie,
    "untyped": untyped,
    "grow": grow,
    "spin": spin,
    "hang": hang,
}
