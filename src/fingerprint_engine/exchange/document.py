"""`read`: whatever a file of prints is, told by content."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence

from fingerprint_engine.errors import (
    ExchangeError,
    LimitExceeded,
    LossRefused,
    MalformedRecord,
    TemplateError,
    UnsupportedRecord,
)
from fingerprint_engine.exchange import ansi_nist, image_records, minutiae_records, xyt
from fingerprint_engine.exchange.image_records import ImageRecord
from fingerprint_engine.exchange.kinds import Format, format_of
from fingerprint_engine.exchange.losses import Losses, Mapped, Value
from fingerprint_engine.exchange.minutiae_records import MinutiaeRecord, card
from fingerprint_engine.exchange.plain_image import STRICT_RULES, PlainImageRules, load_plain
from fingerprint_engine.exchange.points import FOREIGN
from fingerprint_engine.exchange.prints import PrintImage
from fingerprint_engine.exchange.transaction_prints import images_of_transaction, templates_of_transaction
from fingerprint_engine.exchange.wrappers import Wrapped, Wrapper, cbeff_xml, icao, piv, written_out
from fingerprint_engine.exchange.xyt import XytMinutia
from fingerprint_engine.fingers import Finger
from fingerprint_engine.keys.errors import NotAuthentic
from fingerprint_engine.keys.signatures import signed_content
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits
from fingerprint_engine.preprocessing import ImageCodec
from fingerprint_engine.regular_files import read_regular
from fingerprint_engine.template import Template, TemplateParameters

MAX_DEPTH = 3
"""Wrappers within wrappers: text of a passport's data group of records."""


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A record in a wrapper.

    Parameters
    ----------
    name
        What tells it from the others.
    document
        What it turned out to be, None where it is not read.
    refusal
        Why it is not.
    facts
        What the wrapper says of it, as names and values.
    finger
        Which it is by the wrapper; taken where the record itself does not say.
    """

    name: str
    document: Document | None
    refusal: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    finger: Finger = Finger.UNKNOWN


@dataclasses.dataclass(frozen=True, slots=True)
class Parts:
    """The content of a wrapper: records, those included that are not read."""

    parts: tuple[Part, ...]


Content = Template | MinutiaeRecord | ImageRecord | ansi_nist.Transaction | tuple[XytMinutia, ...] | bytes | Parts


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
        self,
        *,
        ppi: float | None = None,
        rules: PlainImageRules = STRICT_RULES,
        codecs: Sequence[ImageCodec] | None = None,
        budget: Budget | None = None,
    ) -> Mapped[tuple[PrintImage, ...]]:
        """Decode all images of prints; none in formats without pixels.

        Parameters
        ----------
        ppi
            Resolution where the file does not state it; that of a plain image in any case.
        rules
            For a plain image; records hold what their standard allows.
        codecs
            Those to try, by default all that are installed.
        budget
            What is left of a larger request, by default the document's `limits`.

        Raises
        ------
        LimitExceeded
            When all images together cost more than the document's `limits` allow.
        ExchangeError
            When an image cannot be decoded or its resolution is not known.
        MissingExtra
            For WSQ without the extra ``wsq``.
        """
        left = Budget(self.limits) if budget is None else budget
        match self.content:
            case ImageRecord():
                return image_records.images(self.content, ppi=ppi, codecs=codecs, budget=left)
            case ansi_nist.Transaction():
                return images_of_transaction(self.content, ppi=ppi, codecs=codecs, budget=left)
            case bytes():
                made = load_plain(self.content, ppi, rules, codecs, left)
                return Mapped((made.value,), made.losses)
            case Parts(parts):
                return _all(parts, lambda one: one.images(ppi=ppi, rules=rules, codecs=codecs, budget=left), _on_finger)
            case _:
                return Mapped((), ())

    def templates(
        self,
        *,
        ppi: float | None = None,
        parameters: TemplateParameters | None = None,
        parameters_digest: bytes = FOREIGN,
        budget: Budget | None = None,
    ) -> Mapped[tuple[Template, ...]]:
        """Templates of all sets of minutiae; none in formats without minutiae.

        Parameters
        ----------
        ppi
            Resolution where the file does not state it, as lists of minutiae never do.
        parameters
            Of the local descriptors, and how many minutiae a template takes.
        parameters_digest
            See `minutiae_records.templates`.
        budget
            What is left of a larger request, by default the document's `limits`.

        Raises
        ------
        ExchangeError
            When the content gives no template.
        """
        left = Budget(self.limits) if budget is None else budget
        match self.content:
            case Template():
                return Mapped((self.content,), ())
            case MinutiaeRecord():
                return minutiae_records.templates(
                    self.content,
                    unstated_ppi=ppi,
                    parameters=parameters,
                    parameters_digest=parameters_digest,
                    budget=left,
                )
            case ansi_nist.Transaction():
                return templates_of_transaction(
                    self.content, ppi=ppi, parameters=parameters, parameters_digest=parameters_digest, budget=left
                )
            case tuple():
                if ppi is None:
                    raise ExchangeError("xyt: resolution unknown: the file states none; pass ppi=")
                made = xyt.template_of_xyt(
                    self.content, ppi=ppi, parameters=parameters, parameters_digest=parameters_digest
                )
                return Mapped((made.value,), made.losses)
            case Parts(parts):
                return _all(
                    parts,
                    lambda one: one.templates(
                        ppi=ppi, parameters=parameters, parameters_digest=parameters_digest, budget=left
                    ),
                    _template_on_finger,
                )
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
        When they are of a known kind that is not read, or of no known kind.
    NotARegularFile
        When the path names a pipe, a device or a socket.
    OSError
        When the file cannot be read.
    """
    return _document(_bytes_of(source, limits), strict, limits, 0)


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


def _document(data: bytes, strict: bool, limits: Limits, depth: int) -> Document:
    kind = format_of(data)
    wrapper = _wrapper(data, kind, strict, limits)
    if wrapper is None:
        content, warnings = _content(data, kind, strict, limits)
        return Document(kind, content, warnings, limits)
    if depth >= MAX_DEPTH:
        raise UnsupportedRecord(f"{kind}: expected at most {MAX_DEPTH} wrappers around each other")
    tolerant = not strict and len(wrapper.records) > 1
    parts = tuple(_part(one, strict, limits, depth + 1, tolerant=tolerant) for one in wrapper.records)
    inside = [
        f"{part.name}: {text}"
        for part in parts
        for text in (part.document.warnings if part.document is not None else (part.refusal,))
    ]
    return Document(kind, Parts(parts), (*wrapper.warnings, *inside), limits)


def _wrapper(data: bytes, kind: Format, strict: bool, limits: Limits) -> Wrapper | None:
    """The records inside, where the file is a wrapper of some."""
    match kind:
        case Format.PIV:
            return piv.loads(data, Budget(limits), strict=strict)
        case Format.DATA_GROUP:
            return icao.loads(data, Budget(limits), strict=strict)
        case Format.CBEFF_XML:
            return cbeff_xml.loads(data, Budget(limits), strict=strict)
        case Format.TEXT:
            return written_out.loads(data, Budget(limits))
        case _:
            return None


def _part(wrapped: Wrapped, strict: bool, limits: Limits, depth: int, *, tolerant: bool) -> Part:
    """A record of a wrapper; one that is not read, or in lenient mode damaged, does not take the others with it."""
    if wrapped.refusal:
        return Part(wrapped.name, None, wrapped.refusal, wrapped.facts, wrapped.finger)
    try:
        return Part(wrapped.name, _document(wrapped.data, strict, limits, depth), "", wrapped.facts, wrapped.finger)
    except LimitExceeded:
        raise
    except ExchangeError as error:
        if not tolerant and not isinstance(error, UnsupportedRecord):
            raise
        return Part(wrapped.name, None, str(error), wrapped.facts, wrapped.finger)


def _all(
    parts: tuple[Part, ...],
    ask: Callable[[Document], Mapped[tuple[Value, ...]]],
    on_finger: Callable[[Value, Finger], Value],
) -> Mapped[tuple[Value, ...]]:
    """What all records of a wrapper give; a loss begins with the name of its record where there are several."""
    losses = Losses()
    found: list[Value] = []
    for part in parts:
        if part.document is None:
            losses.add(f"{part.name}: {part.refusal}")
            continue
        values, lost = ask(part.document)
        found.extend(on_finger(value, part.finger) for value in values)
        for loss in lost:
            losses.add(f"{part.name}: {loss}" if len(parts) > 1 else loss)
        losses.add("what the wrapper says of its records", when=bool(part.facts))
    return losses.settle(tuple(found), strict=False)


def _on_finger(image: PrintImage, finger: Finger) -> PrintImage:
    if finger is Finger.UNKNOWN or image.finger is not Finger.UNKNOWN or image.position:
        return image
    return dataclasses.replace(image, finger=finger, position=int(finger))


def _template_on_finger(template: Template, finger: Finger) -> Template:
    if finger is Finger.UNKNOWN or template.finger is not Finger.UNKNOWN:
        return template
    return dataclasses.replace(template, finger=finger)


def _content(data: bytes, kind: Format, strict: bool, limits: Limits) -> tuple[Content, tuple[str, ...]]:
    """What a file of a known kind holds, and the faults that were tolerated."""
    match kind:
        case Format.TEMPLATE:
            try:
                return Template.from_bytes(signed_content(data)[0]), ()
            except (TemplateError, NotAuthentic) as error:
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
