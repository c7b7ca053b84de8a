"""The one registry of image codecs, for files and for payloads in records: the built-in one and those installed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from fingerprint_engine.errors import ImageError, UnreadableImage
from fingerprint_engine.limits import Budget
from fingerprint_engine.plugins import allowed_plugins, loaded_plugin
from fingerprint_engine.preprocessing.loading.codec_port import SNIFF_BYTES, DecodedImage, ImageCodec
from fingerprint_engine.preprocessing.loading.pillow_codec import PillowCodec


def installed_codecs(allowed: Collection[str] | None = None) -> Iterator[ImageCodec]:
    """The built-in codec, then those that installed packages offer, by name; each is loaded when it is reached.

    Parameters
    ----------
    allowed
        Names of the plug-ins that may be loaded; None: those that the environment allows. See `plugins`.

    Raises
    ------
    ImageError
        When an installed package offers something that is no codec, or its module lies in the working folder.
    """
    yield PillowCodec()
    for entry in allowed_plugins(allowed=allowed):
        codec = loaded_plugin(entry)()
        if not isinstance(codec, ImageCodec):
            raise ImageError(f"image codec {entry.name!r} ({entry.value}): expected sniff() and decode()")
        yield codec


def codec_of(data: bytes, codecs: Iterable[ImageCodec] | None = None) -> ImageCodec | None:
    """The first codec that recognises the bytes of a file; None where there is none.

    Parameters
    ----------
    data
        The file; its first `SNIFF_BYTES` are enough.
    codecs
        Those to ask, by default all that are installed.
    """
    header = data[:SNIFF_BYTES]
    return next((codec for codec in (installed_codecs() if codecs is None else codecs) if codec.sniff(header)), None)


def decode(data: bytes, codecs: Iterable[ImageCodec] | None = None, *, budget: Budget | None = None) -> DecodedImage:
    """Decode an image file's bytes with the first codec that recognises them.

    Raises
    ------
    ImageError
        When no codec recognises the bytes, or the one that does cannot decode them.
    LimitExceeded
        When that would cost more than the budget has; see `limits`.
    MissingExtra
        When the format needs an extra that is not installed.
    """
    if not data:
        raise UnreadableImage("expected an image file, got an empty one")
    codec = codec_of(data, codecs)
    if codec is None:
        raise UnreadableImage("expected PNG, BMP, TIFF, PGM, JPEG, JPEG 2000 or WSQ, got a file of another kind")
    return codec.decode(data, Budget() if budget is None else budget)
