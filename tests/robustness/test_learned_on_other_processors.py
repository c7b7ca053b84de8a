"""OpenCV adds in another order where the processor has other instructions: the minutiae stay the same."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

POSITION_PX, DIRECTION_STEPS, QUALITY = 0.25, 1, 1
"""One step of what a template stores of each."""
CHILD = """
import json, sys
import numpy as np
import fingerprint_engine as fe
template = fe.extract(fe.load_image(sys.argv[1], ppi=500), parameters=fe.pipeline_parameters("learned"))
found = template.minutiae
steps = np.rint(found.direction * 256 / (2 * np.pi))
print(json.dumps([found.x.tolist(), found.y.tolist(), steps.tolist(), found.quality.tolist()]))
"""


def _minutiae(path, **environment):
    command = [sys.executable, "-c", CHILD, str(path)]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return np.array(json.loads(done.stdout))


@pytest.fixture(scope="module")
def noisy_print(tmp_path_factory):
    path = tmp_path_factory.mktemp("print") / "1.png"
    pixels = draw_print().astype(float) + np.random.default_rng(3).normal(0.0, 25.0, (384, 384))
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return path


@pytest.mark.parametrize("without", ["AVX512-SKX", "AVX512-SKX,AVX2,FMA3"])
def test_minutiae_are_the_same_without_some_instructions(noisy_print, without):
    here, there = _minutiae(noisy_print), _minutiae(noisy_print, OPENCV_CPU_DISABLE=without)
    assert here.shape == there.shape
    assert here.shape[1] > 10
    order = [np.lexsort((found[0].round(), found[1].round())) for found in (here, there)]
    x, y, direction, quality = np.abs(here[:, order[0]] - there[:, order[1]])
    assert max(x.max(), y.max()) <= POSITION_PX
    assert np.minimum(direction, 256 - direction).max() <= DIRECTION_STEPS
    assert quality.max() <= QUALITY
