"""Scores of mated prints: the other half of a likelihood ratio, whose non-mated half is what a score means.

A score says how often non-mated prints score as high. For roll-call one must also know how often the same finger does.
This prints quantiles of mated scores and fits the density ``lost exp(-x) + (1 - lost) Gamma(shape, scale)`` of ``x =
score ln(10) / 10`` on the prints of one sensor, and shows how well it holds on the other sets.

Run ``python -m benchmarks.records.mated_scores``.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy import optimize, stats

from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS, find_sets
from benchmarks.templates import templates_of
from fingerprint_engine.matching import Matcher

MIN_MINUTIAE = 12
FITTED_ON = "uareu"


def main() -> None:
    """Measure, fit, show."""
    for name in (FITTED_ON, *FVC_SETS):
        x = mated(name) * np.log(10.0) / 10.0
        if name == FITTED_ON:
            lost, shape, scale = fit(x)
            print(f"fit on {name}: lost {lost:.3f}, shape {shape:.2f}, scale {scale:.2f}")
        below = {score: float((x * 10 / np.log(10) < score).mean()) for score in (5, 10, 20, 40)}
        log = np.log(density(x, lost, shape, scale))
        quantiles = np.quantile(x * 10 / np.log(10), (0.01, 0.05, 0.25, 0.5, 0.95))
        print(
            f"{name:<14}{x.size:6d} mated; below {below}; quantiles {quantiles.round(1)}; log density {log.mean():.2f}"
        )


def mated(name: str) -> np.ndarray:
    """Scores of all pairs of impressions of one finger, both with enough minutiae."""
    (data_set,) = find_sets(DEFAULT_DATA, [name])
    made = templates_of(data_set, workers=1)
    fingers: dict[str, list] = {}
    for sample, template, failed in zip(made.samples, made.templates, made.has_failed, strict=True):
        if not failed and len(template) >= MIN_MINUTIAE:
            fingers.setdefault(sample.finger, []).append(template)
    return np.array([Matcher(a).score(b) for group in fingers.values() for a, b in itertools.combinations(group, 2)])


def density(x: np.ndarray, lost: float, shape: float, scale: float) -> np.ndarray:
    """The density of mated scores in nats."""
    return lost * np.exp(-x) + (1.0 - lost) * stats.gamma.pdf(x, shape, scale=scale)


def fit(x: np.ndarray) -> tuple[float, float, float]:
    """Maximum likelihood."""

    def loss(p: np.ndarray) -> float:
        lost = 1.0 / (1.0 + np.exp(-p[0]))
        return -float(np.log(density(x, lost, np.exp(p[1]), np.exp(p[2])) + 1e-300).mean())

    p = optimize.minimize(loss, np.array([-3.0, 1.0, 1.0]), method="Nelder-Mead").x
    return float(1.0 / (1.0 + np.exp(-p[0]))), float(np.exp(p[1])), float(np.exp(p[2]))


if __name__ == "__main__":
    main()
