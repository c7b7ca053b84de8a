"""The prints inside a file of another agency's format: images are extracted, minutiae are taken."""

from __future__ import annotations

import dataclasses
import datetime
import os
from collections.abc import Iterator, Sequence

from fingerprint_engine.bulk import ExtractionFailure
from fingerprint_engine.errors import (
    ExchangeError,
    FailureReason,
    FailureToExtract,
    ImageError,
    MissingExtra,
    NotARegularFile,
)
from fingerprint_engine.exchange import (
    Document,
    Format,
    PrintImage,
    ansi_nist,
    format_of,
    interpol,
    read,
    refusal_by_name,
)
from fingerprint_engine.intake.reading import head_of, warn_of_resolution
from fingerprint_engine.limits import DEFAULT_LIMITS, Limits
from fingerprint_engine.pipeline import DEFAULT_PARAMETERS, PipelineParameters, make_template
from fingerprint_engine.preprocessing import ImageCodec, PolarityRule, image_from_array
from fingerprint_engine.preprocessing.loading.codec_port import SNIFF_BYTES
from fingerprint_engine.template import Template

_SNIFFED_BYTES = max(SNIFF_BYTES, 4096)
RECORDS = frozenset(Format) - {Format.TEMPLATE, Format.IMAGE}


@dataclasses.dataclass(frozen=True, slots=True)
class FilePrint:
    """One print of a file with several.

    Attributes
    ----------
    name
        What tells it from the others, such as ``01-left-index``: place and, if known, finger. Empty for a single one.
    outcome
        Its template, or why there is none.
    """

    name: str
    outcome: Template | ExtractionFailure


@dataclasses.dataclass(frozen=True, slots=True)
class FilePrints:
    """All prints of a file.

    Attributes
    ----------
    prints
        In the order of the file; one without a template where the file cannot be read or holds no print.
    warnings
        Faults of the file that were tolerated.
    losses
        What the file says and a template has no place for.
    last_day
        On which the prints may be kept, where the file states it (INT-I, 2.092): for whoever enrols them.
    """

    prints: tuple[FilePrint, ...]
    warnings: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    last_day: datetime.date | None = None


def is_record(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins like one of the exchange formats, those included that are refused by name.

    False for plain images and for templates: `read_print` takes these.
    """
    head = b""
    try:
        head = head_of(path, _SNIFFED_BYTES)
        return format_of(head) in RECORDS
    except (OSError, ExchangeError):
        return refusal_by_name(head) is not None


def prints_in(
    path: str | os.PathLike[str],
    *,
    ppi: float | None = None,
    polarity: PolarityRule = "check",
    parameters: PipelineParameters = DEFAULT_PARAMETERS,
    limits: Limits = DEFAULT_LIMITS,
    codecs: Sequence[ImageCodec] | None = None,
) -> FilePrints:
    """Make a template of each print of a record.

    Of a file with images these are extracted; of one without, templates are made of the minutiae that it holds.

    Parameters
    ----------
    path
        Of the record.
    ppi
        Resolution, where the file does not state it.
    polarity
        As in `load_image`.
    parameters
        As in `extract`.
    limits, codecs
        As in `load_image`.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    try:
        document = read(path, limits=limits)
        images = document.images(ppi=ppi, codecs=codecs)
        found = None if images.value else document.templates(ppi=ppi, parameters_digest=parameters.digest())
    except (ExchangeError, MissingExtra, NotARegularFile) as error:
        return FilePrints((_failure(str(path), FailureReason.UNREADABLE_IMAGE, str(error)),))
    if found is None:  # what is missing from here on is no decoder of this file's
        prints = tuple(_extracted(str(path), images.value, polarity, parameters))
        return FilePrints(prints, document.warnings, images.losses, _last_day(document))
    losses = (*images.losses, *found.losses)
    if not found.value:
        return FilePrints((_failure(str(path), FailureReason.INVALID_IMAGE, _nothing(document)),), losses=losses)
    count = len(found.value)
    prints = tuple(
        FilePrint(_name(number, count, template.finger.name), template)
        for number, template in enumerate(found.value, 1)
    )
    return FilePrints(prints, document.warnings, losses, _last_day(document))


def _last_day(document: Document) -> datetime.date | None:
    content = document.content
    return interpol.last_day(content) if isinstance(content, ansi_nist.Transaction) else None


def _extracted(
    path: str, images: tuple[PrintImage, ...], polarity: PolarityRule, parameters: PipelineParameters
) -> Iterator[FilePrint]:
    for number, one in enumerate(images, 1):
        name = _name(number, len(images), one.finger.name)
        if not one.is_of_one_finger:
            detail = (
                f"position {one.position} is not that of one finger, and the record does not say where its fingers are"
            )
            yield _failure(path, FailureReason.INVALID_IMAGE, detail, name)
            continue
        try:
            image = image_from_array(one.image.pixels, one.image.ppi, polarity=polarity)
            shown = f"{path}: {name}" if name else path
            template = make_template(
                image, finger=one.finger, impression=one.impression, parameters=parameters, name=shown
            )
            warn_of_resolution(shown, template)
            yield FilePrint(name, template)
        except ImageError as error:
            yield _failure(path, FailureReason.INVALID_IMAGE, str(error), name)
        except FailureToExtract as failure:
            yield FilePrint(name, ExtractionFailure(path, failure.reason, failure.detail, failure.measures))


def _failure(path: str, reason: FailureReason, detail: str, name: str = "") -> FilePrint:
    return FilePrint(name, ExtractionFailure(path, reason, detail))


def _name(number: int, count: int, finger: str) -> str:
    if count == 1:
        return ""
    return f"{number:02d}" + ("" if finger == "UNKNOWN" else f"-{finger.lower().replace('_', '-')}")


def _nothing(document: Document) -> str:
    return f"the {document.format} holds neither images of prints nor minutiae"
