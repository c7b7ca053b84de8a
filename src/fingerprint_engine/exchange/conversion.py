"""`convert`: a document in another format, as bytes, with what is lost."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from pathlib import PurePath
from typing import TypeVar

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange import ansi_nist, image_records, minutiae_records, xyt
from fingerprint_engine.exchange.document import Document, Parts
from fingerprint_engine.exchange.image_codecs import Compression, encode
from fingerprint_engine.exchange.image_records import ImageRecord, ImageRecordVersion
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.minutiae_records import MinutiaeRecord, RecordVersion, card
from fingerprint_engine.exchange.plain_image import STRICT_RULES, PlainImageRules
from fingerprint_engine.exchange.points import FOREIGN
from fingerprint_engine.exchange.prints import PrintImage
from fingerprint_engine.exchange.transaction_prints import transaction_of_images
from fingerprint_engine.exchange.wrappers import cbeff_xml
from fingerprint_engine.exchange.wrappers.subtypes import subtype_of
from fingerprint_engine.parameters import one_of
from fingerprint_engine.template import Template, TemplateParameters

Value = TypeVar("Value")


class Target(enum.StrEnum):
    """What a document can be converted to."""

    TEMPLATE = "template"
    ISO_19794_2_2005 = "iso-19794-2:2005"
    ISO_19794_2_2011 = "iso-19794-2:2011"
    INCITS_378_2004 = "incits-378:2004"
    INCITS_378_2007 = "incits-378:2007"
    INCITS_378_2009 = "incits-378:2009"
    INCITS_378_2009_AM1 = "incits-378:2009-am1"
    CARD_NORMAL = "card-normal"
    CARD_COMPACT = "card-compact"
    XYT = "xyt"
    ISO_19794_4_2005 = "iso-19794-4:2005"
    ISO_19794_4_2011 = "iso-19794-4:2011"
    ANSI_NIST = "ansi-nist"
    ANSI_NIST_XML = "ansi-nist-xml"
    CBEFF_XML = "cbeff-xml"
    PNG = "png"
    WSQ = "wsq"
    JPEG_2000 = "jpeg-2000"
    JPEG_2000_LOSSLESS = "jpeg-2000-lossless"
    RAW = "raw"


_SUFFIXES = {
    ".fpt": Target.TEMPLATE,
    ".fmr": Target.ISO_19794_2_2005,
    ".ist": Target.ISO_19794_2_2005,
    ".xyt": Target.XYT,
    ".fir": Target.ISO_19794_4_2011,
    ".an2": Target.ANSI_NIST,
    ".nst": Target.ANSI_NIST,
    ".nist": Target.ANSI_NIST,
    ".eft": Target.ANSI_NIST,
    ".xml": Target.ANSI_NIST_XML,
    ".png": Target.PNG,
    ".wsq": Target.WSQ,
    ".jp2": Target.JPEG_2000_LOSSLESS,
    ".raw": Target.RAW,
}
_ALL_MINUTIAE = TemplateParameters(plain_minutiae=255)
"""From format to format as many as a template can be made of; one that is stored holds fewer."""
_MINUTIAE_VERSIONS = frozenset(RecordVersion)
_IMAGE_VERSIONS = frozenset(ImageRecordVersion)
_CARD_SIZES = {Target.CARD_NORMAL: "normal", Target.CARD_COMPACT: "compact"}


@dataclasses.dataclass(frozen=True, slots=True)
class ConversionOptions:
    """What some targets need to know.

    Parameters
    ----------
    ppi
        Resolution where the file states none, and that of a plain image in any case.
    rules
        What to do with a plain image that is not 8-bit grey with dark ridges.
    number
        Which of several prints, from 1, where the target holds one.
    compression
        Of image records and new transactions.
    native
        Whether minutiae records get a block that carries the whole template.
    created
        Aware moment of creation of CBEFF records.
    header, captured
        Of a new transaction: its Type-1, and the day on which the prints were taken.
    parameters_digest
        Of templates made of minutiae; see `minutiae_records.templates`.
    """

    ppi: float | None = None
    rules: PlainImageRules = STRICT_RULES
    number: int | None = None
    compression: Compression = Compression.PNG
    native: bool = False
    created: datetime.datetime | None = None
    header: ansi_nist.Header | None = None
    captured: datetime.date | None = None
    parameters_digest: bytes = FOREIGN


_DEFAULTS = ConversionOptions()


def target_of_name(name: str | PurePath) -> Target:
    """The target that a file name's suffix stands for.

    Raises
    ------
    ExchangeError
        When it stands for none, or for several, such as ``.iso``.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise ExchangeError(
            f"target: the suffix {suffix!r} does not say which format to write; name one of {', '.join(Target)}"
        )
    return _SUFFIXES[suffix]


def convert(
    document: Document, target: str, *, options: ConversionOptions = _DEFAULTS, strict: bool = False
) -> Mapped[bytes]:
    """Write a document in another format.

    Minutiae go to formats of minutiae and images to formats of images; no minutiae are looked for in images here.

    Parameters
    ----------
    document
        What `read` gave.
    target
        A `Target`.
    options
        What the target needs to know.
    strict
        Whether to refuse to lose anything.

    Raises
    ------
    ExchangeError
        When the document holds nothing that the target could, several prints where it holds one, or a value that does
        not fit.
    LossRefused
        In strict mode, when something would be lost.
    MissingExtra
        For WSQ without the extra ``wsq``.
    """
    chosen = one_of(target, "target", Target, ExchangeError)
    losses = Losses()
    data = _write(document, chosen, options, losses)
    return losses.settle(data, strict=strict)


def _write(document: Document, target: Target, options: ConversionOptions, losses: Losses) -> bytes:
    content = _only_part(document).content
    if target.value in _MINUTIAE_VERSIONS:
        version = RecordVersion(target.value)
        if isinstance(content, MinutiaeRecord):
            return minutiae_records.dumps(_noted(minutiae_records.convert(content, version), losses))
        prints = _templates(document, options, losses, None if options.native else _ALL_MINUTIAE)
        made = minutiae_records.record_of_templates(prints, version, native=options.native)
        return minutiae_records.dumps(_noted(made, losses))
    if target.value in _IMAGE_VERSIONS:
        if isinstance(content, ImageRecord) and content.version.value == target.value:
            return image_records.dumps(content)
        images = _noted(_images(document, options), losses)
        record = image_records.record_of_images(images, target.value, compression=options.compression)
        return image_records.dumps(_noted(record, losses))
    match target:
        case Target.TEMPLATE:
            return _one(_templates(document, options, losses), options.number, "sets of minutiae").to_bytes()
        case Target.XYT:
            found = _templates(document, options, losses, _ALL_MINUTIAE)
            template = _one(found, options.number, "sets of minutiae")
            return _noted(xyt.xyt_of_template(template), losses)
        case Target.CARD_NORMAL | Target.CARD_COMPACT:
            found = _templates(document, options, losses, _ALL_MINUTIAE)
            template = _one(found, options.number, "sets of minutiae")
            size = _CARD_SIZES[target]
            return card.dumps(_noted(card.minutiae_of_template(template, size), losses), size)
        case Target.ANSI_NIST | Target.ANSI_NIST_XML:
            encoding = ansi_nist.Encoding.XML if target is Target.ANSI_NIST_XML else ansi_nist.Encoding.TRADITIONAL
            return _noted(ansi_nist.encoded(_transaction(document, options, losses), encoding), losses)
        case Target.CBEFF_XML:
            return _biometric_records(document, options, losses)
        case _:
            images = _noted(_images(document, options), losses)
            image = _one(images, options.number, "images").image
            compression = Compression(target.value)
            losses.add(f"pixels, by {compression} compression", when=not compression.is_lossless)
            losses.add("what the file says of the print beside its resolution", when=document.format != "image")
            losses.add("resolution", when=compression is Compression.RAW)
            return encode(image, compression)


def _biometric_records(document: Document, options: ConversionOptions, losses: Losses) -> bytes:
    """A CBEFF record of each image, of a file without images of each set of minutiae."""
    if options.created is None:
        raise ExchangeError("CBEFF record: expected the moment of its creation, which no record of prints states")
    images = _noted(document.images(ppi=options.ppi, rules=options.rules), losses)
    made = []
    for one in images:
        record = image_records.record_of_images([one], compression=options.compression)
        data = image_records.dumps(_noted(record, losses))
        made.append(cbeff_xml.BiometricRecord(data, subtype_of(one.finger), is_image=True))
    for template in () if made else _templates(document, options, losses, _ALL_MINUTIAE):
        minutiae = minutiae_records.record_of_templates([template], RecordVersion.ISO_2011, native=options.native)
        data = minutiae_records.dumps(_noted(minutiae, losses))
        quality = template.quality if template.quality <= 100 else None
        made.append(cbeff_xml.BiometricRecord(data, subtype_of(template.finger), is_image=False, quality=quality))
    return cbeff_xml.dumps(made, options.created)


def _transaction(document: Document, options: ConversionOptions, losses: Losses) -> ansi_nist.Transaction:
    inside = _only_part(document)
    if isinstance(inside.content, ansi_nist.Transaction):
        return inside.content
    if options.header is None or options.captured is None:
        raise ExchangeError(
            "transaction: expected its type, agencies, control number and day of capture, which no record of prints "
            "states; pass them"
        )
    images = _noted(_images(document, options), losses)
    made = transaction_of_images(images, options.header, options.captured, options.compression)
    return _noted(made, losses)


def _images(document: Document, options: ConversionOptions) -> Mapped[tuple[PrintImage, ...]]:
    return _some(document.images(ppi=options.ppi, rules=options.rules), "images")


def _templates(
    document: Document, options: ConversionOptions, losses: Losses, parameters: TemplateParameters | None = None
) -> tuple[Template, ...]:
    found = document.templates(ppi=options.ppi, parameters=parameters, parameters_digest=options.parameters_digest)
    return _noted(_some(found, "minutiae; extract them first"), losses)


def _only_part(document: Document) -> Document:
    """The record in a wrapper of one; else the document itself."""
    while isinstance(document.content, Parts) and len(document.content.parts) == 1:
        part = document.content.parts[0].document
        if part is None:
            break
        document = part
    return document


def _some(found: Mapped[tuple[Value, ...]], what: str) -> Mapped[tuple[Value, ...]]:
    if not found.value:
        raise ExchangeError("; ".join((f"the file holds no {what}", *found.losses)))
    return found


def _one(found: tuple[Value, ...], number: int | None, what: str) -> Value:
    if number is None and len(found) > 1:
        raise ExchangeError(f"the file holds {len(found)} {what}, the target holds one; pass number=")
    if number is not None and not 1 <= number <= len(found):
        raise ExchangeError(f"number: expected 1 to {len(found)}, got {number}")
    return found[(number or 1) - 1]


def _noted(mapped: Mapped[Value], losses: Losses) -> Value:
    for loss in mapped.losses:
        losses.add(loss)
    return mapped.value
