"""What may be wrong with a hand or a card: problems by name, and fingers that are not there."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from types import MappingProxyType

from fingerprint_engine.fingers import Finger


class ProblemKind(enum.Enum):
    """What is wrong; the value is how it is said."""

    UPSIDE_DOWN = "upside down"
    ON_ITS_SIDE = "on its side"
    OTHER_HAND = "other hand"
    HAND_UNCERTAIN = "hand uncertain"
    FINGER_UNCERTAIN = "finger uncertain"
    TOO_MANY_FINGERS = "too many fingers"
    UNUSUAL_HAND = "unusual hand"
    PALM = "palm"
    CUT_BY_BORDER = "cut by border"
    OVERLAPPING = "overlapping"
    UNREADABLE = "unreadable"
    NOT_FOUND = "not found"
    CONTRADICTED = "said to be missing, but found"
    SWAPPED_FINGERS = "swapped fingers"
    SWAPPED_HANDS = "swapped hands"
    WRONG_FINGER = "wrong finger"
    FINGER_TWICE = "finger twice"
    OTHER_PERSON = "two people"
    UNCONFIRMED = "unconfirmed"


class MissingReason(enum.Enum):
    """Why a finger is not there. Only the first two are ever stated by a caller; the engine guesses none of them."""

    AMPUTATED = "amputated"
    UNABLE_TO_PRINT = "unable to print"
    NOT_FOUND = "not found"
    NOT_CAPTURED = "not captured"


STATED = frozenset((MissingReason.AMPUTATED, MissingReason.UNABLE_TO_PRINT))
"""Reasons that someone has to say: a bandage or an amputation is not told from a finger that was not put down."""


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong.

    Parameters
    ----------
    kind
        What.
    fingers
        Whose; none where it is the whole image.
    detail
        One sentence: what was expected, what was found.
    position
        Code of the image it was found on (`Finger` or `Slap`); None where it is the card.
    measures
        Numbers behind it, such as scores.
    """

    kind: ProblemKind
    fingers: tuple[Finger, ...]
    detail: str
    position: int | None = None
    measures: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "measures", MappingProxyType(dict(self.measures)))

    def __str__(self) -> str:
        who = ", ".join(finger.words for finger in self.fingers)
        return f"{self.kind.value}{f' ({who})' if who else ''}: {self.detail}"

    def __reduce__(self) -> tuple[type[Problem], tuple[object, ...]]:
        # The read-only view of the measures cannot be pickled; the arguments can.
        return type(self), (self.kind, self.fingers, self.detail, self.position, dict(self.measures))
