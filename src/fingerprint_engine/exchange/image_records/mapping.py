"""`ImageView` to `PrintImage` and back, with what is lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from fingerprint_engine.errors import ExchangeError, ImageError, MalformedRecord
from fingerprint_engine.exchange.image_codecs import decode, encode
from fingerprint_engine.exchange.image_codecs.compression import Compression
from fingerprint_engine.exchange.image_codecs.headers import stated_size
from fingerprint_engine.exchange.image_records.model import ImageRecord, ImageRecordVersion, ImageView
from fingerprint_engine.exchange.impressions import finger_of, impression_code, impression_of
from fingerprint_engine.exchange.losses import Losses, Mapped
from fingerprint_engine.exchange.prints import PrintImage
from fingerprint_engine.exchange.representation import CaptureDevice
from fingerprint_engine.limits import Budget
from fingerprint_engine.parameters import one_of
from fingerprint_engine.preprocessing import FingerprintImage, ImageCodec

_SQUARE = 0.01
_ACQUISITION_LEVELS = {500: 31, 1000: 41}


def image_of_view(
    view: ImageView,
    version: ImageRecordVersion,
    losses: Losses,
    budget: Budget,
    *,
    ppi: float | None = None,
    codecs: Sequence[ImageCodec] | None = None,
) -> PrintImage:
    """Decode a view's image; ``ppi`` where it states no resolution."""
    names = version.compressions
    known = view.compression < len(names)
    losses.add(
        f"compression: expected 0 to {len(names) - 1}, found {view.compression}; the data are taken for what they are",
        when=not known,
    )
    x_ppi, y_ppi = view.ppi
    if x_ppi <= 0 or y_ppi <= 0:
        if ppi is None:
            stated = f"{view.resolution[0]} x {view.resolution[1]} (scale units {view.scale})"
            raise ExchangeError(
                f"{version.clause}: expected square pixels of a known resolution, found {stated}; pass ppi="
            )
        x_ppi = y_ppi = ppi
    if abs(x_ppi / y_ppi - 1.0) > _SQUARE:
        raise ExchangeError(f"{version.clause}: expected square pixels, found {x_ppi:g} x {y_ppi:g} ppi")
    budget.spend("prints")
    cols, rows = _size(view, version, losses, budget)
    pixels, remarks = decode(
        view.data,
        names[view.compression] if known else None,
        rows=rows,
        cols=cols,
        depth=view.depth,
        codecs=codecs,
        budget=budget,
    )
    for remark in remarks:
        losses.add(remark)
    losses.add("qualities", when=bool(view.qualities) or view.quality not in (0, 254, 255))
    losses.add("capture device and time", when=view.device != CaptureDevice())
    losses.add("extended data", when=bool(view.extended))
    try:
        image = FingerprintImage(pixels, x_ppi)
    except ImageError as error:
        raise ExchangeError(f"{version.clause}: {error}") from error
    return PrintImage(image, finger_of(view.position, losses), impression_of(view.impression, losses), view.position)


def _size(view: ImageView, version: ImageRecordVersion, losses: Losses, budget: Budget) -> tuple[int, int]:
    """Columns and rows as the view states them, else as its payload does."""
    if view.width > 0 and view.height > 0:
        return view.width, view.height
    size = stated_size(view.data, budget)
    fault = f"size: expected columns and rows, found {view.width} x {view.height}"
    if size is None:
        raise MalformedRecord(f"{fault}, and the data state none", field="size", clause=version.clause)
    losses.add(f"{fault}; the size of the data is taken")
    return size


def record_of_images(
    prints: Iterable[PrintImage],
    version: str = ImageRecordVersion.ISO_2011,
    *,
    compression: Compression = Compression.PNG,
    strict: bool = False,
) -> Mapped[ImageRecord]:
    """Make a record of images, one view per image.

    Parameters
    ----------
    prints
        What to write.
    version
        ``"iso-19794-4:2005"``, which wants one resolution for all, or ``"iso-19794-4:2011"``.
    compression
        Of all images.
    strict
        Whether to refuse a lossy compression and codes that the version lacks.

    Raises
    ------
    ExchangeError
        When the version is invalid, or cannot hold the images.
    LossRefused
        In strict mode.
    """
    chosen = one_of(version, "version", ImageRecordVersion, ExchangeError)
    compression = one_of(compression, "compression", Compression, ExchangeError)
    if compression not in chosen.compressions and compression is Compression.JPEG_2000_LOSSLESS:
        code = chosen.compressions.index(Compression.JPEG_2000)  # one code for both in 2005
    elif compression in chosen.compressions:
        code = chosen.compressions.index(compression)
    else:
        raise ExchangeError(f"{chosen.clause}: expected one of {', '.join(chosen.compressions)}, got {compression}")
    losses = Losses()
    losses.add(f"pixels, by {compression} compression", when=not compression.is_lossless)
    first_edition = chosen is ImageRecordVersion.ISO_2005
    views: list[ImageView] = []
    seen: dict[int, int] = {}
    for one in prints:
        rows, cols = one.image.shape
        ppi = round(one.image.ppi)
        losses.add("fractions of the resolution", when=ppi != one.image.ppi)
        number = seen.get(int(one.finger), 0)
        seen[int(one.finger)] = number + 1
        views.append(
            ImageView(
                int(one.finger),
                number + 1 if first_edition else number,
                impression_code(one.impression, losses),
                cols,
                rows,
                encode(one.image, compression),
                code,
                scan_resolution=(ppi, ppi),
                resolution=(ppi, ppi),
                quality=0 if first_edition else 255,
            )
        )
    if first_edition:  # views of one finger follow each other
        order = list(seen)
        views.sort(key=lambda view: order.index(view.position))
        views = [dataclasses.replace(view, view_count=seen[view.position]) for view in views]
    level = _ACQUISITION_LEVELS.get(views[0].resolution[0], 0) if first_edition and views else 0
    record = ImageRecord(chosen, tuple(views), acquisition_level=level, position_count=len(seen))
    return losses.settle(record, strict=strict)
