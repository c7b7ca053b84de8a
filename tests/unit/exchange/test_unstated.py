"""Records that state no resolution, no size, a compression that is none, or segments outside: what is known is used."""

import dataclasses
import math

import numpy as np
import pytest
from tests.unit.exchange.ansi_nist.transactions import a_header, an_image, some_features

from fingerprint_engine import exchange
from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange import ConversionOptions, PrintImage, ansi_nist, image_records, minutiae_records
from fingerprint_engine.exchange.ansi_nist import Block, Segment, View, build_transaction, edit
from fingerprint_engine.preprocessing import image_from_array

from .prints_made import made_template

PIXELS = np.random.default_rng(3).integers(0, 256, (48, 40)).astype(np.uint8)


def _document(transaction):
    return exchange.read(ansi_nist.dumps(transaction))


def _fingerprint(**changes):
    return edit(build_transaction(a_header(), [an_image(2)]), 2, **changes)


UNSTATED = {
    "no unit": (_fingerprint(SLC=0), "14.008", "found 0"),
    "another unit": (_fingerprint(SLC=3), "14.008", "found 3"),
    "no field": (_fingerprint(SLC=None), "14.008", "found none"),
    "no scale along x": (_fingerprint(THPS=0), "14.009", "found 0"),
    "no scale along y": (_fingerprint(TVPS=None), "14.010", "found none"),
    "Type-4": (
        edit(build_transaction(a_header(version="0400"), [an_image(2, 1, binary=True)]), 0, NTR=0.0),
        "1.012",
        "found 00.00",
    ),
}


@pytest.mark.parametrize("case", UNSTATED)
def test_the_callers_resolution_counts_where_a_transaction_states_none(case):
    transaction, field, found = UNSTATED[case]
    document = _document(transaction)
    assert document.images().value == ()
    said = " ".join(document.images().losses)
    assert field in said
    assert found in said
    assert "pass ppi=" in said
    assert document.images(ppi=640).value[0].image.ppi == 640


def test_what_a_transaction_states_stands_against_the_callers_resolution():
    assert _document(_fingerprint()).images(ppi=640).value[0].image.ppi == 500


@pytest.mark.parametrize(("changes", "field"), [({"HLL": None}, "14.006"), ({"VLL": 0}, "14.007")])
def test_the_size_is_the_payloads_where_a_record_states_none(changes, field):
    images = _document(_fingerprint(**changes)).images()
    assert images.value[0].image.shape == (48, 40)
    assert any(loss.startswith(f"{field}: expected the image's size") for loss in images.losses)


def test_plain_pixels_without_a_size_are_refused():
    raw = _fingerprint(CGA="NONE", DATA=PIXELS.tobytes(), HLL=None)
    assert "14.006" in " ".join(_document(raw).images().losses)


@pytest.mark.parametrize(("record", "label"), [(14, "WSQ"), (14, "PNG\u202e"), (4, 9)])
def test_a_compression_that_is_none_is_named_and_the_payload_believed(record, label):
    version = "0502" if record == 14 else "0400"
    made = build_transaction(a_header(version=version, utf_8=True), [an_image(2, 1, binary=record == 4)])
    images = _document(edit(made, 2, CGA=label)).images()
    assert images.value[0].image.shape == (48, 40)
    said = next(loss for loss in images.losses if loss.startswith(("14.011", "4.008")))
    assert repr(str(label)) in said
    assert said.isprintable()


def test_a_compression_that_is_none_over_plain_pixels():
    images = _document(_fingerprint(CGA="RAW", DATA=PIXELS.tobytes())).images()
    assert (images.value[0].image.pixels == PIXELS).all()
    assert any(loss.startswith("14.011") for loss in images.losses)
    cut = _document(_fingerprint(CGA="RAW", DATA=PIXELS.tobytes()[1:])).images()
    assert cut.value == ()


def test_segments_of_palms_are_said():
    palm = build_transaction(a_header(), [an_image(21, 10)])
    images = _document(edit(palm, 2, SEG=[(25, 0, 9, 0, 9)])).images()
    assert "15.021: segments of palms" in images.losses


def test_every_segment_that_is_left_out_or_cut_is_said():
    slap = build_transaction(a_header(), [an_image(13, 0, segments=(Segment(2, 0, 10, 0, 10),))])
    bounds = [(2, 0, 10, 0, 10), (3, 20, 10, 5, 2), (4, -5, 10, 0, 99), (5, 500, 600, 0, 9), (None, 0, 9, 0, 9)]
    images = _document(edit(slap, 2, SEG=bounds)).images()
    assert [one.position for one in images.value] == [2, 4]
    assert images.value[1].image.shape == (48, 11)
    said = [loss for loss in images.losses if loss.startswith("14.021")]
    assert [loss.rsplit("; ", 1)[1] for loss in said] == ["left out", "cut to the image", "left out", "left out"]
    assert [f"segment {number}" in loss for number, loss in zip((2, 3, 4, 5), said, strict=True)] == [True] * 4


@pytest.mark.parametrize("version", ["iso-19794-4:2005", "iso-19794-4:2011"])
def test_image_records_without_a_resolution_or_size(version):
    made = image_records.record_of_images([PrintImage(image_from_array(PIXELS, 500))], version).value
    view = dataclasses.replace(made.views[0], resolution=(0, 0), width=0, height=0)
    document = exchange.read(image_records.dumps(dataclasses.replace(made, views=(view,))))
    with pytest.raises(ExchangeError, match=r"found 0 x 0 .* pass ppi="):
        document.images()
    images = document.images(ppi=640)
    assert (images.value[0].image.ppi, images.value[0].image.shape) == (640, (48, 40))
    assert any("found 0 x 0; the size of the data" in loss for loss in images.losses)


def test_an_image_record_with_an_unknown_compression():
    made = image_records.record_of_images([PrintImage(image_from_array(PIXELS, 500))]).value
    view = dataclasses.replace(made.views[0], compression=77)
    images = exchange.read(image_records.dumps(dataclasses.replace(made, views=(view,)))).images()
    assert images.value[0].image.shape == (48, 40)
    assert any("found 77" in loss for loss in images.losses)


@pytest.mark.parametrize("version", minutiae_records.RecordVersion)
def test_minutiae_records_without_a_resolution(version):
    made = minutiae_records.record_of_templates([made_template()], version).value
    view = dataclasses.replace(made.views[0], x_ppcm=0, y_ppcm=0)
    document = exchange.read(minutiae_records.dumps(dataclasses.replace(made, views=(view,))))
    with pytest.raises(ExchangeError, match="found 0 x 0 pixels per centimetre; pass ppi="):
        exchange.convert(document, "xyt")
    again = exchange.convert(document, "xyt", options=ConversionOptions(ppi=500))
    assert again.value.count(b"\n") == 30


def test_type_9_minutiae_of_a_print_without_a_resolution():
    made = build_transaction(a_header(), [an_image(2, features=some_features())])
    for place, unit in ((2, None), (3, 0)):
        made = edit(made, place, SLC=unit)
    with pytest.raises(ExchangeError, match="pass ppi="):
        _document(made).templates()
    assert len(_document(made).templates(ppi=500).value[0]) == len(some_features().minutiae)


@pytest.mark.parametrize("target", ["xyt", "card-normal", "incits-378:2009", "iso-19794-2:2011"])
def test_all_minutiae_go_from_format_to_format(target):
    count = 255
    rng = np.random.default_rng(5)
    minutiae = [
        minutiae_records.RecordMinutia(1, 10 * (i % 30) + 5, 10 * (i // 30) + 5, int(rng.integers(256)), 50)
        for i in range(count)
    ]
    view = minutiae_records.MinutiaeView(2, 0, 0, 60, 300, 400, 197, 197, tuple(minutiae))
    data = minutiae_records.dumps(minutiae_records.MinutiaeRecord(minutiae_records.RecordVersion.ISO_2005, (view,)))
    for source in (data, exchange.convert(exchange.read(data), "xyt").value):
        made = exchange.convert(exchange.read(source), target, options=ConversionOptions(ppi=500))
        assert not any("minutiae: a template" in loss for loss in made.losses)
        if target == "card-normal":
            assert len(made.value) == 5 * count
        else:
            assert math.isclose(_count(made.value), count)


def _count(data):
    content = exchange.read(data).content
    return len(content) if isinstance(content, tuple) else len(content.views[0].minutiae)


def test_all_minutiae_of_type_9_go_to_records():
    features = dataclasses.replace(some_features(), block=Block.INCITS_378)
    made = build_transaction(a_header(), [an_image(2, features=features)])
    rows = [(i, i % 40, i // 40, i % 180, 1, 50) for i in range(1, 129)]
    document = _document(edit(made, 2, FMD=rows, NOM=128))
    assert _count(exchange.convert(document, "iso-19794-2:2005").value) == 128
    assert View(document.content.records[2])["NOM"] == 128


@pytest.mark.parametrize("version", minutiae_records.RecordVersion)
def test_a_second_minutiae_record_is_named(version):
    one = minutiae_records.dumps([made_template()], version)
    with pytest.raises(MalformedRecord, match="another one behind it") as raised:
        exchange.read(one + one)
    assert raised.value.offset == len(one)


@pytest.mark.parametrize("version", image_records.ImageRecordVersion)
def test_a_second_image_record_is_named(version):
    one = image_records.dumps([PrintImage(image_from_array(PIXELS, 500))], version)
    with pytest.raises(MalformedRecord, match="another one behind it"):
        exchange.read(one + one)
