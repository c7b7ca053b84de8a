"""`Term`: a length of time from a stated moment, such as ``P2Y from release``."""

from __future__ import annotations

import calendar
import dataclasses
import datetime
import enum
import re

from fingerprint_engine.errors import InvalidPolicy

_PATTERN = re.compile(r"P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})D)?(?: from ([a-z ]+))?")


class Anchor(enum.Enum):
    """From when a term runs."""

    RELEASE = "release"
    """The last release; while somebody is in custody the term has not begun."""
    LAST_ENCOUNTER = "last encounter"
    """The latest capture of any kind."""
    RECORDING = "recording"
    """When the record itself was made."""


@dataclasses.dataclass(frozen=True, slots=True)
class Term:
    """A length of time by the calendar, as ISO 8601 writes it, and from when it runs."""

    years: int
    months: int
    days: int
    anchor: Anchor

    @classmethod
    def parse(cls, text: object, where: str, *, anchor: Anchor | None = None) -> Term:
        """Read a term.

        Parameters
        ----------
        text
            Such as ``P2Y from release`` or ``P1M``.
        where
            The place in the policy, for messages.
        anchor
            The only one that makes sense there; then the text need not name it.

        Raises
        ------
        InvalidPolicy
            When the text is not a term.
        """
        found = _PATTERN.fullmatch(text) if isinstance(text, str) else None
        if found is None or not any(found.group(1, 2, 3)):
            raise InvalidPolicy(f"policy, {where}: expected a term such as 'P2Y from release' or 'P30D', got {text!r}")
        named = found.group(4)
        anchors = [one.value for one in ([anchor] if anchor else Anchor)]
        if named is None and anchor is None:
            raise InvalidPolicy(f"policy, {where}: expected 'from' one of {', '.join(anchors)} after the term")
        if named is not None and named not in anchors:
            raise InvalidPolicy(f"policy, {where}: expected 'from' one of {', '.join(anchors)}, got {named!r}")
        years, months, days = (int(part or 0) for part in found.group(1, 2, 3))
        return cls(years, months, days, anchor if named is None and anchor else Anchor(named))

    def end(self, begin: datetime.datetime) -> datetime.datetime:
        """When the term is over; the 31st plus a month is the last day of that month."""
        months = begin.month - 1 + self.months + 12 * self.years
        year, month = begin.year + months // 12, months % 12 + 1
        if year > datetime.MAXYEAR - 1:
            return datetime.datetime.max.replace(tzinfo=begin.tzinfo)
        day = min(begin.day, calendar.monthrange(year, month)[1])
        try:
            return begin.replace(year=year, month=month, day=day) + datetime.timedelta(days=self.days)
        except OverflowError:
            return datetime.datetime.max.replace(tzinfo=begin.tzinfo)

    def __str__(self) -> str:
        parts = (f"{count}{unit}" for count, unit in ((self.years, "Y"), (self.months, "M"), (self.days, "D")) if count)
        return f"P{''.join(parts) or '0D'} from {self.anchor.value}"
