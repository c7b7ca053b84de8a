"""Prints larger than plain ones: rolled fingers, of which a template keeps more minutiae."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fingerprint_engine import compare
from fingerprint_engine.matching import spare_scratch
from fingerprint_engine.matching.kernels.fusion import ENOUGH_OVERLAP, PLAIN_OVERLAP, TERMS, bounds_many, terms_many
from fingerprint_engine.matching.kernels.layout import EVIDENCE
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template, TemplateParameters, build_template

SIDE, CORE = 640, (190, 450)
"""A rolled print, and where a plain touch shows it."""


def _finger(rng: np.random.Generator, count: int = 220) -> Minutiae:
    x, y = rng.uniform(5, SIDE - 5, (2, count))
    # The best minutiae of a rolled print need not lie where a plain one shows the finger.
    return Minutiae(x, y, rng.uniform(0, 6.28, count), rng.integers(1, 3, count), rng.integers(40, 100, count))


def _template(minutiae: Minutiae, mask: NDArray[np.bool_], most: int = 255) -> Template:
    blocks = np.full((SIDE // 8, SIDE // 8), 9.0, np.float32)
    parameters = TemplateParameters(max_minutiae=most)
    return build_template(
        minutiae,
        shape=(SIDE, SIDE),
        mask=mask,
        orientation=np.zeros_like(blocks),
        period=blocks,
        quality=80,
        parameters=parameters,
    )


def _plain(finger: Minutiae, rng: np.random.Generator) -> tuple[Minutiae, NDArray[np.bool_]]:
    low, high = CORE
    mask = np.zeros((SIDE, SIDE), np.bool_)
    mask[low:high, low:high] = True
    seen = (np.minimum(finger.x, finger.y) > low + 5) & (np.maximum(finger.x, finger.y) < high - 5)
    x, y = (values[seen] + rng.normal(0.0, 2.0, int(seen.sum())) for values in (finger.x, finger.y))
    return Minutiae(x, y, finger.direction[seen], finger.kind[seen], finger.quality[seen]), mask


@pytest.mark.parametrize("seed", range(5))
def test_a_rolled_print_finds_its_plain_one_as_well_as_its_core_region_does(seed: int) -> None:
    rng = np.random.default_rng(seed)
    finger = _finger(rng)
    everywhere = np.ones((SIDE, SIDE), np.bool_)
    plain, mask = _plain(finger, rng)
    core, _ = _plain(finger, np.random.default_rng(99))
    plain_template = _template(plain, mask)
    rolled = compare(_template(finger, everywhere), plain_template)
    alone = compare(_template(core, mask), plain_template)
    assert len(rolled.pairs) >= len(alone.pairs) - 1
    assert rolled.score >= min(alone.score, 100.0)


def test_with_the_minutiae_of_a_plain_print_much_is_lost() -> None:
    rng = np.random.default_rng(7)
    finger = _finger(rng)
    everywhere = np.ones((SIDE, SIDE), np.bool_)
    plain, mask = _plain(finger, rng)
    # What a template made with 64 minutiae holds, compared as if it were the whole print.
    few = _template(
        Minutiae(*(getattr(finger, name)[:64] for name in ("x", "y", "direction", "kind", "quality"))), everywhere
    )
    whole = _template(finger, everywhere)
    assert len(whole) == len(finger)
    assert len(compare(whole, _template(plain, mask)).pairs) > 2 * len(compare(few, _template(plain, mask)).pairs)


def test_comparisons_of_large_prints_are_symmetric() -> None:
    rng = np.random.default_rng(11)
    finger = _finger(rng)
    rolled = _template(finger, np.ones((SIDE, SIDE), np.bool_))
    plain = _template(*_plain(finger, rng))
    assert compare(rolled, plain).score == compare(plain, rolled).score


@pytest.mark.parametrize("count", [127, 129, 200])
def test_crowded_prints_score_alike_whatever_was_compared_before(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, everywhere = np.random.default_rng(4), np.ones((SIDE, SIDE), np.bool_)
    finger, other = _finger(rng, count), _finger(rng, 255)
    x, y = (np.clip(values + rng.normal(0.0, 2.0, count), 0, SIDE - 1) for values in (finger.x, finger.y))
    again = Minutiae(x, y, finger.direction, finger.kind, finger.quality)
    first, second, largest = (_template(one, everywhere) for one in (finger, again, other))
    monkeypatch.setattr(spare_scratch, "_spare", [])
    alone = compare(first, second)
    assert len(first) == count
    assert alone.score > 100.0
    monkeypatch.setattr(spare_scratch, "_spare", [])
    compare(largest, largest)
    after = compare(first, second)
    assert (after.score, after.evidence) == (alone.score, alone.evidence)
    np.testing.assert_array_equal(after.pairs, alone.pairs)


def test_an_overlap_larger_than_plain_prints_have_counts_as_theirs() -> None:
    evidence, terms = np.ones(3, EVIDENCE), np.empty((3, len(TERMS)))
    evidence["overlap_cells"] = 0.8 * ENOUGH_OVERLAP, PLAIN_OVERLAP, 3.0 * PLAIN_OVERLAP
    evidence["contradicted_quality"] = 8.0, 8.0, 24.0
    terms_many(evidence, terms)
    small, plain, large = terms[:, TERMS.index("overlap")]
    assert small < plain == large
    # As many contradictions per cell are worth the same.
    assert len(set(terms[:, TERMS.index("uncontradicted")].tolist())) == 1


def test_the_bound_asks_for_as_many_close_matches_per_cell_of_a_large_overlap() -> None:
    evidence, bounds = np.zeros(3, EVIDENCE), np.empty(3)
    evidence["overlap_cells"] = 300.0, PLAIN_OVERLAP, 2.0 * PLAIN_OVERLAP
    evidence["overlap_probe"] = evidence["overlap_reference"] = 40.0, 40.0, 80.0
    evidence["close_matched"] = 5.0, 5.0, 10.0
    bounds_many(evidence, -12.5, bounds)
    assert bounds.tolist() == [62.5, 62.5, 62.5]


def test_the_largest_plain_overlap_is_the_area_of_a_template_of_plain_minutiae() -> None:
    parameters = TemplateParameters()
    assert parameters.plain_minutiae * parameters.cells_per_minutia == PLAIN_OVERLAP
