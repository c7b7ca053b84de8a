"""A bounds-checked cursor over bytes, and its writing twin. Big-endian, as every format of this room.

The reader raises `MalformedRecord` with offset and field where a value would run past the end, and nothing else; it
never copies the whole input.
"""

from __future__ import annotations

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.limits import Budget


def refuse_another(data: bytes, mark: bytes, lengths: tuple[int, ...], clause: str) -> None:
    """Refuse a record behind whose end, by any of the lengths that it may state, another one begins.

    Raises
    ------
    MalformedRecord
        With the offset of the other one: whoever read the first alone would leave it out without a word.
    """
    for length in lengths:
        if length > 0 and data.startswith(mark, length):
            reason = "expected one record, found another one behind it; read them one by one"
            raise MalformedRecord(reason, length, "end of record", clause)


class OctetReader:
    """Reads big-endian values one after the other.

    Parameters
    ----------
    data
        All bytes that may be read.
    clause
        Standard named in errors.
    start, stop
        First byte to read and the byte to stop before; offsets in errors count from the start of ``data``.
    budget
        Against which readers count what they make of the bytes; by default one of its own.

    Raises
    ------
    MalformedRecord
        Every method, where fewer bytes are left than it needs.
    """

    __slots__ = ("_data", "budget", "clause", "offset", "stop")

    def __init__(
        self, data: bytes, clause: str = "", start: int = 0, stop: int | None = None, budget: Budget | None = None
    ) -> None:
        self._data = data
        self.clause = clause
        self.budget = Budget() if budget is None else budget
        self.stop = len(data) if stop is None else stop
        self.offset = start
        if not 0 <= start <= self.stop <= len(data):
            raise MalformedRecord(f"bytes {start} to {self.stop} of {len(data)} were asked for", start, "", clause)

    @property
    def left(self) -> int:
        """Bytes not yet read."""
        return self.stop - self.offset

    def take(self, count: int, field: str) -> bytes:
        """The next ``count`` bytes."""
        if count < 0 or count > self.left:
            raise MalformedRecord(f"expected {count} bytes, found {self.left}", self.offset, field, self.clause)
        taken = self._data[self.offset : self.offset + count]
        self.offset += count
        return taken

    def unsigned(self, count: int, field: str) -> int:
        """An unsigned integer of ``count`` bytes."""
        return int.from_bytes(self.take(count, field), "big")

    def u8(self, field: str) -> int:
        """An unsigned integer of one byte."""
        return self.unsigned(1, field)

    def u16(self, field: str) -> int:
        """An unsigned integer of two bytes."""
        return self.unsigned(2, field)

    def u32(self, field: str) -> int:
        """An unsigned integer of four bytes."""
        return self.unsigned(4, field)

    def rest(self) -> bytes:
        """All bytes left."""
        return self.take(self.left, "")

    def section(self, count: int, field: str) -> OctetReader:
        """A reader over the next ``count`` bytes only; this one moves past them."""
        start = self.offset
        if count < 0 or count > self.left:
            raise MalformedRecord(f"expected {count} bytes, found {self.left}", start, field, self.clause)
        self.offset += count
        return OctetReader(self._data, self.clause, start, start + count, self.budget)

    def malformed(self, reason: str, field: str = "", offset: int | None = None) -> MalformedRecord:
        """The error to raise about this place, or about ``offset``."""
        return MalformedRecord(reason, self.offset if offset is None else offset, field, self.clause)


class OctetWriter:
    """Collects big-endian values.

    Raises
    ------
    ExchangeError
        Every method, where a value does not fit its field.
    """

    __slots__ = ("_parts", "clause", "size")

    def __init__(self, clause: str = "") -> None:
        self._parts: list[bytes] = []
        self.clause = clause
        self.size = 0

    def put(self, data: bytes) -> None:
        """Append bytes."""
        self._parts.append(data)
        self.size += len(data)

    def unsigned(self, value: int, count: int, field: str) -> None:
        """Append an unsigned integer of ``count`` bytes."""
        if not 0 <= value < 1 << 8 * count:
            raise ExchangeError(f"{self.clause}, {field}: expected 0 to {(1 << 8 * count) - 1}, found {value}")
        self.put(value.to_bytes(count, "big"))

    def u8(self, value: int, field: str) -> None:
        """Append an unsigned integer of one byte."""
        self.unsigned(value, 1, field)

    def u16(self, value: int, field: str) -> None:
        """Append an unsigned integer of two bytes."""
        self.unsigned(value, 2, field)

    def u32(self, value: int, field: str) -> None:
        """Append an unsigned integer of four bytes."""
        self.unsigned(value, 4, field)

    def getvalue(self) -> bytes:
        """All bytes so far."""
        return b"".join(self._parts)
