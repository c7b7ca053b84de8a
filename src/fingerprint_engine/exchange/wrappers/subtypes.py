"""Fingers as CBEFF names them: words in XML, two bits of side and three of finger in data objects."""

from __future__ import annotations

from fingerprint_engine.fingers import Finger

_SIDES = {1: "Right", 2: "Left"}
_NAMES = {1: "Thumb", 2: "IndexFinger", 3: "MiddleFinger", 4: "RingFinger", 5: "LittleFinger"}


def subtype_of(finger: Finger) -> str:
    """The words of a finger; empty where it is not known."""
    if not 1 <= finger <= 10:
        return ""
    return f"{_SIDES[1 if finger <= 5 else 2]} {_NAMES[(finger - 1) % 5 + 1]}"


def finger_of_words(subtype: str) -> Finger:
    """The finger of a subtype in words; unknown where it names none or several."""
    words = subtype.split()
    sides = [side for side, name in _SIDES.items() if name in words]
    names = [place for place, name in _NAMES.items() if name in words]
    if len(sides) != 1 or len(names) != 1:
        return Finger.UNKNOWN
    return Finger(names[0] + 5 * (sides[0] - 1))


def finger_of_bits(subtype: int) -> Finger:
    """The finger of a subtype in bits."""
    side, place = subtype & 3, subtype >> 2 & 7
    return Finger(place + 5 * (side - 1)) if side in _SIDES and place in _NAMES else Finger.UNKNOWN
