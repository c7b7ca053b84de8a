"""Altered ANSI/NIST-ITL transactions: separators, fields, items and records, with lengths and contents made right."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"
_MANY = (2, 100, 10_000)
_HUGE = (1_000_000, 5_000_000)
_VALUES = (b"", b"0", b"-1", b"1", b"99999", b"65536", b"4294967296", b"9" * 400, b"1e9", b"NaN", b"\xff\xfe", b" ")
Fields = list[tuple[bytes, bytes]]
"""Numbers, such as ``14.006``, and values."""


def altered_transaction(data: bytes, rng: np.random.Generator) -> bytes:
    """A transaction of tagged records with one to three alterations; other records stay as they are."""
    records, tail = tagged_records(data)
    if not records:
        return data
    for _ in range(int(rng.integers(1, 4))):
        _ALTERATIONS[int(rng.integers(len(_ALTERATIONS)))](records, rng)
    return b"".join(map(_written, records)) + tail


def tagged_records(data: bytes) -> tuple[list[Fields], bytes]:
    """The tagged records at the beginning, and what follows: binary records, if anything."""
    records: list[Fields] = []
    while match := re.match(rb"\d+\.0*1:(\d+)[\x1c\x1d]", data):
        length = int(match[1])
        if length > len(data) or data[length - 1 : length] != FS:
            break
        body = data[: length - 1]
        image = re.search(rb"\x1d\d+\.999:", body)
        text, binary = (body, None) if image is None else (body[: image.start()], body[image.start() + 1 :])
        parts = [*text.split(GS), *([] if binary is None else [binary])]
        records.append([(part[: part.find(b":")], part[part.find(b":") + 1 :]) for part in parts])
        data = data[length:]
    return records, data


def _written(fields: Fields) -> bytes:
    """A record whose first field states its length."""
    rest = b"".join(GS + number + b":" + value for number, value in fields[1:]) + FS
    digits = 1
    while True:
        head = fields[0][0] + b":" + b"%d" % (len(fields[0][0]) + 1 + digits + len(rest))
        if len(head) == len(fields[0][0]) + 1 + digits:
            return head + rest
        digits += 1


def _pick(records: list[Fields], rng: np.random.Generator) -> tuple[Fields, int] | None:
    """A record and the place of a field of it, not the first, which is the length."""
    fields = records[int(rng.integers(len(records)))]
    return (fields, int(rng.integers(1, len(fields)))) if len(fields) > 1 else None


def _item(records: list[Fields], rng: np.random.Generator) -> None:
    """One item of one field."""
    found = _pick(records, rng)
    if found is None:
        return
    fields, place = found
    number, value = fields[place]
    items = re.split(rb"([\x1e\x1f])", value) if not number.endswith(b".999") else [value]
    items[2 * int(rng.integers((len(items) + 1) // 2))] = _VALUES[int(rng.integers(len(_VALUES)))]
    fields[place] = (number, b"".join(items))


def _repeated(records: list[Fields], rng: np.random.Generator) -> None:
    """A field's value again and again, as subfields or items; lists of areas among them."""
    found = _pick(records, rng)
    if found is None or len(found[0][found[1]][1]) > 1_000:
        return
    fields, place = found
    number, value = fields[place]
    fields[place] = (number, (RS if rng.random() < 0.7 else US).join([value] * int(rng.choice(_MANY))))


def _separators(records: list[Fields], rng: np.random.Generator) -> None:
    """Megabytes of items that say nothing."""
    found = _pick(records, rng)
    if found is not None:
        fields, place = found
        separator = (RS, US, RS + US, US + RS)[int(rng.integers(4))]
        fields[place] = (fields[place][0], separator * int(rng.choice(_HUGE)))


def _empty_fields(records: list[Fields], rng: np.random.Generator) -> None:
    fields = records[int(rng.integers(len(records)))]
    kind = fields[0][0].split(b".")[0]
    fields[1:1] = [(b"%b.%03d" % (kind, 200 + number % 700), b"") for number in range(int(rng.choice([10, 200_000])))]


def _areas(records: list[Fields], rng: np.random.Generator) -> None:
    """Fingers of a slap, over the whole picture, thousands of times."""
    for fields in records:
        if fields[0][0].startswith(b"14."):
            fields[:] = [(number, b"13" if number == b"14.013" else value) for number, value in fields]
            right, bottom = rng.choice([10, 100, 200, 60_000], 2)
            area = US.join(b"%d" % number for number in (rng.integers(0, 11), 0, right, 0, bottom))
            fields.insert(len(fields) - 1, (b"14.021", RS.join([area] * int(rng.choice([1, 4, 10_000])))))


def _size(records: list[Fields], rng: np.random.Generator) -> None:
    """Stated size of an image, against its data."""
    for fields in records:
        for place, (number, _) in enumerate(fields):
            if re.fullmatch(rb"1[345]\.00?[67]", number) and rng.random() < 0.7:
                fields[place] = (number, b"%d" % int(rng.choice([0, 1, 65535, 99999, 7000])))


def _record_again(records: list[Fields], rng: np.random.Generator) -> None:
    place = int(rng.integers(len(records)))
    again = list(records[place])
    records[place:place] = [again] * int(rng.choice([1, 50]))
    _contents(records)


def _no_record(records: list[Fields], rng: np.random.Generator) -> None:
    if len(records) > 1:
        del records[int(rng.integers(1, len(records)))]
        _contents(records)


def _contents(records: list[Fields]) -> None:
    """Let 1.003 say which records there are."""
    listed = [fields[0][0].split(b".")[0] + US + b"%02d" % place for place, fields in enumerate(records[1:])]
    value = RS.join([b"1" + US + b"%d" % len(listed), *listed])
    records[0][:] = [(number, value if number == b"1.003" else old) for number, old in records[0]]


def _field_moved(records: list[Fields], rng: np.random.Generator) -> None:
    found = _pick(records, rng)
    if found is not None:
        fields, place = found
        other = records[int(rng.integers(len(records)))]
        other.insert(int(rng.integers(1, len(other) + 1)), fields.pop(place))


def _number(records: list[Fields], rng: np.random.Generator) -> None:
    """A field under another number."""
    found = _pick(records, rng)
    if found is not None:
        fields, place = found
        numbers = (b"14.999", b"9.331", b"1.003", b"99999.1", b"0.0", b"14.001", b"9." + b"9" * 300, b"")
        fields[place] = (numbers[int(rng.integers(len(numbers)))], fields[place][1])


def _long_text(records: list[Fields], rng: np.random.Generator) -> None:
    found = _pick(records, rng)
    if found is not None:
        fields, place = found
        text = (b"A", b"\xc3\xa9", b"\x1b[2J", b"\x02DECLARED\x03", b"1")[int(rng.integers(5))]
        fields[place] = (fields[place][0], text * int(rng.choice([10, 1_000_000])))


_ALTERATIONS: tuple[Callable[[list[Fields], np.random.Generator], None], ...] = (
    _item,
    _item,
    _item,
    _repeated,
    _separators,
    _empty_fields,
    _areas,
    _size,
    _record_again,
    _no_record,
    _field_moved,
    _number,
    _long_text,
)
