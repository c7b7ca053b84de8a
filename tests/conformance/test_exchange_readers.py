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


@pytest.fixture(scope="module")
def mindtct():
    """Minutiae that `afis` finds with its own code: x, y from the top, direction."""
    extractors = pytest.importorskip("afis.extractors.mindtct", reason="the package afis is not installed")
    return lambda picture: extractors.extract_mindtct(picture, backend="python")[0]


def _read_by_afis(template, folder):
    """Rows of x, y from the top, and the file's direction in radians, as `afis` reads our list."""
    from afis.algorithms.xyt import read_xyt, xyt_to_array

    path = folder / "print.xyt"
    path.write_bytes(xyt.xyt_of_template(template).value)
    return xyt_to_array(read_xyt(str(path)), height=ROWS, flip_y=True)


def _as_afis_counts(theirs, turn=180):
    """Its reader leaves a list's directions as they are, its matcher turns every minutia by 180° to NBIS's sense."""
    turned = theirs.copy()
    turned[:, 2] = (theirs[:, 2] + np.radians(turn)) % (2 * np.pi)
    return turned


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
    assert np.abs(theirs[:, 0] - ours.x).max() <= 0.5
    assert np.abs(theirs[:, 1] - ours.y).max() <= 0.5
    assert _turn(theirs[:, 2], ours.direction + np.pi).max() <= 0.5 + 0.01


def test_our_xyt_says_what_nbis_would_write_of_minutiae_that_mindtct_finds(template, mindtct):
    """Directions included: NBIS has 32 of them, 11.25° apart."""
    lines = np.array([line[:3] for line in xyt.loads(xyt.xyt_of_template(template).value)])
    theirs = np.column_stack(bozorth3._to_nist_xyt(mindtct(PICTURE), ROWS))
    distances = np.hypot(*(lines[:, None, k] - theirs[None, :, k] for k in (0, 1)))
    near = distances.min(axis=1) <= 3
    assert near.mean() >= 0.8
    turn = np.abs((lines[near, 2] - theirs[distances.argmin(axis=1)[near], 2] + 180) % 360 - 180)
    assert turn.max() <= 11.25


def test_bozorth3_matches_our_xyt_with_mindtcts_minutiae(template, mindtct, tmp_path):
    """Not with those of the mirror image, nor with our directions turned: position and direction mean the same."""
    ours = _read_by_afis(template, tmp_path)
    theirs = mindtct(PICTURE)
    mirrored = mindtct(np.ascontiguousarray(PICTURE[:, ::-1]))
    assert _score(_as_afis_counts(ours), theirs) > 40
    assert _score(_as_afis_counts(ours), mirrored) < 20
    for turn in (0, 90, 150, 210, 270):
        assert _score(_as_afis_counts(ours, turn), theirs) < 40
    ours[:, 2] *= -1  # clockwise
    assert _score(_as_afis_counts(ours), theirs) < 40


def test_bozorth3_tells_our_lists_of_one_print_from_its_mirror_image(template, tmp_path):
    ours = _read_by_afis(template, tmp_path)
    mirrored = _read_by_afis(_template(np.ascontiguousarray(PICTURE[:, ::-1])), tmp_path)
    assert _score(ours, ours) > 40 > _score(ours, mirrored)
