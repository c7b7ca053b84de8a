"""The content of a finger image record: all that is read is kept, so that it can be written again."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator

from fingerprint_engine.exchange.coordinates import nominal_ppi, ppi_of_ppcm
from fingerprint_engine.exchange.image_codecs.compression import Compression
from fingerprint_engine.exchange.representation import CaptureDevice, QualityBlock

PIXELS_PER_INCH, PIXELS_PER_CM = 1, 2


class ImageRecordVersion(enum.StrEnum):
    """A standard and its edition."""

    ISO_2005 = "iso-19794-4:2005"
    ISO_2011 = "iso-19794-4:2011"

    @property
    def clause(self) -> str:
        """The standard's name for error messages."""
        return f"ISO/IEC 19794-4:{self.value[-4:]}"

    @property
    def compressions(self) -> tuple[Compression, ...]:
        """Compressions in the order of their codes."""
        first = (Compression.RAW, Compression.PACKED, Compression.WSQ, Compression.JPEG, Compression.JPEG_2000)
        if self is ImageRecordVersion.ISO_2005:
            return (*first, Compression.PNG)
        return (*first, Compression.JPEG_2000_LOSSLESS, Compression.PNG)


@dataclasses.dataclass(frozen=True, slots=True)
class ImageView:
    """One image of one finger, or of several in one picture.

    Parameters
    ----------
    position
        Finger or palm position.
    number
        View number (2005: from 1; 2011: representation number, from 0).
    impression
        Impression type.
    width, height
        Pixels.
    data
        The payload as it is.
    compression
        Its code; `ImageRecordVersion.compressions` names it.
    depth
        Bits per pixel.
    scale
        1: resolutions are pixels per inch, 2: pixels per centimetre.
    scan_resolution, resolution
        Of the scan and of the image, along x and y.
    quality
        2005: one byte, which that edition does not explain; 2011: the first block's score, 255 if there is none.
    view_count
        2005: how many views of the finger follow each other.
    reserved
        2005: the header's last byte.
    qualities, device
        2011 only.
    extended
        2011: bytes behind the image, extended data blocks.
    """

    position: int
    number: int
    impression: int
    width: int
    height: int
    data: bytes = dataclasses.field(repr=False)
    compression: int
    depth: int = 8
    scale: int = PIXELS_PER_INCH
    scan_resolution: tuple[int, int] = (500, 500)
    resolution: tuple[int, int] = (500, 500)
    quality: int = 0
    view_count: int = 1
    reserved: int = 0
    qualities: tuple[QualityBlock, ...] = ()
    device: CaptureDevice = CaptureDevice()
    extended: bytes = b""

    @property
    def ppi(self) -> tuple[float, float]:
        """Resolution along x and y in pixels per inch."""
        if self.scale == PIXELS_PER_CM:
            return ppi_of_ppcm(self.resolution[0]), ppi_of_ppcm(self.resolution[1])
        return nominal_ppi(self.resolution[0], 1.0), nominal_ppi(self.resolution[1], 1.0)


def extended_blocks(view: ImageView) -> tuple[tuple[int, bytes], ...]:
    """Type and content of each extended block (2011): 1 segmentation, 2 annotation, 3 comment; none if they do not fit.

    Each has a header of two bytes of type and two of length, which counts the header.
    """
    data, blocks, end = view.extended, [], 0
    for start, end in block_bounds(data):
        blocks.append((int.from_bytes(data[start : start + 2], "big"), data[start + 4 : end]))
    return tuple(blocks) if end == len(data) else ()


def block_bounds(extended: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of one extended block after another, up to one that does not fit."""
    at = 0
    while at < len(extended):
        length = int.from_bytes(extended[at + 2 : at + 4], "big")
        if length < 4 or at + length > len(extended):
            return
        yield at, at + length
        at += length


@dataclasses.dataclass(frozen=True, slots=True)
class ImageRecord:
    """A whole record.

    Parameters
    ----------
    version
        Which edition.
    views
        One or more images; in 2005 all of one resolution, depth and compression.
    device, acquisition_level
        2005 only: identifier of the device and level of its settings (31: 500 ppi).
    certified
        2011: flag of the certification blocks.
    position_count
        2005: number of fingers; 2011: number of finger positions.
    reserved
        2005: two bytes at the end of the header.
    warnings
        Faults tolerated in lenient mode.
    """

    version: ImageRecordVersion
    views: tuple[ImageView, ...]
    device: int = 0
    acquisition_level: int = 31
    certified: int = 0
    position_count: int = 1
    reserved: int = 0
    warnings: tuple[str, ...] = dataclasses.field(default=(), compare=False)
