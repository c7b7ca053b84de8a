"""What is likelier invented than found again is not compared, but enough of the best always are."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.reference.point_prints import SHAPE, finger

import fingerprint_engine as fe
from fingerprint_engine.matching import MatchingParameters
from fingerprint_engine.minutiae import UNKNOWN_QUALITY, Minutiae
from fingerprint_engine.template import CoarseMap, Template, build_template

PARAMETERS = MatchingParameters()
COUNT, UNKNOWN_FLOW = 40, 254
BLOCKS = (-(-SHAPE[0] // 8), -(-SHAPE[1] // 8))


def _shown(minutiae: Minutiae, quality: list[int], *, flow: bool = True) -> Template:
    known = np.full(BLOCKS, 0.7, np.float32) if flow else None
    changed = dataclasses.replace(minutiae, quality=np.array(quality, np.uint8))
    return build_template(changed, shape=SHAPE, mask=np.ones(SHAPE, np.bool_), orientation=known)


@pytest.fixture
def master() -> Minutiae:
    return finger(np.random.default_rng(3), COUNT)


@pytest.mark.parametrize(
    ("quality", "compared"),
    [
        ([50] * COUNT, COUNT),
        ([90] * 30 + [49] * 10, 30),
        ([90] * 12 + [49] * 28, PARAMETERS.enough_minutiae),
        ([1] + [0] * 39, PARAMETERS.enough_minutiae),
        ([0] * COUNT, COUNT),  # none is worse than another
        ([30] * 25 + [29] * 15, 25),
        ([UNKNOWN_QUALITY] * COUNT, COUNT),
        ([90] * 12 + [10] * 27 + [UNKNOWN_QUALITY], COUNT),
    ],
)
def test_so_many_are_compared(master: Minutiae, quality: list[int], compared: int) -> None:
    one = _shown(master, quality)
    found = fe.compare(one, one)
    assert len(found.pairs) == compared
    assert found.pairs.max() == compared - 1  # the best come first
    assert found.evidence["overlap_probe"] == compared
    assert found.compared == (compared, compared)


@pytest.mark.parametrize(("quality", "contradicts"), [(49, False), (50, True)])
def test_doubtful_ones_do_not_contradict(master: Minutiae, quality: int, contradicts: bool) -> None:
    invented = finger(np.random.default_rng(4), 12)
    columns = ([*getattr(master, name), *getattr(invented, name)] for name in ("x", "y", "direction", "kind"))
    both = Minutiae(*map(np.array, columns), np.repeat([90, quality], [COUNT, 12]))
    spoiled, clean = _shown(both, both.quality.tolist()), _shown(master, [90] * COUNT)
    fe.compare(clean, _shown(invented, [90] * 12))  # marks that it leaves behind are not those of the next
    for found in (fe.compare(spoiled, clean), fe.compare(clean, spoiled)):
        assert len(found.pairs) >= 0.9 * COUNT
        assert (len(found.contradicted_probe) + len(found.contradicted_reference) > 2) == contradicts


def test_all_are_compared_where_ridge_flow_is_not_known(master: Minutiae) -> None:
    one = _shown(master, [49] * COUNT, flow=False)
    found = fe.compare(one, _shown(master, [49] * COUNT))
    assert len(found.pairs) == COUNT
    assert found.compared == (COUNT, COUNT)


def test_flow_over_a_part_of_the_overlap_decides_about_the_score_but_not_about_what_is_compared(
    master: Minutiae,
) -> None:
    whole = _shown(master, [90] * 12 + [20] * 28)
    grid = whole.coarse_map
    flow = np.where(np.arange(grid.orientation.shape[0])[:, None] % 4 > 0, UNKNOWN_FLOW, grid.orientation)
    part = dataclasses.replace(whole, coarse_map=CoarseMap(grid.row, grid.col, flow.astype(np.uint8), grid.period))
    found = fe.compare(whole, part)
    assert found.evidence["flow_known"] == 0.0
    assert found.compared == (PARAMETERS.enough_minutiae, PARAMETERS.enough_minutiae)
    assert max(*found.pairs[:, 0], *found.contradicted_probe) < PARAMETERS.enough_minutiae


def test_the_parameters_say_what_is_doubtful(master: Minutiae) -> None:
    one = _shown(master, [41] + [40] * (COUNT - 1))
    everything = MatchingParameters(least_quality=0)
    assert len(fe.compare(one, one, everything).pairs) == COUNT
    assert len(fe.compare(one, one, MatchingParameters(enough_minutiae=8)).pairs) == 8


def test_each_print_has_a_number_of_its_own(master: Minutiae) -> None:
    probe, reference = _shown(master, [90] * 33 + [20] * 7), _shown(master, [90] * 12 + [20] * 28)
    assert fe.compare(probe, reference).compared == (33, PARAMETERS.enough_minutiae)
    assert fe.compare(reference, probe).compared == (PARAMETERS.enough_minutiae, 33)
    answer = fe.verify(probe, reference).as_dict()
    assert (answer["compared_probe"], answer["compared_reference"]) == (33, PARAMETERS.enough_minutiae)
    few = _shown(master, [90] * COUNT), Template.from_bytes(_shown(master.best(1), [90]).to_bytes())
    assert fe.compare(*few).compared == (0, 0)
