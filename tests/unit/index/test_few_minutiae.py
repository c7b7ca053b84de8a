"""Of fewer minutiae than a match needs nothing is decided, whatever they score and however many prints there are."""

from __future__ import annotations

import dataclasses

from tests.unit.index.random_prints import random_print

from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery, Outcome, ProblemKind, SearchParameters
from fingerprint_engine.matching import MIN_MATCH_MINUTIAE
from fingerprint_engine.template import Template

FEW = MIN_MATCH_MINUTIAE - 1


def on_finger(template: Template, finger: Finger) -> Template:
    return dataclasses.replace(template, finger=finger)


def test_several_handfuls_are_no_hit_beside_a_print_that_does_not_match() -> None:
    gallery = Gallery()
    few = [on_finger(random_print(seed, minutiae=FEW), Finger(seed)) for seed in (1, 2, 3)]
    whole = on_finger(random_print(4), Finger(4))
    for number, one in enumerate([*few, whole]):
        gallery.enrol(f"p/{number}", one, subject="p")
    probes = [*few, on_finger(random_print(99), Finger(4))]
    found = gallery.identify(probes, max_fpir=0.5)
    assert found.candidates[0].score >= found.receipt.hit_score
    assert found.outcome is Outcome.POSSIBLE
    assert gallery.identify([*few, whole], max_fpir=0.5).outcome is Outcome.HIT
    allowed = gallery.identify(probes, max_fpir=0.5, parameters=SearchParameters(min_hit_minutiae=FEW))
    assert allowed.outcome is Outcome.HIT


def test_handfuls_are_no_duplicates_and_no_contradiction() -> None:
    gallery = Gallery()
    for key, subject, one in (
        ("a", "first", random_print(1, minutiae=FEW)),
        ("b", "second", random_print(1, minutiae=FEW)),
        ("c", "third", random_print(2, minutiae=FEW)),
        ("d", "third", random_print(3, minutiae=FEW)),
    ):
        gallery.enrol(key, on_finger(one, Finger.RIGHT_THUMB), subject=subject)
    found = gallery.duplicates(max_fmr=0.1)
    assert found.pairs == ()
    assert found.problems == ()
    for key in ("e", "f"):
        gallery.enrol(key, on_finger(random_print(7, minutiae=30), Finger.RIGHT_THUMB), subject=key)
    gallery.enrol("g", on_finger(random_print(8, minutiae=30), Finger.RIGHT_THUMB), subject="e")
    enough = gallery.duplicates(max_fmr=0.1)
    assert [(pair.key, pair.other_key) for pair in enough.pairs] == [("e", "f")]
    assert {problem.kind for problem in enough.problems} == {ProblemKind.TWO_PEOPLE}
