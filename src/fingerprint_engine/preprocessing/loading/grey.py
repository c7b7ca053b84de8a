"""Any pixel array to 8-bit grey, by rules that the caller states; nothing is thrown away unasked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import ImageError
from fingerprint_engine.preprocessing.loading.rules import AlphaRule, ColourRule, DepthRule, check_rules

GREY_TOLERANCE = 4
"""Channels of an RGB image that is really grey differ by at most this much (of 255): JPEG rounding stays within it."""
TWELVE_BIT_MAX = 4095
_STRIP_ROWS = 256
_LUMINANCE = np.array([0.299, 0.587, 0.114])
_CHANNELS_ALPHA = {2: True, 3: False, 4: True}


def to_grey(
    pixels: NDArray[Any],
    *,
    colour: ColourRule = "refuse",
    alpha: AlphaRule = "refuse",
    depth: DepthRule = "refuse",
) -> NDArray[np.uint8]:
    """Convert pixels to 8-bit grey.

    Parameters
    ----------
    pixels
        Shape (rows, cols), (rows, cols, 1), (rows, cols, 2) grey and alpha, (rows, cols, 3) RGB or (rows, cols, 4)
        RGBA. uint8, or another depth where `depth` allows it.
    colour
        RGB whose channels agree is taken as grey always. Real colour is refused, or with ``"convert"`` reduced to its
        luminance (ITU-R BT.601).
    alpha
        A fully opaque alpha channel is dropped always. Another one is refused, or with ``"white"`` laid on white.
    depth
        With ``"scale"``: uint16 (and int32 as image files hold it) 0–65535, float 0–1 and bool become 0–255.

    Raises
    ------
    ImageError
        When the pixels are of another kind, or a rule refuses them.
    """
    check_rules(colour=colour, alpha=alpha, depth=depth)
    if not isinstance(pixels, np.ndarray):
        raise ImageError(f"pixels: expected a numpy array, got {type(pixels).__name__}")
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim != 2 and not (pixels.ndim == 3 and pixels.shape[2] in _CHANNELS_ALPHA):
        raise ImageError(f"pixels: expected shape (rows, cols) or (rows, cols, 2 to 4), got shape {pixels.shape}")
    if pixels.size == 0:
        raise ImageError(f"pixels: expected at least one pixel, got shape {pixels.shape}")
    pixels = _to_bytes(pixels, depth)
    if pixels.ndim == 2:
        return pixels
    if _CHANNELS_ALPHA[pixels.shape[2]]:
        pixels = _without_alpha(pixels, alpha)
    return pixels[:, :, 0] if pixels.shape[2] == 1 else _without_colour(pixels, colour)


def _to_bytes(pixels: NDArray[Any], depth: DepthRule) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels
    kind = pixels.dtype.kind
    if kind not in "bf" and pixels.dtype.newbyteorder("=") not in (np.uint16, np.int32):
        raise ImageError(f"pixels: expected uint8, uint16, bool or float, got dtype {pixels.dtype}")
    if kind == "f" and not np.isfinite(pixels).all():
        count = int(np.count_nonzero(~np.isfinite(pixels)))
        raise ImageError(f"pixels: expected finite values, got {count} NaN or infinite of {pixels.size}")
    if depth != "scale":
        raise ImageError(f'pixels: expected 8-bit grey (uint8), got dtype {pixels.dtype}; depth="scale" converts it')
    if kind == "b":
        return np.where(pixels, np.uint8(255), np.uint8(0))
    low, high = float(pixels.min()), float(pixels.max())
    full = 1.0 if kind == "f" else 65535.0
    if low < 0.0 or high > full:
        raise ImageError(f"pixels: expected {pixels.dtype} values from 0 to {full:g}, got {low:g} to {high:g}")
    if kind != "f" and 255 < high <= TWELVE_BIT_MAX:
        raise ImageError(f"pixels: expected values over the full 16 bits, got at most {high:g}: shift them up first")
    return _by_strips(pixels, lambda strip: strip.astype(np.float64) * (255.0 / full))


def _without_alpha(pixels: NDArray[np.uint8], rule: AlphaRule) -> NDArray[np.uint8]:
    colours, opacity = pixels[:, :, :-1], pixels[:, :, -1]
    if (opacity == 255).all():
        return colours
    if rule != "white":
        share = float((opacity < 255).mean())
        raise ImageError(f'pixels: expected opaque pixels, {share:.1%} are not; alpha="white" lays them on white')
    return _by_strips(pixels, _on_white)


def _without_colour(pixels: NDArray[np.uint8], rule: ColourRule) -> NDArray[np.uint8]:
    red, green, blue = (pixels[:, :, channel] for channel in range(3))
    highest, lowest = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    spread = int((highest - lowest).max())
    if spread == 0:
        return pixels[:, :, 0]
    if spread > GREY_TOLERANCE and rule != "convert":
        raise ImageError(
            f"pixels: expected grey, got colour (channels differ by up to {spread} of 255); "
            'colour="convert" takes the luminance'
        )
    return _by_strips(pixels, lambda strip: strip.astype(np.float64) @ _LUMINANCE)


def _on_white(pixels: NDArray[np.uint8]) -> NDArray[np.uint16]:
    opacity = pixels[:, :, -1:].astype(np.uint16)
    laid = pixels[:, :, :-1] * opacity + 255 * (255 - opacity)  # at most 65,025
    return np.asarray((laid + 127) // 255, np.uint16)  # a multiple of 1 / 255 is never halfway


def _by_strips(pixels: NDArray[Any], levels: Callable[[NDArray[Any]], NDArray[Any]]) -> NDArray[np.uint8]:
    """Grey levels as whole numbers; computed a strip at a time, because they take up to eight bytes each."""
    found: NDArray[np.uint8] | None = None
    for top in range(0, len(pixels), _STRIP_ROWS):
        values = np.rint(levels(pixels[top : top + _STRIP_ROWS]))
        if found is None:
            found = np.empty((len(pixels), *values.shape[1:]), np.uint8)
        found[top : top + _STRIP_ROWS] = values
    return np.empty((0, 0), np.uint8) if found is None else found
