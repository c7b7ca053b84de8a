"""What the fields of a template must be before bytes can be made of them; the bytes are then checked as any others."""

from __future__ import annotations

import math

import numpy as np

from fingerprint_engine.errors import InputError
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae.columns import Minutiae, SingularPoints
from fingerprint_engine.template.coarse_map import CoarseMap
from fingerprint_engine.template.content import TemplateContent
from fingerprint_engine.template.cylinders import WORDS
from fingerprint_engine.template.limits import MAX_MINUTIAE, MAX_NAME_BYTES, MAX_POINTS
from fingerprint_engine.template.quantization import (
    MAX_SIDE_PX,
    direction_codes,
    directions_rad,
    position_codes,
    positions_px,
)

_DIGEST_BYTES, _MAX_OCTET, _MAX_WORD = 8, 255, 65535
_MAX_FLOAT = float(np.finfo(np.float32).max)


def check_content(content: TemplateContent) -> None:
    """Check types, sizes and that everything is quantized as it is stored.

    Raises
    ------
    InputError
        Names the field, what was expected and what was found.
    """
    for name, kind in (("minutiae", Minutiae), ("singular_points", SingularPoints), ("coarse_map", CoarseMap)):
        _check_type(getattr(content, name), name, kind)
    for name, enumeration in (("finger", Finger), ("impression", Impression)):
        _check_type(getattr(content, name), name, enumeration)
    count, points = len(content.minutiae), len(content.singular_points)
    if count > MAX_MINUTIAE or points > MAX_POINTS:
        raise InputError(
            f"template: expected at most {MAX_MINUTIAE} minutiae and {MAX_POINTS} singular points, "
            f"got {count} and {points}"
        )
    words = content.cylinders
    if not isinstance(words, np.ndarray) or words.dtype != np.uint64 or words.shape != (count, WORDS):
        raise InputError(f"cylinders: expected uint64 of shape {(count, WORDS)}")
    _check_whole(content.quality, "quality", _MAX_OCTET)
    if not isinstance(content.shape, tuple) or len(content.shape) != 2:
        raise InputError("shape: expected rows and columns")
    for name, side in zip(("rows", "columns"), content.shape, strict=True):
        _check_whole(side, f"shape, {name}", MAX_SIDE_PX)
    for name, side in (("row", content.coarse_map.row), ("column", content.coarse_map.col)):
        _check_whole(side, f"coarse_map, first {name}", _MAX_WORD)
    for name, number in (("source_ppi", content.source_ppi), ("radius_px", content.radius_px)):
        if not isinstance(number, int | float) or not math.isfinite(number) or abs(number) > _MAX_FLOAT:
            raise InputError(f"{name}: expected a finite number, got {number!r}")
    _check_name(content.extractor)
    for name, digest in (("parameters", content.parameters_digest), ("descriptor", content.descriptor_digest)):
        if not isinstance(digest, bytes) or len(digest) != _DIGEST_BYTES:
            raise InputError(f"{name}_digest: expected {_DIGEST_BYTES} bytes")
    _check_quantized(content.minutiae, "minutiae")
    _check_quantized(content.singular_points, "singular_points")


def _check_type(value: object, name: str, kind: type) -> None:
    if not isinstance(value, kind):
        raise InputError(f"{name}: expected {kind.__name__}, got {type(value).__name__}")


def _check_whole(value: object, name: str, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= int(value) <= high:
        raise InputError(f"{name}: expected a whole number from 0 to {high}, got {value!r}")


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise InputError(f"extractor: expected text, got {type(name).__name__}")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise InputError("extractor: expected text that can be written as UTF-8, got a lone surrogate") from None
    if size > MAX_NAME_BYTES:
        raise InputError(f"extractor: expected at most {MAX_NAME_BYTES} bytes of UTF-8, got {size}")


def _check_quantized(points: Minutiae | SingularPoints, name: str) -> None:
    """Positions and directions are those that are stored, so that a template equals what its bytes read back as."""
    for axis, values in (("x", points.x), ("y", points.y)):
        inside = bool(((values >= 0) & (values <= MAX_SIDE_PX)).all())
        if not inside or not np.array_equal(positions_px(position_codes(values)), values):
            raise InputError(f"{name}.{axis}: expected quarters of a pixel from 0 to {MAX_SIDE_PX}")
    if not np.array_equal(directions_rad(direction_codes(points.direction)), points.direction):
        raise InputError(f"{name}.direction: expected 256 steps per turn")
