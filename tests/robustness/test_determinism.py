"""Same image, parameters and version: same bytes, for any number of workers, threads and processes."""

import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from tests.conftest import draw_print

import fingerprint_engine as fe

CHILD = """
import hashlib, json, sys
import fingerprint_engine as fe
paths = json.loads(sys.argv[1])
templates = [outcome for _, outcome in fe.extract_many(paths, ppi=500, workers=int(sys.argv[2]))]
scores = [[fe.compare(a, b).score.hex() for b in templates] for a in templates]
print(json.dumps([[hashlib.sha256(template.to_bytes()).hexdigest() for template in templates], scores]))
"""


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prints")
    noise = np.random.default_rng(3)
    for number in range(4):
        side = 300 + 30 * number
        pixels = draw_print(side).astype(float) + noise.normal(0.0, 12.0, (side, side))
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(folder / f"{number}.png")
    return [str(path) for path in sorted(folder.glob("*.png"))]


def _extracted(paths, workers):
    templates = [outcome for _, outcome in fe.extract_many(paths, ppi=500, workers=workers)]
    digests = [hashlib.sha256(template.to_bytes()).hexdigest() for template in templates]
    return [digests, [[fe.compare(a, b).score.hex() for b in templates] for a in templates]]


def test_any_number_of_workers_and_any_process_gives_the_same_bytes_and_scores(paths):
    alone = _extracted(paths, 1)
    assert len(set(alone[0])) == len(paths)  # the prints differ, so a constant answer would be noticed
    assert _extracted(paths, 2) == alone
    assert _extracted(paths, 7) == alone
    for workers, seed in ((1, "0"), (2, "12345")):
        done = subprocess.run(
            [sys.executable, "-c", CHILD, json.dumps(paths), str(workers)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout) == alone


def test_threads_comparing_and_extracting_at_once_do_not_disturb_each_other(paths):
    images = [fe.load_image(path, ppi=500) for path in paths]
    alone = [fe.extract(image) for image in images]
    scores = [fe.compare(template, alone[0]).score for template in alone]

    def both(number):
        template = fe.extract(images[number % 4])
        return template.to_bytes(), fe.compare(template, alone[0]).score

    with concurrent.futures.ThreadPoolExecutor(6) as executor:
        together = list(executor.map(both, range(16)))
    assert together == [(alone[number % 4].to_bytes(), scores[number % 4]) for number in range(16)]


def test_the_order_of_extraction_does_not_matter(paths):
    forward = dict(fe.extract_many(paths, ppi=500))
    backward = dict(fe.extract_many(reversed(paths), ppi=500))
    assert {key: template.to_bytes() for key, template in forward.items()} == {
        key: template.to_bytes() for key, template in backward.items()
    }
