"""Image records of both editions: bytes to values, values to pixels, and back."""

import dataclasses
import struct

import numpy as np
import pytest
from tests.conftest import draw_print

from fingerprint_engine import Finger, FingerprintImage, Impression
from fingerprint_engine.errors import ExchangeError, LossRefused, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange import PrintImage, image_records
from fingerprint_engine.exchange.image_codecs import Compression
from fingerprint_engine.exchange.image_records import ImageRecord, ImageRecordVersion, ImageView
from fingerprint_engine.exchange.representation import CaptureDevice, QualityBlock

PIXELS = draw_print(96)[:, :80]
PRINTS = (
    PrintImage(FingerprintImage(PIXELS, 500.0), Finger.LEFT_INDEX, Impression.LIVESCAN_ROLLED, 7),
    PrintImage(FingerprintImage(PIXELS[::-1], 500.0), Finger.LEFT_MIDDLE, Impression.LIVESCAN_PLAIN, 8),
    PrintImage(FingerprintImage(PIXELS[:64], 500.0), Finger.LEFT_INDEX, Impression.LIVESCAN_PLAIN, 7),
)
BY_HAND_2005 = (
    b"FIR\x00010\0"
    + (32 + 14 + 6).to_bytes(6, "big")
    + struct.pack(">HHBBHHHHBBH", 7, 31, 1, 1, 500, 500, 500, 500, 8, 0, 0)
    + struct.pack(">IBBBBBHHB", 20, 7, 1, 1, 81, 0, 3, 2, 0)
    + bytes(range(6))
)
VERSIONS = list(ImageRecordVersion)


def made(version: ImageRecordVersion) -> ImageRecord:
    """A record that uses every field of its version."""
    if version is ImageRecordVersion.ISO_2005:
        view = ImageView(7, 1, 1, 3, 2, b"123456", 0, quality=81, view_count=2, reserved=1)
        views = (view, dataclasses.replace(view, number=2), dataclasses.replace(view, position=8, view_count=1))
        return ImageRecord(version, views, 7, 31, position_count=2, reserved=3)
    device = CaptureDevice(b"\x07\xd5\x0c\x0f\x11\x23\x14\0\0", 3, 4, 5, (b"abc", b"def"))
    view = ImageView(
        7, 0, 1, 3, 2, b"123456", 0, 8, 2, (197, 197), (98, 98), 90,
        qualities=(QualityBlock(90, 6, 55), QualityBlock(80, 1, 2)), device=device, extended=b"\0\x03\0\x05x",
    )  # fmt: skip
    return ImageRecord(version, (view, dataclasses.replace(view, number=1)), acquisition_level=0, certified=1)


def test_a_record_written_by_hand():
    record = image_records.loads(BY_HAND_2005, strict=True)
    (view,) = record.views
    assert (record.device, record.acquisition_level, view.position, view.quality) == (7, 31, 7, 81)
    assert (view.width, view.height, view.ppi, view.data) == (3, 2, (500.0, 500.0), bytes(range(6)))
    (one,) = image_records.images(record).value
    np.testing.assert_array_equal(one.image.pixels, [[0, 1, 2], [3, 4, 5]])
    assert image_records.dumps(record) == BY_HAND_2005


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_reads_back(version):
    record = made(version)
    data = image_records.dumps(record)
    assert image_records.loads(data, strict=True) == record
    assert image_records.dumps(image_records.loads(data)) == data


@pytest.mark.parametrize(
    ("data", "blocks"),
    [(b"\0\x03\0\x05x\0\x01\0\x04", ((3, b"x"), (1, b""))), (b"\0\x03\0\x06x", ()), (b"\0\x03\0\0", ()), (b"\0", ())],
)
def test_extended_blocks(data, blocks):
    view = dataclasses.replace(made(ImageRecordVersion.ISO_2011).views[0], extended=data)
    assert image_records.extended_blocks(view) == blocks


@pytest.mark.parametrize("version", VERSIONS)
def test_every_cut_is_refused(version):
    data = image_records.dumps(made(version))
    for size in range(len(data)):
        with pytest.raises(ExchangeError):
            image_records.loads(data[:size])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_length_is_a_warning_and_refused_in_strict_mode(version):
    data = bytearray(image_records.dumps(made(version)) + b"more")
    record = image_records.loads(bytes(data))
    assert len(record.warnings) == 2
    with pytest.raises(MalformedRecord, match="record length"):
        image_records.loads(bytes(data), strict=True)


@pytest.mark.parametrize(
    ("month", "warns"), [(12, False), (13, True), (0, True)]
)  # a writer in wide use counts December as 13
def test_a_month_that_no_clock_shows_is_noted(month, warns):
    record = made(ImageRecordVersion.ISO_2011)
    time = b"\x07\xd5" + bytes([month]) + b"\x0f\x11\x23\x14\0\0"
    view = dataclasses.replace(record.views[0], device=dataclasses.replace(record.views[0].device, time=time))
    data = image_records.dumps(dataclasses.replace(record, views=(view,)))
    read = image_records.loads(data)
    assert bool(read.warnings) is warns
    assert read.views[0].device.time_fields[1] == month
    assert image_records.dumps(read) == data


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", MalformedRecord),
        (b"FMR\0 20\0", MalformedRecord),
        (b"FIR\x00030\0" + bytes(40), UnsupportedRecord),
        (BY_HAND_2005[:18] + b"\0" + BY_HAND_2005[19:], MalformedRecord),
    ],
)
def test_what_is_no_record_is_refused(data, error):
    with pytest.raises(error):
        image_records.loads(data)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("compression", [Compression.RAW, Compression.PNG, Compression.JPEG_2000_LOSSLESS])
def test_prints_come_back_to_the_pixel(version, compression):
    data = image_records.dumps(PRINTS, version, compression=compression)
    record = image_records.loads(data, strict=True)
    found = image_records.images(record, strict=True).value
    assert record.version is version
    expected = PRINTS if version is ImageRecordVersion.ISO_2011 else (PRINTS[0], PRINTS[2], PRINTS[1])
    for one, before in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.image.pixels, before.image.pixels)
        assert (one.image.ppi, one.finger, one.impression) == (500.0, before.finger, before.impression)


def test_views_of_one_finger_are_numbered():
    old = image_records.loads(image_records.dumps(PRINTS, "iso-19794-4:2005"))
    assert [(v.position, v.number, v.view_count) for v in old.views] == [(7, 1, 2), (7, 2, 2), (8, 1, 1)]
    new = image_records.loads(image_records.dumps(PRINTS, "iso-19794-4:2011"))
    assert [(v.position, v.number) for v in new.views] == [(7, 0), (8, 0), (7, 1)]
    assert (old.position_count, new.position_count) == (2, 2)


def test_lossy_compression_is_said_and_refused():
    mapped = image_records.record_of_images(PRINTS, compression=Compression.JPEG_2000)
    assert mapped.losses == ("pixels, by jpeg-2000 compression",)
    with pytest.raises(LossRefused):
        image_records.record_of_images(PRINTS, compression=Compression.JPEG_2000, strict=True)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"compression": 7}, "compression"),
        ({"compression": 1}, "packed"),
        ({"depth": 12}, "8 bits"),
        ({"width": 4}, "bytes"),
        ({"resolution": (500, 250)}, "square"),
        ({"resolution": (0, 0)}, "square"),
        ({"resolution": (72, 72)}, "ppi"),
        ({"compression": 2}, "expected an image of kind wsq"),
        ({"compression": 4, "data": b"\x00\x00\x00\x0cjP  \r\n\x87\ncut"}, "damaged"),
        ({"width": 60_000, "height": 60_000}, "at most"),
    ],
)
def test_images_that_cannot_be_decoded_are_refused(changes, error):
    view = dataclasses.replace(image_records.loads(BY_HAND_2005).views[0], **changes)
    with pytest.raises(ExchangeError, match=error):
        image_records.images(ImageRecord(ImageRecordVersion.ISO_2005, (view,)))


def test_a_payload_of_another_kind_or_size_is_believed_and_said():
    record = image_records.record_of_images(PRINTS[:1], compression=Compression.PNG).value
    wrong = dataclasses.replace(record.views[0], compression=2, width=5)
    mapped = image_records.images(dataclasses.replace(record, views=(wrong,)))
    np.testing.assert_array_equal(mapped.value[0].image.pixels, PIXELS)
    assert any("the data are png" in loss for loss in mapped.losses)
    assert any("5 x 96 px" in loss for loss in mapped.losses)


def test_what_does_not_fit_is_not_written():
    with pytest.raises(ExchangeError, match="at least one image"):
        image_records.dumps([])
    with pytest.raises(ExchangeError, match="version"):
        image_records.dumps(PRINTS, "iso-19794-4:1999")
    differing = (PRINTS[0], PrintImage(FingerprintImage(PIXELS, 1000.0)))
    with pytest.raises(ExchangeError, match="one resolution"):
        image_records.dumps(differing, "iso-19794-4:2005")
    assert len(image_records.loads(image_records.dumps(differing, "iso-19794-4:2011")).views) == 2
    with pytest.raises(ExchangeError, match="expected one of"):
        image_records.record_of_images(PRINTS, "iso-19794-4:2005", compression="gif")


def test_files_by_others_are_written_as_they_were_and_decoded(data_folder):
    pytest.importorskip("wsq", reason="the extra wsq is not installed")
    seen = set()
    for name in ("iso19794-4_v010", "iso19794-4_v020"):
        for path in sorted((data_folder / "formats" / name).iterdir()):
            data = path.read_bytes()
            record = image_records.loads(data, strict=True)
            assert image_records.dumps(record) == data, path.name
            for view, one in zip(record.views, image_records.images(record).value, strict=True):
                assert one.image.shape == (view.height, view.width)
                assert one.image.ppi == 500.0
                seen.add((record.version, record.version.compressions[view.compression]))
    assert seen == {
        (ImageRecordVersion.ISO_2005, Compression.RAW),
        (ImageRecordVersion.ISO_2005, Compression.JPEG_2000),
        (ImageRecordVersion.ISO_2011, Compression.RAW),
        (ImageRecordVersion.ISO_2011, Compression.WSQ),
        (ImageRecordVersion.ISO_2011, Compression.JPEG_2000_LOSSLESS),
    }
