"""Type-9 records against themselves and against the image of the same IDC."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist.checks.findings import Finding, number_or_none, value_or_none
from fingerprint_engine.exchange.ansi_nist.features.image_geometry import PRINT_TYPES, geometry_of
from fingerprint_engine.exchange.ansi_nist.features.model import blocks_of
from fingerprint_engine.exchange.ansi_nist.features.reading import features_of
from fingerprint_engine.exchange.ansi_nist.model import Record, Transaction

_COUNTS = ((10, 12), (15, 23), (136, 137))
_POSITIONS = (6, 14, 134)
_RIDGE_COUNT_FORMATS = ("514", "515")


def feature_findings(transaction: Transaction) -> Iterator[Finding]:
    """Contradictions in and around Type-9 records."""
    for place, record in enumerate(transaction.records):
        if record.type != 9:
            continue
        yield from _counts(place, record)
        image = next(
            (one for one in transaction.records if one.type in PRINT_TYPES and one.idc == record.idc is not None), None
        )
        if image is None:
            yield Finding(place, "9.002", "no image has this IDC")
        else:
            yield from _against_image(place, record, image)
        for block in blocks_of(record):
            try:
                features_of(transaction, record, block)
            except ExchangeError as error:
                yield Finding(place, getattr(error, "field", "") or "9", getattr(error, "reason", "not readable"))


def _counts(place: int, record: Record) -> Iterator[Finding]:
    for number, listed in _COUNTS:
        field = record.field(listed)
        stated, found = number_or_none(record, number), 0 if field is None else len(field.subfields)
        if stated is not None and stated != found:
            yield Finding(place, f"9.{number:03d}", f"stated {stated} minutiae, {found} are listed")
    information = value_or_none(record, "CBI")
    kind = information.get("CFT") if isinstance(information, dict) else None
    if record.field(138) is not None and kind is not None and kind not in _RIDGE_COUNT_FORMATS:
        yield Finding(place, "9.138", f"ridge counts, which format type {kind} in 9.126 does not allow")


def _against_image(place: int, record: Record, image: Record) -> Iterator[Finding]:
    impression, of_image = number_or_none(record, "IMP"), number_or_none(image, "IMP")
    if impression is not None and of_image is not None and impression != of_image:
        yield Finding(place, "9.003", f"impression type {impression}, its image says {of_image}")
    position = number_or_none(image, "FGP")
    for number in _POSITIONS:
        own = number_or_none(record, number)
        if own is not None and position is not None and own != position:
            yield Finding(place, f"9.{number:03d}", f"position {own}, its image says {position}")
    cols, rows = number_or_none(record, 128), number_or_none(record, 129)
    size = number_or_none(image, "HLL"), number_or_none(image, "VLL")
    if None not in (cols, rows, *size) and (cols, rows) != size:
        yield Finding(place, "9.128", f"{cols} x {rows} px, its image says {size[0]} x {size[1]}")
    unit, scale = number_or_none(record, 130), number_or_none(record, 131)
    geometry = None
    try:
        geometry = geometry_of(image)
    except ExchangeError:
        return
    if unit not in (1, 2) or not scale or geometry is None:
        return
    ppi = scale * 2.54 if unit == 2 else float(scale)
    if abs(ppi - geometry.x_ppi) > 2.54 / 2:
        yield Finding(place, "9.131", f"{ppi:.1f} ppi, its image says {geometry.x_ppi:g}")
    elif not isinstance(value_or_none(image, "SLC"), int) or value_or_none(image, "SLC") != unit:
        yield Finding(place, "9.130", "another scale unit than its image: the same resolution, rounded differently")
