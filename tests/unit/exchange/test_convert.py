"""`convert`: a document in another format, and what it says is lost."""

import dataclasses
import datetime

import numpy as np
import pytest
from tests.conftest import draw_print

from fingerprint_engine import Finger, FingerprintImage, Impression, Template, exchange
from fingerprint_engine.errors import ExchangeError, LossRefused
from fingerprint_engine.exchange import (
    ConversionOptions,
    Format,
    PrintImage,
    Target,
    ansi_nist,
    convert,
    image_codecs,
    image_records,
    minutiae_records,
    target_of_name,
)
from fingerprint_engine.exchange.transaction_prints import transaction_of_images

from .prints_made import made_template

TEMPLATE = made_template()
PRINTS = [
    PrintImage(FingerprintImage(draw_print(96), 500.0), finger, Impression.LIVESCAN_PLAIN, int(finger))
    for finger in (Finger.LEFT_INDEX, Finger.LEFT_MIDDLE)
]
OF_MINUTIAE = exchange.read(minutiae_records.dumps([TEMPLATE, made_template(seed=2, finger=Finger.LEFT_RING)]))
OF_ONE = exchange.read(TEMPLATE.to_bytes())
OF_IMAGES = exchange.read(image_records.dumps(PRINTS))
OF_IMAGE = exchange.read(image_codecs.encode(PRINTS[0].image, image_codecs.Compression.PNG))
HEADER = ansi_nist.Header(
    "CPS", "AA", "BB", "0001", datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC), domain=("INT-I", "0600")
)
MINUTIAE_TARGETS = [Target(version) for version in minutiae_records.RecordVersion]
IMAGE_TARGETS = [Target.PNG, Target.JPEG_2000, Target.JPEG_2000_LOSSLESS]


@pytest.mark.parametrize("target", MINUTIAE_TARGETS)
def test_minutiae_to_minutiae_records(target):
    for document, views in ((OF_MINUTIAE, 2), (OF_ONE, 1)):
        made = exchange.read(convert(document, target).value, strict=True)
        assert (made.format, made.content.version, len(made.content.views)) == (Format.MINUTIAE_RECORD, target, views)


def test_minutiae_to_a_template():
    back = Template.from_bytes(convert(OF_MINUTIAE, "template", options=ConversionOptions(number=2)).value)
    assert back.finger is Finger.LEFT_RING
    assert convert(OF_ONE, "template", strict=True).value == TEMPLATE.to_bytes()


@pytest.mark.parametrize("target", [Target.XYT, Target.CARD_NORMAL, Target.CARD_COMPACT])
def test_minutiae_to_formats_without_headers(target):
    made = convert(OF_ONE, target)
    assert len(made.value) == {"card-normal": 5 * 30, "card-compact": 3 * 30}.get(target, len(made.value))
    assert made.losses


@pytest.mark.parametrize("target", [Target.ISO_19794_4_2005, Target.ISO_19794_4_2011])
def test_images_to_image_records(target):
    made = convert(OF_IMAGES, target)
    found = exchange.read(made.value, strict=True).images().value
    assert [one.finger for one in found] == [Finger.LEFT_INDEX, Finger.LEFT_MIDDLE]
    np.testing.assert_array_equal(found[0].image.pixels, PRINTS[0].image.pixels)


@pytest.mark.parametrize("target", IMAGE_TARGETS)
def test_one_of_several_images_to_a_file(target):
    made = convert(OF_IMAGES, target, options=ConversionOptions(number=2))
    (found,) = exchange.read(made.value).images().value
    assert found.image.ppi == pytest.approx(500, abs=0.1)
    assert np.abs(found.image.pixels.astype(int) - PRINTS[1].image.pixels).max() <= (60 if target == "jpeg-2000" else 0)
    assert any("compression" in loss for loss in made.losses) is (target == "jpeg-2000")


def test_an_image_to_plain_pixels():
    assert convert(OF_IMAGE, "raw", options=ConversionOptions(ppi=500)).value == PRINTS[0].image.pixels.tobytes()


def test_images_to_a_new_transaction_and_back():
    options = ConversionOptions(header=HEADER, captured=datetime.date(2024, 1, 1))
    made = convert(OF_IMAGES, Target.ANSI_NIST, options=options)
    document = exchange.read(made.value, strict=True)
    assert document.format is Format.ANSI_NIST
    found = document.images().value
    assert [(one.finger, one.impression) for one in found] == [(one.finger, one.impression) for one in PRINTS]
    np.testing.assert_array_equal(found[1].image.pixels, PRINTS[1].image.pixels)
    assert convert(document, Target.ANSI_NIST, strict=True).value == made.value
    again = exchange.read(convert(document, Target.ISO_19794_4_2011).value).images().value
    np.testing.assert_array_equal(again[0].image.pixels, PRINTS[0].image.pixels)


def test_images_go_with_their_templates():
    template = made_template(40, finger=Finger.LEFT_INDEX, shape=(96, 96))
    one = dataclasses.replace(PRINTS[0], template=template)
    made = transaction_of_images([one], HEADER, datetime.date(2024, 1, 1), image_codecs.Compression.PNG)
    assert any("directions" in loss for loss in made.losses)
    document = exchange.read(ansi_nist.dumps(made.value), strict=True)
    (found,) = document.templates().value
    np.testing.assert_array_equal(found.minutiae.x, template.minutiae.x)
    np.testing.assert_array_equal(found.minutiae.kind, template.minutiae.kind)
    turn = (found.minutiae.direction - template.minutiae.direction + np.pi) % (2 * np.pi) - np.pi
    assert np.degrees(np.abs(turn)).max() < 1.8
    assert (found.finger, found.shape) == (Finger.LEFT_INDEX, (96, 96))
    np.testing.assert_array_equal(document.images().value[0].image.pixels, one.image.pixels)
    with pytest.raises(LossRefused):
        transaction_of_images([one], HEADER, datetime.date(2024, 1, 1), image_codecs.Compression.PNG, strict=True)


def test_a_slap_gives_its_fingers():
    slap = np.full((100, 200), 255, np.uint8)
    slap[10:60, 20:70], slap[20:90, 110:180] = 10, 20
    payload = slap.tobytes()
    segments = (ansi_nist.Segment(7, 20, 69, 10, 59), ansi_nist.Segment(8, 110, 179, 20, 89))
    image = ansi_nist.ImageRecord(
        payload, image_codecs.Compression.RAW, 14, 0, 200, 100, 500, datetime.date(2024, 1, 1), segments
    )
    document = exchange.read(ansi_nist.dumps(ansi_nist.build_transaction(HEADER, [image])))
    found = document.images().value
    assert [(one.finger, one.position, one.image.shape) for one in found] == [
        (Finger.LEFT_INDEX, 7, (50, 50)),
        (Finger.LEFT_MIDDLE, 8, (70, 70)),
    ]
    assert (found[0].image.pixels == 10).all()
    assert (found[1].image.pixels == 20).all()
    whole = dataclasses.replace(image, segments=())
    (one,) = exchange.read(ansi_nist.dumps(ansi_nist.build_transaction(HEADER, [whole]))).images().value
    assert (one.finger, one.is_of_one_finger) == (Finger.UNKNOWN, False)


@pytest.mark.parametrize(
    ("document", "target", "options", "error"),
    [
        (OF_IMAGES, Target.TEMPLATE, {}, "no minutiae; extract them first"),
        (OF_ONE, Target.PNG, {}, "no images"),
        (OF_ONE, Target.ANSI_NIST, {"header": HEADER, "captured": datetime.date(2024, 1, 1)}, "no images"),
        (OF_IMAGES, Target.ANSI_NIST, {}, "control number"),
        (OF_IMAGES, Target.PNG, {}, "holds 2 images"),
        (OF_IMAGES, Target.PNG, {"number": 3}, "expected 1 to 2"),
        (OF_MINUTIAE, Target.TEMPLATE, {}, "holds 2 sets"),
        (OF_ONE, "fax", {}, "target: expected one of"),
    ],
)
def test_what_cannot_be_converted_says_why(document, target, options, error):
    with pytest.raises(ExchangeError, match=error):
        convert(document, target, options=ConversionOptions(**options))


def test_strict_conversion_refuses_losses():
    with pytest.raises(LossRefused, match="ridge flow"):
        convert(OF_ONE, Target.ISO_19794_2_2005, strict=True)
    made = convert(OF_ONE, Target.ISO_19794_2_2005, options=ConversionOptions(native=True), strict=True)
    assert convert(exchange.read(made.value), Target.TEMPLATE, strict=True).value == TEMPLATE.to_bytes()


@pytest.mark.parametrize(
    ("name", "target"), [("a.FMR", "iso-19794-2:2005"), ("b/c.an2", "ansi-nist"), ("x.jp2", "jpeg-2000-lossless")]
)
def test_suffixes_name_targets(name, target):
    assert target_of_name(name) == target


@pytest.mark.parametrize("name", ["a.iso", "a", "a.docx"])
def test_suffixes_that_name_none(name):
    with pytest.raises(ExchangeError, match="suffix"):
        target_of_name(name)
