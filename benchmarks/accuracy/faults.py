"""What each fault of a print costs, on synthetic fingers whose truth is known: found, missed, invented, not matched.

Run ``python -m benchmarks.accuracy.faults [NETWORK.onnx ...]``; without a network that of the package. Each finger
gives a plain print and one that suffers from one fault, taken by an optical sensor. The network of the package was
trained on such faults, on other fingers.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

import fingerprint_engine
from benchmarks.options import AT_LEAST_1
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.extractors import Extractor, LearnedExtractor, LearnedParameters
from fingerprint_engine.extractors.learned import MODEL_FILE
from fingerprint_engine.extractors.network import RidgeNetwork, identity_of
from fingerprint_engine.geometry import direction_difference
from fingerprint_engine.matching import Matcher
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.pipeline import PipelineParameters, template_of
from fingerprint_engine.preprocessing import FingerprintImage, image_from_array
from fingerprint_engine.synthesis import ImpressionParameters, MasterFinger, make_impression, population_finger
from fingerprint_engine.synthesis.impressions.hard_impression import GLASS_FAULTS, SKIN_FAULTS, contact_of
from fingerprint_engine.synthesis.impressions.impression import SyntheticImpression
from fingerprint_engine.synthesis.impressions.sensor_looks import SensorLook, sense
from fingerprint_engine.synthesis.impressions.stretched_skin import make_stretched_impression
from fingerprint_engine.template import Template

POPULATION, SEED = 4_016_016, 16
FAULTS = {**SKIN_FAULTS, **GLASS_FAULTS}
KINDS = ("plain", *FAULTS, "stretched")
PLATE = ImpressionParameters(rows_px=388, cols_px=374)
NEAR_PX, NEAR_RAD = 10.0, np.deg2rad(30.0)
THRESHOLD = 40.0


@dataclasses.dataclass(frozen=True)
class Print:
    """An image and what is true about it."""

    image: FingerprintImage
    truth: SyntheticImpression
    hidden: np.ndarray

    def at(self, where: np.ndarray, minutiae: Minutiae) -> np.ndarray:
        """Values of a map at minutiae."""
        rows, cols = where.shape
        row = np.clip(np.rint(minutiae.y).astype(int), 0, rows - 1)
        return np.asarray(where[row, np.clip(np.rint(minutiae.x).astype(int), 0, cols - 1)])


def taken(finger: MasterFinger, kind: str, rng: np.random.Generator) -> Print:
    """A print of a finger that suffers from one of `KINDS`."""
    lay = make_stretched_impression if kind == "stretched" else make_impression
    made = lay(finger, rng, PLATE)
    contact = contact_of(made, finger)
    if kind in FAULTS:
        contact = FAULTS[kind](contact, rng)
    pixels = sense(contact.ink, SensorLook.OPTICAL, rng)
    return Print(image_from_array(pixels, 500.0, polarity="dark-ridges"), made, contact.hidden)


def right(found: Minutiae, truth: Minutiae) -> np.ndarray:
    """Which of `found` lie at a true one; each true one counts once."""
    near = np.hypot(found.x[:, None] - truth.x, found.y[:, None] - truth.y)
    turned = np.abs(direction_difference(found.direction[:, None], truth.direction))
    near = np.where((near < NEAR_PX) & (turned < NEAR_RAD), near, np.inf)
    hit = np.zeros(len(found), dtype=bool)
    for k in np.argsort(near, axis=None):
        row, col = np.unravel_index(k, near.shape)
        if not np.isfinite(near[row, col]):
            break
        hit[row] = True
        near[row, :] = near[:, col] = np.inf
    return hit


def judged(extractor: Extractor, parameters: PipelineParameters, fingers: list[MasterFinger]) -> Iterator[str]:
    """A line for each kind of print."""

    def read(made: Print) -> tuple[Minutiae, Template] | None:
        try:
            reading = extractor.read(made.image)
        except FailureToExtract:
            return None
        return reading.minutiae, template_of(reading, source_ppi=500.0, extractor=extractor.name, parameters=parameters)

    plain = [read(taken(finger, "plain", np.random.default_rng([SEED, k]))) for k, finger in enumerate(fingers)]
    references = [found[1] for found in plain if found]
    for kind in KINDS:
        sums, scores, others, failed = np.zeros(5), [], [], 0
        for k, finger in enumerate(fingers):
            made = taken(finger, kind, np.random.default_rng([SEED, k, 1]))
            answer = read(made)
            if answer is None or plain[k] is None:
                failed += 1
                scores.append(0.0)
                continue
            found, template = answer
            hit, weight = right(found, made.truth.minutiae), found.quality.astype(float) / 100.0
            lost = ~made.at(made.truth.mask & ~made.hidden, found)
            visible = len(made.truth.minutiae.select(~made.at(made.hidden, made.truth.minutiae)))
            sums += (len(found), (~hit).sum(), weight[~hit].sum(), (lost & ~hit).sum(), visible - hit.sum())
            compared = Matcher(template).scores(references)
            own = next(n for n, reference in enumerate(references) if plain[k] and reference is plain[k][1])
            scores.append(float(compared[own]))
            others.extend(np.delete(compared, own))
        count = len(fingers) - failed
        low = np.mean(np.array(scores) < THRESHOLD)
        yield (
            f"{kind:10s} found {sums[0] / count:5.1f}  "
            f"invented {sums[1] / count:4.1f} (by quality {sums[2] / count:4.1f}, "
            f"beyond what shows {sums[3] / count:4.1f})  missed {sums[4] / count:4.1f}  "
            f"FNMR at {THRESHOLD:.0f} {100 * low:5.1f} %  mated median {np.median(scores):5.1f} "
            f"10 % {np.percentile(scores, 10):5.1f}  highest non-mated {max(others, default=0.0):4.1f}  failed {failed}"
        )


def with_network(path: Path) -> tuple[LearnedExtractor, PipelineParameters]:
    """The learned extractor with any network."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    reading = LearnedParameters(network=identity_of(sha256))
    return LearnedExtractor(reading, RidgeNetwork(path, sha256)), PipelineParameters(reading=reading)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", type=Path, nargs="*")
    parser.add_argument("--fingers", type=AT_LEAST_1, default=40)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    shipped = Path(fingerprint_engine.extractors.__file__).with_name(MODEL_FILE)
    fingers = [population_finger(POPULATION, number) for number in range(options.fingers)]
    for path in options.networks or [shipped]:
        print(f"{path.name}, {len(fingers)} fingers, means a print", flush=True)
        for line in judged(*with_network(path), fingers):
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
