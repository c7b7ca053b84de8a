"""From a file or an array to a `FingerprintImage`: decode, settle the resolution, make grey, check the polarity."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fingerprint_engine.errors import (
    FingerprintEngineWarning,
    ImageError,
    LimitExceeded,
    PolarityWarning,
    ResolutionWarning,
)
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits
from fingerprint_engine.preprocessing.image import (
    MAX_PIXELS,
    MAX_PPI,
    MAX_SIDE_PX,
    MIN_PPI,
    FingerprintImage,
    check_ppi,
)
from fingerprint_engine.preprocessing.loading.codec_port import ImageCodec
from fingerprint_engine.preprocessing.loading.grey import to_grey
from fingerprint_engine.preprocessing.loading.polarity import shows_light_ridges
from fingerprint_engine.preprocessing.loading.rules import (
    AlphaRule,
    ChannelOrder,
    ColourRule,
    DepthRule,
    PolarityRule,
    check_rules,
)
from fingerprint_engine.preprocessing.loading.sources import ImageSource, decoded, name_of
from fingerprint_engine.preprocessing.print_place import place_of_print

if TYPE_CHECKING:
    from PIL.Image import Image as PillowImage

MIN_SIDE_PX = 16
"""Shorter than two ridges at the coarsest resolution allowed: nothing that could be a fingerprint."""
PPI_TOLERANCE = 0.05
"""Matching tolerates five per cent of scale; a wider gap between caller and header is worth a warning."""
_EQUAL_PPI = 0.01
"""Resolutions along x and y that differ by less differ by rounding."""


def load_image(
    source: ImageSource | PillowImage,
    *,
    ppi: float | None = None,
    polarity: PolarityRule = "check",
    colour: ColourRule = "refuse",
    alpha: AlphaRule = "refuse",
    depth: DepthRule = "refuse",
    channels: ChannelOrder = "rgb",
    limits: Limits = DEFAULT_LIMITS,
    codecs: Sequence[ImageCodec] | None = None,
) -> FingerprintImage:
    """Load a fingerprint image: PNG, BMP, TIFF, PGM, JPEG, JPEG 2000, and WSQ with the extra ``wsq``.

    The format is told from the content, never from the name. The resolution is the caller's; without one it is the
    header's if a fingerprint scanner could have written it; it is never assumed.

    Parameters
    ----------
    source
        One image: the path of a file, its bytes, the file opened in binary mode, an array of pixels as
        `image_from_array` takes it, or an image of Pillow's.
    ppi
        Pixels per inch, 125 to 4000. None: take what the file states.
    polarity
        ``"check"``: refuse an image that seems to show light ridges on dark ground. ``"detect"``: invert such an image
        and warn. ``"dark-ridges"``: take the image as it is. ``"light-ridges"``: invert it. An image without ground
        around the print gives no sign and counts as dark ridges.
    colour, alpha, depth
        What to do with colour, transparency and depths other than 8 bits: see `to_grey`.
    channels
        Order of the colours in an array: ``"rgb"``, or ``"bgr"`` as `cv2.imread` gives it.
    limits
        What the file may cost.
    codecs
        Decoders to ask, by default all that are installed; see `codec_registry.installed_codecs`.

    Raises
    ------
    LimitExceeded
        When the file asks for more than `limits` allow (a kind of `ImageError`).
    UnreadableImage
        When the file cannot be read or decoded (a kind of `ImageError`).
    ImageError
        When its resolution is unknown, or the image is not one that can be used.
    InputError
        When `source` is none of these.
    MissingExtra
        For a WSQ file when the extra ``wsq`` is not installed.

    Warns
    -----
    ResolutionWarning
        When the header states a plausible resolution that is more than 5 % away from the caller's.
    PolarityWarning
        When ``polarity="detect"`` inverted the image.
    FingerprintEngineWarning
        When the file could be decoded but seems not to be whole (WSQ).
    """
    check_rules(channels=channels)
    name, budget = name_of(source), Budget(limits)
    try:
        found = decoded(source, codecs, budget, channels)
        for remark in found.remarks:
            warnings.warn(remark, FingerprintEngineWarning, stacklevel=2)
        resolution = settle_ppi(ppi, found.ppi)
        return image_from_array(found.pixels, resolution, polarity=polarity, colour=colour, alpha=alpha, depth=depth)
    except LimitExceeded as error:
        raise (error if error.place == name else error.at(name)) from error
    except ImageError as error:
        raise type(error)(f"{name}: {error}") from error


def image_from_array(
    array: NDArray[Any],
    ppi: float,
    *,
    polarity: PolarityRule = "check",
    colour: ColourRule = "refuse",
    alpha: AlphaRule = "refuse",
    depth: DepthRule = "refuse",
) -> FingerprintImage:
    """Make a fingerprint image of an array of pixels.

    Parameters
    ----------
    array
        Shape (rows, cols) or (rows, cols, channels); uint8, or another depth with ``depth="scale"``: see `to_grey`.
    ppi
        Pixels per inch, 125 to 4000.
    polarity, colour, alpha, depth
        As in `load_image`.

    Raises
    ------
    ImageError
        When the array is not one that can be used, or its resolution is not plausible.
    """
    check_rules(polarity=polarity, colour=colour, alpha=alpha, depth=depth)
    resolution = check_ppi(ppi)
    if isinstance(array, np.ndarray) and array.ndim >= 2:
        rows, cols = array.shape[:2]
        if min(rows, cols) < MIN_SIDE_PX or max(rows, cols) > MAX_SIDE_PX or rows * cols > MAX_PIXELS:
            raise ImageError(f"expected {MIN_SIDE_PX} to {MAX_SIDE_PX} px per side, got {cols} x {rows} px")
    pixels = to_grey(array, colour=colour, alpha=alpha, depth=depth)
    return FingerprintImage(_settle_polarity(pixels, resolution, polarity), resolution)


def settle_ppi(given: float | None, stated: tuple[float, float] | None) -> float:
    """The caller's resolution, else the header's if it is plausible and the same in both directions."""
    oblong = stated is not None and abs(stated[0] / stated[1] - 1.0) > _EQUAL_PPI
    said = "" if stated is None else f"{stated[0]:g} ppi along x and {stated[1]:g} ppi along y"
    header = None if stated is None else stated[0]
    plausible = header is not None and MIN_PPI <= header <= MAX_PPI
    if given is not None:
        ppi = check_ppi(given)
        if header is not None and (oblong or (plausible and abs(header / ppi - 1.0) > PPI_TOLERANCE)):
            found = said if oblong else f"{header:g} ppi"
            warnings.warn(
                f"the caller says {ppi:g} ppi, the file's header {found}; the caller's is used",
                ResolutionWarning,
                stacklevel=3,
            )
        return ppi
    if oblong:
        raise ImageError(f"expected square pixels, header states {said}; pass ppi= if that is wrong")
    if header is None:
        raise ImageError("resolution unknown: the file states none; pass ppi=")
    if not plausible:
        raise ImageError(
            f"resolution unknown: the header states {header:g} ppi, which no fingerprint scanner has "
            f"({MIN_PPI:g} to {MAX_PPI:g}) and drawing programs write by default; pass ppi="
        )
    return header


def _settle_polarity(pixels: NDArray[np.uint8], ppi: float, rule: PolarityRule) -> NDArray[np.uint8]:
    if rule == "light-ridges":
        return ~pixels
    if rule == "dark-ridges":
        return pixels
    place = place_of_print(pixels, ppi)
    if not shows_light_ridges(pixels[place.rows, place.cols], ppi):
        return pixels
    finding = "the print seems to show light ridges on a dark ground"
    if rule == "check":
        raise ImageError(f'{finding}; pass polarity="light-ridges" to invert it or "dark-ridges" to take it as it is')
    warnings.warn(f"{finding}; it was inverted", PolarityWarning, stacklevel=3)
    return ~pixels
