"""Kinds of values that options of benchmarks and of training take; anything else is wrong usage, before any work."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from fingerprint_engine.cli.arguments import number_between, whole_number
from fingerprint_engine.text.shown import brief

Number = TypeVar("Number", int, float)
AT_LEAST_1 = whole_number(1, 10**10)
AT_LEAST_0 = whole_number(0, 10**10)
"""Seeds, numbers of what is counted from 0, and how many where none is an answer too."""
AMOUNT = number_between(0.0, math.inf)


def given_options(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> dict[str, str]:
    """The options that a command line states, also where what they state is their default; names by attribute."""
    unstated = object()
    blank = argparse.Namespace(**{action.dest: unstated for action in parser._actions})
    found = vars(parser.parse_args(arguments, blank))
    names = {action.dest: action.option_strings[-1] for action in parser._actions if action.option_strings}
    return {dest: name for dest, name in names.items() if found[dest] is not unstated}


def refuse_together(
    parser: argparse.ArgumentParser, arguments: Sequence[str] | None, chooser: str, beside: Iterable[str], *others: str
) -> None:
    """End with wrong usage where an option is given that would not be heeded.

    Parameters
    ----------
    parser, arguments
        What parses which words; None: those of the process.
    chooser
        Option that chooses one of two kinds of work.
    beside
        Options that are heeded with it only.
    others
        Options that are heeded without it only.
    """
    given = given_options(parser, arguments).values()
    if chooser in given:
        if unheeded := [option for option in others if option in given]:
            parser.error(f"{chooser}: expected none of {', '.join(others)} beside it, got {', '.join(unheeded)}")
    elif unheeded := [option for option in beside if option in given]:
        parser.error(f"{', '.join(unheeded)}: expected {chooser} beside it, got none")


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
