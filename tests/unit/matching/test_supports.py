from __future__ import annotations

import numpy as np
import pytest
from tests.reference.point_prints import finger, impression, template

from fingerprint_engine.errors import IncompatibleTemplates
from fingerprint_engine.matching import Matcher, MatchingParameters
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import TemplateBatch, TemplateParameters, build_template


def test_support_is_the_relaxed_similarity_of_a_comparison_without_ridge_flow(rng: np.random.Generator) -> None:
    # A floor of 1 lets ridge flow damp nothing.
    parameters = MatchingParameters(texture_floor=1.0)
    points = finger(rng, 35)
    batch = TemplateBatch.of([template(impression(points, rng)), *(template(finger(rng, n)) for n in (5, 20, 40))])
    matcher = Matcher(template(points), parameters)
    _, evidence = matcher.gather(batch)
    np.testing.assert_allclose(matcher.supports(batch), evidence["relaxed_similarity"], rtol=1e-3)


def test_mated_prints_have_more_support_than_others(rng: np.random.Generator) -> None:
    fingers = [finger(rng, 35) for _ in range(30)]
    enrolled = TemplateBatch.of(template(points) for points in fingers)
    best = [Matcher(template(impression(points, rng))).supports(enrolled).argmax() for points in fingers]
    assert np.mean(np.array(best) == np.arange(30)) >= 0.95


def test_nothing_to_compare_has_no_support(rng: np.random.Generator) -> None:
    batch = TemplateBatch.of([template(Minutiae.empty()), template(finger(rng, 1))])
    assert Matcher(template(finger(rng, 20))).supports(batch).tolist() == [0.0, 0.0]
    assert Matcher(template(finger(rng, 1))).supports(batch).tolist() == [0.0, 0.0]
    assert Matcher(template(finger(rng, 20))).supports(TemplateBatch.of([])).shape == (0,)


def test_different_parameters_are_refused(rng: np.random.Generator) -> None:
    other = build_template(finger(rng, 9), shape=(420, 400), parameters=TemplateParameters(radius_px=60.0))
    with pytest.raises(IncompatibleTemplates):
        Matcher(template(finger(rng, 9))).supports(TemplateBatch.of([other]))
