"""How well a network reads real prints: `uareu` and worse copies of it, which may be used for choosing.

Run ``python -m training.judge NETWORK.onnx``. Without a network the classical extractor is judged.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import cv2
import numpy as np
from benchmarks.accuracy.degraded_prints import degraded
from benchmarks.accuracy.error_rates import compare_pairs
from benchmarks.accuracy.faults import with_network
from benchmarks.data_sets import DEFAULT_DATA, find_sets
from benchmarks.options import AT_LEAST_1

from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.evaluation import Sample, all_pairs, report, score_table
from fingerprint_engine.extractors import ClassicalExtractor, Extractor
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.pipeline import PipelineParameters, pipeline_parameters, template_of
from fingerprint_engine.preprocessing import FingerprintImage, image_from_array, load_image
from fingerprint_engine.template import Template, build_template

SET = "uareu"
SEED = 7


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Rates in per cent, and counts."""

    eer: float
    fnmr_01: float
    fnmr_001: float
    worst_5_percent: float
    failures: int
    minutiae: float

    def __str__(self) -> str:
        return (
            f"EER {self.eer:5.2f}  FNMR at FMR 0.1 % {self.fnmr_01:5.2f}, 0.01 % {self.fnmr_001:5.2f}  "
            f"5th percentile of mated scores {self.worst_5_percent:4.1f}  failures {self.failures}  "
            f"minutiae {self.minutiae:.0f}"
        )


def read_images(data: Path, impressions: int, worse: bool) -> list[tuple[Sample, FingerprintImage]]:
    """The first impressions of each finger of the set, or worse copies of them."""
    data_set = find_sets(data, [SET])[0]
    images = []
    for number, (sample, path) in enumerate(data_set.images):
        if int(sample.impression) > impressions:
            continue
        image = load_image(path, ppi=data_set.ppi)
        if worse:
            pixels = degraded(image.pixels, np.random.default_rng([SEED, number]))
            image = image_from_array(pixels, data_set.ppi, polarity="dark-ridges")
        images.append((sample, image))
    return images


def judge(
    extractor: Extractor,
    parameters: PipelineParameters,
    images: list[tuple[Sample, FingerprintImage]],
) -> Verdict:
    """Rates over all pairs of the images; a failed extraction matches nothing."""
    nothing = build_template(Minutiae.empty(), shape=(8, 8), parameters_digest=parameters.digest())
    templates: list[Template] = []
    for _, image in images:
        try:
            reading = extractor.read(image)
            made = template_of(reading, source_ppi=image.ppi, extractor=extractor.name, parameters=parameters)
        except FailureToExtract:
            made = nothing
        templates.append(made)
    failed = np.array([template is nothing for template in templates])
    samples = [sample for sample, _ in images]
    pairs = all_pairs(samples)
    scores = compare_pairs(templates, pairs)
    scores[failed[pairs.probe] | failed[pairs.reference]] = 0.0
    rates = report(SET, score_table(samples, pairs, scores, failed)).rates
    is_mated = np.array(
        [samples[a].finger == samples[b].finger for a, b in zip(pairs.probe, pairs.reference, strict=True)]
    )
    non_mated = np.sort(scores[~is_mated])
    threshold = non_mated[int(0.9999 * len(non_mated))]
    return Verdict(
        100.0 * rates.eer,
        100.0 * rates.fnmr_at_fmr_01_percent,
        100.0 * float((scores[is_mated] <= threshold).mean()),
        float(np.percentile(scores[is_mated], 5)),
        int(failed.sum()),
        float(np.median([len(template) for template in templates])),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", type=Path, nargs="*")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--impressions", type=AT_LEAST_1, default=4)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for worse in (False, True):
        images = read_images(options.data, options.impressions, worse)
        print(f"{SET}, {options.impressions} impressions{', degraded' if worse else ''}")
        if not options.networks:
            verdict = judge(ClassicalExtractor(), pipeline_parameters("classical"), images)
            print(f"  {'classical':24s}{verdict}", flush=True)
        for path in options.networks:
            print(f"  {path.name:24s}{judge(*with_network(path), images)}", flush=True)


if __name__ == "__main__":
    main()
