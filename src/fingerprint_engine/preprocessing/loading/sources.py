"""What callers hold an image in: a path, bytes, an open file, an array, an image of Pillow's."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import InputError, NotARegularFile, UnreadableImage
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing.loading.codec_port import DecodedImage, ImageCodec
from fingerprint_engine.preprocessing.loading.codec_registry import decode
from fingerprint_engine.preprocessing.loading.pillow_codec import decoded_of_pillow
from fingerprint_engine.preprocessing.loading.rules import ChannelOrder
from fingerprint_engine.regular_files import read_regular

ImageSource = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | NDArray[Any]
"""What `load_image` takes; images of Pillow's too, which are not named here so that nobody has to import it."""
EXPECTED = "a path, bytes, an open file, a numpy array or an image of Pillow's"


def name_of(source: object) -> str:
    """What an image is called in messages: the path that the caller gave, or that his file has."""
    if isinstance(source, str | os.PathLike):
        return str(os.fspath(source))
    name = getattr(source, "name", None) if hasattr(source, "read") else None
    return name if isinstance(name, str) else "image"


def decoded(
    source: object, codecs: Sequence[ImageCodec] | None, budget: Budget, channels: ChannelOrder
) -> DecodedImage:
    """The pixels of a source, and what it says of their resolution.

    Raises
    ------
    InputError
        When it is of none of the kinds.
    UnreadableImage
        When it cannot be read or decoded.
    """
    if isinstance(source, np.ndarray):
        return DecodedImage(_in_rgb(source, channels), None)
    pillow = sys.modules.get("PIL.Image")
    if pillow is not None and isinstance(source, pillow.Image):
        return decoded_of_pillow(source, budget)
    data = _bytes_of(source, budget.limits.file_bytes)
    budget.need("file_bytes", len(data))
    return decode(data, codecs, budget=budget)


def _in_rgb(pixels: NDArray[Any], channels: ChannelOrder) -> NDArray[Any]:
    """The array with its colours in the order that the rest of the engine knows; alpha stays last."""
    if channels == "rgb" or pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        return pixels
    return np.ascontiguousarray(pixels[:, :, [2, 1, 0, 3][: pixels.shape[2]]])


def _bytes_of(source: object, max_bytes: int) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    if isinstance(source, str | os.PathLike):
        return _read(os.fspath(source), max_bytes)
    read = getattr(source, "read", None)
    if not callable(read):
        raise InputError(f"source: expected {EXPECTED}, got {type(source).__name__}")
    try:
        data = read(max_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a file that is closed, or text that is none
        raise UnreadableImage(f"the file cannot be read ({error})") from error
    if not isinstance(data, bytes):
        raise InputError(f"source: expected a file opened in binary mode, which gives bytes; got {type(data).__name__}")
    return data


def _read(path: str | bytes, max_bytes: int) -> bytes:
    try:
        return read_regular(os.fsdecode(path), max_bytes)
    except NotARegularFile as error:
        raise UnreadableImage("expected a file, got a device, pipe or socket") from error
    except IsADirectoryError as error:
        raise UnreadableImage("expected a file, got a directory") from error
    except FileNotFoundError as error:
        raise UnreadableImage("there is no such file") from error
    except PermissionError as error:
        raise UnreadableImage("no permission to read the file") from error
    except OSError as error:
        raise UnreadableImage(f"the file cannot be read ({error.strerror or error})") from error
