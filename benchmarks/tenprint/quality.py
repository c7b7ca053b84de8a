"""Does quality for capture say how well a print will match? `python -m benchmarks.tenprint.quality`.

Poor prints against good ones of the same finger: hard impressions of synthetic fingers, and real prints (uareu, three
FVC sets) spoiled by `degraded_prints`. The pairs of the lowest quality are left out first; a quality that says nothing
gives a level line. `--fit` fits a linear quality on the first half of the synthetic fingers and of uareu; what is
printed is always of the other half, and of the FVC sets, which nothing is fitted on.
"""

from __future__ import annotations

import argparse
import math
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.degraded_prints import degraded
from benchmarks.code_version import RESULTS, extraction_digest
from benchmarks.data_sets import DEFAULT_DATA, find_sets
from benchmarks.templates import templates_of
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.fingers import Finger
from fingerprint_engine.matching import compare_many
from fingerprint_engine.minutiae import UNKNOWN_QUALITY
from fingerprint_engine.pipeline import make_template
from fingerprint_engine.preprocessing import FingerprintImage, image_from_array, load_image
from fingerprint_engine.synthesis import ImpressionParameters, make_finger, make_impression
from fingerprint_engine.synthesis.impressions.hard_impression import make_hard_impression
from fingerprint_engine.template import Template
from fingerprint_engine.template.coarse_map import CELL_PX

SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
THRESHOLD = 40.0
SEED = 61
UNSEEN = ("fvc2002_db1_b", "fvc2002_db3_b", "fvc2004_db1_b")
HARD = 4
"""Hard impressions of each synthetic finger."""
GOOD_MINUTIA = 60
"""Chosen: from there on a minutia is mostly found again."""
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


def features_of(template: Template) -> NDArray[np.float64]:
    """What a quality may be made of; float64, shape (5,).

    The template's quality, the logarithms of its area in mm² and of its minutiae, the mean quality of these, and the
    logarithm of how many are good.
    """
    area = float(template.coarse_map.foreground.sum()) * (CELL_PX * 25.4 / 500.0) ** 2
    qualities = template.minutiae.quality[template.minutiae.quality != UNKNOWN_QUALITY].astype(np.float64)
    mean = float(qualities.mean()) if qualities.size else 50.0
    good = int((qualities >= GOOD_MINUTIA).sum())
    return np.array([
        min(template.quality, 100), math.log(max(area, 1.0)), math.log1p(len(template)), mean, math.log1p(good)
    ], dtype=np.float64)  # fmt: skip


def curve(probes: list[Probe], quality: NDArray[np.float64]) -> str:
    """FNMR in % as the worst are left out, and the rank correlation of quality and score."""
    score = np.array([probe.score for probe in probes])
    order = np.argsort(quality, kind="stable")
    missed = (score < THRESHOLD)[order]
    rates = "".join(f"{100.0 * missed[int(share * len(missed)) :].mean():9.2f}" for share in SHARES)
    ranks = [np.argsort(np.argsort(values, kind="stable")) for values in (quality, score)]
    return f"{rates}{np.corrcoef(*ranks)[0, 1]:9.2f}"


def fitted(probes: list[Probe]) -> NDArray[np.float64]:
    """Weights by least squares of the score, up to 130, on the features and one."""
    read = [probe for probe in probes if probe.quality or probe.typical]
    table = np.array([probe.features for probe in read])
    score = np.minimum([probe.typical for probe in read], 130.0)
    weights, *_ = np.linalg.lstsq(np.column_stack([np.ones(len(table)), table]), score, rcond=None)
    return np.asarray(weights, dtype=np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--fingers", type=int, default=100, help="synthetic ones")
    parser.add_argument("--fit", action="store_true", help="also fit the weights anew and print them")
    arguments = parser.parse_args()
    sets = {"synthetic": kept(f"synthetic-{arguments.fingers}", synthetic_probes(arguments.fingers))}
    sets |= {name: kept(name, real_probes(arguments.data, name)) for name in ("uareu", *UNSEEN)}
    halves = {}
    for name in ("synthetic", "uareu"):
        middle = np.median([probe.finger for probe in sets[name]])
        halves[name] = [probe for probe in sets[name] if probe.finger <= middle]
        sets[name] = [probe for probe in sets[name] if probe.finger > middle]
    print(f"FNMR in % at score {THRESHOLD:g}, by the share of the worst left out, and rank correlation with the score")
    print(f"{'':36s}" + "".join(f"{100 * share:7.0f} %" for share in SHARES))
    for name, probes in sets.items():
        print(f"{name:24s}{'capture':12s}{curve(probes, np.array([float(one.quality) for one in probes]))}")
        print(f"{'':24s}{'template':12s}{curve(probes, np.array([float(one.template_quality) for one in probes]))}")
        if arguments.fit:
            weights = fitted(halves["synthetic"] + halves["uareu"])
            table = np.array([probe.features for probe in probes])
            print(f"{'':24s}{'fitted':12s}{curve(probes, weights[0] + table @ weights[1:])}")
    if arguments.fit:
        print("weights:", ", ".join(f"{weight:.4g}" for weight in weights))


if __name__ == "__main__":
    main()
