"""Parameter objects: frozen dataclasses in which every number carries its unit, its range and its source.

A parameter object stands beside the algorithm it belongs to. Its digest goes into each template, so that templates made
with different parameters are recognised instead of compared. `one_of` checks words that are passed on their own.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from typing import Any, TypeVar

from fingerprint_engine.errors import FingerprintEngineError, ParameterError
from fingerprint_engine.text.shown import brief

Word = TypeVar("Word", bound=str)


def parameter(
    default: float, *, unit: str, low: float, high: float, source: str, above: str = "", at_least: str = ""
) -> Any:
    """Declare one number of a parameter object.

    Parameters
    ----------
    default
        Its value unless the caller says otherwise; ``int`` defaults accept integers only.
    unit
        Physical unit, for example ``"px at 500 ppi"``, ``"rad"``, ``"1"`` for a pure number.
    low, high
        The closed range of values that make sense.
    source
        Where the default comes from: a publication, a standard, a fit (script and data) or the reason for the choice.
    above
        Name of another number of the object that this one must exceed; none unless given.
    at_least
        Name of one that this one must not be below.
    """
    metadata = {"unit": unit, "low": low, "high": high, "source": source, "above": above, "at_least": at_least}
    return dataclasses.field(default=default, metadata=metadata)


def choice(default: str, *, options: tuple[str, ...], source: str) -> Any:
    """Declare one word of a parameter object, which must be one of `options`; see `parameter`."""
    return dataclasses.field(default=default, metadata={"options": options, "source": source})


def one_of(
    value: object, name: str, known: Iterable[Word], error: type[FingerprintEngineError] = ParameterError
) -> Word:
    """A word of a caller's, as the one of those known that it is.

    Parameters
    ----------
    value
        What the caller passed.
    name
        Of the argument, for the message.
    known
        What it may be.
    error
        What is raised when it is none of them.
    """
    words = tuple(known)
    for word in words:
        if isinstance(value, str) and value == word:
            return word
    raise error(f"{name}: expected one of {', '.join(words)}, got {brief(value)}")


class _Digested:
    """Room for a digest and a hash that were made once; no fields, so copies and pickles do not know of them."""

    __slots__ = ("_digest", "_hash")
    _digest: bytes
    _hash: int


@dataclasses.dataclass(frozen=True, slots=True)
class Parameters(_Digested):
    """Base of the parameter objects; checks every declared number against its range, every word against its list.

    Raises
    ------
    ParameterError
        When a number is not finite, not of its kind, outside its range or not above another, or a word is unknown.
    """

    def __init_subclass__(cls) -> None:
        """Keep representation and hash below, which `dataclasses.dataclass` would otherwise make anew."""
        cls.__repr__ = Parameters.__repr__  # type: ignore[method-assign]
        if "__hash__" not in cls.__dict__:
            cls.__hash__ = Parameters.__hash__  # type: ignore[method-assign]

    def __hash__(self) -> int:
        try:
            return self._hash  # every comparison asks several times for what was made of its parameters
        except AttributeError:
            values = (getattr(self, field.name) for field in dataclasses.fields(self))
            object.__setattr__(self, "_hash", hash((type(self), *values)))
            return self._hash

    def __repr__(self) -> str:
        """Only what differs from the defaults: signatures that show parameters stay readable."""
        changed = [
            f"{field.name}={getattr(self, field.name)!r}"
            for field in dataclasses.fields(self)
            if getattr(self, field.name) != field.default
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            name = f"{type(self).__name__}.{field.name}"
            if isinstance(field.default, Parameters):
                if not isinstance(value, Parameters):
                    raise ParameterError(f"{name}: expected a parameter object, got {type(value).__name__}")
                continue
            if options := field.metadata.get("options"):
                one_of(value, name, options)
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ParameterError(f"{name}: expected a number, got {type(value).__name__}")
            if isinstance(field.default, int) and not isinstance(value, int):
                raise ParameterError(f"{name}: expected a whole number, got {brief(value)}")
            low, high, unit = field.metadata["low"], field.metadata["high"], field.metadata["unit"]
            if not low <= value <= high:  # false for what is not finite
                raise ParameterError(f"{name}: expected {low} to {high} [{unit}], got {brief(value)}")
            if (other := field.metadata["above"]) and not getattr(self, other) < value:
                raise ParameterError(f"{name}: expected more than {other}, {getattr(self, other)}, got {value}")
            if (other := field.metadata["at_least"]) and not getattr(self, other) <= value:
                raise ParameterError(f"{name}: expected at least {other}, {getattr(self, other)}, got {value}")

    def as_dict(self) -> dict[str, Any]:
        """The numbers by name, nested parameter objects as nested dictionaries."""
        return dataclasses.asdict(self)

    def digest(self) -> bytes:
        """Eight bytes that differ whenever any number differs (truncated SHA-256 of canonical JSON)."""
        try:
            return self._digest  # every template holds two, and one print would wait 0.4 ms for them
        except AttributeError:
            content = {"type": type(self).__name__, "values": self.as_dict()}
            text = json.dumps(content, sort_keys=True, separators=(",", ":"))
            object.__setattr__(self, "_digest", hashlib.sha256(text.encode()).digest()[:8])
            return self._digest
