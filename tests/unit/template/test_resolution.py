"""A stated resolution against the ridges: the limits, the resolution that would fit, the words."""

import pytest

from fingerprint_engine.template.resolution import (
    MAX_PERIOD_PX,
    MIN_PERIOD_PX,
    TYPICAL_PERIOD_PX,
    period_ratio,
    resolution_finding,
)


@pytest.mark.parametrize("period", [MIN_PERIOD_PX, TYPICAL_PERIOD_PX, MAX_PERIOD_PX])
def test_what_fingers_have_is_no_finding(period):
    assert resolution_finding(500.0, period) is None


def test_no_ridges_are_no_finding():
    assert resolution_finding(500.0, None) is None


@pytest.mark.parametrize(("stated", "true"), [(1000, 500), (500, 1000), (300, 500), (250, 500), (500, 250)])
def test_the_resolution_that_would_fit(stated, true):
    # At a true 500 ppi ridges are 8.8 px apart; resampled to 500 from what is stated, they are this far apart.
    finding = resolution_finding(stated, TYPICAL_PERIOD_PX * true / stated)
    assert finding.fitting_ppi == true
    assert finding.stated_ppi == stated
    assert finding.as_dict() == {
        "stated_ppi": stated,
        "fitting_ppi": true,
        "median_period_px": pytest.approx(TYPICAL_PERIOD_PX * true / stated, abs=0.01),
    }
    assert f"about {true} ppi would fit" in str(finding)
    assert f"stated {stated} ppi" in str(finding)


def test_fine_ridges_may_be_a_childs():
    assert "small child" in str(resolution_finding(500.0, 4.5))
    assert "small child" not in str(resolution_finding(500.0, 2.8))
    assert "small child" not in str(resolution_finding(500.0, 15.0))


def test_the_ratio_of_two_periods():
    assert period_ratio(8.0, 10.0) == period_ratio(10.0, 8.0) == 1.25
    assert period_ratio(8.0, 8.0) == 1.0
    assert period_ratio(None, 8.0) is period_ratio(8.0, None) is None
