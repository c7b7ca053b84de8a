"""Marks of transactions: images of Type-13 with what Type-9 says of them, in its legacy, 378 and extended forms."""

from __future__ import annotations

import numpy as np
import pytest

from fingerprint_engine.errors import MalformedRecord
from fingerprint_engine.exchange import ansi_nist
from fingerprint_engine.exchange.ansi_nist.features.image_geometry import ImageGeometry
from fingerprint_engine.exchange.ansi_nist.features.model import Block, RidgeFeatures
from fingerprint_engine.exchange.ansi_nist.features.writing import minutiae_record
from fingerprint_engine.exchange.ansi_nist.model import new_record
from fingerprint_engine.exchange.transaction_prints import marks_of_transaction
from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.tenprint import MarkRegion, Upright

SHAPE = (240, 320)
POINTS = Minutiae(
    np.array([50.0, 120.0, 200.0, 260.0], np.float32),
    np.array([60.0, 100.0, 180.0, 40.0], np.float32),
    np.array([0.5, 1.5, 3.0, 6.0], np.float32),
    np.array([1, 2, 1, 2], np.uint8),
    np.full(4, 60, np.uint8),
)


def image_record(kind: int, idc: int):
    """A record of an image of plain pixels."""
    rng = np.random.default_rng(kind)
    pixels = rng.integers(0, 255, SHAPE, np.uint8)
    fields = {
        "IDC": f"{idc:02d}", "IMP": 4, "SRC": "X", "HLL": SHAPE[1], "VLL": SHAPE[0], "SLC": 1, "THPS": 500,
        "TVPS": 500, "CGA": "NONE", "BPX": 8, "FGP": (8,), "DATA": pixels.tobytes(),
    }  # fmt: skip
    fields["LCD" if kind == 13 else "FCD"] = "20200101"
    return new_record(kind, fields)


def described(block: Block, idc: int = 1, **more: object):
    """A Type-9 record of the points."""
    features = RidgeFeatures(block, POINTS, SingularPoints.empty(), (8,), 4)
    made = minutiae_record(features, idc, ImageGeometry(SHAPE[1], SHAPE[0], 500.0, 500.0), (block,)).value
    values = {name: value for name, value in ansi_nist.View(made).items() if name != "LEN"}
    return new_record(9, values | more) if more else made


def transaction_of(*records):
    return ansi_nist.Transaction((new_record(1, {"VER": "0500", "TOT": "LFS"}), *records))


@pytest.mark.parametrize("block", [Block.LEGACY, Block.INCITS_378, Block.EXTENDED])
def test_the_image_and_the_examiners_minutiae_come_together(block):
    mapped = marks_of_transaction(transaction_of(image_record(13, 1), described(block), image_record(14, 2)))
    (mark,) = mapped.value
    assert mark.image.shape == SHAPE
    assert mark.region is None
    found = np.stack([mark.minutiae.x, mark.minutiae.y], axis=1)
    expected = np.stack([POINTS.x, POINTS.y], axis=1)
    assert all(np.abs(found - point).max(axis=1).min() < 1.0 for point in expected)


def test_region_and_direction_of_an_examiner():
    extended = described(Block.EXTENDED, ROI=(1000, 800, 200, 100), ORT=(-30, 20))
    (mark,) = marks_of_transaction(transaction_of(image_record(13, 1), extended)).value
    left, right, top, bottom = mark.region.bounds()
    scale = 500.0 / 2540.0
    assert (left, top) == pytest.approx((200 * scale, 100 * scale))
    assert (right - left + 1, bottom - top + 1) == pytest.approx((1000 * scale, 800 * scale))
    assert mark.upright == Upright(-30.0, 20.0)
    assert isinstance(mark.region, MarkRegion)
    (usual,) = marks_of_transaction(transaction_of(image_record(13, 1), described(Block.EXTENDED, ORT=(5,)))).value
    assert usual.upright == Upright(5.0, 15.0)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"ROI": (1000, 800, 5000, 100)}, "9.300"), ({"ORT": (400, 20)}, "9.301"), ({"ORT": (0, 999)}, "9.301")],
)
def test_a_region_off_the_image_and_a_turn_that_is_none_are_refused(more, field):
    with pytest.raises(MalformedRecord, match=field):
        marks_of_transaction(transaction_of(image_record(13, 1), described(Block.EXTENDED, **more)))


def test_which_records_are_marks():
    both = marks_of_transaction(transaction_of(image_record(13, 1), image_record(14, 2), described(Block.EXTENDED, 2)))
    assert [mark.minutiae for mark in both.value] == [None]
    described_print = marks_of_transaction(transaction_of(image_record(14, 2), described(Block.EXTENDED, 2)))
    assert len(described_print.value) == 1
    assert described_print.value[0].minutiae is not None
    assert marks_of_transaction(transaction_of(image_record(14, 2))).value == ()
    twice = marks_of_transaction(
        transaction_of(image_record(13, 1), described(Block.EXTENDED), described(Block.INCITS_378))
    )
    assert "Type-9 records of an image but the first" in twice.losses
