"""One print from one file: a template is taken as it is, of an image one is made."""

from __future__ import annotations

import dataclasses
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypedDict, Unpack

from fingerprint_engine.errors import (
    ExchangeError,
    FailureToExtract,
    LimitExceeded,
    LossRefused,
    MalformedRecord,
    NotARegularFile,
    ResolutionWarning,
    UnsupportedRecord,
)
from fingerprint_engine.keys import KeyRing, Provenance, Stations
from fingerprint_engine.keys.errors import NotAuthentic
from fingerprint_engine.keys.sealed_files import SEALED_FILE_MARK, is_sealed_file
from fingerprint_engine.limits import DEFAULT_LIMITS, Limits
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters, make_template
from fingerprint_engine.preprocessing import (
    AlphaRule,
    ColourRule,
    DepthRule,
    FingerprintImage,
    ImageCodec,
    PolarityRule,
    load_image,
)
from fingerprint_engine.regular_files import open_regular
from fingerprint_engine.template import Template
from fingerprint_engine.template.native.format import MAGIC

NO_TEMPLATE = "expected a template that a station signed, found none"


@dataclasses.dataclass(frozen=True, slots=True)
class Print:
    """A template and, if it was made here, the image it was made of; of a file that is signed, who signed it."""

    template: Template
    image: FingerprintImage | None
    provenance: Provenance | None = None


class ImageRules(TypedDict, total=False):
    """How image files are to be read: the keywords of `load_image`."""

    ppi: float | None
    polarity: PolarityRule
    colour: ColourRule
    alpha: AlphaRule
    depth: DepthRule
    limits: Limits
    codecs: Sequence[ImageCodec] | None


def read_print(
    path: str | os.PathLike[str],
    *,
    parameters: PipelineParameters = DEFAULT_PARAMETERS,
    keys: KeyRing | None = None,
    stations: Stations | None = None,
    **rules: Unpack[ImageRules],
) -> Print:
    """Read an image or a template file.

    Parameters
    ----------
    path
        Of the file; what it is is told by content.
    parameters
        As in `extract`.
    keys, stations
        As in `read_template`; images are signed by nobody.
    rules
        As in `load_image`.

    Raises
    ------
    LimitExceeded
        When the file asks for more than the limits among the rules allow.
    ImageError, TemplateError
        When the file is neither, or is damaged.
    FailureToExtract
        When the image gives no template; the message names the file.
    OSError
        When it cannot be read.

    Warns
    -----
    ResolutionWarning
        When the ridges contradict the stated resolution, also of a template.
    """
    limits = rules.get("limits", DEFAULT_LIMITS)
    image = provenance = None
    if is_template(path):
        template, provenance = read_template(path, limits=limits, keys=keys, stations=stations)
    else:
        if stations is not None:
            raise NotAuthentic(f"{path}: {NO_TEMPLATE}")
        image = load_image(path, **rules)
        try:
            template = make_template(image, parameters=parameters, name=path)
        except FailureToExtract as failure:
            raise FailureToExtract(failure.reason, f"{path}: {failure.detail}", failure.measures) from failure
    warn_of_resolution(path, template)
    return Print(template, image, provenance)


def warn_of_resolution(name: object, template: Template) -> None:
    """Warn where the ridges of a print contradict its stated resolution; the message begins with a name."""
    if template.resolution_finding is not None:
        warnings.warn(f"{name}: {template.resolution_finding}", ResolutionWarning, stacklevel=3)


def is_template(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins like a template; the name does not matter. False for what is not a file.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    head = head_of(path, len(SEALED_FILE_MARK))
    return head.startswith(MAGIC) or is_sealed_file(head)


def head_of(path: str | os.PathLike[str], count: int) -> bytes:
    """The first bytes of a file; none of what is not a file.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    try:
        with open_regular(path) as file:
            return file.read(count)
    except (NotARegularFile, FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return b""


def read_template(
    path: str | os.PathLike[str],
    *,
    limits: Limits = DEFAULT_LIMITS,
    keys: KeyRing | None = None,
    stations: Stations | None = None,
) -> tuple[Template, Provenance | None]:
    """Read a template file, and who signed it.

    Parameters
    ----------
    path
        Of the file.
    limits
        What it may cost.
    keys
        What it is protected with, if it is.
    stations
        The capture stations that are trusted: it must be signed by one of them. None: by any, or by nobody.

    Raises
    ------
    LimitExceeded
        When it has more bytes than `limits` allow.
    TemplateError
        When it is damaged or of a newer release; the message names the file.
    ProtectionError
        When keys do not open it, or its signature does not fit or is not the one that is needed.
    OSError
        When it cannot be read.
    """
    return Template.load_signed(path, max_bytes=limits.file_bytes, keys=keys, stations=stations)


@contextmanager
def naming_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let errors about the content of a record name its file."""
    try:
        yield
    except LimitExceeded as error:
        raise (error if error.place == str(path) else error.at(str(path))) from error
    except MalformedRecord as error:
        where = f"{path}: {error.clause}" if error.clause else str(path)
        raise MalformedRecord(error.reason, error.offset, error.field, where) from error
    except LossRefused:
        raise
    except UnsupportedRecord as error:
        raise UnsupportedRecord(f"{path}: {error}") from error
    except ExchangeError as error:
        raise ExchangeError(f"{path}: {error}") from error
