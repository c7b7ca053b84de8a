"""Building a transaction from images and their features: rolled, plain, slaps with segments, missing fingers.

Images go in as they are compressed. Nothing is taken from a clock or a counter: dates and control numbers are the
caller's. What contradicts itself is refused, see `checks`.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fingerprint_engine.errors import ContradictoryRecord
from fingerprint_engine.exchange.ansi_nist.cards.checks import check_blocks, check_header, check_images, check_text
from fingerprint_engine.exchange.ansi_nist.cards.model import Header, ImageRecord
from fingerprint_engine.exchange.ansi_nist.features.image_geometry import ImageGeometry
from fingerprint_engine.exchange.ansi_nist.features.model import Block
from fingerprint_engine.exchange.ansi_nist.features.writing import minutiae_record
from fingerprint_engine.exchange.ansi_nist.model import Context, Record, Transaction, context_of, new_record
from fingerprint_engine.exchange.ansi_nist.model.transaction import in_context
from fingerprint_engine.exchange.ansi_nist.tables.codes import (
    BINARY_COMPRESSIONS,
    COMPRESSION_LABELS,
    FINGERS_IN,
    PARTIAL_SINCE,
    ROLLED,
    SINGLE_FINGERS,
)

UTF_8 = ("003", "UTF-8", None)
_DATE_FIELDS = {13: "LCD", 14: "FCD", 15: "PCD"}
_QUALITY_FIELDS = {13: "LQM", 14: "FQM", 15: "PQM"}


def build_transaction(
    header: Header,
    images: Sequence[ImageRecord],
    *,
    descriptive: Mapping[str, Any] | None = None,
    missing: Mapping[int, str] | None = None,
    blocks: Iterable[Block] = (Block.INCITS_378,),
) -> Transaction:
    """Make a transaction: Type-1, Type-2, and per image its features (Type-9) and the image.

    Parameters
    ----------
    header
        Of the transaction.
    images
        In the order in which they are to stand.
    descriptive
        Type-2 fields by mnemonic of the header's domain, or by number.
    missing
        Fingers with ``"UP"``, of which there is no print; ``"XX"``, amputated, of which an image holds a part; or
        ``"SR"``, scarred. Slaps of their hand say so. If there are rolled prints, each finger that is not printed
        (before version 0501 also an amputated one) gets a Type-14 without an image.
    blocks
        Encodings of features: the legacy one before version 0500 only, extended features from then on.

    Raises
    ------
    ContradictoryRecord
        Where what is said of the images, fingers or the header does not fit together; with the field.
    ExchangeError
        Where a value does not fit its field.
    """
    lost = dict(missing or {})
    chosen = tuple(blocks)
    check_header(header)
    check_blocks(chosen, header.version)
    check_images(images, lost, header.version)
    first = _header_record(header, any(image.type == 4 for image in images))
    context = context_of(first.fields)
    records: list[Record] = [first, new_record(2, {"IDC": "00"} | dict(descriptive or {}), context)]
    taken = {image.idc for image in images if image.idc is not None}
    free = (idc for idc in range(1, 100) if idc not in taken)
    for image in images:
        idc = image.idc if image.idc is not None else _next(free)
        geometry = ImageGeometry(image.cols, image.rows, float(image.ppi), float(image.ppi))
        if image.features is not None:
            features = dataclasses.replace(image.features, positions=(image.position,), impression=image.impression)
            records.append(minutiae_record(features, idc, geometry, chosen, context=context).value)
        records.append(_image_record(image, idc, header, lost, context))
    for finger, reason in _unprinted(images, lost, header.version):
        records.append(_missing_record(finger, reason, _next(free), images, header, context))
    check_text(records, utf_8=header.utf_8)
    return in_context(Transaction(tuple(records)).with_true_contents())


def _header_record(header: Header, has_type_4: bool) -> Record:
    resolution = 19.69 if has_type_4 else 0.0
    utc = header.created.astimezone(datetime.UTC)
    values: dict[str, Any] = {
        "VER": header.version,
        "TOT": header.transaction_type,
        "DAT": header.created.date(),
        "PRY": header.priority,
        "DAI": header.destination,
        "ORI": header.origin,
        "TCN": header.control_number,
        "TCR": header.control_reference,
        "NSR": resolution,
        "NTR": resolution,
        "DOM": header.domain,
        "GMT": utc.strftime("%Y%m%d%H%M%SZ"),
        "DCS": (UTF_8,) if header.utf_8 else None,
    }
    return new_record(1, values)


def _image_record(image: ImageRecord, idc: int, header: Header, missing: Mapping[int, str], context: Context) -> Record:
    label = COMPRESSION_LABELS[image.compression]
    if image.type == 4:
        values: dict[str, Any] = {
            "IDC": f"{idc:02d}",
            "IMP": image.impression,
            "FGP": image.position,
            "ISR": 0,
            "HLL": image.cols,
            "VLL": image.rows,
            "CGA": BINARY_COMPRESSIONS.index(label),
            "DATA": image.payload,
        }
        return new_record(4, values, context)
    values = {
        "IDC": f"{idc:02d}",
        "IMP": image.impression,
        "SRC": image.source_agency or header.origin,
        _DATE_FIELDS[image.type]: image.captured,
        "FGP": image.position,
        "COM": image.comment,
    }
    if image.payload:
        values |= {"HLL": image.cols, "VLL": image.rows, "SLC": 1, "THPS": image.ppi, "TVPS": image.ppi}
        values |= {"CGA": label, "BPX": 8, "DATA": image.payload}
    gone = [(finger, missing[finger]) for finger in sorted(_fingers_of(image.position)) if finger in missing]
    if gone:
        values["AMP"] = gone
    if image.segments:
        values["SEG"] = [dataclasses.astuple(segment) for segment in image.segments]
    if image.nist_quality:
        values["NQM"] = sorted(image.nist_quality.items())
    if image.quality_scores:
        values[_QUALITY_FIELDS[image.type]] = [dataclasses.astuple(score) for score in image.quality_scores]
    return new_record(image.type, values, context)


def _missing_record(
    finger: int, reason: str, idc: int, images: Sequence[ImageRecord], header: Header, context: Context
) -> Record:
    rolled = next(image for image in images if image.impression in ROLLED)
    values = {
        "IDC": f"{idc:02d}",
        "IMP": rolled.impression,
        "SRC": rolled.source_agency or header.origin,
        "FCD": rolled.captured,
        "FGP": finger,
        "AMP": [(finger, reason)],
    }
    return new_record(14, values, context)


def _unprinted(images: Sequence[ImageRecord], missing: Mapping[int, str], version: str) -> list[tuple[int, str]]:
    """Missing fingers of a rolled set that no record of their own speaks of yet."""
    rolled = [image for image in images if image.impression in ROLLED]
    if not rolled or all(image.type == 4 for image in rolled):
        return []
    spoken_of = {image.position for image in images}
    absent = ("UP",) if version >= PARTIAL_SINCE else ("UP", "XX")
    return [(one, missing[one]) for one in sorted(missing) if one not in spoken_of and missing[one] in absent]


def _fingers_of(position: int) -> frozenset[int]:
    return FINGERS_IN.get(position, frozenset({position}) & SINGLE_FINGERS)


def _next(free: Iterable[int]) -> int:
    for idc in free:
        return idc
    raise ContradictoryRecord("expected at most 99 records with an IDC of their own", "1.003")
