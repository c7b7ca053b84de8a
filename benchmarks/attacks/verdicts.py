"""What can become of a crafted input at one door."""

from __future__ import annotations

import dataclasses
import enum


class Verdict(enum.StrEnum):
    """From harmless to worst."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    WRONG = "WRONG"
    UNTYPED = "UNTYPED"
    MEMORY = "MEMORY"
    HANG = "HANG"
    CRASH = "CRASH"

    @property
    def is_bad(self) -> bool:
        """Whether the engine fails by it."""
        return self not in (Verdict.REFUSED, Verdict.ACCEPTED)


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one input at one door, with what it cost."""

    number: int
    door: str
    verdict: Verdict
    detail: str = ""
    cpu_s: float = 0.0
    peak_mb: float = 0.0


class Lie(Exception):
    """A door let something in that is false: raised by doors, never by the engine."""


def check(holds: bool, lie: str) -> None:
    """Raise `Lie` unless something holds."""
    if not holds:
        raise Lie(lie)
