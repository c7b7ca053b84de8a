"""Type-9: each encoding against values worked out by hand, written ones against what was put in."""

import math

import numpy as np
import pytest
from tests.unit.exchange.ansi_nist.transactions import RS, US, header, some_features, tagged

from fingerprint_engine.errors import ExchangeError, LossRefused, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.ansi_nist import (
    Block,
    ImageGeometry,
    View,
    dumps,
    edit,
    features_in,
    features_of,
    geometry_of,
    linked_geometry,
    loads,
    minutiae_record,
    new_record,
)
from fingerprint_engine.minutiae import UNKNOWN_QUALITY, Minutiae, MinutiaKind, SingularKind, SingularPoints

# 1000 x 500 pixels at 1000 ppi: 25.4 mm x 12.7 mm, 500 x 250 pixels inside.
IMAGE = ((b"14.006", b"1000"), (b"14.007", b"500"), (b"14.008", b"1"), (b"14.009", b"1000"), (b"14.010", b"1000"))


def _items(*items):
    return US.join(items)


def _transaction(*fields, image=True):
    type_9 = tagged(9, (b"9.002", b"01"), (b"9.003", b"1"), (b"9.004", b"U"), *fields)
    if not image:
        return loads(header(b"1\x1f1\x1e9\x1f01") + type_9)
    type_14 = tagged(14, (b"14.002", b"01"), (b"14.003", b"1"), *IMAGE, (b"14.013", b"2"))
    return loads(header(b"1\x1f2\x1e9\x1f01\x1e14\x1f01") + type_9 + type_14)


def _features(*fields, image=True, block=None):
    transaction = _transaction(*fields, image=image)
    return features_of(transaction, transaction.records[1], block)


def _only(minutiae):
    assert len(minutiae) == 1
    return minutiae.x[0], minutiae.y[0], math.degrees(minutiae.direction[0]), minutiae.kind[0], minutiae.quality[0]


def test_legacy_positions_count_from_the_bottom_and_directions_are_turned():
    minutia = _items(b"001", b"02541016090", b"00", b"A", b"002,03")
    made = _features((b"9.006", b"02"), (b"9.008", b"02540254"), (b"9.010", b"1"), (b"9.012", minutia))
    x, y, degrees, kind, quality = _only(made.value.minutiae)
    # 2.54 mm from the left are 50 px at 500 ppi, 10.16 mm from the bottom of 12.7 mm are 2.54 mm from the top.
    assert (x, y) == pytest.approx((49.5, 49.5))
    assert degrees == pytest.approx(270.0)
    assert (kind, quality) == (MinutiaKind.ENDING, UNKNOWN_QUALITY)
    assert made.value.singular_points.y[0] == pytest.approx(199.5)
    assert (made.value.positions, made.value.shape, made.value.source_ppi) == ((2,), (250, 500), 1000.0)
    assert "ridge counts" in made.losses


@pytest.mark.parametrize(("field", "compound"), [(b"9.012", b"C"), (b"9.023", b"D")])
def test_compound_minutiae_have_another_letter_in_each_encoding(field, compound):
    for letter in (b"A", b"B", b"C", b"D"):
        made = _features((field, _items(b"001", b"02540254090", b"01", letter)))
        assert ("compound minutiae become unknown" in made.losses) == (letter == compound)
        assert made.value.minutiae.kind[0] == {b"A": 1, b"B": 2}.get(letter, 0)


def test_legacy_needs_the_image():
    with pytest.raises(MalformedRecord, match=r"9\.012"):
        _features((b"9.012", _items(b"001", b"02541016090", b"00", b"B")), image=False)


def test_iafis_positions_count_from_the_top_and_directions_are_not_turned():
    minutia = _items(b"001", b"02540254090", b"00", b"C", b"00203")
    made = _features((b"9.014", b"08"), (b"9.021", _items(b"05080508", b"242", b"0000")), (b"9.023", minutia))
    x, y, degrees, kind, _ = _only(made.value.minutiae)
    assert (x, y, degrees) == pytest.approx((49.5, 49.5, 90.0))
    assert kind == MinutiaKind.UNKNOWN
    assert math.degrees(made.value.singular_points.direction[0]) == pytest.approx(242.0, abs=1e-4)
    assert made.value.positions == (8,)


M1 = ((b"9.128", b"1000"), (b"9.129", b"500"), (b"9.130", b"1"), (b"9.131", b"1000"), (b"9.132", b"1000"))


def test_incits_378_counts_pixels_and_steps_of_two_degrees():
    minutiae = RS.join([_items(b"1", b"100", b"200", b"45", b"2", b"80"), _items(b"2", b"9", b"9", b"0", b"1", b"0")])
    fields = (*M1, (b"9.134", b"7"), (b"9.136", b"3"), (b"9.137", minutiae), (b"9.140", _items(b"10", b"20", b"90")))
    made = _features(*fields, image=False)
    minutiae = made.value.minutiae
    assert (minutiae.x[0], minutiae.y[0]) == pytest.approx((49.75, 99.75))
    assert math.degrees(minutiae.direction[0]) == pytest.approx(90.0)
    assert list(minutiae.kind) == [MinutiaKind.BIFURCATION, MinutiaKind.ENDING]
    assert list(minutiae.quality) == [80, UNKNOWN_QUALITY]
    assert made.value.singular_points.kind[0] == SingularKind.DELTA
    assert math.degrees(made.value.singular_points.direction[0]) == pytest.approx(180.0)
    assert "number of minutiae, stated as 3, but there are 2" in made.losses


def test_incits_378_without_a_size_of_its_own_goes_by_the_image():
    minutia = _items(b"1", b"100", b"200", b"45", b"2", b"80")
    assert _features((b"9.137", minutia)).value.minutiae.x[0] == pytest.approx(49.75)
    with pytest.raises(MalformedRecord, match=r"9\.131"):
        _features((b"9.137", minutia), image=False)


def test_extended_features_count_from_the_region_of_interest():
    fields = (
        (b"9.300", _items(b"1000", b"900", b"254", b"508")),
        (b"9.302", RS.join([b"2", b"3"])),
        (b"9.320", _items(b"254", b"0", b"223", b"", b"")),
        (b"9.331", _items(b"254", b"254", b"360", b"E")),
        (b"9.352", b"LAS"),
    )
    made = _features(*fields)
    x, y, degrees, kind, _ = _only(made.value.minutiae)
    assert (x, y, degrees) == pytest.approx((99.5, 149.5, 0.0))
    assert kind == MinutiaKind.ENDING
    assert made.value.positions == (2, 3)
    assert made.value.singular_points.y[0] == pytest.approx(99.5)
    assert "extended features LPM" in made.losses


def test_a_region_without_an_offset_begins_at_the_image():
    x, y, *_ = _only(_features((b"9.300", b"9\x1f9"), (b"9.331", _items(b"508", b"254", b"1", b"X"))).value.minutiae)
    assert (x, y) == pytest.approx((99.5, 49.5))


def test_extended_features_without_an_image_have_the_size_of_their_region():
    minutia = (b"9.331", _items(b"1", b"2", b"3", b"E"))
    made = _features((b"9.300", _items(b"2540", b"1270", b"508", b"254")), minutia, image=False).value
    assert (made.shape, made.source_ppi) == ((300, 600), None)
    assert _features((b"9.300", b"0\x1f1"), minutia, image=False).value.shape is None
    assert _features(minutia, image=False).value.shape is None


BAD = [
    (b"9.012", _items(b"001", b"0254", b"00", b"A")),
    (b"9.012", _items(b"001", b"0254101609x", b"00", b"A")),
    (b"9.012", b"001"),
    (b"9.023", _items(b"001")),
    (b"9.137", _items(b"1", b"100")),
    (b"9.137", _items(b"1", b"x", b"200", b"45", b"2", b"80")),
    (b"9.331", _items(b"1", b"2")),
    (b"9.331", _items(b"1", b"2", b"99999999", b"E")),
    (b"9.331", RS * 10_000),
    (b"9.300", _items(b"1", b"1", b"50001", b"0")),
    (b"9.300", _items(b"1", b"1", b"0", b"-1")),
]


@pytest.mark.parametrize("field", BAD)
def test_damaged_features_are_refused(field):
    with pytest.raises(MalformedRecord):
        _features(field, *(() if field[0] != b"9.300" else ((b"9.334", b"Y"),)))


def test_the_most_detailed_block_is_read_unless_another_is_asked_for():
    fields = (*M1, (b"9.137", _items(b"1", b"1", b"2", b"3", b"1", b"5")), (b"9.334", b"Y"))
    made = _features(*fields)
    assert (made.value.block, len(made.value.minutiae)) == (Block.EXTENDED, 0)
    assert "other encodings in the record" in made.losses
    assert len(_features(*fields, block=Block.INCITS_378).value.minutiae) == 1
    with pytest.raises(UnsupportedRecord):
        _features(*fields, block=Block.LEGACY)
    with pytest.raises(UnsupportedRecord):
        _features((b"9.031", b"a vendor's"))
    transaction = _transaction(*fields)
    with pytest.raises(UnsupportedRecord):
        features_of(transaction, transaction.records[2])
    with pytest.raises(LossRefused):
        features_of(transaction, transaction.records[1], strict=True)
    assert [place for place, _ in features_in(transaction)] == [1]


def test_geometry_of_images_in_all_units():
    transaction = _transaction()
    image = transaction.records[2]
    assert geometry_of(image) == ImageGeometry(1000, 500, 1000.0, 1000.0)
    assert linked_geometry(transaction, transaction.records[1]) == geometry_of(image)
    centimetres = edit(transaction, 2, SLC=2, THPS=197, TVPS=394).records[2]
    assert geometry_of(centimetres) == ImageGeometry(1000, 500, 500.0, 1000.0)
    assert geometry_of(edit(transaction, 2, SLC=0).records[2]) is None
    assert geometry_of(transaction.records[1]) is None
    with pytest.raises(ExchangeError):
        geometry_of(edit(transaction, 2, HLL=-5).records[2])


@pytest.mark.parametrize(("isr", "expected"), [(0, 500.0), (1, 1000.0)])
def test_geometry_of_binary_images_goes_by_type_1(isr, expected):
    first = loads(header(b"1\x1f0", (11, b"39.37"), (12, b"19.69")))
    image = new_record(4, {"IDC": 1, "ISR": isr, "HLL": 30, "VLL": 20})
    record = first.inserted(1, image).records[1]
    assert geometry_of(record) == ImageGeometry(30, 20, expected, expected)


@pytest.mark.parametrize("ppi", [500.0, 1000.0])
@pytest.mark.parametrize(
    ("block", "largest_px", "largest_degrees"),
    [(Block.INCITS_378, 0.75, 1.0), (Block.EXTENDED, 0.15, 0.5), (Block.LEGACY, 0.15, 0.5)],
)
def test_what_is_written_is_read_back(block, largest_px, largest_degrees, ppi):
    features = some_features(count=40, cols=400, rows=480)
    geometry = ImageGeometry(round(400 * ppi / 500), round(480 * ppi / 500), ppi, ppi)
    made = minutiae_record(features, 1, geometry, (block,))
    first = loads(header(b"1\x1f0")).inserted(1, made.value)
    size = {"IDC": "01", "IMP": 0, "HLL": geometry.cols, "VLL": geometry.rows, "ISR": 1, "CGA": 0}
    transaction = edit(first.inserted(2, new_record(4, size)), 0, NSR=ppi / 25.4)
    back = features_of(loads(dumps(transaction)), transaction.records[1])
    for ours, theirs in (
        (features.minutiae, back.value.minutiae),
        (features.singular_points, back.value.singular_points),
    ):
        distance = np.hypot(ours.x[:, None] - theirs.x, ours.y[:, None] - theirs.y)
        nearest = distance.argmin(axis=1)
        assert distance.min(axis=1).max() < largest_px
        assert len(theirs) == len(ours)
        assert (ours.kind == theirs.kind[nearest]).all()
        if ours is features.minutiae:
            turned = np.mod(ours.direction - theirs.direction[nearest] + np.pi, 2 * np.pi) - np.pi
            assert np.degrees(np.abs(turned)).max() < largest_degrees + 0.01
    if block is Block.INCITS_378:
        assert (np.sort(features.minutiae.quality) == np.sort(back.value.minutiae.quality)).all()
    else:
        assert "quality of minutiae" in made.losses


def test_two_blocks_stand_side_by_side_and_none_beside_the_legacy_one():
    geometry = ImageGeometry(40, 48, 500.0, 500.0)
    record = minutiae_record(some_features(), 5, geometry, (Block.INCITS_378, Block.EXTENDED)).value
    view = View(record)
    assert (view["FMT"], view["IDC"], view["NOM"], len(view["MIN"])) == ("U", 5, 20, 20)
    assert minutiae_record(some_features(), 5, geometry, (Block.LEGACY,)).value.field(4).first_item == "S"
    for blocks in ((Block.LEGACY, Block.EXTENDED), (Block.IAFIS,), ()):
        with pytest.raises(ExchangeError):
            minutiae_record(some_features(), 5, geometry, blocks)


def test_what_does_not_fit_is_refused():
    geometry = ImageGeometry(40, 48, 500.0, 500.0)
    with pytest.raises(ExchangeError, match="outside"):
        minutiae_record(some_features(cols=400), 1, geometry)
    with pytest.raises(ExchangeError, match="255"):
        minutiae_record(some_features(count=256), 1, geometry)
    with pytest.raises(LossRefused):
        minutiae_record(some_features(), 1, geometry, strict=True)


@pytest.mark.parametrize("block", [Block.INCITS_378, Block.EXTENDED, Block.LEGACY])
def test_no_minutiae_are_written_and_read_as_none_or_absent(block):
    features = some_features()
    empty = type(features)(block, Minutiae.empty(), SingularPoints.empty(), (0,), 29)
    record = minutiae_record(empty, 1, ImageGeometry(40, 48, 500.0, 500.0), (block,)).value
    assert View(record)["NMIN"] == ("Y" if block is Block.EXTENDED else None)
