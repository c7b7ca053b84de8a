"""Fingers, kinds of events and small probabilities in the words of a language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fingerprint_engine.fingers import Finger

if TYPE_CHECKING:
    from fingerprint_engine.records.messages import Messages

_SMALL = 1e-6
"""Chosen: less than this is written as less; the model behind it is no better known."""


def finger_name(finger: Finger, texts: Messages) -> str:
    """The name of a finger."""
    return texts.say(f"finger.{finger.name.lower()}")


def finger_names(fingers: Iterable[Finger], texts: Messages) -> str:
    """The names of fingers."""
    return ", ".join(finger_name(finger, texts) for finger in fingers)


def kind_name(kind: str, texts: Messages) -> str:
    """The name of a kind of event or case."""
    return texts.say(f"kind.{kind.replace('-', '_')}")


def chance(error: float) -> str:
    """A probability of error, never as nothing."""
    return f"< {100.0 * _SMALL:g} %" if error < _SMALL else f"{100.0 * error:.2g} %"
