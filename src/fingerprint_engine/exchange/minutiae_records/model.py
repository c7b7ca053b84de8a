"""The content of a minutiae record in its own units: all that is read is kept, so that it can be written again."""

from __future__ import annotations

import dataclasses
import enum
from typing import NamedTuple

from fingerprint_engine.exchange.coordinates import ANSI_STEP_DEG, ISO_STEP_DEG, Grid, pixel_grid, ppi_of_ppcm
from fingerprint_engine.exchange.representation import CaptureDevice, QualityBlock

MAX_MINUTIAE = 255
"""A view's count of minutiae is one byte."""
QUALITY_NOT_REPORTED = 0
"""Quality of a minutia or view in the editions of 2004 and 2005 where it is not reported."""
QUALITY_NOT_ATTEMPTED, QUALITY_FAILED = 254, 255
"""The same in later editions."""


class RecordVersion(enum.StrEnum):
    """A standard and its edition; INCITS 2007 is the draft of 2009, which NIST's own files are in."""

    ISO_2005 = "iso-19794-2:2005"
    ISO_2011 = "iso-19794-2:2011"
    ANSI_2004 = "incits-378:2004"
    ANSI_2007 = "incits-378:2007"
    ANSI_2009 = "incits-378:2009"
    ANSI_2009_AM1 = "incits-378:2009-am1"

    @property
    def is_iso(self) -> bool:
        """Whether angles are in ISO's 1.40625° steps, not in ANSI's of 2°."""
        return self in (RecordVersion.ISO_2005, RecordVersion.ISO_2011)

    @property
    def step_deg(self) -> float:
        """Degrees in one step of an angle."""
        return ISO_STEP_DEG if self.is_iso else ANSI_STEP_DEG

    @property
    def steps(self) -> int:
        """Steps in a turn: 256 or 180."""
        return round(360.0 / self.step_deg)

    @property
    def first_edition(self) -> bool:
        """Whether it is of 2004 or 2005: one geometry for all views, quality 0 when not reported."""
        return self in (RecordVersion.ISO_2005, RecordVersion.ANSI_2004)

    @property
    def clause(self) -> str:
        """The standard's name for error messages."""
        return {"iso": "ISO/IEC ", "incits": "INCITS "}[self.value.split("-", 1)[0]] + self.value.split("-", 1)[1]


class RecordMinutia(NamedTuple):
    """One minutia: pixels of the view's resolution from the top-left corner, an angle in the version's steps.

    `kind` is 0 other, 1 ending, 2 bifurcation (3 is reserved); `reserved` are the two bits above y.
    """

    kind: int
    x: int
    y: int
    angle: int
    quality: int
    reserved: int = 0


class ExtendedBlock(NamedTuple):
    """One block of extended data: its type code and its content without the block's own header of four bytes."""

    kind: int
    data: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class MinutiaeView:
    """One view of one finger.

    Parameters
    ----------
    position
        Finger position, 0 unknown, 1 to 10 (later editions know more).
    number
        View number among those of the same finger.
    impression
        Impression type, as coded.
    quality
        Of the whole finger: 0 to 100, 254 not attempted, 255 failed; 0 may mean "not reported" in the first editions.
    width, height
        Pixels of the image.
    x_ppcm, y_ppcm
        Pixels per centimetre.
    minutiae, extended
        What the view holds.
    qualities
        All quality blocks (ISO 2011), or the one of INCITS 2009; the first one's score is `quality`.
    device
        Only in ISO 2011.
    minutia_bytes
        6, or 5 without quality (ISO 2011).
    ending_type
        ISO 2011: 0 endings are valley skeleton bifurcations, 1 ridge skeleton end points.
    """

    position: int
    number: int
    impression: int
    quality: int
    width: int
    height: int
    x_ppcm: int
    y_ppcm: int
    minutiae: tuple[RecordMinutia, ...] = ()
    extended: tuple[ExtendedBlock, ...] = ()
    qualities: tuple[QualityBlock, ...] = ()
    device: CaptureDevice = CaptureDevice()
    minutia_bytes: int = 6
    ending_type: int = 0

    def grid(self, version: RecordVersion) -> Grid:
        """How the view counts positions and directions."""
        return pixel_grid(ppi_of_ppcm(self.x_ppcm), ppi_of_ppcm(self.y_ppcm), version.step_deg)


@dataclasses.dataclass(frozen=True, slots=True)
class MinutiaeRecord:
    """A whole record.

    Parameters
    ----------
    version
        Which standard and edition.
    views
        One or more views; their geometry is one and the same in the first editions.
    owner, product
        CBEFF product identifier (INCITS only).
    equipment
        Capture equipment: four bits of certification above an identifier of twelve bits (first editions), the
        certification byte above an identifier of sixteen bits (INCITS 2009).
    magic
        The four bytes that name the edition: some writers put ``020`` for `` 20``.
    reserved
        The header's last byte (ISO 2011: the certification flag).
    long_length
        INCITS 2004: whether the length is in the long form of six bytes.
    warnings
        Faults tolerated in lenient mode.
    """

    version: RecordVersion
    views: tuple[MinutiaeView, ...]
    owner: int = 0
    product: int = 0
    equipment: int = 0
    magic: bytes = b""
    reserved: int = 0
    long_length: bool = False
    warnings: tuple[str, ...] = dataclasses.field(default=(), compare=False)
