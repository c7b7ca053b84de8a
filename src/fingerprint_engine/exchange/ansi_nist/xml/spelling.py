"""How single texts are spelled in XML and in the record model."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)?")
_DAY_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)")
_MOMENT_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(Z?)")


def day_or_moment(text: str) -> str:
    """``2016-04-11`` as 20160411, a moment as `moment`; anything else as it is."""
    match = _DATE.fullmatch(text)
    return "".join(match.groups()) if match else moment(text)


def moment(text: str) -> str:
    """``2016-04-10T10:46:32-05:00`` as 20160410154632Z: in universal time where an offset is stated."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return text
    *digits, zone = match.groups()
    if zone in (None, "Z"):
        return "".join(digits) + (zone or "")
    try:
        universal = datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return text
    return universal.strftime("%Y%m%d%H%M%SZ").rjust(15, "0")


def with_dashes(text: str) -> str:
    """The inverse of `day_or_moment`, but for the offset."""
    match = _DAY_DIGITS.fullmatch(text)
    if match is not None:
        return "-".join(match.groups())
    match = _MOMENT_DIGITS.fullmatch(text)
    if match is None:
        return text
    year, month, day, hour, minute, second, zone = match.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"


def is_day(text: str) -> bool:
    """Whether the model's text is a day without a time."""
    return _DAY_DIGITS.fullmatch(text) is not None


def _same(text: str) -> str:
    return text


def _words(pairs: Mapping[str, str]) -> tuple[Callable[[str], str], Callable[[str], str]]:
    back = {value: key for key, value in reversed(list(pairs.items()))}
    return (lambda text: pairs.get(text, text)), (lambda text: back.get(text, text))


SPELLINGS: Mapping[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "text": (_same, _same),
    "when": (day_or_moment, with_dashes),
    "moment": (moment, with_dashes),
    "yes_no": _words({"true": "Y", "false": "N", "1": "Y", "0": "N"}),
    "yes": _words({"true": "Y", "false": "N", "1": "Y", "0": "N"}),
    "standard": _words({"true": "S", "false": "U", "1": "S", "0": "U"}),
    "one_zero": _words({"true": "1", "false": "0"}),
}
"""From XML, and to it."""
