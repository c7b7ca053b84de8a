"""What a roll-call is asked and what it answers."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Sequence
from typing import Any

from fingerprint_engine.records.people.captures import Capture
from fingerprint_engine.template import Template


class PresenceState(enum.Enum):
    """What is said of a person of the roster."""

    PRESENT = "present"
    MISSING = "missing"
    SWAPPED = "present under another card"
    NOT_DECIDABLE = "not decidable"


class CaptureState(enum.Enum):
    """What is said of a capture."""

    AS_STATED = "as stated"
    """Of the person whose card it came with, or of a person of the unit without a card."""
    SWAPPED = "another one of the unit"
    AGAIN = "somebody who was counted already"
    EXTRA = "somebody from outside"
    NOT_DECIDABLE = "not decidable"


@dataclasses.dataclass(frozen=True, slots=True)
class CardCapture:
    """Fingers that were taken at roll-call, and the person whose card they came with; None without a card."""

    prints: Sequence[Template | Capture]
    card: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Presence:
    """What is said of a person of the roster: by which capture, and the probability that it is wrong."""

    person: str
    state: PresenceState
    capture: int | None
    error: float


@dataclasses.dataclass(frozen=True, slots=True)
class Sighting:
    """What is said of a capture: whose it is (None: nobody on file), and the probability that it is wrong."""

    capture: int
    state: CaptureState
    card: str | None
    person: str | None
    error: float


@dataclasses.dataclass(frozen=True, slots=True)
class RollCall:
    """The answer of a roll-call: one statement for each person of the roster and for each capture.

    Attributes
    ----------
    people, captures
        The statements.
    event, receipt
        What was recorded.
    cases
        One for each capture that is not decidable, or of somebody unknown who could not be looked for everywhere, and
        for each person of whom it cannot be said whether he is there.
    """

    people: tuple[Presence, ...]
    captures: tuple[Sighting, ...]
    event: str
    cases: tuple[str, ...]
    receipt: dict[str, Any]

    def of_state(self, state: PresenceState) -> tuple[str, ...]:
        """People of whom this is said."""
        return tuple(one.person for one in self.people if one.state is state)
