"""Faults that a reader can tolerate: noted in lenient mode, refused in strict mode."""

from __future__ import annotations

from fingerprint_engine.errors import MalformedRecord

MAX_REMARKS = 1000


class Remarks:
    """Collects the faults tolerated in lenient mode, the first `MAX_REMARKS` of them.

    Parameters
    ----------
    strict
        Whether to raise at the first one instead.
    clause
        Standard named in each.
    """

    __slots__ = ("_noted", "clause", "strict")

    def __init__(self, strict: bool, clause: str = "") -> None:
        self.strict = strict
        self.clause = clause
        self._noted: list[MalformedRecord] = []

    def note(self, reason: str, offset: int | None = None, field: str = "") -> None:
        """Note a fault.

        Raises
        ------
        MalformedRecord
            In strict mode.
        """
        fault = MalformedRecord(reason, offset, field, self.clause)
        if self.strict:
            raise fault
        if len(self._noted) < MAX_REMARKS:
            self._noted.append(fault)

    def texts(self) -> tuple[str, ...]:
        """One sentence per fault, in the order of the file."""
        return tuple(str(fault) for fault in self._noted)
