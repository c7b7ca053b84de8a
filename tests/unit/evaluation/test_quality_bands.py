"""`benchmarks.accuracy.quality_bands` and the scores of NFIQ 2 that it keeps."""

import json
import shlex
import subprocess
import sys

import numpy as np
import pytest
from benchmarks.accuracy.error_reject import Compared
from benchmarks.accuracy.quality_bands import band_lines
from benchmarks.peers.nfiq2 import DRIVER, NO_SCORE, nfiq2_of

from fingerprint_engine.evaluation import Sample, all_pairs
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.preprocessing import FingerprintImage, load_image
from fingerprint_engine.template import build_template

STAND_IN = """
import sys
print("a stand-in")
for number, line in enumerate(sys.stdin):
    print(line.strip(), "" if number == 1 else 40 + number, sep="\\t")
"""
"""For the driver, which gets its path as an argument."""


@pytest.fixture
def command():
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(STAND_IN)}"


def _images(count):
    rng = np.random.default_rng(1)
    return [FingerprintImage(rng.integers(0, 256, (200, 180)).astype(np.uint8), 500.0) for _ in range(count)]


def test_scores_come_in_the_order_of_the_images_and_are_kept(command, tmp_path):
    images, kept = _images(4), tmp_path / "results" / "nfiq2.json"
    assert nfiq2_of([*images[:3], images[0]], command, kept).tolist() == [40, NO_SCORE, 42, 40]
    assert len(json.loads(kept.read_text())) == 3
    assert nfiq2_of(images[2::-1], "nothing-of-this-name", kept).tolist() == [42, NO_SCORE, 40]
    assert nfiq2_of(images[::-1], command, kept).tolist() == [40, 42, NO_SCORE, 40]


def test_a_package_that_cannot_be_used_ends_the_run_with_what_it_said(tmp_path):
    broken = f"{shlex.quote(sys.executable)} -c \"raise ImportError('no such library')\""
    with pytest.raises(SystemExit, match="ImportError: no such library"):
        nfiq2_of(_images(1), broken, tmp_path / "nfiq2.json")
    assert not (tmp_path / "nfiq2.json").exists()


def test_the_package_scores_prints_and_refuses_what_is_none(samples_folder, tmp_path):
    """Its library wants a C library of 2023 or later."""
    loads = subprocess.run([sys.executable, "-c", "import nbis"], capture_output=True, text=True, check=False)
    if loads.returncode:
        pytest.skip(f"{DRIVER.name}: nbis-python cannot be loaded here: {loads.stderr.splitlines()[-1]}")
    images = [load_image(samples_folder / "1_1.png"), FingerprintImage(np.full((300, 300), 255, np.uint8), 500.0)]
    print_, blank = nfiq2_of(images, kept=tmp_path / "nfiq2.json")
    assert 20 < print_ <= 100
    assert blank in (NO_SCORE, 0)


def test_pairs_are_counted_in_the_band_of_the_worse_print_and_ours_are_as_large():
    samples = [Sample(finger, impression) for finger in ("a", "b", "c", "d") for impression in ("1", "2")]
    pairs = all_pairs(samples)
    own = (90, 80, 70, 60, 50, 40, 30, 20)
    templates = [build_template(Minutiae.empty(), shape=(8, 8), parameters_digest=bytes(8), quality=q) for q in own]
    missed = {"b": 39.9, "d": 12.0}
    scores = np.array([missed.get(samples[at].finger, 40.0) for at in pairs.probe])
    scores[~pairs.is_mated] = 20.0
    made = Compared([], templates, pairs, scores)
    nfiq2 = np.array([70, 9, 50, 15, 80, 41, NO_SCORE, 60])
    lines = [" ".join(line.split()) for line in band_lines("some", [made], [nfiq2])]
    assert [line.split(" [")[0] for line in lines] == [
        "some NFIQ 2 0 to 9 2 1: 50.00 %",
        "some NFIQ 2 15 to 15 1 1: 100.00 %",
        "some NFIQ 2 41 to 41 1 0: 0.00 %",
        "some own 20 to 40 2 1: 50.00 %",
        "some own 60 to 60 1 1: 100.00 %",
        "some own 80 to 80 1 0: 0.00 %",
    ]
    assert [line.split("] ")[1].split(" [")[0] for line in lines] == [
        "1: 50.00 %",
        "0: 0.00 %",
        "0: 0.00 %",
        "1: 50.00 %",
        "0: 0.00 %",
        "0: 0.00 %",
    ]
