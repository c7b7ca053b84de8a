"""An image file that is no record: loaded by the same rules as everywhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from fingerprint_engine.errors import ExchangeError, ImageError, LimitExceeded, MalformedRecord
from fingerprint_engine.exchange.losses import Mapped
from fingerprint_engine.exchange.prints import PrintImage
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing import (
    AlphaRule,
    ColourRule,
    DepthRule,
    ImageCodec,
    PolarityRule,
    image_from_array,
)
from fingerprint_engine.preprocessing.loading.codec_registry import decode
from fingerprint_engine.preprocessing.loading.load import settle_ppi


@dataclasses.dataclass(frozen=True, slots=True)
class PlainImageRules:
    """What to do with plain images that are not 8-bit grey with dark ridges: as in `load_image`."""

    polarity: PolarityRule = "check"
    colour: ColourRule = "refuse"
    alpha: AlphaRule = "refuse"
    depth: DepthRule = "refuse"


STRICT_RULES = PlainImageRules()


def load_plain(
    data: bytes, ppi: float | None, rules: PlainImageRules, codecs: Sequence[ImageCodec] | None, budget: Budget
) -> Mapped[PrintImage]:
    """Decode an image file.

    Raises
    ------
    LimitExceeded
        When it costs more than is left.
    ExchangeError
        When its resolution is not known.
    MalformedRecord
        When it cannot be decoded, or is not what the rules allow.

    Warns
    -----
    ResolutionWarning, PolarityWarning
        As `load_image`.
    """
    try:
        decoded = decode(data, codecs, budget=budget)
    except LimitExceeded:
        raise
    except ImageError as error:
        raise MalformedRecord(str(error), field="image") from error
    try:
        resolution = settle_ppi(ppi, decoded.ppi)
    except ImageError as error:
        raise ExchangeError(f"image: {error}") from error
    try:
        image = image_from_array(decoded.pixels, resolution, **dataclasses.asdict(rules))
    except ImageError as error:
        raise MalformedRecord(str(error), field="image") from error
    return Mapped(PrintImage(image), decoded.remarks)
