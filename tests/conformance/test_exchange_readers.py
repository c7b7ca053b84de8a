"""Minutiae written by us are read and compared by `afis`, a port of NIST's mindtct and bozorth3 by other people."""

import numpy as np
import pytest
from tests.conftest import draw_print

from fingerprint_engine import extract, image_from_array
from fingerprint_engine.exchange import minutiae_records, xyt

PICTURE = draw_print()
ROWS = PICTURE.shape[0]

bozorth3 = pytest.importorskip("afis.algorithms.bozorth3", reason="the package afis is not installed")


def _template(picture):
    return extract(image_from_array(picture, 500.0, polarity="dark-ridges"))


@pytest.fixture(scope="module")
def template():
    return _template(PICTURE)


def _read_by_afis(template, folder):
    from afis.algorithms.xyt import read_xyt, xyt_to_array

    path = folder / "print.xyt"
    path.write_bytes(xyt.xyt_of_template(template).value)
    return xyt_to_array(read_xyt(str(path)), height=ROWS, flip_y=True)


def _score(one, other):
    return bozorth3.bozorth3_match(one, other, height_a=ROWS, height_b=ROWS)


def _turn(one, other):
    return np.abs((np.degrees(one - other) + 180) % 360 - 180)


def test_afis_reads_our_iso_record(template):
    from afis.algorithms.templates import decode_iso19794_2

    header, theirs = decode_iso19794_2(minutiae_records.dumps([template], "iso-19794-2:2005"))
    ours = template.minutiae
    assert (header.height, header.width) == PICTURE.shape
    assert len(theirs) == len(template) > 15
    assert np.abs(theirs[:, 0] - ours.x).max() <= 0.5
    assert np.abs(theirs[:, 1] - ours.y).max() <= 0.5
    assert _turn(theirs[:, 2], ours.direction).max() <= 360 / 512 + 0.01
    np.testing.assert_array_equal(theirs[:, 3] + 1, ours.kind)


def test_afis_reads_our_xyt(template, tmp_path):
    theirs, ours = _read_by_afis(template, tmp_path), template.minutiae
    assert len(theirs) == len(template)
    assert np.abs(np.sort(theirs[:, 0]) - np.sort(ours.x)).max() <= 1
    assert np.abs(np.sort(theirs[:, 1]) - np.sort(ours.y)).max() <= 1.5


def test_bozorth3_tells_our_lists_of_one_print_from_its_mirror_image(template, tmp_path):
    ours = _read_by_afis(template, tmp_path)
    mirrored = _read_by_afis(_template(np.ascontiguousarray(PICTURE[:, ::-1])), tmp_path)
    assert _score(ours, ours) > 40 > _score(ours, mirrored)
