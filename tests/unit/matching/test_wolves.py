"""Templates made to resemble many fingers: random fragments under false statements, judged by strangers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.wolves.forgery import Area, Forgery, Period, Quality, random_fragment
from benchmarks.wolves.making import Wolf, random_search
from benchmarks.wolves.prints import Prints

import fingerprint_engine as fe
from fingerprint_engine.matching import MIN_MATCH_MINUTIAE, Matcher, verify
from fingerprint_engine.template import Template, TemplateBatch

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def prints() -> Prints:
    paths = sorted((ROOT / "data" / "samples").glob("[1-9]*_[12].png"))
    made = [
        (path.stem.split("_")[0], outcome) for path, (_, outcome) in zip(paths, fe.extract_many(paths), strict=True)
    ]
    usable = [(finger, one) for finger, one in made if isinstance(one, Template) and len(one) >= 12]
    return Prints("samples", [one for _, one in usable], [finger for finger, _ in usable])


def test_fragments_under_false_statements_are_accepted_by_no_more_strangers_than_stated(prints: Prints) -> None:
    rng, batch, fingers = np.random.default_rng(12), TemplateBatch.of(prints.templates), np.array(prints.fingers)
    scores = []
    for _ in range(1500):
        at = int(rng.integers(len(prints.templates)))
        made = random_fragment(prints.templates[at], rng, fewest=2, most=12).template(prints.templates[at])
        scores.append(Matcher(made).scores(batch)[fingers != fingers[at]])
    found = np.concatenate(scores)
    assert len(found) > 20_000
    assert (found >= 40.0).mean() <= 3e-4


def test_a_short_search_finds_nothing_that_strangers_accept(prints: Prints) -> None:
    wolves: list[Wolf] = random_search(prints.half(0), None, np.random.default_rng(5), candidates=300)
    unseen = TemplateBatch.of(prints.half(1).templates)
    scores = np.concatenate([Matcher(wolf.template).scores(unseen) for wolf in wolves])
    assert (scores >= 40.0).mean() == 0.0


def test_no_two_prints_of_few_minutiae_match(prints: Prints) -> None:
    whole = prints.templates[0]
    few = Forgery.of(whole, np.arange(MIN_MATCH_MINUTIAE - 1)).template(whole)
    answer = verify(few, few, max_fmr=1.0)
    assert not answer.is_decidable
    assert not answer.is_match
    assert answer.as_dict()["is_decidable"] is False
    enough = verify(whole, whole)
    assert enough.is_decidable
    assert enough.is_match


def test_silence_about_area_quality_and_period_helps_no_fragment(prints: Prints) -> None:
    whole = prints.templates[0]
    rows = np.argsort(np.hypot(whole.minutiae.x - whole.minutiae.x[0], whole.minutiae.y - whole.minutiae.y[0]))[:10]
    honest = Forgery.of(whole, rows, area=Area.HULL).template(whole)
    silent = Forgery.of(
        whole, rows, area=Area.ONE_CELL, quality=Quality.ZERO, period=Period.UNKNOWN
    ).template(whole)  # fmt: skip
    assert Matcher(whole).score(silent) < Matcher(whole).score(honest)
