"""Images of Types 4, 13, 14 and 15: decoded by what the payload is, with the resolution that the record states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from fingerprint_engine.errors import ExchangeError, ImageError, LimitExceeded, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.ansi_nist import Record, Transaction, View
from fingerprint_engine.exchange.ansi_nist.features.image_geometry import resolution_of, unstated_resolution
from fingerprint_engine.exchange.ansi_nist.tables.codes import BINARY_COMPRESSIONS, COMPRESSION_LABELS
from fingerprint_engine.exchange.image_codecs import Compression, compression_of, decode
from fingerprint_engine.exchange.image_codecs.headers import stated_size
from fingerprint_engine.exchange.impressions import finger_of, impression_of
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.prints import PrintImage
from fingerprint_engine.exchange.transaction_prints.segments import segments_of
from fingerprint_engine.fingers import Impression
from fingerprint_engine.limits import DEFAULT_LIMITS, Budget, Limits
from fingerprint_engine.preprocessing import FingerprintImage, ImageCodec

IMAGE_TYPES = (4, 13, 14, 15)
_OF_LABEL = {label: compression for compression, label in COMPRESSION_LABELS.items()} | {"JPEGL": Compression.JPEG}
"""Lossless JPEG is told from the data, and then refused by name."""
_NAMED = {label: _OF_LABEL[label] for label in BINARY_COMPRESSIONS}
_NUMBERED = tuple(_NAMED.values())
_SQUARE = 0.01
_SHOWN_LABEL = 16


def images_of_transaction(
    transaction: Transaction,
    *,
    strict: bool = False,
    ppi: float | None = None,
    whole: bool = False,
    codecs: Sequence[ImageCodec] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    budget: Budget | None = None,
) -> Mapped[tuple[PrintImage, ...]]:
    """Decode the prints of a transaction.

    A slap whose record says where its fingers are (field 14.021) gives an image of each finger, any other record one.

    Parameters
    ----------
    transaction
        What `ansi_nist.loads` gave.
    strict
        Whether to refuse to lose anything, and to leave out records that cannot be decoded.
    ppi
        Resolution of images whose record states none.
    whole
        Whether slaps stay whole.
    codecs
        See `image_codecs.decode`.
    limits
        What all images together may cost, with the fingers that are cut out of them.
    budget
        What is left of the limits of a request that this is a part of, in place of ``limits``.

    Raises
    ------
    LimitExceeded
        When they cost more.
    LossRefused
        In strict mode.
    MissingExtra
        For WSQ without the extra ``wsq``.
    """
    losses, left = Losses(), Budget(limits) if budget is None else budget
    found: list[PrintImage] = []
    for place, record in enumerate(transaction.records):
        if record.type not in IMAGE_TYPES:
            continue
        try:
            found.extend(_images(record, ppi, losses, codecs, left, whole=whole))
        except LimitExceeded as error:
            raise error.at(f"record {place + 1}, Type-{record.type}") from error
        except ExchangeError as error:
            losses.add(f"record {place + 1}, Type-{record.type}: {error}")
    others = sorted({record.type for record in transaction.records} - {1, *IMAGE_TYPES})
    for kind in others:
        losses.add(f"records of Type-{kind}")
    return losses.settle(tuple(found), strict=strict)


def _images(
    record: Record,
    ppi: float | None,
    losses: Losses,
    codecs: Sequence[ImageCodec] | None,
    budget: Budget,
    *,
    whole: bool,
) -> Iterator[PrintImage]:
    view = View(record)
    data = view["DATA"]
    if not isinstance(data, bytes) or not data:
        raise UnsupportedRecord(_why_no_image(view))
    resolution = resolution_of(record) or (None if ppi is None else (ppi, ppi))
    if resolution is None:
        raise ExchangeError(f"resolution unknown: {unstated_resolution(record)}; pass ppi=")
    if abs(resolution[0] / resolution[1] - 1.0) > _SQUARE:
        raise ExchangeError(f"expected square pixels, found {resolution[0]:g} x {resolution[1]:g} ppi")
    cols, rows = _size(view, data, losses, budget)
    depth = view["BPX"] if record.type != 4 else 8
    depth = depth if isinstance(depth, int) else 8
    compression = _compression(record, losses)
    if compression is None and compression_of(data) is None and len(data) * 8 == rows * cols * depth:
        compression = Compression.RAW  # nothing but plain pixels has just that size
    pixels, remarks = decode(
        data,
        compression,
        rows=rows,
        cols=cols,
        depth=depth,
        codecs=codecs,
        budget=budget,
    )
    for remark in remarks:
        losses.add(remark)
    positions: Any = view["FGP"] or (0,)
    losses.add("candidate positions but the first", when=len(positions) > 1)
    code: Any = view["IMP"]
    impression = impression_of(code, losses) if isinstance(code, int) else Impression.UNKNOWN
    losses.add("15.021: segments of palms", when=record.type == 15 and "SEG" in view)
    parts = segments_of(view, pixels, losses, budget) if record.type == 14 and not whole else []
    if not parts:
        budget.spend("prints")
        parts = [(int(positions[0]), pixels)]
    for position, part in parts:
        lost = losses if parts[0][1] is not pixels else Losses()
        try:
            image = FingerprintImage(part, resolution[0])
        except ImageError as error:
            raise ExchangeError(str(error)) from error
        yield PrintImage(image, finger_of(position, lost), impression, position)


def _size(view: View, data: bytes, losses: Losses, budget: Budget) -> tuple[int, int]:
    """Columns and rows as the record states them, else as the payload does."""
    cols, rows, kind = view["HLL"], view["VLL"], view.record.type
    if cols and rows and cols > 0 and rows > 0:
        return cols, rows
    size = stated_size(data, budget)
    number, found = (6, cols) if not cols or cols <= 0 else (7, rows)
    fault = f"{kind}.{number:03d}: expected the image's size, found {'none' if found is None else found}"
    if size is None:
        raise MalformedRecord(f"{fault}, and the data state none", field=f"{kind}.{number:03d}")
    losses.add(f"{fault}; the size of the data is taken")
    return size


def _why_no_image(view: View) -> str:
    """A Type-14 record without an image may name, in field AMP, the finger that is not there."""
    value: Any = view["AMP"] if view.record.type == 14 else None
    missing = [str(part["FRAP"]) for part in value or () if isinstance(part, dict) and part.get("FRAP") is not None]
    if not missing:
        return "the record holds no image"
    return f"no image: finger {', '.join(missing)} is missing or cannot be printed"


def _compression(record: Record, losses: Losses) -> Compression | None:
    """The compression that the record states; None, with a warning, for a label that the standard does not have."""
    code: Any = View(record)["CGA"]
    if code is None:
        return Compression.RAW
    if isinstance(code, int) and 0 <= code < len(_NUMBERED):
        return _NUMBERED[code]
    if isinstance(code, str) and code in _NAMED:
        return _NAMED[code]
    field = "4.008" if record.type == 4 else f"{record.type}.011"
    shown = repr(str(code)[:_SHOWN_LABEL])
    losses.add(f"{field}: expected one of {', '.join(_NAMED)}, found {shown}; the data are taken for what they are")
    return None
