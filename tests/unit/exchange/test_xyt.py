"""Lists of NBIS: bottom-left, turned by 180°."""

import numpy as np
import pytest

from fingerprint_engine.errors import ExchangeError, LossRefused, MalformedRecord
from fingerprint_engine.exchange import xyt
from fingerprint_engine.exchange.xyt import XytMinutia

from .prints_made import made_template


def test_lines_with_and_without_quality():
    minutiae = xyt.loads(b"10 20 90 55\r\n\n1 2 359\n")
    assert minutiae == (XytMinutia(10, 20, 90, 55), XytMinutia(1, 2, 359))
    assert xyt.dumps(minutiae) == b"10 20 90 55\n1 2 359\n"


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"1 2\n", b"1 2 3 4 5\n", b"1 2 x\n", b"-1 2 3\n", b"1 2 400\n", b"99999 2 3\n", b"1 2 3\n1\n"],
)
def test_what_is_no_list_is_refused(data):
    with pytest.raises(MalformedRecord):
        xyt.loads(data)


def test_what_is_too_long_is_refused():
    with pytest.raises(MalformedRecord, match="at most 9999"):
        xyt.loads(b"1 2 3\n" * 10_000)


def test_negative_numbers_are_not_written():
    with pytest.raises(ExchangeError):
        xyt.dumps((XytMinutia(-1, 0, 0),))


@pytest.mark.parametrize(
    ("data", "is_one"),
    [(b"1 2 3 4\n", True), (b"1 2 3", True), (b"1 2\n", False), (b"1 2 3\nFMR", False), (b"", False)],
)
def test_sniffing(data, is_one):
    assert xyt.is_xyt(data) is is_one


def test_origin_and_direction():
    made = xyt.template_of_xyt((XytMinutia(10, 600, 90, 50),), ppi=500, shape=(600, 400))
    template = made.value
    assert (template.minutiae.x[0], template.minutiae.y[0]) == (10, 0)
    assert np.degrees(template.minutiae.direction[0]) == pytest.approx(270, abs=0.8)
    assert (template.shape, made.losses) == ((600, 400), ())


def test_without_a_size_the_print_ends_where_its_minutiae_do():
    minutiae = (XytMinutia(10, 600, 90, 50), XytMinutia(30, 500, 90, 50))
    free, placed = xyt.template_of_xyt(minutiae, ppi=500), xyt.template_of_xyt(minutiae, ppi=500, shape=(700, 400))
    np.testing.assert_array_equal(np.diff(free.value.minutiae.y), np.diff(placed.value.minutiae.y))
    assert any("size" in loss for loss in free.losses)


def test_a_template_comes_back():
    template = made_template()
    data = xyt.xyt_of_template(template).value
    found = xyt.template_of_xyt(xyt.loads(data), ppi=500, shape=template.shape).value.minutiae
    np.testing.assert_array_equal(found.x, template.minutiae.x)
    np.testing.assert_array_equal(found.y, template.minutiae.y)
    turn = (found.direction - template.minutiae.direction + np.pi) % (2 * np.pi) - np.pi
    assert np.degrees(np.abs(turn)).max() <= 1.3
    with pytest.raises(LossRefused):
        xyt.xyt_of_template(template, strict=True)


@pytest.mark.parametrize("ppi", [0.0, 1.0])
def test_a_resolution_that_is_none_is_refused(ppi):
    with pytest.raises(ExchangeError):
        xyt.template_of_xyt((XytMinutia(100, 600, 90),), ppi=ppi)


def test_a_list_of_nothing_is_not_written():
    with pytest.raises(ExchangeError, match="expected at least one minutia, got none"):
        xyt.dumps(())
