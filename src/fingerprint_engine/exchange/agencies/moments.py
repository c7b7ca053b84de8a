"""Moments in bundles: texts in UTC with microseconds, as registries write them, so that they sort as they follow."""

from __future__ import annotations

import datetime

from fingerprint_engine.errors import InputError

FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
LENGTH = 27


def moment_text(moment: datetime.datetime) -> str:
    """The text of a moment.

    Raises
    ------
    InputError
        When it has no time zone.
    """
    if moment.tzinfo is None:
        raise InputError("moment: expected a time zone, found none")
    return moment.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def is_moment(text: str) -> bool:
    """Whether a text is one that `moment_text` writes."""
    try:
        return len(text) == LENGTH and datetime.datetime.strptime(text, FORMAT) is not None
    except ValueError:
        return False
