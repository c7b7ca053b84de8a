"""Finger image records: ISO/IEC 19794-4:2005 and 2011, with raw, WSQ, JPEG, JPEG 2000 and PNG payloads.

`loads` keeps all that it reads and decodes no pixels; `images` does that. `dumps` writes a record, or images, with
exact lengths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fingerprint_engine.errors import ExchangeError, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.image_codecs.compression import Compression
from fingerprint_engine.exchange.image_records import edition_2005, edition_2011
from fingerprint_engine.exchange.image_records.mapping import image_of_view, record_of_images
from fingerprint_engine.exchange.image_records.model import ImageRecord, ImageRecordVersion, ImageView, extended_blocks
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.octets import refuse_another
from fingerprint_engine.exchange.prints import PrintImage
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits
from fingerprint_engine.preprocessing import ImageCodec

__all__ = [
    "ImageRecord",
    "ImageRecordVersion",
    "ImageView",
    "dumps",
    "extended_blocks",
    "images",
    "is_image_record",
    "loads",
    "record_of_images",
]
FORMAT_IDENTIFIER = b"FIR\x00"


def is_image_record(data: bytes) -> bool:
    """Whether the bytes begin with the format identifier of image records."""
    return data[:4] == FORMAT_IDENTIFIER


def loads(data: bytes, *, strict: bool = False, limits: Limits = DEFAULT_LIMITS) -> ImageRecord:
    """Read an image record of either edition; payloads are not decoded.

    Parameters
    ----------
    data
        The whole record.
    strict
        Whether to refuse faults that can be tolerated and are otherwise listed in the record's `warnings`.
    limits
        What the record may cost.

    Raises
    ------
    LimitExceeded
        When it has more views or more data than `limits` allow.
    MalformedRecord
        When the bytes break the layout; with offset and field.
    UnsupportedRecord
        When they are an image record of no known version.
    """
    if not is_image_record(data):
        raise MalformedRecord("expected 'FIR' and a zero byte", 0, "format identifier", "ISO/IEC 19794-4")
    budget = Budget(limits)
    budget.need("file_bytes", len(data))
    lengths = (int.from_bytes(data[8:12], "big"), int.from_bytes(data[8:14], "big"))
    refuse_another(data, FORMAT_IDENTIFIER, lengths, "image record")
    if data[4:8] == edition_2005.MAGIC:
        return edition_2005.read(data, budget, strict=strict)
    if data[4:8] == edition_2011.MAGIC:
        return edition_2011.read(data, budget, strict=strict)
    raise UnsupportedRecord("image record: expected version '010' or '020', found another")


def dumps(
    content: ImageRecord | Iterable[PrintImage],
    version: str = ImageRecordVersion.ISO_2011,
    *,
    compression: Compression = Compression.PNG,
) -> bytes:
    """Write an image record with exact lengths.

    Parameters
    ----------
    content
        A record, which is written in its own version, or the images to make one of.
    version
        For images: ``"iso-19794-4:2005"`` or ``"iso-19794-4:2011"``.
    compression
        For images; see `image_codecs.encode`.

    Raises
    ------
    ExchangeError
        When a value does not fit.
    """
    if isinstance(content, ImageRecord):
        record = content
    else:
        record = record_of_images(content, version, compression=compression).value
    if not record.views:
        raise ExchangeError(f"{record.version.clause}: expected at least one image, found none")
    if record.version is ImageRecordVersion.ISO_2005:
        return edition_2005.write(record)
    return edition_2011.write(record)


def images(
    record: ImageRecord,
    *,
    strict: bool = False,
    ppi: float | None = None,
    codecs: Sequence[ImageCodec] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    budget: Budget | None = None,
) -> Mapped[tuple[PrintImage, ...]]:
    """Decode all images of a record.

    Parameters
    ----------
    record
        What `loads` gave.
    strict
        Whether to refuse to lose anything but the compression.
    ppi
        Resolution of views that state none.
    codecs
        See `image_codecs.decode`.
    limits
        What all images together may cost.
    budget
        What is left of the limits of a request that this is a part of, in place of ``limits``.

    Raises
    ------
    LimitExceeded
        When they cost more.
    ExchangeError
        When a payload cannot be decoded, or its resolution or size cannot be that of a fingerprint.
    MissingExtra
        For WSQ without the extra ``wsq``.
    """
    losses, left = Losses(), Budget(limits) if budget is None else budget
    found = tuple(image_of_view(view, record.version, losses, left, ppi=ppi, codecs=codecs) for view in record.views)
    losses.add("capture device", when=record.device != 0)
    return losses.settle(found, strict=strict)
