"""Of fewer minutiae than a match needs nobody is recognised."""

from __future__ import annotations

import pytest
from tests.unit.index.random_prints import random_print

from fingerprint_engine.fingers import Finger
from fingerprint_engine.matching import MIN_MATCH_MINUTIAE, compare
from fingerprint_engine.records.events.comparing import CheckParameters, FingerVerdict, compare_with_file
from fingerprint_engine.records.events.unit_evidence import log_ratios
from fingerprint_engine.records.people.best_set import Reference
from fingerprint_engine.records.people.captures import captures_of
from fingerprint_engine.records.roll_call.parameters import RollCallParameters
from fingerprint_engine.template import Template

FEW = MIN_MATCH_MINUTIAE - 1


def reference(template: Template) -> Reference:
    return Reference("print", "person", "encounter", Finger.UNKNOWN, 80, "2026-01-01T00:00:00Z", template)


@pytest.mark.parametrize(("minutiae", "score"), [(FEW, False), (40, True)])
def test_a_check_recognises_nobody_by_a_handful(minutiae: int, score: bool) -> None:
    one = random_print(5, minutiae=minutiae)
    assert compare(one, one).score > 10.0
    found = compare_with_file([one], [reference(one)], match_score=10.0, parameters=CheckParameters())
    assert (found.score > 0.0) is score
    assert found.fingers[0].verdict is (FingerVerdict.AGREES if score else FingerVerdict.UNCLEAR)


@pytest.mark.parametrize(("minutiae", "speaks"), [(FEW, False), (40, True)])
def test_a_roll_call_recognises_nobody_by_a_handful(minutiae: int, speaks: bool) -> None:
    one = random_print(5, minutiae=minutiae)
    ratio = log_ratios(captures_of([one]), {0: [reference(one)]}, RollCallParameters())[0]
    assert (ratio > 0.0) is speaks
