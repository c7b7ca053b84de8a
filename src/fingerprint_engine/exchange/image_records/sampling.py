"""How images were sampled: units, resolutions, depth and compression, which both editions state in the same order."""

from __future__ import annotations

from typing import NamedTuple

from fingerprint_engine.exchange.image_records.model import ImageView
from fingerprint_engine.exchange.octets import OctetReader, OctetWriter


class Sampling(NamedTuple):
    """The fields of an `ImageView` of the same names."""

    scale: int
    scan_resolution: tuple[int, int]
    resolution: tuple[int, int]
    depth: int
    compression: int


def sampling_of(view: ImageView) -> Sampling:
    """How a view was sampled."""
    return Sampling(view.scale, view.scan_resolution, view.resolution, view.depth, view.compression)


def read_sampling(octets: OctetReader) -> Sampling:
    """Read eleven bytes."""
    return Sampling(
        octets.u8("scale units"),
        (octets.u16("scan resolution x"), octets.u16("scan resolution y")),
        (octets.u16("image resolution x"), octets.u16("image resolution y")),
        octets.u8("pixel depth"),
        octets.u8("compression"),
    )


def write_sampling(out: OctetWriter, sampling: Sampling) -> None:
    """Write what `read_sampling` reads."""
    out.u8(sampling.scale, "scale units")
    for name, values in (("scan resolution", sampling.scan_resolution), ("image resolution", sampling.resolution)):
        for value in values:
            out.u16(value, name)
    out.u8(sampling.depth, "pixel depth")
    out.u8(sampling.compression, "compression")
