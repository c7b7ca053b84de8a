"""Kinds of values that options of benchmarks and of training take; anything else is wrong usage, before any work."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from fingerprint_engine.cli.arguments import number_between, whole_number
from fingerprint_engine.text.shown import brief

Number = TypeVar("Number", int, float)
AT_LEAST_1 = whole_number(1, 10**10)
AT_LEAST_0 = whole_number(0, 10**10)
"""Seeds, numbers of what is counted from 0, and how many where none is an answer too."""
AMOUNT = number_between(0.0, math.inf)


def several(kind: Callable[[str], Number]) -> Callable[[str], list[Number]]:
    """Numbers of a kind with commas between them."""
    return lambda text: [kind(part) for part in text.split(",")]


def words(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Words with commas between them, each of which is known; an empty text has none."""
    among = tuple(known)

    def parse(text: str) -> list[str]:
        found = [part for part in text.split(",") if part]
        if unknown := [part for part in found if part not in among]:
            shown = ", ".join(map(brief, unknown))
            raise argparse.ArgumentTypeError(f"expected some of {', '.join(among)}, got {shown}")
        return found

    return parse
