"""Does the quality of a print say how well it will match? False non-matches as the worst prints are left out.

    python -m benchmarks.accuracy.error_reject --degraded

The threshold is that of FMR 0.1 % over all non-mated pairs, whatever is left out. A pair is as good as its worse print;
the pairs of the lowest quality are left out first, a failed extraction has quality 0. A quality that says nothing gives
a level line.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.degraded_prints import degraded
from benchmarks.accuracy.error_rates import compare_pairs
from benchmarks.data_sets import DEFAULT_DATA, DataSet, find_sets
from fingerprint_engine.errors import FailureToExtract
from fingerprint_engine.evaluation import Pairs, all_pairs
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.pipeline import (
    DEFAULT_EXTRACTOR,
    ExtractorName,
    PipelineParameters,
    extract,
    pipeline_parameters,
)
from fingerprint_engine.preprocessing import FingerprintImage, image_from_array, load_image
from fingerprint_engine.template import Template, build_template

SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
SEED = 7
FMR = 1e-3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--sets", default="uareu")
    parser.add_argument("--extractor", choices=get_args(ExtractorName), default=DEFAULT_EXTRACTOR)
    parser.add_argument("--degraded", action="store_true", help="measure on worse copies of the prints")
    options = parser.parse_args()
    parameters = pipeline_parameters(options.extractor)
    print(f"FNMR in % at FMR {100 * FMR:g} %, by the share of pairs left out ({options.extractor} extractor)")
    print(f"{'set':24s}" + "".join(f"{100 * share:7.0f} %" for share in SHARES))
    for data_set in find_sets(options.data, options.sets.split(",")):
        made = compared(data_set, parameters, is_degraded=options.degraded)
        quality = np.array([template.quality for template in made.templates])
        worse = np.minimum(quality[made.pairs.probe], quality[made.pairs.reference])
        mated = made.pairs.is_mated
        order = np.argsort(worse[mated], kind="stable")
        missed = (made.scores[mated] <= threshold_of(made))[order]
        rates = [100.0 * missed[int(share * len(missed)) :].mean() for share in SHARES]
        name = data_set.name + (", degraded" if options.degraded else "")
        print(f"{name:24s}" + "".join(f"{rate:9.2f}" for rate in rates), flush=True)


@dataclasses.dataclass(frozen=True)
class Compared:
    """All prints of a set, or worse copies of them, and the scores of all their pairs; a failure has quality 0."""

    images: list[FingerprintImage]
    templates: list[Template]
    pairs: Pairs
    scores: NDArray[np.float64]


def compared(data_set: DataSet, parameters: PipelineParameters, *, is_degraded: bool = False) -> Compared:
    """Extract all prints of a set, or of worse copies of them, and compare all pairs."""
    nothing = build_template(Minutiae.empty(), shape=(8, 8), parameters_digest=parameters.digest(), quality=0)
    images, templates = [], []
    for number, (_, path) in enumerate(data_set.images):
        image = load_image(path, ppi=data_set.ppi)
        if is_degraded:
            pixels = degraded(image.pixels, np.random.default_rng([SEED, number]))
            image = image_from_array(pixels, data_set.ppi, polarity="dark-ridges")
        images.append(image)
        try:
            templates.append(extract(image, parameters=parameters))
        except FailureToExtract:
            templates.append(nothing)
    pairs = all_pairs([sample for sample, _ in data_set.images])
    return Compared(images, templates, pairs, compare_pairs(templates, pairs))


def threshold_of(made: Compared) -> float:
    """The score that one non-mated pair in 1,000 exceeds."""
    return float(np.quantile(made.scores[~made.pairs.is_mated], 1.0 - FMR, method="higher"))


if __name__ == "__main__":
    main()
