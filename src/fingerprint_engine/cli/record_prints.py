"""The prints inside a file of another agency's format, for ``extract``: images are extracted, minutiae are taken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fingerprint_engine.bulk import ExtractionFailure
from fingerprint_engine.cli.console import Console
from fingerprint_engine.errors import ExchangeError, FailureReason, FailureToExtract, ImageError, MissingExtra
from fingerprint_engine.exchange import Document, Format, PrintImage, format_of, read, refusal_by_name
from fingerprint_engine.pipeline import PipelineParameters, extract
from fingerprint_engine.preprocessing import PolarityRule, image_from_array
from fingerprint_engine.preprocessing.loading.codec_port import SNIFF_BYTES
from fingerprint_engine.template import Template

_SNIFFED = max(SNIFF_BYTES, 4096)
RECORDS = frozenset({Format.MINUTIAE_RECORD, Format.IMAGE_RECORD, Format.ANSI_NIST, Format.XYT})


def is_record(path: Path) -> bool:
    """Whether a file begins like one of the exchange formats, those included that are refused by name.

    Plain images and templates are none: they are read as they always were.
    """
    head = b""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(_SNIFFED)
        return format_of(head) in RECORDS
    except (OSError, ExchangeError):
        return refusal_by_name(head) is not None


def prints_in(
    path: Path, ppi: float | None, polarity: PolarityRule, console: Console, parameters: PipelineParameters
) -> Iterator[tuple[str, Template | ExtractionFailure]]:
    """Name and template of each print of a file, or why there is none.

    Images come first; where there are none, templates are made of the minutiae that the file holds.
    """
    try:
        document = read(path)
        images = document.images(ppi=ppi)
        found = None if images.value else document.templates(ppi=ppi, parameters_digest=parameters.digest())
    except (ExchangeError, MissingExtra) as error:
        yield "", ExtractionFailure(str(path), FailureReason.UNREADABLE_IMAGE, str(error))
        return
    losses = images.losses if found is None else (*images.losses, *found.losses)
    for remark in (*document.warnings, *losses):
        console.note(f"{path}: lost: {remark}" if remark in losses else f"warning: {path}: {remark}")
    if found is None:
        yield from _extracted(path, images.value, polarity, parameters)
    elif found.value:
        for number, template in enumerate(found.value, 1):
            yield _name(number, len(found.value), template.finger.name), template
    else:
        yield "", ExtractionFailure(str(path), FailureReason.INVALID_IMAGE, _nothing(document))


def _extracted(
    path: Path, images: tuple[PrintImage, ...], polarity: PolarityRule, parameters: PipelineParameters
) -> Iterator[tuple[str, Template | ExtractionFailure]]:
    for number, one in enumerate(images, 1):
        name = _name(number, len(images), one.finger.name)
        if not one.is_of_one_finger:
            detail = f"position {one.position} is none of one finger, and the record does not say where its fingers are"
            yield name, ExtractionFailure(str(path), FailureReason.INVALID_IMAGE, detail)
            continue
        try:
            image = image_from_array(one.image.pixels, one.image.ppi, polarity=polarity)
            yield name, extract(image, finger=one.finger, impression=one.impression, parameters=parameters)
        except ImageError as error:
            yield name, ExtractionFailure(str(path), FailureReason.INVALID_IMAGE, str(error))
        except FailureToExtract as failure:
            yield name, ExtractionFailure(str(path), failure.reason, failure.detail, failure.measures)


def _name(number: int, count: int, finger: str) -> str:
    """What tells the prints of one file apart: their place and, if known, their finger."""
    if count == 1:
        return ""
    return f"-{number:02d}" + ("" if finger == "UNKNOWN" else f"-{finger.lower().replace('_', '-')}")


def _nothing(document: Document) -> str:
    return f"the {document.format} holds neither images of prints nor minutiae"
