"""Rules of the image records 13, 14 and 15, of minutiae and of source images, and of prints against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fingerprint_engine.exchange.ansi_nist import Record, Transaction
from fingerprint_engine.exchange.ansi_nist.checks.findings import number_or_none, value_or_none
from fingerprint_engine.exchange.ansi_nist.tables.codes import FINGERS_IN, PLAIN, ROLLED
from fingerprint_engine.exchange.interpol.header_rules import is_old
from fingerprint_engine.exchange.interpol.violations import Violation

_SLAPS = frozenset({13, 14})
_IMPRESSIONS: Mapping[int, frozenset[int]] = {
    13: frozenset({4}),
    14: frozenset({0, 1, 8, 24, 25, 28, 29, 41, 42}),
    15: frozenset({0, 8, 24, 25, 28, 29, 41, 42}),
}
_POSITIONS: Mapping[int, frozenset[int]] = {
    13: frozenset({*range(11), *range(20, 29)}),
    14: frozenset(range(1, 16)),
    15: frozenset(range(21, 29)),
}
_MAX_POSITIONS = 6
_COMPRESSIONS: Mapping[int, frozenset[str]] = {500: frozenset({"WSQ20"}), 1000: frozenset({"JP2", "JP2L"})}
_LATENT_COMPRESSIONS = frozenset({"NONE", "WSQ20", "JP2", "JP2L", "PNG"})
_REASONS = frozenset({"XX", "UP"})
_MAX_MINUTIAE = 9_999
_FINGER_SEARCHES = frozenset({"CPS", "NPS", "ATP"})


def image_violations(transaction: Transaction) -> Iterator[Violation]:
    """Rules of each record with an image, and of all together."""
    for place, record in enumerate(transaction.records):
        if record.type in _IMPRESSIONS:
            yield from _codes(place, record)
            yield from _image(place, record)
            yield from _regions(place, record)
        elif record.type == 9:
            yield from _minutiae(place, record)
        elif record.type == 20 and number_or_none(record, 21) not in (None, 1) and not is_old(transaction):
            yield Violation(115, place, "20.021", "expected the source representation 1")
    yield from _prints(transaction)


def _codes(place: int, record: Record) -> Iterator[Violation]:
    kind = record.type
    impression, positions = number_or_none(record, "IMP"), value_or_none(record, "FGP")
    if impression is None:
        yield Violation(101, place, f"{kind}.003", "expected an impression type")
    elif impression not in _IMPRESSIONS[kind]:
        yield Violation(115, place, f"{kind}.003", f"expected one of {_listed(_IMPRESSIONS[kind])}, found {impression}")
    if not isinstance(positions, tuple) or not positions:
        yield Violation(101, place, f"{kind}.013", "expected a position")
        return
    if len(positions) > (_MAX_POSITIONS if kind == 13 else 1):
        yield Violation(104, place, f"{kind}.013", f"expected fewer positions, found {len(positions)}")
    for position in positions:
        if position not in _POSITIONS[kind]:
            expected = _listed(_POSITIONS[kind])
            yield Violation(115, place, f"{kind}.013", f"expected one of {expected}, found {position}")


def _image(place: int, record: Record) -> Iterator[Violation]:
    kind = record.type
    missing = value_or_none(record, "AMP") if kind != 13 else None
    reasons = [one.get("ABC") for one in missing] if isinstance(missing, tuple) else []
    if any(reason not in _REASONS for reason in reasons):
        yield Violation(115, place, f"{kind}.018", "expected XX or UP")
    if not value_or_none(record, "DATA"):
        if "UP" not in reasons:
            yield Violation(101, place, f"{kind}.999", "expected an image, or UP in field 018")
        return
    if number_or_none(record, 12) != 8:
        yield Violation(115, place, f"{kind}.012", "expected 8 bits per pixel")
    unit, across, down = (number_or_none(record, number) for number in (8, 9, 10))
    if unit != 1 and kind != 13:
        yield Violation(115, place, f"{kind}.008", "expected pixels per inch (1)")
    if across != down or (across not in _COMPRESSIONS and kind != 13):
        yield Violation(115, place, f"{kind}.009", f"expected 500 or 1000 in both directions, found {across}, {down}")
    label = value_or_none(record, 11)
    allowed = _LATENT_COMPRESSIONS if kind == 13 else _COMPRESSIONS.get(across or 0)
    if allowed is not None and label not in allowed:
        yield Violation(115, place, f"{kind}.011", f"expected {', '.join(sorted(allowed))} at {across} ppi")
    for number in (6, 7):
        size = number_or_none(record, number)
        if size is None or not 10 <= size <= 99_999:
            yield Violation(118, place, f"{kind}.{number:03d}", "expected the size of the image")


def _regions(place: int, record: Record) -> Iterator[Violation]:
    kind = record.type
    for number in (14, 15):
        if kind != 15 and record.field(number) is not None:
            yield Violation(103, place, f"{kind}.{number:03d}", "expected no parts of entire joint images")
    if kind != 14:
        return
    position = number_or_none(record, "FGP")
    for name, number in (("SEG", 21), ("ASEG", 25)):
        if record.field(number) is not None and position not in _SLAPS:
            yield Violation(103, place, f"14.{number:03d}", f"expected no {name} but in positions 13 and 14")
    shapes = value_or_none(record, "ASEG")
    for one in shapes if isinstance(shapes, tuple) else ():
        if one.get("NOP") != 4:
            yield Violation(115, place, "14.025", "expected rectangles, with four points")


def _minutiae(place: int, record: Record) -> Iterator[Violation]:
    minutiae = record.field(331)
    if minutiae is not None and len(minutiae.subfields) > _MAX_MINUTIAE:
        yield Violation(104, place, "9.331", f"expected at most {_MAX_MINUTIAE}, found {len(minutiae.subfields)}")
    positions = record.field(302)
    if positions is not None and any(any(items[1:3]) for items in positions.subfields):
        yield Violation(103, place, "9.302", "expected no parts of entire joint images")


def _prints(transaction: Transaction) -> Iterator[Violation]:
    """What must be there; slaps alone need their fingers beside them, slaps beside rolled prints must not have them."""
    kind = transaction.context.transaction_type
    types = {record.type for record in transaction.records}
    if kind in _FINGER_SEARCHES and not types & {4, 14, 15}:
        yield Violation(502, 0, "14.001", "expected prints of fingers or palms")
    if kind == "MPS" and 13 not in types:
        yield Violation(502, 0, "13.001", "expected a latent print")
    if is_old(transaction):
        return
    rolled: set[int] = set()
    plain: dict[int, int] = {}
    segmented: dict[int, int] = {}
    for place, record in enumerate(transaction.records):
        position, impression = number_or_none(record, "FGP") if record.type == 14 else None, None
        if position is None:
            continue
        impression = number_or_none(record, "IMP")
        if position in FINGERS_IN:
            parts = value_or_none(record, "SEG")
            for one in parts if isinstance(parts, tuple) and position in _SLAPS else ():
                if one.get("FRSP") is not None:
                    segmented.setdefault(one["FRSP"], place)
        elif impression in ROLLED:
            rolled.add(position)
        elif impression in PLAIN:
            plain.setdefault(position, place)
    for finger, place in segmented.items():
        if not rolled and finger not in plain:
            yield Violation(502, place, "14.021", f"expected finger {finger} in a record of its own: slaps stand alone")
        if rolled and finger in plain:
            yield Violation(103, plain[finger], "14.013", f"expected no cut finger {finger} beside rolled prints")


def _listed(numbers: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
