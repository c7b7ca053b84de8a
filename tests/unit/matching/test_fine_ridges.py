"""Ridges finer than tolerances were chosen for lower a score; prints whose ridges differ too much say so."""

import dataclasses

import numpy as np
import pytest

from fingerprint_engine import compare, verify
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template, build_template

SHAPE = (400, 360)


@pytest.fixture(scope="module")
def minutiae() -> Minutiae:
    drawn = np.random.default_rng(8)
    x, y = drawn.uniform(30, 330, (2, 40)).astype(np.float32)
    return Minutiae(x, y, drawn.uniform(0, 6.2, 40), drawn.integers(1, 3, 40), np.full(40, 80))


def template_of(minutiae: Minutiae, period_px: float) -> Template:
    blocks = np.full((50, 45), period_px, np.float32)
    mask = np.ones(SHAPE, bool)
    return build_template(minutiae, shape=SHAPE, mask=mask, orientation=blocks * 0.0, period=blocks, quality=80)


def test_a_score_falls_as_ridges_become_finer_than_tolerances(minutiae):
    scores = [
        compare(template_of(minutiae, period), template_of(minutiae, period)).score
        for period in (9.0, 7.2, 6.2, 5.2, 4.0, 3.0)
    ]
    assert scores[0] == pytest.approx(scores[1])
    assert np.diff(scores)[1:] == pytest.approx([-5.0, -5.0, -6.0, 0.0], abs=0.01)


def test_a_score_falls_as_ridges_lie_farther_apart_than_on_fingers(minutiae):
    scores = [
        compare(template_of(minutiae, period), template_of(minutiae, period)).score
        for period in (9.0, 11.4, 12.5, 14.5, 18.0, 20.0)
    ]
    # Ridge counts of a print with itself agree at any period.
    assert scores[0] == pytest.approx(scores[1])
    assert np.diff(scores)[1:] == pytest.approx([-2.5, -5.0, -8.75, 0.0], abs=0.01)


def test_the_periods_of_both_count(minutiae):
    fine, coarse = template_of(minutiae, 5.2), template_of(minutiae, 7.2)
    between = compare(fine, coarse)
    assert between.evidence["mean_period_px"] == pytest.approx(6.2, abs=0.05)
    assert between.score == compare(coarse, fine).score


@pytest.mark.parametrize(("period", "alike"), [(9.0, True), (10.5, True), (12.0, False), (6.5, False)])
def test_periods_that_one_finger_cannot_have_are_said(minutiae, period, alike):
    answer = verify(template_of(minutiae, 9.0), template_of(minutiae, period))
    comparison = answer.comparison
    assert comparison.period_ratio == pytest.approx(max(period, 9.0) / min(period, 9.0), rel=0.01)
    assert comparison.are_periods_alike is alike
    assert answer.as_dict()["are_periods_alike"] is alike
    assert ("times farther apart on one print" in comparison.doubt) is not alike


def test_what_is_not_known_is_not_said(minutiae):
    unknown = build_template(minutiae, shape=SHAPE)
    comparison = compare(unknown, template_of(minutiae, 9.0))
    assert unknown.median_period_px is None
    assert unknown.resolution_finding is None
    assert comparison.period_ratio is comparison.are_periods_alike is None
    bare = dataclasses.replace(comparison, period_ratio=None)
    assert bare.are_periods_alike is None
    assert bare.doubt == ""
