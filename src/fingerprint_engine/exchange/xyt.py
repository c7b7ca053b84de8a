"""Minutiae lists of NIST's NBIS (``.xyt``): lines of x, y, direction and, often, quality.

Positions are pixels of an image that the file does not name, y counted up from its height; directions are whole
degrees, turned by 180° against the engine's. Kinds of minutiae are not in the file.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import numpy as np

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange.coordinates import xyt_grid
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.points import FOREIGN, template_of_points
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.geometry import CANONICAL_PPI
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, Minutiae, MinutiaKind
from fingerprint_engine.template import Template, TemplateParameters

CLAUSE = "NBIS xyt"
MAX_MINUTIAE = 9_999
MAX_COORDINATE = 16_383
_LINE = re.compile(rb"\s*\d{1,5}[ \t]+\d{1,5}[ \t]+\d{1,3}(?:[ \t]+\d{1,3})?[ \t]*\r?")
_SNIFF_BYTES = 4_096


class XytMinutia(NamedTuple):
    """One line: pixels from the left and from below, degrees, quality 0 to 100 or None."""

    x: int
    y: int
    theta: int
    quality: int | None = None


def is_xyt(data: bytes) -> bool:
    """Whether the bytes begin with a line of three or four whole numbers and hold no other characters."""
    first = data[:_SNIFF_BYTES].split(b"\n", 1)[0]
    return _LINE.fullmatch(first) is not None and not data[:_SNIFF_BYTES].strip(b"0123456789 \t\r\n")


def loads(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> tuple[XytMinutia, ...]:
    """Read a list.

    Parameters
    ----------
    data
        The whole file.
    limits
        What it may cost.

    Raises
    ------
    LimitExceeded
        When it has more bytes or lines than `limits` allow.
    MalformedRecord
        When a line is not three or four whole numbers in their ranges; with the offset of the line.
    """
    budget = Budget(limits)
    budget.need("file_bytes", len(data))
    budget.spend("items", data.count(b"\n"))
    found: list[XytMinutia] = []
    offset = 0
    for line in data.split(b"\n"):
        if line.strip():
            if _LINE.fullmatch(line) is None:
                raise MalformedRecord("expected three or four whole numbers", offset, f"line {len(found) + 1}", CLAUSE)
            numbers = [int(part) for part in line.split()]
            if max(numbers[:2]) > MAX_COORDINATE or numbers[2] > 360:
                raise MalformedRecord(
                    f"expected at most {MAX_COORDINATE} px and 360°", offset, f"line {len(found) + 1}", CLAUSE
                )
            found.append(XytMinutia(*numbers))
            if len(found) > MAX_MINUTIAE:
                raise MalformedRecord(f"expected at most {MAX_MINUTIAE} lines, found more", offset, "", CLAUSE)
        offset += len(line) + 1
    if not found:
        raise MalformedRecord("expected at least one line, found none", 0, "", CLAUSE)
    return tuple(found)


def dumps(minutiae: tuple[XytMinutia, ...]) -> bytes:
    """Write a list, one line per minutia.

    Raises
    ------
    ExchangeError
        When there is no minutia, or a number is negative: such a list is none.
    """
    if not minutiae:
        raise ExchangeError(f"{CLAUSE}: expected at least one minutia, got none")
    lines = []
    for minutia in minutiae:
        numbers = [number for number in minutia if number is not None]
        if min(numbers) < 0:
            raise ExchangeError(f"{CLAUSE}: expected numbers of at least 0, found {min(numbers)}")
        lines.append(" ".join(str(number) for number in numbers))
    return ("\n".join(lines) + "\n").encode()


def template_of_xyt(
    minutiae: tuple[XytMinutia, ...],
    *,
    ppi: float,
    shape: tuple[int, int] | None = None,
    finger: Finger = Finger.UNKNOWN,
    impression: Impression = Impression.UNKNOWN,
    parameters: TemplateParameters | None = None,
    parameters_digest: bytes = FOREIGN,
) -> Mapped[Template]:
    """Make a template of a list.

    Parameters
    ----------
    minutiae
        What `loads` gave.
    ppi
        Resolution of the image that they were found in.
    shape
        Its rows and columns in its own pixels; None: it ends where the minutiae do, which only shifts the print.
    finger, impression
        Kept as they are.
    parameters
        Of the local descriptors.
    parameters_digest
        See `minutiae_records.templates`.

    Raises
    ------
    ExchangeError
        When the resolution or size is not one of a print.
    """
    losses = Losses()
    grid = xyt_grid(max(one.y for one in minutiae) if shape is None else shape[0], ppi)
    x, y = grid.to_px([one.x for one in minutiae], [one.y for one in minutiae])
    quality = [UNKNOWN_QUALITY if one.quality is None or one.quality > 100 else one.quality for one in minutiae]
    found = Minutiae(
        x.astype(np.float32),
        y.astype(np.float32),
        grid.to_rad([one.theta for one in minutiae]),
        np.full(len(minutiae), MinutiaKind.UNKNOWN, np.uint8),
        np.array(quality, np.uint8),
    )
    made = template_of_points(
        found,
        losses,
        shape=None if shape is None else (shape[0] * CANONICAL_PPI / ppi, shape[1] * CANONICAL_PPI / ppi),
        extractor="xyt",
        finger=finger,
        impression=impression,
        source_ppi=ppi,
        parameters=parameters,
        parameters_digest=parameters_digest,
    )
    return losses.settle(made, strict=False)


def xyt_of_template(template: Template, *, ppi: float = CANONICAL_PPI, strict: bool = False) -> Mapped[bytes]:
    """Write a template's minutiae as a list.

    Raises
    ------
    LossRefused
        In strict mode: the format holds neither kinds nor the print's size.
    """
    losses = Losses()
    rows = math.ceil(template.shape[0] * ppi / CANONICAL_PPI)
    grid = xyt_grid(rows, ppi)
    columns = template.minutiae
    x, y = (np.maximum(values, 0) for values in grid.from_px(columns.x, columns.y))
    lines = zip(x, y, grid.from_rad(columns.direction), columns.quality, strict=True)
    made = tuple(
        XytMinutia(int(across), int(up), int(theta), None if quality == UNKNOWN_QUALITY else int(quality))
        for across, up, theta, quality in lines
    )
    for what in ("kinds of minutiae", "fractions of positions", "size of the print", "finger and impression type"):
        losses.add(what)
    losses.add("cores and deltas", when=len(template.singular_points) > 0)
    losses.add("map of area, ridge flow and ridge period")
    return losses.settle(dumps(made), strict=strict)
