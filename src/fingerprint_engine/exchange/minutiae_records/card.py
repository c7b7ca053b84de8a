"""Card formats of ISO/IEC 19794-2:2005: minutiae without any header, five bytes each (normal) or three (compact).

Nothing in the bytes says that they are such, how large the print is or which finger it shows: the caller knows. The
layouts are those of NIST's reference reader; no file from another system was available to test with. A card may demand
an order of its minutiae, which `dumps` makes where it is asked to.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange.coordinates import card_grid
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.minutiae_records.model import RecordMinutia
from fingerprint_engine.exchange.points import FOREIGN, template_of_points
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.geometry import CANONICAL_PPI
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, Minutiae, MinutiaKind
from fingerprint_engine.parameters import one_of
from fingerprint_engine.template import Template

BYTES_EACH = {"normal": 5, "compact": 3}
LARGEST = {"normal": 0x3FFF, "compact": 0xFF}
"""Largest coordinate: 163.83 mm and 25.5 mm."""
ORDERS: dict[str, Callable[[RecordMinutia], tuple[int, ...]]] = {
    "x-ascending": lambda minutia: (minutia.x, minutia.y),
    "x-descending": lambda minutia: (-minutia.x, -minutia.y),
    "y-ascending": lambda minutia: (minutia.y, minutia.x),
    "y-descending": lambda minutia: (-minutia.y, -minutia.x),
}
MAX_MINUTIAE = 255
_KINDS = frozenset(int(kind) for kind in MinutiaKind)


def loads(data: bytes, size: str) -> tuple[RecordMinutia, ...]:
    """Read minutiae in a card format.

    Parameters
    ----------
    data
        Nothing but minutiae.
    size
        ``"normal"`` (0.01 mm, 1.40625°) or ``"compact"`` (0.1 mm, 5.625°).

    Returns
    -------
    tuple of RecordMinutia
        In the card's units; quality is 0, not reported.

    Raises
    ------
    MalformedRecord
        When the length is no multiple of a minutia's, or holds too many.
    """
    each = _bytes_each(size)
    clause = f"ISO/IEC 19794-2:2005 card format, {size} size"
    if len(data) % each:
        raise MalformedRecord(f"expected a multiple of {each} bytes, found {len(data)}", len(data), "length", clause)
    if len(data) // each > MAX_MINUTIAE:
        raise MalformedRecord(f"expected at most {MAX_MINUTIAE} minutiae, found {len(data) // each}", 0, "", clause)
    rows = (data[at : at + each] for at in range(0, len(data), each))
    if size == "compact":
        return tuple(RecordMinutia(row[2] >> 6, row[0], row[1], row[2] & 0x3F, 0) for row in rows)
    return tuple(_normal(row) for row in rows)


def dumps(minutiae: tuple[RecordMinutia, ...], size: str, *, order: str | None = None) -> bytes:
    """Write minutiae in a card format.

    Parameters
    ----------
    minutiae
        In the card's units.
    size
        ``"normal"`` or ``"compact"``.
    order
        None: as they come; or one of `ORDERS`.

    Raises
    ------
    ExchangeError
        When a value does not fit.
    """
    each, largest = _bytes_each(size), LARGEST[size]
    if order is not None:
        minutiae = tuple(sorted(minutiae, key=ORDERS[one_of(order, "order", ORDERS, ExchangeError)]))
    steps = 64 if size == "compact" else 256
    parts = []
    for one in minutiae:
        if not (0 <= one.x <= largest and 0 <= one.y <= largest and 0 <= one.angle < steps and 0 <= one.kind <= 3):
            raise ExchangeError(f"card format, {size} size: a minutia does not fit {each} bytes")
        if size == "compact":
            parts.append(bytes([one.x, one.y, one.kind << 6 | one.angle]))
        else:
            x, y = one.kind << 14 | one.x, one.reserved << 14 | one.y
            parts.append(x.to_bytes(2, "big") + y.to_bytes(2, "big") + bytes([one.angle]))
    return b"".join(parts)


def minutiae_of_template(template: Template, size: str, *, strict: bool = False) -> Mapped[tuple[RecordMinutia, ...]]:
    """A template's minutiae for a card.

    A print larger than the compact size's 25.5 mm loses the minutiae outside a window of that size around their centre;
    smaller ones keep their origin.

    Raises
    ------
    LossRefused
        In strict mode; the card formats always lose area, ridge flow and qualities.
    """
    losses = Losses()
    columns = template.minutiae
    x_offset, y_offset = (
        _window(values, side, size) for values, side in zip((columns.x, columns.y), template.shape[::-1], strict=True)
    )
    grid = card_grid(size, x_offset, y_offset)
    x, y = grid.from_px(columns.x, columns.y)
    inside = (x >= 0) & (y >= 0) & (x <= LARGEST[size]) & (y <= LARGEST[size])
    losses.add(f"{np.count_nonzero(~inside)} minutiae outside the card's area", when=bool((~inside).any()))
    losses.add("place of the origin in the image", when=bool(x_offset or y_offset))
    losses.add("qualities of minutiae", when=bool((columns.quality != UNKNOWN_QUALITY).any()))
    for what in ("size of the print", "finger and impression type", "map of area and ridge flow"):
        losses.add(what)
    losses.add("cores and deltas", when=len(template.singular_points) > 0)
    rows = zip(columns.kind, x, y, grid.from_rad(columns.direction), inside, strict=True)
    made = tuple(
        RecordMinutia(int(kind), int(across), int(down), int(angle), 0)
        for kind, across, down, angle, kept in rows
        if kept
    )
    return losses.settle(made, strict=strict)


def template_of_minutiae(
    minutiae: tuple[RecordMinutia, ...],
    size: str,
    *,
    finger: Finger = Finger.UNKNOWN,
    impression: Impression = Impression.UNKNOWN,
    parameters_digest: bytes = FOREIGN,
) -> Mapped[Template]:
    """A template of a card's minutiae; the print ends where its minutiae do. See `minutiae_records.templates`."""
    grid, losses = card_grid(size), Losses()
    x, y = grid.to_px([one.x for one in minutiae], [one.y for one in minutiae])
    kind = [one.kind if one.kind in _KINDS else int(MinutiaKind.UNKNOWN) for one in minutiae]
    found = Minutiae(
        x.astype(np.float32),
        y.astype(np.float32),
        grid.to_rad([one.angle for one in minutiae]),
        np.array(kind, np.uint8),
        np.full(len(minutiae), UNKNOWN_QUALITY, np.uint8),
    )
    made = template_of_points(
        found,
        losses,
        shape=None,
        extractor="minutiae of a card",
        finger=finger,
        impression=impression,
        parameters_digest=parameters_digest,
    )
    return losses.settle(made, strict=False)


def _normal(row: bytes) -> RecordMinutia:
    x, y = int.from_bytes(row[:2], "big"), int.from_bytes(row[2:4], "big")
    return RecordMinutia(x >> 14, x & 0x3FFF, y & 0x3FFF, row[4], 0, y >> 14)


def _window(values: np.ndarray[tuple[int], np.dtype[np.float32]], side_px: int, size: str) -> float:
    """Where the card's origin lies along one side, in its units: 0 as long as the whole side fits."""
    per_px = card_grid(size).x_per_inch / CANONICAL_PPI
    if side_px * per_px <= LARGEST[size] or values.size == 0:
        return 0.0
    middle = (float(values.min()) + float(values.max())) / 2.0 * per_px
    return float(min(max(0.0, middle - LARGEST[size] / 2.0), max(0.0, side_px * per_px - LARGEST[size])))


def _bytes_each(size: str) -> int:
    return BYTES_EACH[one_of(size, "card format", BYTES_EACH, ExchangeError)]
