"""Templates made to resemble many fingers: random fragments under false statements, judged by strangers."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.wolves.forgery import Forgery
from benchmarks.wolves.making import Wolf, random_search
from benchmarks.wolves.prints import Prints
from benchmarks.wolves.range import scores_below
from benchmarks.wolves.starts import random_fragment
from benchmarks.wolves.statements import Area, Period, Quality

from fingerprint_engine.matching import MIN_MATCH_MINUTIAE, Matcher, verify
from fingerprint_engine.matching.kernels.fusion import FREE_SCORE, TERMS, fuse
from fingerprint_engine.matching.kernels.layout import EVIDENCE
from fingerprint_engine.matching.model import default_model
from fingerprint_engine.template import TemplateBatch


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


def test_strength_from_below_is_the_score_above_the_plateau_and_says_more_beneath(prints: Prints) -> None:
    """What a search can climb: below 25 the number of close matches, above 25 the score itself."""
    rng, batch = np.random.default_rng(4), TemplateBatch.of(prints.templates)
    plain, below = [], []
    for template in prints.templates[::3]:
        for made in (template, random_fragment(template, rng, fewest=8, most=16).template(template)):
            plain.append(Matcher(made).scores(batch))
            below.append(scores_below(made, batch))
    scores, seen = np.concatenate(plain), np.concatenate(below)
    above = seen > FREE_SCORE
    assert above.any()
    # Fine ridges lower a bounded score, and the line alone.
    assert (np.abs(seen - scores)[above] < 20.0).all()
    assert np.median(np.abs(seen - scores)[above]) == 0.0
    assert seen.min() < 0.0
    assert (scores[~above] <= FREE_SCORE).all()


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


@pytest.mark.parametrize(("kind", "needed"), [("with_flow", 5), ("without_flow", 5)])
def test_a_score_of_40_takes_close_matches_in_an_area_that_holds_so_many(kind: str, needed: int) -> None:
    model = default_model()

    def best(minutiae: int, cells: int, close: float) -> float:
        """The score of a comparison in which everything agrees, and so many matches lie close."""
        evidence = np.zeros(1, EVIDENCE)
        for name in ("matched", "relaxed_matched", "overlap_probe", "overlap_reference"):
            evidence[name] = minutiae
        for name in ("opposed_quality", "matched_quality"):
            evidence[name] = minutiae
        for name in ("relaxed_similarity", "local_similarity", "pair_similarity", "kind_agreement"):
            evidence[name] = 1.0
        evidence["flow_known"], evidence["mean_period_px"] = float(kind == "with_flow"), 9.0
        evidence["claimed_quality"] = 1.0
        evidence["overlap_cells"], evidence["close_matched"] = cells, close
        evidence["flow_likeness"] = evidence["period_likeness"] = cells / (cells + 10.0)
        fusion = model.with_flow if kind == "with_flow" else model.without_flow
        return float(fuse(fusion, 2, evidence[0], model.ceiling, np.empty(len(TERMS)))[1])

    assert best(16, 100, needed) >= 40.0 > best(16, 100, needed - 1)
    assert best(30, 180, 30) > 60.0
    # Nor can many minutiae be crowded into a small area: of twice as many, each counts half.
    assert best(30, 90, 2 * needed - 2) < 40.0


def test_what_is_rejected_early_scores_next_to_nothing() -> None:
    model = default_model()
    evidence = np.zeros(1, EVIDENCE)
    evidence["relaxed_similarity"] = 1.0
    for fusion in (model.with_flow, model.without_flow):
        assert fuse(fusion, 1, evidence[0], model.ceiling, np.empty(len(TERMS)))[1] < 6.0
