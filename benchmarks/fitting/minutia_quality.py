"""Fit the weights of the minutia quality: the chance that a minutia is found again.

Every mated pair of a set whose prints align is a question asked of each minutia in their overlap: is it found again?
The answers are fitted by a logistic regression on the features of `fingerprint_engine.minutiae.quality`; fingers are
split into five folds to say how well the fit carries over. Prints the weights to put into `MinutiaQualityParameters`.

    python -m benchmarks.fitting.minutia_quality --images ../shared/data/uareu --ppi 512
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.spatial import cKDTree
from scipy.stats import rankdata

import fingerprint_engine as fe
from benchmarks.accuracy.degraded_prints import degraded
from benchmarks.options import AMOUNT
from fingerprint_engine.extractors import ClassicalParameters, LearnedExtractor, LearnedParameters
from fingerprint_engine.extractors.heat import LearnedQualityParameters, heat_features
from fingerprint_engine.minutiae.extraction import find_candidates
from fingerprint_engine.minutiae.quality import MinutiaQualityParameters
from fingerprint_engine.pipeline import ExtractorName
from fingerprint_engine.preprocessing import compute_ridge_maps

SEED = 1979
CLASSICAL_NAMES = [field.name for field in dataclasses.fields(MinutiaQualityParameters)]
LEARNED_NAMES = [field.name for field in dataclasses.fields(LearnedQualityParameters)]
Table = NDArray[np.float64]


def features_of(image: fe.FingerprintImage, template: fe.Template, extractor: ExtractorName) -> Table:
    """Features of the template's minutiae, in the template's order."""
    if extractor == "learned":
        learned = LearnedParameters()
        maps, answer = LearnedExtractor(learned).look(image)
        candidates, features = find_candidates(maps, learned.detection, learned.filtering)
        features = np.hstack([features, heat_features(candidates, answer)])
    else:
        parameters = ClassicalParameters()
        maps = compute_ridge_maps(image, parameters.ridge_maps)
        candidates, features = find_candidates(maps, parameters.minutiae.detection, parameters.minutiae.filtering)
    tree = cKDTree(np.column_stack([candidates.x, candidates.y]))
    distance, nearest = tree.query(np.column_stack([template.minutiae.x, template.minutiae.y]))
    if distance.max() > 1.0:
        raise RuntimeError(
            "a template's minutia lies more than 1 px from every candidate: the recipes have drifted apart"
        )
    return features[nearest]


def collect(
    folder: Path, ppi: float, min_score: float, extractor: ExtractorName, worse: bool
) -> tuple[Table, NDArray[np.bool_], NDArray[np.int64]]:
    """Features, found-again flags and finger numbers of all minutiae in the overlaps of aligned mated pairs."""
    parameters = fe.pipeline_parameters(extractor)
    fingers: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*_*.png")):
        fingers.setdefault(path.stem.rsplit("_", 1)[0], []).append(path)
    rows, found, groups = [], [], []
    for number, (_, paths) in enumerate(sorted(fingers.items())):
        prints = []
        for path in paths:
            image = fe.load_image(path, ppi=ppi)
            if worse:
                made = degraded(image.pixels, np.random.default_rng([SEED, number, len(prints)]))
                image = fe.image_from_array(made, ppi, polarity="dark-ridges")
            try:
                template = fe.extract(image, parameters=parameters)
            except fe.FailureToExtract:
                continue
            prints.append((template, features_of(image, template, extractor)))
        for (a, features_a), (b, features_b) in itertools.combinations(prints, 2):
            comparison = fe.compare(a, b)
            if comparison.score < min_score:
                continue
            for features, matched, missed in (
                (features_a, comparison.pairs[:, 0], comparison.contradicted_probe),
                (features_b, comparison.pairs[:, 1], comparison.contradicted_reference),
            ):
                rows.append(features[np.concatenate([matched, missed])])
                found.append(np.repeat([True, False], [len(matched), len(missed)]))
                groups.append(np.full(len(matched) + len(missed), number))
        print(f"\rfinger {number + 1} of {len(fingers)}", end="", flush=True)
    print()
    return np.concatenate(rows), np.concatenate(found), np.concatenate(groups)


def fit(features: Table, found: NDArray[np.bool_]) -> Table:
    """Bias and weights of the logistic regression (ridge 1e-3)."""
    design = np.column_stack([np.ones(len(features)), features])
    sign = np.where(found, 1.0, -1.0)

    def loss(weights: Table) -> tuple[float, Table]:
        margin = sign * (design @ weights)
        gradient = -(sign / (1.0 + np.exp(margin))) @ design / len(sign) + 2e-3 * weights
        return float(np.logaddexp(0.0, -margin).mean() + 1e-3 * weights @ weights), gradient

    return np.asarray(minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B").x)


def ranking(score: Table, found: NDArray[np.bool_]) -> float:
    """Chance that a minutia which is found again scores higher than one which is not (area under the ROC curve)."""
    ranks = rankdata(score)
    hits = int(found.sum())
    return float((ranks[found].sum() - hits * (hits + 1) / 2) / (hits * (len(found) - hits)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, required=True, help="folder of FINGER_IMPRESSION.png")
    parser.add_argument("--ppi", type=AMOUNT, required=True)
    parser.add_argument("--min-score", type=AMOUNT, default=30.0, help="pairs below are not trusted to be aligned")
    parser.add_argument("--extractor", choices=get_args(ExtractorName), default="classical")
    parser.add_argument("--degraded", action="store_true", help="fit to worse copies of the images as well")
    arguments = parser.parse_args()
    names = LEARNED_NAMES if arguments.extractor == "learned" else CLASSICAL_NAMES
    parts = [
        collect(arguments.images, arguments.ppi, arguments.min_score, arguments.extractor, worse)
        for worse in ([False, True] if arguments.degraded else [False])
    ]
    features, found, finger = (np.concatenate(column) for column in zip(*parts, strict=True))
    print(f"{len(found)} minutiae in overlaps, {found.mean():.3f} found again")
    held_out = np.empty(len(found))
    for fold in range(5):
        test = finger % 5 == fold
        weights = fit(features[~test], found[~test])
        held_out[test] = weights[0] + features[test] @ weights[1:]
    print(f"ranking on fingers that were not fitted: {ranking(held_out, found):.3f}")
    for column, name in enumerate(names[1:]):
        print(f"  {name} alone: {ranking(features[:, column], found):.3f}")
    for name, weight in zip(names, fit(features, found), strict=True):
        print(f"{name} = {weight:.3f}")


if __name__ == "__main__":
    main()
