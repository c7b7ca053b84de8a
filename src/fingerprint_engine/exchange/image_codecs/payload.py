"""A record's payload to grey pixels, and a fingerprint image to a payload."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fingerprint_engine.errors import ExchangeError, ImageError, LimitExceeded, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.image_codecs import jpeg_2000, wsq
from fingerprint_engine.exchange.image_codecs.compression import Compression, compression_of
from fingerprint_engine.exchange.image_codecs.headers import is_lossless_jpeg
from fingerprint_engine.geometry import CANONICAL_PPI, MM_PER_INCH
from fingerprint_engine.limits import Budget
from fingerprint_engine.parameters import one_of
from fingerprint_engine.preprocessing import FingerprintImage, ImageCodec, resample, to_grey
from fingerprint_engine.preprocessing.loading.codec_port import check_stated_size
from fingerprint_engine.preprocessing.loading.codec_registry import codec_of

_SAME = {Compression.JPEG_2000_LOSSLESS: Compression.JPEG_2000}


def decode(
    data: bytes,
    compression: Compression | None,
    *,
    rows: int,
    cols: int,
    depth: int = 8,
    codecs: Sequence[ImageCodec] | None = None,
    budget: Budget | None = None,
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Decode a payload.

    Parameters
    ----------
    data
        The payload alone.
    compression
        As the record states it; where the first bytes say otherwise, they are believed. None: the record's label is
        not known, and only they can tell.
    rows, cols, depth
        As the record states them; plain pixels have nothing else to go by.
    codecs
        Those to try, by default all that are installed.
    budget
        What is left of the limits of a request.

    Returns
    -------
    pixels
        uint8, shape (rows, cols), of the payload's own size.
    remarks
        Where payload and record disagree, and what is doubtful about the payload itself.

    Raises
    ------
    LimitExceeded
        When decoding would cost more than the budget has.
    MalformedRecord
        When the payload cannot be decoded.
    UnsupportedRecord
        For packed pixels, and depths other than 8 bits without compression.
    MissingExtra
        For WSQ without the extra ``wsq``.
    """
    limited = Budget() if budget is None else budget
    plain = compression in (Compression.RAW, Compression.PACKED)
    if compression is not None and plain and len(data) * 8 == rows * cols * depth:
        return _plain(data, compression, rows, cols, depth, limited), ()
    codec = codec_of(data, codecs)
    if compression is not None and plain and codec is None:
        return _plain(data, compression, rows, cols, depth, limited), ()
    if codec is None:
        wanted = (
            "a known kind: the compression that is stated is none" if compression is None else f"kind {compression}"
        )
        raise MalformedRecord(f"expected an image of {wanted}, found none", field="image data")
    found = compression_of(data)
    if found is Compression.JPEG and is_lossless_jpeg(data, limited):
        raise UnsupportedRecord("image data: lossless JPEG is not decoded")
    remarks = []
    if compression is not None and found is not _SAME.get(compression, compression):
        remarks.append(f"image data: the record states {compression}, the data are {found or 'of another kind'}")
    try:
        decoded = codec.decode(data, limited)
        pixels = to_grey(decoded.pixels, colour="convert", alpha="white", depth="scale")
    except LimitExceeded:
        raise
    except ImageError as error:
        raise MalformedRecord(str(error), field="image data") from error
    remarks.extend(f"image data: {remark}" for remark in decoded.remarks)
    if pixels.shape != (rows, cols):
        remarks.append(
            f"image data: the record states {cols} x {rows} px, the data hold {pixels.shape[1]} x {pixels.shape[0]}"
        )
    return pixels, tuple(remarks)


def _plain(
    data: bytes, compression: Compression, rows: int, cols: int, depth: int, budget: Budget
) -> NDArray[np.uint8]:
    if compression is Compression.PACKED or depth != 8:
        raise UnsupportedRecord(f"image data: expected 8 bits per pixel, not packed, found {depth}, {compression}")
    try:
        check_stated_size(cols, rows)
    except ImageError as error:
        raise MalformedRecord(str(error), field="image size") from error
    if len(data) != rows * cols:
        raise MalformedRecord(f"expected {cols} x {rows} bytes, found {len(data)}", field="image data")
    budget.spend("pixels", rows * cols)
    return np.frombuffer(data, np.uint8).reshape(rows, cols)


def encode(image: FingerprintImage, compression: Compression, *, ratio: float = jpeg_2000.LOSSY_RATIO) -> bytes:
    """Compress an image.

    Parameters
    ----------
    image
        Its resolution goes into the payload where that has a place for it.
    compression
        Any but packed.
    ratio
        Of lossy JPEG 2000; WSQ has a fixed 0.75 bits per pixel.

    Raises
    ------
    UnsupportedRecord
        For packed pixels and JPEG, which the exchange standards advise against.
    MissingExtra
        For WSQ without the extra ``wsq``.
    """
    compression = one_of(compression, "compression", Compression, ExchangeError)
    match compression:
        case Compression.RAW:
            return image.pixels.tobytes()
        case Compression.WSQ:
            return wsq.encode(image)
        case Compression.JPEG_2000 | Compression.JPEG_2000_LOSSLESS:
            return jpeg_2000.encode(image, lossless=compression.is_lossless, ratio=ratio)
        case Compression.PNG:
            buffer = io.BytesIO()
            Image.fromarray(image.pixels).save(buffer, "PNG", dpi=(image.ppi, image.ppi))
            return buffer.getvalue()
        case _:
            raise UnsupportedRecord(f"image data: {compression} is read, not written")


def halve_resolution(image: FingerprintImage) -> FingerprintImage:
    """An image of 1000 ppi at 500 ppi, for those who take no more; see `preprocessing.resample`.

    Raises
    ------
    ExchangeError
        When its resolution is not within one pixel per centimetre of 1000 ppi.
    """
    if abs(image.ppi - 2.0 * CANONICAL_PPI) > MM_PER_INCH / 10.0:
        raise ExchangeError(f"expected an image of 1000 ppi, got {image.ppi:g}")
    return FingerprintImage(resample(FingerprintImage(image.pixels, 2.0 * CANONICAL_PPI)), CANONICAL_PPI)
