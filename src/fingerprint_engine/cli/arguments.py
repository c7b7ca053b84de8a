"""Arguments that several commands share, and kinds of values."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import math
import re
from collections.abc import Callable, Collection

from fingerprint_engine.errors import ParameterError
from fingerprint_engine.intake import ImageRules
from fingerprint_engine.limits import DEFAULT_LIMITS, Limits
from fingerprint_engine.pipeline import PipelineParameters, pipeline_parameters
from fingerprint_engine.text.shown import brief

_PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""A number as people write one; Python also takes other digits, spaces and lines between them."""


def add_recursive(parser: argparse.ArgumentParser) -> None:
    """Whether folders are looked into to the bottom."""
    parser.add_argument("--recursive", action="store_true", help="take the files of folders in folders too")


def add_image_rules(parser: argparse.ArgumentParser) -> None:
    """How image files are to be read."""
    text = "resolution of the images in pixels per inch; needed unless the files state it; of one file: FILE@1000"
    group = parser.add_argument_group("how images are read")
    group.add_argument("--ppi", type=number_between(1.0, 100_000.0), metavar="PPI", help=text)
    text = "refuse light ridges on dark ground (default), invert them when seen, or say what the images show"
    choices: tuple[str, ...] = ("check", "detect", "dark-ridges", "light-ridges")
    group.add_argument("--polarity", choices=choices, default="check", help=text)
    choices = ("refuse", "convert")
    group.add_argument("--colour", choices=choices, default="refuse", help="colour images: refuse (default) or convert")
    choices = ("refuse", "white")
    group.add_argument("--alpha", choices=choices, default="refuse", help="transparency: refuse (default) or on white")
    choices = ("refuse", "scale")
    group.add_argument("--depth", choices=choices, default="refuse", help="16-bit images: refuse (default) or scale")
    add_limits(parser)


def image_rules(arguments: argparse.Namespace) -> ImageRules:
    """The rules of `add_image_rules` that were given."""
    return ImageRules(
        ppi=arguments.ppi,
        polarity=arguments.polarity,
        colour=arguments.colour,
        alpha=arguments.alpha,
        depth=arguments.depth,
        limits=limits_of(arguments),
    )


def image_rules_for(arguments: argparse.Namespace, ppi: float | None) -> ImageRules:
    """The rules for one file, of which a resolution may have been said with its name."""
    rules = image_rules(arguments)
    if ppi is not None:
        rules["ppi"] = ppi
    return rules


def add_limits(parser: argparse.ArgumentParser) -> None:
    """What one file may cost."""
    shown = ", ".join(f"{field.name} {getattr(DEFAULT_LIMITS, field.name):,}" for field in dataclasses.fields(Limits))
    text = f"what one file may cost; may be given several times (default {shown})"
    parser.add_argument("--limit", action="append", type=_limit, default=[], metavar="NAME=NUMBER", help=text)


def limits_of(arguments: argparse.Namespace, defaults: Limits = DEFAULT_LIMITS) -> Limits:
    """The limits of `add_limits` that were given, over the defaults."""
    return dataclasses.replace(defaults, **dict(arguments.limit))


def _limit(text: str) -> tuple[str, float]:
    """Name and number of one limit."""
    name, _, number = text.partition("=")
    kinds = {field.name: type(getattr(DEFAULT_LIMITS, field.name)) for field in dataclasses.fields(Limits)}
    if name not in kinds:
        raise argparse.ArgumentTypeError(f"expected one of {', '.join(kinds)} and =NUMBER, got {brief(text)}")
    try:
        if not _PLAIN.fullmatch(number):
            raise ParameterError(f"expected a number, got {brief(number)}")
        value = kinds[name](number)
        dataclasses.replace(DEFAULT_LIMITS, **{name: value})
    except ValueError as error:  # `ParameterError` is one
        raise argparse.ArgumentTypeError(f"{name}: {error}") from None
    return name, value


def add_extractor(parser: argparse.ArgumentParser) -> None:
    """What reads the images."""
    text = (
        "what reads the images: learned (default), or classical, in 60 %% of the time; "
        "templates of the two do not compare"
    )
    parser.add_argument("--extractor", choices=("learned", "classical"), default="learned", help=text)


def extraction(arguments: argparse.Namespace) -> PipelineParameters:
    """The parameters of the extractor that was named.

    Raises
    ------
    ModelError
        When the learned one is asked for and cannot be used.
    MissingExtra
        When the runtime that is to compute it is not installed.
    """
    return pipeline_parameters(arguments.extractor)


def add_workers(parser: argparse.ArgumentParser) -> None:
    """How many threads work."""
    parser.add_argument("--workers", type=whole_number(1, 1024), default=1, metavar="N", help="threads (default 1)")


def rate(text: str) -> float:
    """A rate above 0 and at most 1."""
    value = number_between(0.0, 1.0)(text)
    if value == 0.0:
        raise argparse.ArgumentTypeError("expected a rate above 0 and at most 1, got 0")
    return value


def number_between(low: float, high: float) -> Callable[[str], float]:
    """A parser of numbers in a closed range."""

    def parse(text: str) -> float:
        value = float(text) if _PLAIN.fullmatch(text) else math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"expected a number from {low:g} to {high:g}, got {brief(text)}")
        return value

    return parse


def not_blank(what: str, positions: Collection[str] = ()) -> Callable[[str], str]:
    """A parser of names and addresses, before which ``POSITION=`` may stand.

    What is blank is none: a variable of a shell that is not set would name the working folder or all addresses.
    """

    def parse(text: str) -> str:
        position, _, name = text.partition("=")
        if not (name if position in positions else text).strip():
            raise argparse.ArgumentTypeError(f"expected {what}, got {brief(text)}")
        return text

    return parse


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """A parser of whole numbers in a closed range."""

    def parse(text: str) -> int:
        value = int(text) if re.fullmatch("[0-9]{1,40}", text) else low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"expected a whole number from {low} to {high}, got {brief(text)}")
        return value

    return parse


def day(text: str) -> datetime.date:
    """A day as YYYY-MM-DD."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day as YYYY-MM-DD, got {brief(text)}") from None
