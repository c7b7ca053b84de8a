"""One print from one file: a template is taken as it is, of an image one is made."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict, Unpack

from fingerprint_engine.errors import (
    ExchangeError,
    FailureToExtract,
    LossRefused,
    MalformedRecord,
    TemplateError,
    UnsupportedRecord,
)
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters, extract
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


class ImageRules(TypedDict, total=False):
    """How image files are to be read: the keywords of `load_image`."""

    ppi: float | None
    polarity: PolarityRule
    colour: ColourRule
    alpha: AlphaRule
    depth: DepthRule


def read_print(
    path: str | os.PathLike[str],
    *,
    parameters: PipelineParameters = DEFAULT_PARAMETERS,
    **rules: Unpack[ImageRules],
) -> Print:
    """Read an image or a template file.

    Parameters
    ----------
    path
        Of the file; what it is is told by content.
    parameters
        As in `extract`.
    rules
        As in `load_image`.

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


def is_template(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins like a template; the name does not matter. False for what is not a file.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    file_path = Path(path)
    if not file_path.is_file():
        return False
    with file_path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def read_template(path: str | os.PathLike[str]) -> Template:
    """Read a template file.

    Raises
    ------
    TemplateError
        When it is damaged or of a newer release; the message names the file.
    OSError
        When it cannot be read.
    """
    try:
        return Template.from_bytes(Path(path).read_bytes())
    except TemplateError as error:
        raise type(error)(f"{path}: {error}") from error


@contextmanager
def naming_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let errors about the content of a record name its file."""
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
