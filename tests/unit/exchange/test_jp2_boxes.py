"""The boxes of a JPEG 2000 file, up to the first that does not fit."""

import pytest

from fingerprint_engine.exchange.image_codecs.jp2_boxes import jp2_boxes
from fingerprint_engine.limits import Budget

SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"


def test_boxes_follow_each_other():
    found = list(jp2_boxes(SIGNATURE + b"\x00\x00\x00\x09jp2hx" + b"\x00\x00\x00\x08jp2c", Budget()))
    assert found == [(b"jP  ", 0, 12), (b"jp2h", 12, 21), (b"jp2c", 21, 29)]


@pytest.mark.parametrize("length", [b"\x00\x00\x00\x00", b"\x00\x00\x00\x01", b"\x00\x00\x00\x07"])
def test_a_box_that_runs_to_the_end_or_does_not_fit_ends_the_walk(length):
    assert [box.kind for box in jp2_boxes(SIGNATURE + length + b"jp2c" + bytes(20), Budget())] == [b"jP  "]
