"""One walk for JPEG, JPEG 2000 and WSQ: segment by segment, over coded data, to the first bytes that are no segment."""

import io

import pytest
from PIL import Image
from tests.conftest import draw_print

from fingerprint_engine.errors import LimitExceeded
from fingerprint_engine.limits import Budget, Limits
from fingerprint_engine.preprocessing.loading.marker_segments import marker_segments

TABLE = b"\xff\xa4\x00\x04ab"
BLOCK = b"\xff\xa3\x00\x03\x07" + b"\x12\xff\x00\x34"


def _found(data):
    return [(segment.marker, segment.body) for segment in marker_segments(data, Budget())]


def test_coded_data_are_passed_over():
    data = b"\xff\xa0" + TABLE + BLOCK + TABLE + b"\xff\xa1"
    assert _found(data) == [(0xA4, b"ab"), (0xA3, b"\x07"), (0xA4, b"ab")]


@pytest.mark.parametrize("end", [b"", b"\x00\x00\x00\x04ab", b"\xff\xa4\x00\x01ab", b"\xff\xa4\x00"])
def test_what_is_no_segment_ends_the_walk(end):
    assert _found(b"\xff\xa0" + TABLE + end) == [(0xA4, b"ab")]


def test_a_segment_that_is_cut_off_has_a_short_body():
    (segment,) = marker_segments(b"\xff\xa0\xff\xa4\x00\x09ab", Budget())
    assert (segment.body, segment.stop) == (b"ab", 13)


@pytest.mark.parametrize(("kind", "markers"), [("JPEG", {0xDB, 0xC0, 0xC4, 0xDA}), ("JPEG2000", {0x51, 0x52, 0x5C})])
def test_files_by_another_library_are_walked_to_their_headers(kind, markers):
    buffer = io.BytesIO()
    Image.fromarray(draw_print(64)).save(buffer, kind, **({"no_jp2": True} if kind == "JPEG2000" else {}))
    assert markers <= {marker for marker, _ in _found(buffer.getvalue())}


def test_segments_are_counted():
    data = b"\xff\xa0" + 10 * TABLE
    assert len(list(marker_segments(data, Budget(Limits(items=10))))) == 10
    with pytest.raises(LimitExceeded, match="limit items: expected at most 9, found 10"):
        list(marker_segments(data, Budget(Limits(items=9))))
