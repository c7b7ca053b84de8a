"""Bytes of one record of the log: a print that is enrolled or removed, or how far the gallery follows a registry."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import NamedTuple

from fingerprint_engine.errors import CorruptGallery
from fingerprint_engine.index.columns.details import MAX_KEY_BYTES
from fingerprint_engine.index.storage.log.details_format import MAX_DETAILS_BYTES
from fingerprint_engine.index.storage.log.follows import Follows, follows_in
from fingerprint_engine.text.bounded_json import BoundedObject, parse

MAX_RECORD_TEMPLATE_BYTES = 1 << 16
"""Chosen: above what any template takes, so that a length is refused before anything is allocated for it."""

_RECORD_HEAD = struct.Struct("<BHIH")
"""Kind, size of the key, of the template and of the details."""
_ENROL, _REMOVE, _FOLLOWS = 1, 2, 3


class Record(NamedTuple):
    """One change: `template` bytes are enrolled under `key`, or with None the key is removed.

    `details` are bytes that `encode_details` made.
    """

    key: str
    template: bytes | None
    details: bytes = b""


def encode_records(records: Sequence[Record], follows: Follows | None) -> bytes:
    """The bytes of records, one after another."""
    parts: list[bytes] = []
    for record in records:
        parts += _encode_record(record)
    if follows is not None:
        text = json.dumps(follows._asdict(), ensure_ascii=False, separators=(",", ":")).encode()
        parts += _RECORD_HEAD.pack(_FOLLOWS, 0, 0, len(text)), text
    return b"".join(parts)


def decode_records(data: bytes | memoryview, count: int, offset: int) -> tuple[tuple[Record, ...], Follows | None]:
    """The records that bytes hold; `offset` is their place in the log, for messages.

    Raises
    ------
    CorruptGallery
        When they hold anything else: a faulty program wrote them, or somebody who wanted to deceive.
    """
    records: list[Record] = []
    follows: Follows | None = None
    position = 0
    for _ in range(count):
        if position + _RECORD_HEAD.size > len(data):
            raise _refused(offset + position, "a record within its frame")
        kind, key_size, template_size, details_size = _RECORD_HEAD.unpack_from(data, position)
        begin = position + _RECORD_HEAD.size
        middle = begin + key_size
        last = middle + details_size
        after = last + template_size
        if after > len(data):
            raise _refused(offset + position, "a record within its frame")
        if kind == _FOLLOWS and not key_size and not template_size and follows is None:
            document = parse(bytes(data[middle:last]), "gallery log", CorruptGallery)
            follows = follows_in(BoundedObject(document, "gallery log, follows", CorruptGallery))
            position = after
            continue
        if kind not in (_ENROL, _REMOVE):
            raise _refused(offset + position, "a record of kind 1 or 2, or the only one of kind 3")
        if not 1 <= key_size <= MAX_KEY_BYTES or details_size > MAX_DETAILS_BYTES:
            raise _refused(offset + position, f"a key of 1 to {MAX_KEY_BYTES} bytes and details of its size")
        if (kind == _ENROL) != (0 < template_size <= MAX_RECORD_TEMPLATE_BYTES) or (kind == _REMOVE and details_size):
            raise _refused(offset + position, "a template to enrol, and none to remove")
        try:
            key = str(data[begin:middle], "utf-8")
        except UnicodeDecodeError:
            raise _refused(offset + begin, "a key in UTF-8") from None
        template = bytes(data[last:after]) if kind == _ENROL else None
        records.append(Record(key, template, bytes(data[middle:last])))
        position = after
    if position != len(data):
        raise _refused(offset + position, f"{count} records and nothing behind them")
    return tuple(records), follows


def _encode_record(record: Record) -> tuple[bytes, ...]:
    """The bytes of a record, in parts."""
    key, template = record.key.encode("utf-8"), record.template
    if template is None:
        return _RECORD_HEAD.pack(_REMOVE, len(key), 0, 0), key
    return _RECORD_HEAD.pack(_ENROL, len(key), len(template), len(record.details)), key, record.details, template


def _refused(offset: int, expected: str) -> CorruptGallery:
    return CorruptGallery(f"gallery log, offset {offset}: expected {expected}")
