"""Which kind of file it is, told by content, and why some kinds are not read."""

from __future__ import annotations

import enum
import re

from fingerprint_engine.errors import UnsupportedRecord
from fingerprint_engine.exchange import ansi_nist, image_records, minutiae_records, xyt
from fingerprint_engine.exchange.markup import is_markup, root_name
from fingerprint_engine.exchange.wrappers import cbeff_xml, icao, piv, written_out
from fingerprint_engine.preprocessing.loading.codec_registry import codec_of
from fingerprint_engine.template.native.format import MAGIC

_NAMED_WITHIN_BYTES = 4096
_BUNDLE = b"fingerprint-engine bundle "
"""How bundles begin, extra or not."""
_TYPE_1 = re.compile(rb"1\.0{0,8}1:")


class Format(enum.StrEnum):
    """Kinds of files that hold prints."""

    TEMPLATE = "template"
    MINUTIAE_RECORD = "minutiae record"
    IMAGE_RECORD = "image record"
    ANSI_NIST = "ANSI/NIST-ITL transaction"
    XYT = "xyt minutiae list"
    IMAGE = "image"
    PIV = "PIV biometric data"
    DATA_GROUP = "ICAO biometric data group"
    TEXT = "record written as text"
    CBEFF_XML = "CBEFF records in XML"


_OF_ROOT = {ansi_nist.XML_ROOT: Format.ANSI_NIST, cbeff_xml.ROOT: Format.CBEFF_XML}


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
    known = _OF_ROOT.get(root_name(data[:_NAMED_WITHIN_BYTES])) if is_markup(data[:_NAMED_WITHIN_BYTES]) else None
    if known is not None:
        return known
    if codec_of(data) is not None:
        return Format.IMAGE
    if piv.is_piv(data):
        return Format.PIV
    if icao.is_data_group(data):
        return Format.DATA_GROUP
    if written_out.is_text_of_record(data):
        return Format.TEXT
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
    if is_markup(head) and root_name(head) not in _OF_ROOT:
        return "XML of a kind that is not supported"
    if head[:4] in (b"FAC\x00", b"IIR\x00", b"FCF\x00"):
        return "record of faces or irises, not of fingers"
    if head.startswith(_BUNDLE):
        return "sealed bundle between agencies: `agencies check` looks at it, `agencies take` opens it"
    return None


def _why_not(data: bytes) -> str:
    if not data:
        return "expected a file of prints, found an empty one"
    return refusal_by_name(data) or (
        "expected a template, a minutiae record (FMR), an image record (FIR), an ANSI/NIST-ITL transaction, a list of "
        "minutiae (xyt) or an image, found a file of another kind"
    )
