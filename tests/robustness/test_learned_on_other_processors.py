"""Another processor or runtime adds in another order: the minutiae stay the same."""

import importlib.util
import json
import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

from fingerprint_engine.plugins import RUNTIME_VARIABLE

POSITION_PX, DIRECTION_STEPS, QUALITY = 0.25, 1, 1
"""One step of what a template stores of each."""
CHILD = """
import json, sys
import numpy as np
import fingerprint_engine as fe
prints = []
for path in sys.argv[1:]:
    found = fe.extract(fe.load_image(path, ppi=500), parameters=fe.pipeline_parameters("learned")).minutiae
    steps = np.rint(found.direction * 256 / (2 * np.pi))
    prints.append([found.x.tolist(), found.y.tolist(), steps.tolist(), found.quality.tolist(), found.kind.tolist()])
print(json.dumps(prints))
"""
OTHERS = {
    "in OpenCV": {RUNTIME_VARIABLE: "opencv"},
    "in OpenCV without AVX-512": {RUNTIME_VARIABLE: "opencv", "OPENCV_CPU_DISABLE": "AVX512-SKX"},
    "in OpenCV without AVX2": {RUNTIME_VARIABLE: "opencv", "OPENCV_CPU_DISABLE": "AVX512-SKX,AVX2,FMA3"},
    "in ONNX Runtime": {RUNTIME_VARIABLE: "onnxruntime"},
}


ANSWERS = """
import hashlib
import numpy as np
from fingerprint_engine.extractors.learned import shipped_network
digest = hashlib.sha256()
for rows, cols in ((96, 80), (150, 131)):
    answer = shipped_network().answer(np.random.default_rng(rows).standard_normal((2, rows, cols)).astype(np.float32))
    digest.update(answer.pixels.tobytes() + answer.blocks.tobytes())
print(digest.hexdigest())
"""
OLDEST_THAT_FUSES = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma"}


def _minutiae(paths, **environment):
    command = [sys.executable, "-c", CHILD, *map(str, paths)]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return [np.array(columns) for columns in json.loads(done.stdout)]


@pytest.fixture(scope="module")
def prints(tmp_path_factory, samples_folder):
    path = tmp_path_factory.mktemp("print") / "1.png"
    pixels = draw_print().astype(float) + np.random.default_rng(3).normal(0.0, 25.0, (384, 384))
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)
    return [path, *sorted(samples_folder.glob("[0-9]*_[12].png"))]


@pytest.fixture(scope="module")
def here(prints):
    return _minutiae(prints)


@pytest.mark.parametrize("other", OTHERS)
def test_minutiae_are_the_same(prints, here, other):
    if "ONNX" in other and not importlib.util.find_spec("onnxruntime"):
        pytest.skip("the extra onnxruntime is not installed")
    for one, another in zip(here, _minutiae(prints, **OTHERS[other]), strict=True):
        assert one.shape == another.shape
        assert one.shape[1] > 10
        order = [np.lexsort((found[0].round(), found[1].round())) for found in (one, another)]
        x, y, direction, quality, kind = np.abs(one[:, order[0]] - another[:, order[1]])
        assert max(x.max(), y.max()) <= POSITION_PX
        assert np.minimum(direction, 256 - direction).max() <= DIRECTION_STEPS
        assert quality.max() <= QUALITY
        assert kind.max() == 0


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names processors of this kind")
def test_answers_of_our_own_kernels_have_the_same_bits_on_a_processor_of_2013(tmp_path):
    environment = {**os.environ, RUNTIME_VARIABLE: "compiled"}
    here, there = (
        subprocess.run([sys.executable, "-c", ANSWERS], env=each, capture_output=True, text=True, check=True).stdout
        for each in (environment, {**environment, **OLDEST_THAT_FUSES, "NUMBA_CACHE_DIR": str(tmp_path)})
    )
    assert len(here) == 65
    assert here == there
