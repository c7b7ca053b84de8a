"""Reading a print from a file, whatever the file is: a template is taken as it is, of an image one is made."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from fingerprint_engine.errors import (
    ExchangeError,
    FailureToExtract,
    LossRefused,
    MalformedRecord,
    TemplateError,
    UnsupportedRecord,
)
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters, extract, pipeline_parameters
from fingerprint_engine.preprocessing import (
    AlphaRule,
    ColourRule,
    DepthRule,
    FingerprintImage,
    PolarityRule,
    load_image,
)
from fingerprint_engine.template import Template
from fingerprint_engine.template.native_format import MAGIC


@dataclasses.dataclass(frozen=True, slots=True)
class Print:
    """A template and, if it was made here, the image it was made of."""

    template: Template
    image: FingerprintImage | None


class ImageRules(TypedDict):
    """How image files are to be read: the keywords of `load_image`."""

    ppi: float | None
    polarity: PolarityRule
    colour: ColourRule
    alpha: AlphaRule
    depth: DepthRule


def image_rules(arguments: argparse.Namespace) -> ImageRules:
    """The rules that the command line gives."""
    return ImageRules(
        ppi=arguments.ppi,
        polarity=arguments.polarity,
        colour=arguments.colour,
        alpha=arguments.alpha,
        depth=arguments.depth,
    )


def extraction(arguments: argparse.Namespace) -> PipelineParameters:
    """The parameters of the extractor that the command line names.

    Raises
    ------
    ModelError
        When the learned one is asked for and cannot be used.
    """
    return pipeline_parameters(arguments.extractor)


def is_template(path: Path) -> bool:
    """Whether a file begins like a template; the name does not matter. What is no file is none either.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def read_template(path: Path) -> Template:
    """Read a template file.

    Raises
    ------
    TemplateError
        When it is damaged or of a newer release; the message names the file.
    OSError
        When it cannot be read.
    """
    try:
        return Template.from_bytes(path.read_bytes())
    except TemplateError as error:
        raise type(error)(f"{path}: {error}") from error


@contextmanager
def naming_errors(path: Path) -> Iterator[None]:
    """Let errors about the content of a file name the file."""
    try:
        yield
    except MalformedRecord as error:
        where = f"{path}: {error.clause}" if error.clause else str(path)
        raise MalformedRecord(error.reason, error.offset, error.field, where) from error
    except LossRefused:
        raise
    except UnsupportedRecord as error:
        raise UnsupportedRecord(f"{path}: {error}") from error
    except ExchangeError as error:
        raise ExchangeError(f"{path}: {error}") from error


def read_print(path: Path, rules: ImageRules, parameters: PipelineParameters = DEFAULT_PARAMETERS) -> Print:
    """Read an image or a template file.

    Raises
    ------
    ImageError, TemplateError
        When the file is neither, or is damaged.
    FailureToExtract
        When the image gives no template; the message names the file.
    OSError
        When it cannot be read.
    """
    if is_template(path):
        return Print(read_template(path), None)
    image = load_image(path, **rules)
    try:
        return Print(extract(image, parameters=parameters), image)
    except FailureToExtract as failure:
        raise FailureToExtract(failure.reason, f"{path}: {failure.detail}", failure.measures) from failure
