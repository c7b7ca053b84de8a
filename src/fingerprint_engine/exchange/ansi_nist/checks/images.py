"""Image records against themselves: codes against the record's type, the payload against the fields around it."""

from __future__ import annotations

from collections.abc import Iterator

from fingerprint_engine.exchange.ansi_nist.checks.findings import Finding, number_or_none, value_or_none
from fingerprint_engine.exchange.ansi_nist.model import Record, Transaction
from fingerprint_engine.exchange.ansi_nist.tables.codes import (
    BINARY_COMPRESSIONS,
    COMPRESSION_LABELS,
    FINGERS_IN,
    LATENT,
    MISSING,
    PALMS,
    PARTIAL_SINCE,
    ROLLED,
    SCAR_SINCE,
)
from fingerprint_engine.exchange.coordinates import ppi_of_ppcm
from fingerprint_engine.exchange.image_codecs import Compression, compression_of
from fingerprint_engine.exchange.image_codecs.headers import stated_size
from fingerprint_engine.limits import Budget

_RIDGE_TYPES = frozenset({4, 13, 14, 15})
_SELF_DESCRIBED = frozenset({10, 13, 14, 15, 16, 17, 19})
"""Types that state the image's resolution and the name of its compression themselves."""
_WITH_IMAGE = ((6, "HLL"), (7, "VLL"), (8, "SLC"), (9, "THPS"), (10, "TVPS"), (11, "CGA"))
_GREY_TYPES = frozenset({4, 13, 14, 15})


def image_findings(transaction: Transaction, budget: Budget) -> Iterator[Finding]:
    """Contradictions within image records."""
    for place, record in enumerate(transaction.records):
        if record.type in _RIDGE_TYPES:
            yield from _codes(place, record)
        if record.type in {4, *_SELF_DESCRIBED}:
            yield from _payload(place, record, budget)
        if record.type in {14, 15}:
            yield from _segments(place, record)
            yield from _missing_fingers(place, record)


def _codes(place: int, record: Record) -> Iterator[Finding]:
    kind = record.type
    impression, position = number_or_none(record, "IMP"), number_or_none(record, "FGP")
    if impression is None or position is None:
        return
    if (impression in LATENT) != (kind == 13):
        yield Finding(place, f"{kind}.003", f"impression type {impression} in a Type-{kind} record")
    if (position in PALMS) != (kind == 15) and kind != 13:
        yield Finding(place, f"{kind}.013", f"position {position} in a Type-{kind} record")
    if position in FINGERS_IN and impression in ROLLED:
        yield Finding(place, f"{kind}.003", f"rolled impression type {impression} of the plain position {position}")


def _payload(place: int, record: Record, budget: Budget) -> Iterator[Finding]:
    kind = record.type
    payload = value_or_none(record, "DATA")
    if not isinstance(payload, bytes) or not payload:
        return
    if kind in _SELF_DESCRIBED:
        for number, name in _WITH_IMAGE:
            if record.field(number) is None:
                yield Finding(place, f"{kind}.{number:03d}", f"{name} is absent although there is an image")
    cols, rows = number_or_none(record, 6), number_or_none(record, 7)
    label, field = _label(record)
    found = compression_of(payload)
    if label is not None and label not in _labels_of(found) and not (found is None and label == "NONE"):
        yield Finding(place, field, f"stated {label}, the data are {found or 'of no known kind'}")
    size = stated_size(payload, budget)
    if size is not None and cols is not None and rows is not None and size != (cols, rows):
        yield Finding(place, f"{kind}.006", f"stated {cols} x {rows} px, the data say {size[0]} x {size[1]}")
    if label == "NONE" and kind in _GREY_TYPES and cols and rows and len(payload) != cols * rows:
        data = "4.009" if kind == 4 else f"{kind}.999"
        yield Finding(place, data, f"expected {cols * rows} bytes of pixels, found {len(payload)}")
    ppi = _ppi(record)
    if ppi is not None and label == "WSQ20" and ppi > 600:
        yield Finding(place, field, f"WSQ, which is for 500 ppi, at {ppi:g} ppi")
    if ppi is not None and kind == 13 and ppi < 990:
        yield Finding(place, "13.009", f"latents should have 1000 ppi, found {ppi:g}")


def _labels_of(found: Compression | None) -> tuple[str, ...]:
    if found is None:
        return ()
    same = {Compression.JPEG: ("JPEGB", "JPEGL"), Compression.JPEG_2000: ("JP2", "JP2L")}
    return same.get(found, (COMPRESSION_LABELS[found],))


def _label(record: Record) -> tuple[str | None, str]:
    if record.type == 4:
        code = number_or_none(record, "CGA")
        known = code is not None and 0 <= code < len(BINARY_COMPRESSIONS)
        return (BINARY_COMPRESSIONS[code] if known and code is not None else None), "4.008"
    label = value_or_none(record, 11)
    return (label if isinstance(label, str) else None), f"{record.type}.011"


def _ppi(record: Record) -> float | None:
    if record.type == 4:
        return None
    unit, scale = number_or_none(record, 8), number_or_none(record, 9)
    if unit not in (1, 2) or not scale or scale < 0:
        return None
    return float(scale) if unit == 1 else ppi_of_ppcm(scale)


def _segments(place: int, record: Record) -> Iterator[Finding]:
    cols, rows = number_or_none(record, 6), number_or_none(record, 7)
    segments = value_or_none(record, "SEG")
    for one in segments if isinstance(segments, tuple) and cols and rows else ():
        left, right, top, bottom = (one[name] for name in ("LHC", "RHC", "TVC", "BVC"))
        if None in (left, right, top, bottom) or not (0 <= left < right <= cols and 0 <= top < bottom <= rows):
            yield Finding(place, f"{record.type}.021", "a segment that is not a rectangle in the image")
    gone = {finger for finger, reason in _missing(record) if reason == "UP"}
    for name, finger, number in (("SEG", "FRSP", 21), ("NQM", "FRNP", 22)):
        listed = value_or_none(record, name) if record.type == 14 else None
        for one in listed if isinstance(listed, tuple) else ():
            if one[finger] in gone:
                yield Finding(place, f"14.{number:03d}", f"finger {one[finger]}, which 14.018 says is not printed")


def _missing_fingers(place: int, record: Record) -> Iterator[Finding]:
    field, version = f"{record.type}.018", record.context.version
    has_image = bool(value_or_none(record, "DATA"))
    position = number_or_none(record, "FGP")
    for finger, reason in _missing(record):
        if reason not in MISSING:
            yield Finding(place, field, f"expected one of {', '.join(MISSING)}")
        elif reason == "SR" and version < SCAR_SINCE:
            yield Finding(place, field, f"SR came with version {SCAR_SINCE}")
        elif reason != "UP" and not has_image and version >= PARTIAL_SINCE:
            yield Finding(place, field, f"{reason} says that finger {finger} is printed in part, and there is no image")
        elif reason == "UP" and has_image and finger == position:
            yield Finding(place, field, f"UP says that finger {finger} is not printed, and there is an image")


def _missing(record: Record) -> list[tuple[int | None, str]]:
    """Fingers and reasons of field 018."""
    value = value_or_none(record, "AMP")
    return [(one["FRAP"], one["ABC"] or "") for one in value] if isinstance(value, tuple) else []
