"""Options that stand for variables of the environment, which child processes inherit."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence

from fingerprint_engine import plugins

VARIABLES = {"--plugins": plugins.VARIABLE, "--runtime": plugins.RUNTIME_VARIABLE}


@contextlib.contextmanager
def environment_of(words: Sequence[str]) -> Iterator[None]:
    """Set the variables that the words of a command state for as long as it runs; the others stay as they are.

    The words are not parsed yet: some options answer while they are, and list plug-ins.
    """
    stated = {variable: value for name, variable in VARIABLES.items() if (value := _option(words, name)) is not None}
    before = {variable: os.environ.get(variable) for variable in stated}
    try:
        os.environ.update(stated)
        yield
    finally:
        for variable, value in before.items():
            if value is None:
                os.environ.pop(variable, None)
            else:
                os.environ[variable] = value


def _option(words: Sequence[str], name: str) -> str | None:
    """The value of an option, the last one as for the parser; None where it is not there."""
    found = None
    for place, word in enumerate(words):
        if word == name and place + 1 < len(words):
            found = words[place + 1]
        elif word.startswith(f"{name}="):
            found = word.partition("=")[2]
    return found
