"""Capture and quality: the head that representations of ISO/IEC 19794:2011 share, minutiae (part 2) and images (4)."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.octets import OctetReader, OctetWriter
from fingerprint_engine.exchange.remarks import Remarks

UNKNOWN_TIME = b"\xff" * 9
UNKNOWN_VENDOR = 0x0103
"""Of the CBEFF registry: no vendor that is known. Readers of INCITS 378 refuse 0, which it does not allow."""
UNKNOWN_PRODUCT = 1
"""Of that vendor: a product or algorithm; readers refuse 0 here as well."""


class QualityBlock(NamedTuple):
    """A quality score with the vendor and algorithm that gave it, as CBEFF identifiers."""

    score: int
    vendor: int
    algorithm: int


@dataclasses.dataclass(frozen=True, slots=True)
class CaptureDevice:
    """How and when a representation was captured.

    Parameters
    ----------
    time
        Nine bytes: year (2), month, day, hour, minute, second, millisecond (2); all 0xFF when unknown.
    technology, vendor, product
        Codes of the device.
    certifications
        Three bytes each (authority, scheme); written only where the record says that it has them.
    """

    time: bytes = UNKNOWN_TIME
    technology: int = 0
    vendor: int = 0
    product: int = 0
    certifications: tuple[bytes, ...] = ()

    @property
    def time_fields(self) -> tuple[int, int, int, int, int, int, int]:
        """Year, month, day, hour, minute, second, millisecond, as they are written; some writers count months to 13."""
        time = self.time
        year, millisecond = int.from_bytes(time[:2], "big"), int.from_bytes(time[7:9], "big")
        return year, time[2], time[3], time[4], time[5], time[6], millisecond


def read_capture(octets: OctetReader, certified: bool) -> tuple[CaptureDevice, tuple[QualityBlock, ...]]:
    """Read time, device, quality blocks and, if the record has them, certifications."""
    time = octets.take(9, "capture time")
    technology, vendor, product = octets.u8("device technology"), octets.u16("device vendor"), octets.u16("device type")
    qualities = tuple(
        QualityBlock(octets.u8("quality"), octets.u16("quality vendor"), octets.u16("quality algorithm"))
        for _ in range(octets.u8("number of quality blocks"))
    )
    certifications: tuple[bytes, ...] = ()
    if certified:
        certifications = tuple(
            octets.take(3, "certification") for _ in range(octets.u8("number of certification blocks"))
        )
    return CaptureDevice(time, technology, vendor, product, certifications), qualities


def write_capture(
    out: OctetWriter, device: CaptureDevice, qualities: tuple[QualityBlock, ...], certified: bool
) -> None:
    """Write what `read_capture` reads."""
    if len(device.time) != 9:
        raise ExchangeError(f"{out.clause}, capture time: expected 9 bytes, found {len(device.time)}")
    out.put(device.time)
    out.u8(device.technology, "device technology")
    out.u16(device.vendor, "device vendor")
    out.u16(device.product, "device type")
    out.u8(len(qualities), "number of quality blocks")
    for quality in qualities:
        out.u8(quality.score, "quality")
        out.u16(quality.vendor, "quality vendor")
        out.u16(quality.algorithm, "quality algorithm")
    if certified:
        out.u8(len(device.certifications), "number of certification blocks")
        for certification in device.certifications:
            if len(certification) != 3:
                raise ExchangeError(f"{out.clause}, certification: expected 3 bytes, found {len(certification)}")
            out.put(certification)


def check_time(device: CaptureDevice, offset: int, remarks: Remarks) -> None:
    """Note an invalid capture time; month 13 is what a widely used writer makes of December."""
    if device.time in (UNKNOWN_TIME, bytes(9)):
        return
    _, month, day, hour, minute, second, millisecond = device.time_fields
    if not (
        1 <= month <= 12 and 1 <= day <= 31 and hour <= 23 and minute <= 59 and second <= 60 and millisecond < 1000
    ):
        remarks.note(f"expected a date and time, found month {month}, day {day}, hour {hour}", offset, "capture time")
