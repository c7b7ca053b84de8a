"""What a wrapper holds."""

from __future__ import annotations

import dataclasses

from fingerprint_engine.fingers import Finger


@dataclasses.dataclass(frozen=True, slots=True)
class Wrapped:
    """A record in a wrapper.

    Parameters
    ----------
    name
        What tells it from the others.
    data
        Its bytes.
    refusal
        Why it is not to be read, where the wrapper says so: a face, an encrypted record.
    facts
        What the wrapper says of it, as names and values.
    finger
        Which it is by the wrapper.
    """

    name: str
    data: bytes = dataclasses.field(repr=False)
    refusal: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    finger: Finger = Finger.UNKNOWN


@dataclasses.dataclass(frozen=True, slots=True)
class Wrapper:
    """All records of a wrapper.

    Parameters
    ----------
    records
        In their order.
    warnings
        Faults tolerated in lenient mode.
    """

    records: tuple[Wrapped, ...]
    warnings: tuple[str, ...] = ()
