"""What a caller may ask to be done with images that are not plain 8-bit grey with dark ridges."""

from __future__ import annotations

from typing import Literal, get_args

from fingerprint_engine.parameters import one_of

PolarityRule = Literal["check", "dark-ridges", "light-ridges", "detect"]
"""What to do with light ridges on dark ground: see `load_image`."""
ColourRule = Literal["refuse", "convert"]
"""What to do with colour: refuse the image, or take its luminance."""
AlphaRule = Literal["refuse", "white"]
"""What to do with transparency: refuse the image, or lay it on white."""
DepthRule = Literal["refuse", "scale"]
"""What to do with 16 bits a pixel: refuse the image, or scale it to 8."""
ChannelOrder = Literal["rgb", "bgr"]
"""Order of the colours in an array: RGB, or BGR as `cv2.imread` gives it."""


def check_rules(
    *,
    polarity: PolarityRule = "check",
    colour: ColourRule = "refuse",
    alpha: AlphaRule = "refuse",
    depth: DepthRule = "refuse",
    channels: ChannelOrder = "rgb",
) -> None:
    """Refuse a word that a rule does not have.

    Raises
    ------
    ParameterError
        Which names the rule, its words and what was found.
    """
    rules = (
        ("polarity", polarity, PolarityRule),
        ("colour", colour, ColourRule),
        ("alpha", alpha, AlphaRule),
        ("depth", depth, DepthRule),
        ("channels", channels, ChannelOrder),
    )
    for name, value, words in rules:
        one_of(value, name, get_args(words))
