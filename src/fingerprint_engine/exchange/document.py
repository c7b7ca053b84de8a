"""`read`: whatever a file of prints is, told by content."""

from __future__ import annotations

import dataclasses
import enum
import os
import re
from collections.abc import Sequence

from fingerprint_engine.errors import (
    ExchangeError,
    ImageError,
    LimitExceeded,
    LossRefused,
    MalformedRecord,
    TemplateError,
    UnsupportedRecord,
)
from fingerprint_engine.exchange import ansi_nist, image_records, minutiae_records, xyt
from fingerprint_engine.exchange.image_records import ImageRecord
from fingerprint_engine.exchange.losses import Mapped
from fingerprint_engine.exchange.minutiae_records import MinutiaeRecord, card
from fingerprint_engine.exchange.points import FOREIGN
from fingerprint_engine.exchange.prints import PrintImage
from fingerprint_engine.exchange.transaction_prints import images_of_transaction, templates_of_transaction
from fingerprint_engine.exchange.xyt import XytMinutia
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits
from fingerprint_engine.preprocessing import ImageCodec, image_from_array
from fingerprint_engine.preprocessing.loading.codec_registry import codec_of
from fingerprint_engine.preprocessing.loading.codec_registry import decode as decode_file
from fingerprint_engine.regular_files import read_regular
from fingerprint_engine.template import Template
from fingerprint_engine.template.native.format import MAGIC

_NAMED_WITHIN_BYTES = 4096
_TYPE_1 = re.compile(rb"1\.0{0,8}1:")
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|[A-Za-z_])")


class Format(enum.StrEnum):
    """Kinds of files that hold prints."""

    TEMPLATE = "template"
    MINUTIAE_RECORD = "minutiae record"
    IMAGE_RECORD = "image record"
    ANSI_NIST = "ANSI/NIST-ITL transaction"
    XYT = "xyt minutiae list"
    IMAGE = "image"


Content = Template | MinutiaeRecord | ImageRecord | ansi_nist.Transaction | tuple[XytMinutia, ...] | bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """What a file turned out to be.

    Parameters
    ----------
    format
        Which kind it is.
    content
        The typed record; the bytes of a plain image, which is not decoded before `images` is asked for.
    warnings
        Faults tolerated in lenient mode.
    limits
        What each request about it may cost.
    """

    format: Format
    content: Content = dataclasses.field(repr=False)
    warnings: tuple[str, ...] = ()
    limits: Limits = dataclasses.field(default=DEFAULT_LIMITS, repr=False)

    def images(
        self, *, ppi: float | None = None, codecs: Sequence[ImageCodec] | None = None
    ) -> Mapped[tuple[PrintImage, ...]]:
        """Decode all images of prints; none in formats without pixels.

        Parameters
        ----------
        ppi
            Resolution of a plain image, where the file does not state it. Records state theirs.
        codecs
            Those to try, by default all that are installed.

        Raises
        ------
        LimitExceeded
            When all images together cost more than the document's `limits` allow.
        ExchangeError
            When an image cannot be decoded or its resolution is not known.
        MissingExtra
            For WSQ without the extra ``wsq``.
        """
        match self.content:
            case ImageRecord():
                return image_records.images(self.content, codecs=codecs, limits=self.limits)
            case ansi_nist.Transaction():
                return images_of_transaction(self.content, codecs=codecs, limits=self.limits)
            case bytes():
                made = _plain_image(self.content, ppi, codecs, Budget(self.limits))
                return Mapped((made.value,), made.losses)
            case _:
                return Mapped((), ())

    def templates(
        self, *, ppi: float | None = None, parameters_digest: bytes = FOREIGN
    ) -> Mapped[tuple[Template, ...]]:
        """Templates of all sets of minutiae; none in formats without minutiae.

        Parameters
        ----------
        ppi
            Resolution of the image behind a list of minutiae, which does not state it.
        parameters_digest
            See `minutiae_records.templates`.

        Raises
        ------
        ExchangeError
            When the content gives no template.
        """
        match self.content:
            case Template():
                return Mapped((self.content,), ())
            case MinutiaeRecord():
                return minutiae_records.templates(self.content, parameters_digest=parameters_digest, limits=self.limits)
            case ansi_nist.Transaction():
                return templates_of_transaction(self.content, parameters_digest=parameters_digest, limits=self.limits)
            case tuple():
                if ppi is None:
                    raise ExchangeError("xyt: resolution unknown: the file states none; pass ppi=")
                made = xyt.template_of_xyt(self.content, ppi=ppi, parameters_digest=parameters_digest)
                return Mapped((made.value,), made.losses)
            case _:
                return Mapped((), ())


def read(source: str | os.PathLike[str] | bytes, *, strict: bool = False, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Read a file of prints, whatever it is: told by content, never by name.

    Parameters
    ----------
    source
        A path, or the bytes themselves.
    strict
        Whether to refuse faults that can be tolerated and are otherwise listed in the document's `warnings`.
    limits
        What reading it, and each later request about it, may cost.

    Raises
    ------
    LimitExceeded
        When the file has or asks for more than `limits` allow.
    MalformedRecord
        When the bytes break the layout of the format that they begin like.
    UnsupportedRecord
        When they are of a known kind that is not read, such as the XML encodings, or of no known kind.
    NotARegularFile
        When the path names a pipe, a device or a socket.
    OSError
        When the file cannot be read.
    """
    data = _bytes_of(source, limits)
    kind = format_of(data)
    content, warnings = _content(data, kind, strict, limits)
    return Document(kind, content, warnings, limits)


def _content(data: bytes, kind: Format, strict: bool, limits: Limits) -> tuple[Content, tuple[str, ...]]:
    """What a file of a known kind holds, and the faults that were tolerated."""
    match kind:
        case Format.TEMPLATE:
            try:
                return Template.from_bytes(data), ()
            except TemplateError as error:
                raise MalformedRecord(str(error), clause="template") from error
        case Format.MINUTIAE_RECORD:
            minutiae_record = minutiae_records.loads(data, strict=strict, limits=limits)
            return minutiae_record, minutiae_record.warnings
        case Format.IMAGE_RECORD:
            image_record = image_records.loads(data, strict=strict, limits=limits)
            return image_record, image_record.warnings
        case Format.ANSI_NIST:
            transaction = ansi_nist.loads(data, lenient=not strict, limits=limits)
            return transaction, transaction.warnings
        case Format.XYT:
            return xyt.loads(data, limits=limits), ()
        case _:
            return data, ()


def _bytes_of(source: str | os.PathLike[str] | bytes, limits: Limits) -> bytes:
    if not isinstance(source, bytes | bytearray | memoryview):
        return read_regular(source, limits.file_bytes)
    Budget(limits).need("file_bytes", len(source))
    return bytes(source)


def read_card(
    source: str | os.PathLike[str] | bytes,
    size: str,
    *,
    strict: bool = False,
    parameters_digest: bytes = FOREIGN,
    limits: Limits = DEFAULT_LIMITS,
) -> Document:
    """Read minutiae in a card format, which nothing in the bytes tells from any others.

    Parameters
    ----------
    source
        A path, or the bytes themselves.
    size
        ``"normal"`` or ``"compact"``.
    strict
        Whether to refuse what is otherwise listed in the document's `warnings`: a card does not hold the print's size.
    parameters_digest
        See `minutiae_records.templates`.
    limits
        What reading it may cost.

    Returns
    -------
    Document
        Of a template.

    Raises
    ------
    MalformedRecord
        When the length is no multiple of a minutia's.
    ExchangeError
        When the minutiae give no template.
    LossRefused
        In strict mode.
    OSError
        When the file cannot be read.
    """
    data = _bytes_of(source, limits)
    made = card.template_of_minutiae(card.loads(data, size), size, parameters_digest=parameters_digest)
    if strict and made.losses:
        raise LossRefused(made.losses)
    return Document(Format.TEMPLATE, made.value, made.losses, limits)


def format_of(data: bytes) -> Format:
    """The kind of a file's content.

    Raises
    ------
    UnsupportedRecord
        When it is of a known kind that is not read, or of no known kind.
    """
    if data.startswith(MAGIC):
        return Format.TEMPLATE
    if minutiae_records.is_minutiae_record(data):
        return Format.MINUTIAE_RECORD
    if image_records.is_image_record(data):
        return Format.IMAGE_RECORD
    if _TYPE_1.match(data):
        return Format.ANSI_NIST
    if codec_of(data) is not None:
        return Format.IMAGE
    if xyt.is_xyt(data):
        return Format.XYT
    raise UnsupportedRecord(_why_not(data))


def refusal_by_name(data: bytes) -> str | None:
    """Why files of a kind that is known are not read; None for those that are read, and for unknown kinds.

    Parameters
    ----------
    data
        The beginning of a file is enough.
    """
    head = data[:_NAMED_WITHIN_BYTES]
    if _XML.match(head):
        if b"NISTBiometricInformationExchangePackage" in head:
            return "ANSI/NIST-ITL in its XML encoding is not supported; the traditional encoding is"
        if b"BIR" in head:
            return "CBEFF records in XML are not supported; the records inside them are"
        return "XML of a kind that is not supported"
    if head[:4] in (b"FAC\x00", b"IIR\x00", b"FCF\x00"):
        return "record of faces or irises, not of fingers"
    return None


def _why_not(data: bytes) -> str:
    if not data:
        return "expected a file of prints, found an empty one"
    return refusal_by_name(data) or (
        "expected a template, a minutiae record (FMR), an image record (FIR), an ANSI/NIST-ITL transaction, a list of "
        "minutiae (xyt) or an image, found a file of another kind"
    )


def _plain_image(
    data: bytes, ppi: float | None, codecs: Sequence[ImageCodec] | None, budget: Budget
) -> Mapped[PrintImage]:
    try:
        decoded = decode_file(data, codecs, budget=budget)
        resolution = ppi if ppi is not None else None if decoded.ppi is None else decoded.ppi[0]
        if resolution is None:
            raise ExchangeError("image: resolution unknown: the file states none; pass ppi=")
        image = image_from_array(decoded.pixels, resolution, polarity="dark-ridges")
        return Mapped(PrintImage(image), decoded.remarks)
    except LimitExceeded:
        raise
    except ImageError as error:
        raise MalformedRecord(str(error), field="image") from error
