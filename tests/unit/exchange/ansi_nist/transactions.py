"""Transactions written out by hand for the tests: invented people, pixels of noise."""

import datetime
import io

import numpy as np
from PIL import Image

from fingerprint_engine.exchange.ansi_nist import Block, Header, ImageRecord, RidgeFeatures
from fingerprint_engine.exchange.image_codecs import Compression
from fingerprint_engine.minutiae import Minutiae, SingularPoints

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"
DAY = datetime.date(2026, 1, 2)


def tagged(record_type, *fields, length_tag=None, pad=0):
    """A record of these ``(tag, value)`` fields with its true length."""
    body = GS.join(tag + b":" + value for tag, value in fields) + FS
    tag = length_tag or b"%d.001" % record_type
    size = len(body) + len(tag) + 2  # colon and GS
    digits = pad or 1
    while len(b"%0*d" % (digits, size + digits)) > digits:
        digits += 1
    return tag + b":" + b"%0*d" % (digits, size + digits) + GS + body


def header(contents, *more, version=b"0500", digits=3):
    """A Type-1 record; contents as it stands in 1.003."""
    names = {2: version, 3: contents, 4: b"CAR", 5: b"20260102", 7: b"DEST", 8: b"ORIG", 9: b"TCN-1"}
    names.update({11: b"00.00", 12: b"00.00"})
    names.update(dict(more))
    fields = [(b"1.%0*d" % (digits, number), value) for number, value in sorted(names.items())]
    return tagged(1, *fields, length_tag=b"1.%0*d" % (digits, 1))


def small(*, version=b"0500", more=()):
    """Type-1, Type-2 with old spellings, Type-4, and a Type-14 whose data are full of separators."""
    type_2 = tagged(2, (b"2.02", b"00"), (b"2.30", b"A" + US + b"999:B" + RS + b"C"), length_tag=b"2.01")
    type_4 = b"\x00\x00\x00\x16" + bytes([1, 0, 7, 255, 255, 255, 255, 255, 0, 0, 2, 0, 2, 0]) + b"\x1c\x1d1."
    pixels = b"\x1c14.001:5\x1d14.999:\x1c\x1e\x1f\x00"
    type_14 = tagged(14, (b"14.002", b"02"), (b"14.013", b"7"), (b"14.003", b"1"), (b"14.999", pixels))
    contents = RS.join([b"1\x1f3", b"2\x1f00", b"4\x1f01", b"14\x1f02"])
    return header(contents, *more, version=version) + type_2 + type_4 + type_14


def noise_png(cols, rows, seed=1):
    buffer = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (rows, cols), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def a_header(**changes):
    values = {
        "transaction_type": "CAR",
        "destination": "DEST",
        "origin": "ORIG",
        "control_number": "TCN-1",
        "created": datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
        "domain": ("NORAM", "1"),
    }
    return Header(**{**values, **changes})


def an_image(position, impression=1, cols=40, rows=48, **changes):
    values = {
        "payload": changes.get("payload") or noise_png(max(cols, 1), max(rows, 1)),
        "compression": Compression.PNG,
        "position": position,
        "impression": impression,
        "cols": cols,
        "rows": rows,
        "ppi": 500,
        "captured": DAY,
    }
    return ImageRecord(**{**values, **changes})


def some_features(count=20, cols=40, rows=48, seed=2):
    rng = np.random.default_rng(seed)
    return RidgeFeatures(
        Block.INCITS_378,
        Minutiae(
            rng.uniform(0, cols - 1, count),
            rng.uniform(0, rows - 1, count),
            rng.uniform(0, 6.28, count),
            rng.integers(0, 3, count),
            rng.integers(1, 101, count),
        ),
        SingularPoints([10.0, 30.0], [12.0, 40.0], [1.0, 0.0], [1, 2]),
    )
