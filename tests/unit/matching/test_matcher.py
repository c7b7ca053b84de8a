from __future__ import annotations

import concurrent.futures
import dataclasses
import pickle

import numpy as np
import pytest
from tests.reference.point_prints import SHAPE, finger, impression, moved, template

from fingerprint_engine.errors import IncompatibleTemplates, ParameterError
from fingerprint_engine.geometry import RigidTransform
from fingerprint_engine.matching import Matcher, MatchingParameters, compare, compare_many, verify
from fingerprint_engine.matching.kernels.layout import EVIDENCE
from fingerprint_engine.matching.model import default_model
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import Template, TemplateBatch, build_template


@pytest.fixture(scope="module")
def prints() -> list[list[Template]]:
    """Six fingers, three impressions each, turned and shifted."""
    rng = np.random.default_rng(11)
    fingers = []
    for _ in range(6):
        master = finger(rng)
        turns = [RigidTransform(float(rng.normal(0, 0.15)), float(rng.normal(0, 10)), float(rng.normal(0, 10)))] * 3
        fingers.append([template(_within(moved(impression(master, rng), turn))) for turn in turns])
    return fingers


def _within(minutiae: Minutiae) -> Minutiae:
    inside = (minutiae.x >= 0) & (minutiae.y >= 0) & (minutiae.x < SHAPE[1] - 1) & (minutiae.y < SHAPE[0] - 1)
    columns = (minutiae.x, minutiae.y, minutiae.direction, minutiae.kind, minutiae.quality)
    return Minutiae(*(column[inside] for column in columns))


def test_mated_prints_score_above_all_others(prints: list[list[Template]]) -> None:
    everything = [item for group in prints for item in group]
    scores = np.array([compare_many(item, everything) for item in everything])
    owner = np.repeat(np.arange(6), 3)
    mated = (owner[:, None] == owner) & ~np.eye(18, dtype=bool)
    assert scores[mated].min() > scores[owner[:, None] != owner].max()
    assert np.array_equal(scores, scores.T)
    assert np.array_equal(scores.argmax(axis=1), np.arange(18))


@pytest.mark.parametrize("field", dataclasses.fields(MatchingParameters), ids=lambda field: field.name)
def test_at_the_ends_of_every_range_a_score_is_of_its_two_prints_alone(
    prints: list[list[Template]], field: dataclasses.Field[object]
) -> None:
    references = [item for group in prints for item in group]
    for end in (field.metadata["low"], field.metadata["high"]):
        parameters = dataclasses.replace(MatchingParameters(), **{field.name: type(field.default)(end)})
        scores = Matcher(prints[0][0], parameters).scores(references)
        assert np.isfinite(scores).all()
        Matcher(prints[1][0]).scores(references)  # leaves other places in the arrays that threads work in
        assert scores[::-1].tolist() == Matcher(prints[0][0], parameters).scores(references[::-1]).tolist()


def test_every_way_of_asking_gives_the_same_score(prints: list[list[Template]]) -> None:
    probe, references = prints[0][0], [item for group in prints for item in group]
    scores = compare_many(probe, references)
    matcher = Matcher(probe)
    assert scores.dtype == np.float64
    assert scores.tolist() == [compare(probe, item).score for item in references]
    assert scores.tolist() == [matcher.score(item) for item in references]
    assert scores.tolist() == matcher.scores(TemplateBatch.of(references)).tolist()
    assert scores.tolist() == compare_many(probe, iter(references)).tolist()
    assert scores[::-1].tolist() == compare_many(probe, references[::-1]).tolist()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for again in pool.map(lambda _: matcher.scores(references), range(8)):
            assert again.tolist() == scores.tolist()


def test_crowded_prints_score_the_same_beside_a_larger_one(prints: list[list[Template]]) -> None:
    """More minutiae are in reach of each other than a comparison has room for, which depends on these two alone."""
    rng = np.random.default_rng(3)
    crowd, again = (_crowded(rng) for _ in range(2))
    larger = max((item for group in prints for item in group), key=len)
    assert len(larger) > len(crowd)
    matcher = Matcher(crowd)
    (_, alone), (_, beside) = matcher.gather([again]), matcher.gather([again, larger])
    assert alone[0] == beside[0]


def _crowded(rng: np.random.Generator) -> Template:
    count = 20
    x, y = rng.uniform(100.0, 112.0, (2, count))
    kinds = np.ones(count, np.uint8)
    return template(Minutiae(x, y, rng.uniform(1.0, 1.2, count), kinds, 80 * kinds))


def test_arrays_of_earlier_comparisons_change_no_score(prints: list[list[Template]]) -> None:
    first, second = prints[0][0], prints[0][1]
    fresh = Matcher(first).gather([second])[1]
    wide = MatchingParameters(max_pairs=200)
    for item in (prints[1][0], prints[2][0]):
        Matcher(item, wide).score(prints[3][0])
    few = build_template(first.minutiae.best(3), shape=first.shape, parameters_digest=first.parameters_digest)
    Matcher(few).score(few)
    assert Matcher(first).gather([second])[1] == fresh
    held = Matcher(first).compare(second)
    before = held.pairs.copy(), held.contradicted_probe.copy()
    Matcher(prints[4][0]).compare(prints[4][1])
    assert np.array_equal(held.pairs, before[0])
    assert np.array_equal(held.contradicted_probe, before[1])


def test_a_comparison_explains_itself(prints: list[list[Template]]) -> None:
    probe, reference = prints[1][0], prints[1][1]
    there, back = compare(probe, reference), compare(reference, probe)
    assert there.score == back.score
    assert there.fmr == pytest.approx(10 ** (-there.score / 10))
    assert there.pairs.dtype == np.int32
    assert len(there.pairs) >= 15
    assert sorted(map(tuple, there.pairs.tolist())) == sorted((b, a) for a, b in back.pairs.tolist())
    assert np.array_equal(there.contradicted_probe, back.contradicted_reference)
    assert not set(there.pairs[:, 0].tolist()) & set(there.contradicted_probe.tolist())
    assert set(there.evidence) == set(EVIDENCE.names)
    assert there.evidence["matched"] == len(there.pairs)
    assert there.evidence["overlap_probe"] == len(there.pairs) + len(there.contradicted_probe)
    assert there.evidence["overlap_probe"] == back.evidence["overlap_reference"]
    assert there.transform is not None
    x, y = there.transform.apply(probe.minutiae.x[there.pairs[:, 0]], probe.minutiae.y[there.pairs[:, 0]])
    off = np.hypot(x - reference.minutiae.x[there.pairs[:, 1]], y - reference.minutiae.y[there.pairs[:, 1]])
    assert np.median(off) < 4.0


def test_verify_decides_by_the_accepted_rate(prints: list[list[Template]]) -> None:
    same, other = verify(prints[2][0], prints[2][1], max_fmr=1e-2), verify(prints[2][0], prints[3][0])
    assert same.is_match
    assert same.fmr <= same.max_fmr == 1e-2
    assert same.comparison.score == same.score
    assert not other.is_match
    for wrong in (0.0, -1.0, 1.5, float("nan"), "1e-4"):
        with pytest.raises(ParameterError):
            verify(prints[0][0], prints[0][1], max_fmr=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_minutiae_score_zero(count: int, prints: list[list[Template]]) -> None:
    small = template(finger(np.random.default_rng(1), count))
    found = compare(small, prints[0][0])
    assert (found.score, found.fmr, found.transform, len(found.pairs)) == (0.0, 1.0, None, 0)
    assert compare(small, small).score == 0.0
    assert not verify(small, small, max_fmr=1.0).is_match
    assert compare_many(prints[0][0], []).shape == (0,)


def test_degenerate_templates_never_give_nan() -> None:
    at = np.full(20, 100.0)
    same_place = build_template(Minutiae(at, at, at, np.ones(20), np.full(20, 255)), shape=(300, 300))
    line = build_template(Minutiae(np.arange(20) * 10.0, at, at * 0, np.ones(20), np.zeros(20)), shape=(300, 300))
    two = build_template(Minutiae([10, 200], [10, 200], [0, 3], [1, 2], [0, 100]), shape=(300, 300))
    for first in (same_place, line, two):
        for second in (same_place, line, two):
            found = compare(first, second)
            assert np.isfinite([found.score, found.fmr, *found.evidence.values()]).all()
            assert found.score >= 0.0


def test_different_parameters_do_not_compare(prints: list[list[Template]]) -> None:
    foreign = build_template(finger(np.random.default_rng(5)), shape=SHAPE, parameters_digest=b"otherone")
    with pytest.raises(IncompatibleTemplates):
        compare(prints[0][0], foreign)
    with pytest.raises(IncompatibleTemplates):
        compare_many(prints[0][0], [prints[0][1], foreign])


def test_results_pickle(prints: list[list[Template]]) -> None:
    found = verify(prints[0][0], prints[0][1])
    again = pickle.loads(pickle.dumps(found))
    assert again.score == found.score
    assert dict(again.comparison.evidence) == dict(found.comparison.evidence)


def test_the_shipped_model_belongs_to_the_default_parameters() -> None:
    model = default_model()
    assert model.provenance["matching_parameters"] == MatchingParameters().digest().hex()
    assert model.provenance["script"] == "benchmarks/fitting/fusion.py"
    for fusion in (model.with_flow, model.without_flow):
        assert (fusion.weights >= 0.0).all()
        assert (np.diff(fusion.heights) >= 0.0).all()
        # Where the early curve ends the other one begins: being aligned never costs a pair its score.
        assert fusion.early_heights[-1] <= fusion.heights[0]


def test_a_model_with_falling_heights_is_refused() -> None:
    model = default_model()
    falling = model.with_flow._replace(knots=np.array([0.0, 1.0]), heights=np.array([5.0, 1.0]))
    for change in ({"with_flow": falling}, {"without_flow": falling}):
        with pytest.raises(ParameterError, match=f"{next(iter(change))}, knots"):
            dataclasses.replace(model, **change)
    short = model.with_flow._replace(weights=np.ones(3))
    with pytest.raises(ParameterError, match="finite weights"):
        dataclasses.replace(model, with_flow=short)


def test_each_kind_of_comparison_has_its_own_weights(prints: list[list[Template]]) -> None:
    model = default_model()
    silent = {name: getattr(model, name)._replace(heights=model.with_flow.heights * 0.0 + 7.0,
                                                  knots=model.with_flow.knots,
                                                  early_heights=model.with_flow.early_heights * 0.0 + 7.0,
                                                  early_knots=model.with_flow.early_knots)
              for name in ("with_flow", "without_flow")}  # fmt: skip
    probe, reference = prints[0][0], prints[0][1]
    known = compare(probe, reference).evidence["flow_known"]
    assert known == 0.0  # points only, no image behind them
    only_flow = dataclasses.replace(model, with_flow=silent["with_flow"])
    assert Matcher(probe, model=only_flow).score(reference) == compare(probe, reference).score
    only_bare = dataclasses.replace(model, without_flow=silent["without_flow"])
    assert Matcher(probe, model=only_bare).score(reference) == 7.0
