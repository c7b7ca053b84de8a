"""What a template does not say never speaks for it: leaving out information raises no score."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.point_prints import SHAPE, finger, impression

from fingerprint_engine.matching import Matcher, MatchingParameters
from fingerprint_engine.matching.kernels.comparison import gather_many
from fingerprint_engine.matching.kernels.layout import EVIDENCE, make_scratch
from fingerprint_engine.matching.parameters import settings_of, tables_of
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import CoarseMap, Template, build_template
from fingerprint_engine.template.batch import packed

SEEDS = st.integers(0, 2**32 - 1)
PARAMETERS = MatchingParameters()
ROWS, COLS = -(-SHAPE[0] // 8), -(-SHAPE[1] // 8)


def _with_maps(minutiae: Minutiae, rng: np.random.Generator) -> Template:
    y, x = np.mgrid[0:ROWS, 0:COLS] * 8.0
    flow = np.mod(np.arctan2(-(x - 200.0), y + 100.0), np.pi).astype(np.float32)
    period = (8.0 + rng.uniform(0.0, 2.0, (ROWS, COLS))).astype(np.float32)
    return build_template(minutiae, shape=SHAPE, mask=np.ones(SHAPE, np.bool_), orientation=flow, period=period)


def _score(probe: Template, reference: Template) -> float:
    """The score with the probe as the probe, whatever the keys: a change of roles moves scores by rounding."""
    a, b = (packed(one).columns._replace(key=np.array([at], np.uint64)) for at, one in enumerate((probe, reference)))
    for columns in (a, b):
        columns.key.setflags(write=False)
    stages, evidence = np.zeros(1, np.int64), np.zeros(1, EVIDENCE)
    scratch = make_scratch(max(len(probe), len(reference)), PARAMETERS.max_pairs)
    gather_many(a, b, settings_of(PARAMETERS), tables_of(PARAMETERS), scratch, stages, evidence)
    return float(Matcher(probe)._fuse(stages, evidence)[0])


def _with_quality(template: Template, quality: int) -> Template:
    found = template.minutiae
    changed = Minutiae(found.x, found.y, found.direction, found.kind, np.full(len(found), quality, np.uint8))
    assert (changed.x == found.x).all()
    return dataclasses.replace(template, minutiae=changed)


def _without_kinds(template: Template) -> Template:
    found = template.minutiae
    unknown = Minutiae(found.x, found.y, found.direction, np.zeros(len(found), np.uint8), found.quality)
    assert (unknown.x == found.x).all()
    return dataclasses.replace(template, minutiae=unknown)


@settings(max_examples=40)
@given(SEEDS, st.booleans(), st.booleans(), st.integers(4, 40), st.integers(0, 100))
def test_leaving_out_information_raises_no_score(
    seed: int, is_mated: bool, is_probe: bool, count: int, quality: int
) -> None:
    rng = np.random.default_rng(seed)
    master = finger(rng, count)
    # One quality for all, so that the order of the minutiae stays: the best come first.
    alike = np.full(count, quality, np.uint8)
    one = _with_maps(Minutiae(master.x, master.y, master.direction, master.kind, alike), rng)
    other = _with_maps(impression(master if is_mated else finger(rng), rng), rng)

    def score(changed: Template) -> float:
        return _score(changed, other) if is_probe else _score(other, changed)

    full, grid = score(one), one.coarse_map
    no_period = dataclasses.replace(one, coarse_map=CoarseMap(grid.row, grid.col, grid.orientation, np.zeros((0, 0))))
    assert score(no_period) <= full
    # Of doubtful minutiae not all are compared: then silence gains nothing over calling them good enough.
    assert score(_with_quality(one, 255)) <= score(_with_quality(one, max(quality, PARAMETERS.least_quality)))
    assert score(_without_kinds(one)) <= full
    # Without ridge flow the scale is another one; below an alignment it differs by rounding of what is next to nothing.
    assert score(dataclasses.replace(one, coarse_map=CoarseMap.empty())) <= max(full, 0.1)
