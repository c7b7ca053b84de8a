"""The kinds of attacks: how inputs are crafted, and the doors through which each goes."""

from __future__ import annotations

import dataclasses
import importlib
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

KINDS = {name: f"benchmarks.attacks.{name}.doors" for name in ("templates", "galleries", "records", "images")}
"""Modules of the kinds; each has a function `kind`."""
MAX_PEAK_MB = 1024.0


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """One kind of attack.

    Attributes
    ----------
    sound
        An input that every door lets in: it compiles kernels and loads networks before anything is measured.
    craft
        An input, made from sound ones; the same for the same generator.
    doors
        Entries by name. Each takes the input, returns when it was accepted and sound, and raises a
        `FingerprintEngineError` when it was refused, or `Lie`.
    budget_s
        Processor time that one input may take at one door.
    wall_s
        Real time after which it is stopped for good; the machine may be busy with other things.
    max_peak_mb
        Memory that the process may take in all.
    """

    sound: Any
    craft: Callable[[np.random.Generator], Any]
    doors: dict[str, Callable[[Any], object]]
    budget_s: float
    wall_s: float = 150.0
    max_peak_mb: float = MAX_PEAK_MB


def kind_of(module: str, place: Path) -> Kind:
    """The kind that a module makes.

    Parameters
    ----------
    module
        One of the modules of `KINDS`.
    place
        A folder for files, which may be left full.
    """
    made: Kind = importlib.import_module(module).kind(place)
    return made


def generator(seed: int, module: str, number: int) -> np.random.Generator:
    """The generator of one input: any input can be crafted alone."""
    return np.random.default_rng([seed, zlib.crc32(module.encode()), number])
