"""Does quality for capture say how well a print will match? `python -m benchmarks.tenprint.quality`.

Poor prints against good ones of the same finger: hard impressions of synthetic fingers, and real prints (uareu, three
FVC sets) spoiled by `degraded_prints`. The pairs of the lowest quality are left out first; a quality that says nothing
gives a level line. The capture score was chosen on the first half of the fingers of uareu; what is printed is of the
other halves, and of the FVC sets, which nothing was chosen on.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.degraded_prints import degraded
from benchmarks.code_version import RESULTS, extraction_digest
from benchmarks.data_sets import DEFAULT_DATA, find_sets
from benchmarks.options import AT_LEAST_1
from benchmarks.templates import templates_of
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.fingers import Finger
from fingerprint_engine.matching import compare_many
from fingerprint_engine.pipeline import make_template
from fingerprint_engine.preprocessing import FingerprintImage, image_from_array, load_image
from fingerprint_engine.synthesis import ImpressionParameters, make_finger, make_impression
from fingerprint_engine.synthesis.impressions.hard_impression import make_hard_impression
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint.capture_quality import capture_score

SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
THRESHOLD = 40.0
SEED = 61
UNSEEN = ("fvc2002_db1_b", "fvc2002_db3_b", "fvc2004_db1_b")
HARD = 4
"""Hard impressions of each synthetic finger."""
GOOD = ImpressionParameters(rows_px=480, cols_px=400, contact_low=0.85, contact_high=1.0, degradation_high=0.2)
SMALL = ImpressionParameters(rows_px=480, cols_px=400, contact_low=0.35, contact_high=0.95)


class Probe(NamedTuple):
    """A poor print, its score with one good print of the finger, and with most; None and 0 where it cannot be read."""

    finger: int
    template: Template | None
    score: float
    typical: float


def synthetic_probes(fingers: int) -> Iterator[Probe]:
    """Hard impressions against a good one."""
    for number in range(fingers):
        master = make_finger(np.random.default_rng([SEED, number]), finger=Finger(1 + number % 10))
        good = make_template(make_impression(master, np.random.default_rng([SEED, number, 0]), GOOD).image)
        for k in range(HARD):
            rng = np.random.default_rng([SEED, number, 1 + k])
            pixels = make_hard_impression(master, None, rng, SMALL, faults=frozenset({"contact", "dust", "cut"})).pixels
            yield from _probe(number, FingerprintImage(pixels, 500.0), [good])


def real_probes(data: Path, name: str, count: int | None) -> Iterator[Probe]:
    """Spoiled prints of so many fingers, or all, against the other prints of the finger as they are."""
    (data_set,) = find_sets(data, [name])
    made = templates_of(data_set, workers=1, fingers=count)
    fingers = {finger: number for number, finger in enumerate(dict.fromkeys(one.finger for one in made.samples))}
    for at, (sample, path) in enumerate(data_set.images):
        if sample.finger not in fingers:
            continue
        mates = [
            template
            for other, template, failed in zip(made.samples, made.templates, made.has_failed, strict=True)
            if other.finger == sample.finger and other != sample and not failed
        ]
        pixels = degraded(load_image(path, ppi=data_set.ppi).pixels, np.random.default_rng([SEED, at]))
        yield from _probe(fingers[sample.finger], image_from_array(pixels, data_set.ppi, polarity="dark-ridges"), mates)


def _probe(finger: int, image: FingerprintImage, mates: list[Template]) -> Iterator[Probe]:
    try:
        template = make_template(image)
    except FailureToExtract:
        yield Probe(finger, None, 0.0, 0.0)
        return
    scores = compare_many(template, mates)
    yield Probe(finger, template, float(scores[0]), float(np.median(scores)))


def kept(name: str, make: Iterator[Probe]) -> list[Probe]:
    """Probes of a set, made once."""
    path = RESULTS / "quality" / f"{name}-{extraction_digest()}.pickle"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps([tuple(probe) for probe in make]))
    return [Probe(*fields) for fields in pickle.loads(path.read_bytes())]


def curve(probes: list[Probe], quality: NDArray[np.float64]) -> str:
    """FNMR in % as the worst are left out, and the rank correlation of quality and score."""
    score = np.array([probe.score for probe in probes])
    order = np.argsort(quality, kind="stable")
    missed = (score < THRESHOLD)[order]
    rates = "".join(f"{100.0 * missed[int(share * len(missed)) :].mean():9.2f}" for share in SHARES)
    ranks = [np.argsort(np.argsort(values, kind="stable")) for values in (quality, score)]
    return f"{rates}{np.corrcoef(*ranks)[0, 1]:9.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--fingers", type=AT_LEAST_1, default=100, help="synthetic ones")
    parser.add_argument("--real-fingers", type=AT_LEAST_1, help="of each set; all by default")
    arguments = parser.parse_args()
    sets = {"synthetic": kept(f"synthetic-{arguments.fingers}", synthetic_probes(arguments.fingers))}
    count = arguments.real_fingers
    for name in ("uareu", *UNSEEN):
        sets[name] = kept(f"{name}-{count or 'all'}", real_probes(arguments.data, name, count))
    for name in ("synthetic", "uareu"):
        middle = np.median([probe.finger for probe in sets[name]])
        sets[name] = [probe for probe in sets[name] if probe.finger > middle]
    print(f"FNMR in % at score {THRESHOLD:g}, by the share of the worst left out, and rank correlation with the score")
    print(f"{'':36s}" + "".join(f"{100 * share:7.0f} %" for share in SHARES))
    for name, probes in sets.items():
        ways = {
            "capture": lambda template: float(capture_score(template)),
            "template": lambda template: float(template.quality),
        }
        for way, value in ways.items():
            quality = np.array([0.0 if one.template is None else value(one.template) for one in probes])
            print(f"{name:24s}{way:12s}{curve(probes, quality)}")


if __name__ == "__main__":
    main()
