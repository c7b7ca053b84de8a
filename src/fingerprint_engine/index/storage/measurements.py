"""What was measured on a gallery, as its manifest keeps it: every value has a type and limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.text.bounded_json import BoundedObject, is_text

MAX_SHIFT = 100.0
"""Upper limit of what is added to thresholds: one false match in 10¹⁰ comparisons."""
MAX_MEASUREMENTS, MAX_VALUES, MAX_LIST, MAX_TEXT_BYTES = 16, 32, 256, 1024
MAX_MAGNITUDE = 1e12

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_COUNT = (0, 10**12)
_WHOLE: dict[str, dict[str, tuple[int, int]]] = {
    "recall": {"kept": _COUNT, "findable": _COUNT, "probes": _COUNT, "prints": _COUNT},
    "non_mated": {"searches": _COUNT, "prints": _COUNT},
}
_NUMBERS: dict[str, dict[str, tuple[float, float]]] = {
    "recall": {"recall": (0.0, 1.0)},
    "non_mated": {"shift": (0.0, MAX_SHIFT)},
}
_TEXTS: dict[str, tuple[str, ...]] = {"recall": ("shortlist", "stages", "source"), "non_mated": ("source",)}
"""Fields that a measurement must have, by its name. Others are numbers, text, or lists of them."""


def checked_measurements(members: BoundedObject) -> dict[str, dict[str, Any]]:
    """Measurements whose every value has its type and lies within its limits.

    Raises
    ------
    CorruptGallery
        When one does not; names it.
    """
    if len(members.names) > MAX_MEASUREMENTS:
        raise CorruptGallery(f"measurements: expected at most {MAX_MEASUREMENTS}, got {len(members.names)}")
    return {_name(name): _checked(name, members.object(name)) for name in members.names}


def check_measurement(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """One measurement that is about to be kept; errors as `checked_measurements`."""
    return _checked(_name(name), BoundedObject(dict(value), f"measurements, {name}", CorruptGallery))


def _checked(kind: str, values: BoundedObject) -> dict[str, Any]:
    if len(values.names) > MAX_VALUES:
        raise CorruptGallery(f"measurements: expected at most {MAX_VALUES} values, got {len(values.names)}")
    for name, limits in _WHOLE.get(kind, {}).items():
        values.whole(name, *limits)
    for name, bounds in _NUMBERS.get(kind, {}).items():
        values.number(name, *bounds)
    for name in _TEXTS.get(kind, ()):
        values.text(name, MAX_TEXT_BYTES)
    return {_name(name): _plain(values, name) for name in values.names}


def _plain(values: BoundedObject, name: str) -> Any:
    """A number, a text, or a list of them."""
    value = values.value(name)
    if isinstance(value, (list, tuple)):
        parts = BoundedObject({name: list(value)}, "measurements", CorruptGallery).values(name, MAX_LIST)
        for part in parts:
            _plain_one(part, name)
        return parts
    return _plain_one(value, name)


def _plain_one(value: Any, name: str) -> Any:
    if value is None or type(value) is bool or is_text(value, 0, MAX_TEXT_BYTES):
        return value
    BoundedObject({name: value}, "measurements", CorruptGallery).number(name, -MAX_MAGNITUDE, MAX_MAGNITUDE)
    return value


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise CorruptGallery("measurements: expected names of small letters")
    return name
