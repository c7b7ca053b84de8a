from __future__ import annotations

import numpy as np
import pytest
from tests.reference.point_prints import SHAPE, finger, template

from fingerprint_engine.index.columns.block import columns_of
from fingerprint_engine.matching import Matcher
from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.template import Template, TemplateBatch, build_template
from fingerprint_engine.template.native.batch import batch_of_natives


def _prints(rng: np.random.Generator) -> list[Template]:
    """With and without ridge flow, period, singular points, name; with none and few minutiae."""
    blocks = (-(-SHAPE[0] // 8), -(-SHAPE[1] // 8))
    flow = rng.uniform(0.0, 3.1, blocks).astype(np.float32)
    mask = np.zeros(SHAPE, np.bool_)
    mask[40:390, 50:360] = True
    points = SingularPoints([200.0], [150.0], [1.0], [1])
    whole = build_template(
        finger(rng, 30), points, shape=SHAPE, mask=mask, orientation=flow,
        period=np.full(blocks, 9.0, np.float32), extractor="a name", quality=50,
    )  # fmt: skip
    without = build_template(finger(rng, 12), shape=SHAPE, orientation=flow)
    return [whole, template(finger(rng, 25)), template(Minutiae.empty()), without, template(finger(rng, 1))]


def test_a_batch_of_bytes_is_the_batch_of_the_templates(rng: np.random.Generator) -> None:
    prints = _prints(rng)
    columns = columns_of(prints)
    rows = np.array([3, 0, 4, 2, 1, 0])
    found = batch_of_natives(columns.data, columns.offset, rows)
    wanted = TemplateBatch.of([prints[row] for row in rows])
    assert found.making is not None
    assert wanted.making is not None
    assert found.making.compares_with(wanted.making)
    for name, one, other in zip(wanted.columns._fields, found.columns, wanted.columns, strict=True):
        assert one.dtype == other.dtype, name
        np.testing.assert_array_equal(one, other, err_msg=name)


def test_a_light_batch_has_all_that_supports_read(rng: np.random.Generator) -> None:
    prints = _prints(rng)
    columns = columns_of(prints)
    matcher = Matcher(prints[0])
    light = matcher.supports(batch_of_natives(columns.data, columns.offset, np.arange(5), complete=False))
    np.testing.assert_array_equal(light, matcher.supports(TemplateBatch.of(prints)))
    assert light.argmax() == 0
    assert light[2] == light[4] == 0.0


def test_no_rows_give_an_empty_batch(rng: np.random.Generator) -> None:
    columns = columns_of(_prints(rng))
    assert len(batch_of_natives(columns.data, columns.offset, np.zeros(0, np.int64))) == 0


@pytest.mark.parametrize("complete", [True, False])
def test_damaged_bytes_harm_no_other_print(rng: np.random.Generator, complete: bool) -> None:
    prints = _prints(rng)[:2]
    good = columns_of(prints)
    matcher = Matcher(prints[1])
    for _ in range(200):
        data = good.data.copy()
        data[rng.integers(26, good.offset[1], 4)] = rng.integers(0, 256, 4)
        batch = batch_of_natives(data, good.offset, np.array([0, 1]), complete=complete)
        if complete:
            assert matcher.scores(batch)[1] == matcher.score(prints[1])
        assert matcher.supports(batch)[1] == matcher.supports(TemplateBatch.of(prints))[1]
    cut = batch_of_natives(good.data[:-1], good.offset, np.array([0, 1]), complete=complete)
    assert np.diff(cut.columns.first).tolist() == [30, 0]
