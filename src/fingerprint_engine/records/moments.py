"""Moments as texts: UTC with microseconds, so that they sort as they follow each other in any database."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from fingerprint_engine.errors import InputError

Clock = Callable[[], datetime.datetime]
"""Gives the present moment, with its time zone."""
_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def now() -> datetime.datetime:
    """The present moment in UTC."""
    return datetime.datetime.now(datetime.UTC)


def text_of(moment: datetime.datetime) -> str:
    """The text of a moment.

    Raises
    ------
    InputError
        When it has no time zone: 8 o'clock is another moment in Bogotá than in Rome.
    """
    if not isinstance(moment, datetime.datetime) or moment.tzinfo is None:
        raise InputError(f"moment: expected a datetime with a time zone, got {type(moment).__name__} without")
    return moment.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment_of(text: str) -> datetime.datetime:
    """The moment that a text of `text_of` stands for."""
    return datetime.datetime.strptime(text, _FORMAT).replace(tzinfo=datetime.UTC)
