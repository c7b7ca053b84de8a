"""Times by step: the steps are those of `extract`, and every runtime answers the same."""

import numpy as np
import pytest
from benchmarks.speed import steps
from tests.conftest import draw_print

from fingerprint_engine.pipeline import pipeline_parameters
from fingerprint_engine.preprocessing import image_from_array

COMMON = ["place of the print", "ridge spacing", "ridge maps", "minutiae", "template"]


@pytest.mark.parametrize(("extractor", "more"), [("learned", ["normalization", "network"]), ("classical", [])])
def test_steps_are_the_recipe_and_each_has_a_time(extractor, more):
    images = [image_from_array(draw_print(), ppi=500), image_from_array(np.full((300, 300), 200, np.uint8), ppi=500)]
    found, seen = steps.time_steps(images, pipeline_parameters(extractor))
    assert sorted(found) == sorted(COMMON + more)
    assert all(len(times) == 1 and times[0] >= 0.0 for times in found.values())
    assert len(seen) == len(more) // 2


def test_a_step_that_was_left_out_is_noticed(monkeypatch):
    monkeypatch.setattr(steps, "best_minutiae", lambda candidates, quality, count: _all_but_one(candidates, quality))
    with pytest.raises(SystemExit, match="not the recipe"):
        steps.steps_of(image_from_array(draw_print(), ppi=500), pipeline_parameters("learned"))


def _all_but_one(candidates, quality):
    from fingerprint_engine.minutiae.extraction import best_minutiae

    return best_minutiae(candidates, quality, len(candidates) - 1)


def test_runtimes_take_the_same_cells():
    cells = np.random.default_rng(1).standard_normal((1, 32, 16, 20)).astype(np.float32)
    times = steps.time_runtimes([cells, cells])
    assert times
    assert all(len(each) == 2 for each in times.values())
