"""What an ONNX file says: the steps of its graph and its weights. Read without a library, as no installation has one.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ModelError
from fingerprint_engine.text.shown import brief

_GRAPH, _FLOATS = 7, 1
_NODE, _INITIALIZER = 1, 5
_INPUTS, _OUTPUTS, _OPERATOR, _ATTRIBUTE, _DOMAIN = 1, 2, 4, 5, 7
_DIMENSIONS, _TYPE, _NAME, _RAW = 1, 2, 8, 9
_WORD, _TEXT, _TENSOR, _WORDS = 3, 4, 5, 8
"""Numbers of the fields that are read."""
_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
"""Ways a field is written."""
_MAX_SIDES = 8
"""Of an array; those of networks have four."""
Named = TypeVar("Named")
Value = str | int | tuple[int, ...] | tuple[float, ...]


class Step(NamedTuple):
    """One operation: its operator, what it takes and makes by name, and its settings but for numbers with a point."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: dict[str, Value]


class Graph(NamedTuple):
    """Steps in their order, and arrays of float32 by name."""

    steps: tuple[Step, ...]
    weights: dict[str, NDArray[np.float32]]


def read_graph(content: bytes) -> Graph:
    """The graph of a file.

    Raises
    ------
    ModelError
        When the bytes are no ONNX file with weights of float32 in it.
    """
    try:
        graph = _only(_fields(content)[_GRAPH], "graph")
        parts = _fields(_part(graph))
        return Graph(
            tuple(_step(_fields(_part(node))) for node in parts[_NODE]),
            _by_name(_tensor(_fields(_part(tensor))) for tensor in parts[_INITIALIZER]),
        )
    except (ModelError, ValueError, IndexError) as error:
        raise ModelError(f"no ONNX file, or cut off: {error}") from error


def _step(fields: dict[int, list[bytes | int]]) -> Step:
    settings = _by_name(_setting(_fields(_part(attribute))) for attribute in fields[_ATTRIBUTE])
    if any(fields[_DOMAIN]):
        raise ModelError("a step of a domain of its own")
    operator = _only(fields[_OPERATOR], "operator of a step")
    return Step(
        _text(operator),
        tuple(_text(name) for name in fields[_INPUTS]),
        tuple(_text(name) for name in fields[_OUTPUTS]),
        {name: value for name, value in settings.items() if value is not None},
    )


def _setting(fields: dict[int, list[bytes | int]]) -> tuple[str, Value | None]:
    """Name and value of an attribute; None of one that holds a number with a point."""
    name = _text(fields[1][0])
    if words := fields[_WORDS]:
        return name, tuple(_number(word) for word in words)
    if texts := fields[_TEXT]:
        return name, _text(texts[0])
    if tensors := fields[_TENSOR]:
        return name, tuple(float(value) for value in _tensor(_fields(_part(tensors[0])))[1].ravel())
    return name, _number(fields[_WORD][0]) if fields[_WORD] else None


def _by_name(pairs: Iterable[tuple[str, Named]]) -> dict[str, Named]:
    """Values by their names, each of which stands once and is a name."""
    found: dict[str, Named] = {}
    for name, value in pairs:
        if name in found or not re.fullmatch(r"[\w./:-]{1,200}", name):
            raise ModelError(f"{brief(name)}: expected a name that stands once")
        found[name] = value
    return found


def _tensor(fields: dict[int, list[bytes | int]]) -> tuple[str, NDArray[np.float32]]:
    """Name and values."""
    shape = tuple(_number(side) for side in fields[_DIMENSIONS][: _MAX_SIDES + 1])
    name = _text(fields[_NAME][0]) if fields[_NAME] else ""
    raw = _only(fields[_RAW], "content of an array")
    if len(shape) > _MAX_SIDES or fields[_TYPE] != [_FLOATS] or len(_part(raw)) != 4 * math.prod(shape):
        raise ModelError(f"{brief(name) if name else 'a constant'}: expected float32 of shape {brief(shape)}")
    return name, np.frombuffer(_part(raw), "<f4").reshape(shape).astype(np.float32)


def _fields(content: bytes) -> dict[int, list[bytes | int]]:
    """Values of a message by the number of their field."""
    found: dict[int, list[bytes | int]] = defaultdict(list)
    for number, value in _pairs(content):
        found[number].append(value)
    return found


def _pairs(content: bytes) -> Iterator[tuple[int, bytes | int]]:
    place = 0
    while place < len(content):
        key, place = _varint(content, place)
        way = key & 7
        if way == _VARINT:
            value, place = _varint(content, place)
            yield key >> 3, value
            continue
        if way == _BYTES:
            length, place = _varint(content, place)
        elif way in (_EIGHT_BYTES, _FOUR_BYTES):
            length = 8 if way == _EIGHT_BYTES else 4
        else:
            raise ModelError(f"byte {place}: a field is written in no known way")
        if place + length > len(content):
            raise ModelError(f"byte {place}: {length} bytes are announced, {len(content) - place} are there")
        yield key >> 3, content[place : place + length]
        place += length


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """A number of up to 64 bits, seven in a byte, and the place after it."""
    value = 0
    for shift in range(0, 64, 7):
        byte = content[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ModelError(f"byte {place}: a number has no end")


def _only(values: list[bytes | int], what: str) -> bytes | int:
    if len(values) != 1:
        raise ModelError(f"expected one {what}, found {len(values)}")
    return values[0]


def _part(value: bytes | int) -> bytes:
    if isinstance(value, int):
        raise ModelError("a number stands where a message is expected")
    return value


def _number(value: bytes | int) -> int:
    if isinstance(value, bytes):
        raise ModelError("bytes stand where a number is expected")
    return value


def _text(value: bytes | int) -> str:
    return _part(value).decode()
