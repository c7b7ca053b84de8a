"""What a Type-9 record says of a print, in the engine's own terms: one type for all of the record's encodings."""

from __future__ import annotations

import dataclasses
import enum
from typing import NamedTuple

import numpy as np

from fingerprint_engine.exchange.ansi_nist.model import Record
from fingerprint_engine.exchange.coordinates import Grid
from fingerprint_engine.minutiae.columns import UNKNOWN_QUALITY, Minutiae, MinutiaKind, SingularKind, SingularPoints
from fingerprint_engine.template import Template

MAX_MINUTIAE = 9_999


class Block(enum.StrEnum):
    """An encoding of features within Type-9, with the numbers of its fields."""

    LEGACY = "legacy"
    IAFIS = "iafis"
    INCITS_378 = "incits-378"
    EXTENDED = "extended-features"

    @property
    def numbers(self) -> range:
        """Numbers of the block's fields."""
        return _NUMBERS[self]


_NUMBERS = {
    Block.LEGACY: range(5, 13),
    Block.IAFIS: range(13, 26),
    Block.INCITS_378: range(126, 151),
    Block.EXTENDED: range(300, 400),
}
_PREFERRED = (Block.EXTENDED, Block.INCITS_378, Block.IAFIS, Block.LEGACY)


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class RidgeFeatures:
    """Features of one print.

    Parameters
    ----------
    block
        Encoding that they were read from.
    minutiae, singular_points
        At 500 ppi, in the coordinates of the whole image.
    positions
        Codes of the positions that the print may be of; one where it is known, 0 where nothing is.
    impression
        Code of the impression type, None where the record has none.
    shape
        Rows and columns of the image at 500 ppi, None where neither the block nor an image says them.
    source_ppi
        Resolution of the image, None where it is not known.
    """

    block: Block
    minutiae: Minutiae
    singular_points: SingularPoints
    positions: tuple[int, ...] = (0,)
    impression: int | None = None
    shape: tuple[int, int] | None = None
    source_ppi: float | None = None

    @classmethod
    def of_template(cls, template: Template) -> RidgeFeatures:
        """Features of a template, whose positions are those of the image that it was made of."""
        return cls(
            Block.INCITS_378,
            template.minutiae,
            template.singular_points,
            (int(template.finger),),
            int(template.impression),
            template.shape,
            template.source_ppi,
        )


class RawPoint(NamedTuple):
    """A point in units of its format; kind is a `MinutiaKind` or a `SingularKind`."""

    x: int
    y: int
    angle: int
    kind: int
    quality: int = UNKNOWN_QUALITY


def blocks_of(record: Record) -> tuple[Block, ...]:
    """The encodings that a Type-9 record holds and that are supported, the one with the most detail first."""
    numbers = {field.number for field in record.fields}
    # 9.011 occurs with the IAFIS block too: it alone is no sign of the legacy one.
    signs = {Block.LEGACY: {12}, Block.IAFIS: {23}, Block.INCITS_378: {137}, Block.EXTENDED: {331, 334}}
    return tuple(block for block in _PREFERRED if signs[block] & numbers)


def minutiae_of(points: list[RawPoint], grid: Grid) -> Minutiae:
    """Points of a format as minutiae."""
    if not points:
        return Minutiae.empty()
    columns = np.array(points, np.int64).T
    x, y = grid.to_px(columns[0], columns[1])
    return Minutiae(
        x.astype(np.float32),
        y.astype(np.float32),
        grid.to_rad(columns[2]),
        np.where(columns[3] > max(MinutiaKind), MinutiaKind.UNKNOWN, columns[3]).astype(np.uint8),
        columns[4].astype(np.uint8),
    )


def singular_points_of(points: list[RawPoint], grid: Grid) -> SingularPoints:
    """Points of a format as cores and deltas."""
    if not points:
        return SingularPoints.empty()
    columns = np.array(points, np.int64).T
    x, y = grid.to_px(columns[0], columns[1])
    kinds = columns[3].astype(np.uint8)
    return SingularPoints(x.astype(np.float32), y.astype(np.float32), grid.to_rad(columns[2]), kinds)


def split_singular_points(points: SingularPoints) -> tuple[list[int], list[int]]:
    """Places of the cores, and of the deltas."""
    cores = [i for i in range(len(points)) if points.kind[i] == SingularKind.CORE]
    return cores, [i for i in range(len(points)) if points.kind[i] == SingularKind.DELTA]
