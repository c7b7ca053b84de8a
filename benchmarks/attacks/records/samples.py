"""Sound files of every exchange format, made here; beside them small ones of ``formats/`` where that folder is."""

from __future__ import annotations

import datetime
import functools
import io
from pathlib import Path

from PIL import Image

from benchmarks.attacks.pixels import PPI, print_pixels
from benchmarks.attacks.templates.craft import sound_template
from benchmarks.data_sets import DEFAULT_DATA
from fingerprint_engine import exchange
from fingerprint_engine.exchange import ConversionOptions, ansi_nist
from fingerprint_engine.exchange.image_codecs import Compression

MAX_BYTES = 120_000
_FOLDERS = (
    "ansi_nist_itl_traditional",
    "fmr_with_json",
    "incits378_2004",
    "iso19794-2_2005",
    "iso19794-4_v010",
    "iso19794-4_v020",
)
_HEADER = ansi_nist.Header(
    "XTST", "DAI000000", "ORI000000", "TCN-1", datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
)


@functools.cache
def image_file() -> bytes:
    """The print as PNG."""
    stream = io.BytesIO()
    Image.fromarray(print_pixels()).save(stream, "PNG", dpi=(PPI, PPI))
    return stream.getvalue()


@functools.cache
def sound_records() -> dict[str, bytes]:
    """Files by name: each target of `exchange.convert` that holds a record, and what the data folder has."""
    template = exchange.read(sound_template(0).to_bytes())
    image = exchange.read(image_file())
    made: dict[str, bytes] = {}
    for target in ("iso-19794-2:2005", "iso-19794-2:2011", "incits-378:2004", "incits-378:2009", "incits-378:2009-am1"):
        for native in (False, True):
            options = ConversionOptions(native=native)
            made[f"{target} {native}"] = exchange.convert(template, target, options=options).value
    made["xyt"] = exchange.convert(template, "xyt").value
    for compression in (Compression.PNG, Compression.RAW, Compression.WSQ, Compression.JPEG_2000):
        options = ConversionOptions(
            ppi=PPI, compression=compression, header=_HEADER, captured=datetime.date(2026, 1, 2)
        )
        for target in ("iso-19794-4:2005", "iso-19794-4:2011", "ansi-nist"):
            made[f"{target} {compression}"] = exchange.convert(image, target, options=options).value
    for folder in _FOLDERS:
        for path in sorted((DEFAULT_DATA / "formats" / folder).glob("*")):
            if path.suffix != ".json" and path.stat().st_size <= MAX_BYTES:
                made[f"{folder}/{path.name}"] = path.read_bytes()
    return made


def sample_path(place: Path, data: bytes) -> Path:
    """A file with these bytes."""
    path = place / "crafted.bin"
    path.write_bytes(data)
    return path
