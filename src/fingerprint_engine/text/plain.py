"""Answers as plain data: what JSON holds, and nothing else."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fingerprint_engine.errors import InputError


def spelled(value: enum.Enum) -> Any:
    """An enumeration's value; of whole numbers the name in words, for example ``right index``."""
    return value.name.lower().replace("_", " ") if isinstance(value, enum.IntEnum) else value.value


def plain(value: object, spell: Callable[[enum.Enum], Any] = spelled) -> Any:
    """A value as JSON holds it.

    Records become dictionaries, enumerations what `spell` makes of them, arrays and sequences lists, sets lists in
    order, days texts, bytes hexadecimal digits, errors their kind and message, and numbers that are not finite nothing.

    Raises
    ------
    InputError
        When it is of another kind.
    """
    match value:
        case None | bool() | str():
            found: Any = value
        case enum.Enum():
            found = spell(value)
        case int() | np.integer():
            found = int(value)
        case float() | np.floating():
            found = float(value) if math.isfinite(value) else None
        case bytes():
            found = value.hex()
        case datetime.date():
            found = value.isoformat()
        case np.ndarray():
            found = [plain(one, spell) for one in value.tolist()]
        case BaseException():
            found = {"error": type(value).__name__, "detail": str(value)}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            found = {field.name: plain(getattr(value, field.name), spell) for field in dataclasses.fields(value)}
        case Mapping():
            found = {str(name): plain(one, spell) for name, one in value.items()}
        case list() | tuple():
            found = [plain(one, spell) for one in value]
        case set() | frozenset():
            found = sorted(plain(one, spell) for one in value)
        case _:
            raise InputError(f"expected a value that plain data can hold, got {type(value).__name__}")
    return found
