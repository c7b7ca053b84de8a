"""Altered minutiae and image records, lists and payloads: read, or refused with a typed error; nothing hangs or grows.

`benchmarks.exchange.mutations` does the same a thousand times to each file from other systems.
"""

import base64
import functools
import tracemalloc

import numpy as np
import pytest
from benchmarks.exchange.mutations import attack, decode_images, mutations, read_any
from tests.conftest import ROOT, draw_print
from tests.unit.exchange.image_records.test_image_records import PRINTS
from tests.unit.exchange.image_records.test_image_records import made as made_images
from tests.unit.exchange.minutiae_records.test_codec import made as made_minutiae
from tests.unit.exchange.prints_made import made_template
from tests.unit.exchange.test_wrappers import data_group, piv, tlv

from fingerprint_engine import FingerprintImage, exchange
from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange import image_codecs, image_records, minutiae_records, xyt
from fingerprint_engine.exchange.minutiae_records import ExtendedBlock, RecordVersion, card
from fingerprint_engine.preprocessing.loading.wsq_codec import WsqCodec

FORMATS = ROOT.parent / "shared" / "data" / "formats"
FOLDERS = ("fmr_with_json", "incits378_2004", "iso19794-2_2005", "iso19794-2_2005_length-mismatch", "iso19794-4_v010",
           "iso19794-4_v020")  # fmt: skip
FILES = [path for name in FOLDERS for path in sorted((FORMATS / name).glob("*")) if path.suffix != ".json"]
BLOCKS = (ExtendedBlock(1, b"\x01\x00\x01\x05"), ExtendedBlock(2, b"\x01\x40\x05\x00\x06\x20\x01\x00\x07\x00\x08"))
RECORDS = {
    **{str(version): minutiae_records.dumps(made_minutiae(version, *BLOCKS)) for version in RecordVersion},
    **{str(v): image_records.dumps(made_images(v)) for v in image_records.ImageRecordVersion},
    "with our block": minutiae_records.dumps([made_template()], native=True),
    "xyt": xyt.xyt_of_template(made_template()).value,
    "template": made_template().to_bytes(),
    "PIV": piv(),
    "PIV on the card": tlv(0x53, tlv(0xBC, piv())),
    "data group 3": data_group(minutiae_records.dumps([made_template()]), b"FAC\x00"),
    "base64": base64.b64encode(minutiae_records.dumps([made_template()])),
    "hexadecimal": minutiae_records.dumps([made_template()]).hex().encode(),
}


@pytest.mark.parametrize("name", RECORDS)
def test_altered_records(name, rng):
    outcomes = {attack(read_any, altered)[0] for altered in mutations(RECORDS[name], 150, rng)}
    assert outcomes <= {"read", "refused"}


@pytest.mark.parametrize("name", RECORDS)
def test_every_single_byte_at_its_extremes(name):
    data = RECORDS[name]
    for place in range(min(len(data), 70)):
        for value in (0, 0x7F, 0xFF):
            altered = data[:place] + bytes([value]) + data[place + 1 :]
            assert attack(read_any, altered)[0] in ("read", "refused"), (place, value)


@pytest.mark.parametrize("path", FILES or [FORMATS / "none"], ids=lambda path: path.name)
def test_altered_files_by_others(path, rng):
    if not path.is_file():
        pytest.skip(f"no files in {path.parent}")
    data = path.read_bytes()
    assert {attack(read_any, altered)[0] for altered in mutations(data, 10, rng)} <= {"read", "refused"}


@pytest.mark.parametrize("kind", [image_codecs.Compression.PNG, image_codecs.Compression.JPEG_2000_LOSSLESS])
def test_altered_payloads(kind, rng):
    data = image_records.dumps(PRINTS[:1], compression=kind)
    outcomes = {attack(decode_images, altered)[0] for altered in mutations(data, 100, rng)}
    assert outcomes <= {"read", "refused"}


def test_altered_wsq_payloads(rng):
    pytest.importorskip("wsq", reason="the extra wsq is not installed")
    picture = draw_print(96)
    wsq, codecs = image_codecs.Compression.WSQ, [WsqCodec(time_limit_s=20.0)]
    data = image_codecs.encode(FingerprintImage(picture, 500.0), wsq)
    reader = functools.partial(image_codecs.decode, compression=wsq, rows=96, cols=96, codecs=codecs)
    assert attack(reader, data)[0] == "read"
    outcomes = {attack(reader, altered)[0] for altered in mutations(data, 12, rng)}
    assert "refused" in outcomes
    assert outcomes <= {"read", "refused"}


@pytest.mark.parametrize("size", ["normal", "compact"])
def test_any_bytes_in_card_formats(size, rng):
    for _ in range(200):
        data = rng.integers(0, 256, int(rng.integers(0, 100)), dtype=np.uint8).tobytes()
        try:
            minutiae = card.loads(data, size)
        except ExchangeError:
            continue
        assert card.dumps(minutiae, size) == data


def test_random_bytes_behind_every_beginning(rng):
    beginnings = (
        b"",
        b"FMR\0 20\0",
        b"FMR\x00030\0",
        b"FMR\x00035\0",
        b"FIR\x00010\0",
        b"FIR\x00020\0",
        b"1.001:",
        b"1 2 3\n",
    )
    for beginning in beginnings:
        for _ in range(60):
            data = beginning + rng.integers(0, 256, int(rng.integers(0, 300)), dtype=np.uint8).tobytes()
            assert attack(read_any, data)[0] in ("read", "refused")


@pytest.mark.parametrize("claim", [b"\xff" * 4, b"\x7f\xff\xff\xff", b"\0\0\0\0"])
def test_lengths_that_lie_take_no_memory(claim):
    """Records that claim gigabytes: what is allocated follows the bytes there are."""
    lying = [
        b"FMR\0 20\0" + claim + b"\xff" * 40,
        b"FMR\x00030\0" + claim + b"\xff\xff\0" + claim + b"\xff" * 40,
        b"FIR\x00010\0\0\0" + claim + b"\xff" * 40 + claim,
        b"FIR\x00020\0" + claim + b"\xff\xff\0\1" + claim + b"\xff" * 40,
    ]
    tracemalloc.start()
    for data in lying:
        with pytest.raises(ExchangeError):
            exchange.read(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_errors_hold_no_bytes_of_the_record():
    secret = b"SECRET-NAME"
    for data in (b"FMR\0 20\0" + secret * 5, b"FIR\x00020\0" + secret * 5, secret, b"1 2 3\n" + secret):
        with pytest.raises(ExchangeError) as caught:
            exchange.read(data)
        assert "SECRET" not in str(caught.value)
