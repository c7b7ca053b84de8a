"""Is the advice right? Planted faults against what is said of them: `python -m benchmarks.tenprint.advice`.

One row for each fault: how many of its prints are said to have which.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np

from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from benchmarks.tenprint.planted_faults import FAULTS, planted
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.fingers import Finger
from fingerprint_engine.pipeline import make_template
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis import make_finger
from fingerprint_engine.template import Template
from fingerprint_engine.tenprint import CaptureQuality, Reason
from fingerprint_engine.tenprint.capture_quality import capture_quality


def judged(image: FingerprintImage) -> CaptureQuality:
    """Quality of one print."""
    outcome: Template | FailureToExtract
    try:
        outcome = make_template(image)
    except FailureToExtract as failure:
        outcome = failure
    return capture_quality(image, outcome)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fingers", type=AT_LEAST_1, default=40)
    parser.add_argument("--seed", type=AT_LEAST_0, default=67)
    arguments = parser.parse_args()
    said: dict[Reason, Counter[Reason]] = {fault: Counter() for fault in FAULTS}
    for number in range(arguments.fingers):
        finger = make_finger(np.random.default_rng([arguments.seed, number]), finger=Finger(1 + number % 10))
        for place, fault in enumerate(FAULTS):
            pixels = planted(fault, finger, np.random.default_rng([arguments.seed, number, place]))
            said[fault][judged(FingerprintImage(pixels, 500.0)).reason] += 1
    print(f"{'planted':14s}" + "".join(f"{reason.value:>13s}" for reason in Reason))
    for fault, counts in said.items():
        print(f"{fault.value:14s}" + "".join(f"{counts[reason]:13d}" for reason in Reason))


if __name__ == "__main__":
    main()
