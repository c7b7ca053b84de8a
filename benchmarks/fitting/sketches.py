"""Fit the weights that turn a minutia's cylinder into a sketch of 128 bits.

Linear discriminants: directions in which cylinders of mated minutiae (paired by the matcher in mated comparisons that
score at least 40) differ little and those of all minutiae differ much. They are scaled a little by how much they tell,
turned so that signs lose least (iterative quantization: Gong and Lazebnik, CVPR 2011), and rounded to whole numbers.
`--hold-out` fits on every other finger and reports on the rest; without it all are used and the weights are written.

    python -m benchmarks.fitting.sketches --hold-out
    python -m benchmarks.fitting.sketches
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from benchmarks.code_version import PACKAGE
from benchmarks.data_sets import DEFAULT_DATA, find_sets
from benchmarks.templates import templates_of
from fingerprint_engine.matching import compare
from fingerprint_engine.template import Template
from fingerprint_engine.template.cylinders import CELLS, SECTORS

SET = "uareu"
BITS = 128
SHRINKAGE, POWER, ROUNDS = 0.5, 0.2, 40
LARGEST_SUM = 32_000
MIN_SCORE = 40.0
OUTPUT = PACKAGE / "template" / "sketch_weights.npy"
Mates = list[tuple[str, int, int, NDArray[np.int32]]]


def bits_of(template: Template) -> NDArray[np.float64]:
    """The bits of the cylinders; shape (n, 7, 52)."""
    return ((template.cylinders[:, :, None] >> np.arange(CELLS, dtype=np.uint64)) & np.uint64(1)).astype(np.float64)


def mates_of(prints: dict[str, list[Template]]) -> Mates:
    """Paired minutiae of all mated comparisons that are beyond doubt."""
    found: Mates = []
    for finger, templates in prints.items():
        for a, b in itertools.combinations(range(len(templates)), 2):
            comparison = compare(templates[a], templates[b])
            if comparison.score >= MIN_SCORE:
                found.append((finger, a, b, comparison.pairs))
    return found


class Fit:
    """Weights of a sketch: a bit is ``features @ projection + bias > 0``."""

    def __init__(
        self, bits: dict[tuple[str, int], NDArray[np.float64]], mates: Mates, *, discriminant: bool, length: int = BITS
    ) -> None:
        rows = np.concatenate(list(bits.values()))
        known = rows[:, 6:7]
        self.mean = (rows[:, :6] * known).sum(axis=0) / np.maximum(known.sum(axis=0), 1.0)
        features = self.features(rows)
        centre = features.mean(axis=0)
        total = np.cov((features - centre).T)
        if discriminant:
            differences = np.concatenate(
                [self.features(bits[f, a][p[:, 0]]) - self.features(bits[f, b][p[:, 1]]) for f, a, b, p in mates]
            )
            within = differences.T @ differences / (2.0 * len(differences))
            within += SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
            strength, directions = linalg.eigh(total, within)
            strength, directions = strength[::-1][:length], directions[:, ::-1][:, :length]
            directions = directions * strength ** (POWER - 0.5)
        else:
            directions = np.linalg.eigh(total)[1][:, ::-1][:, :length]
        self.projection = directions @ _quantizing_rotation((features - centre) @ directions)
        self.bias = -centre @ self.projection

    def features(self, bits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bits less their mean where the cell is known, 0 where it is not; shape (n, 312)."""
        return ((bits[:, :6] - self.mean) * bits[:, 6:7]).reshape(len(bits), -1)

    def whole_numbers(self) -> NDArray[np.int16]:
        """Six sectors and validity times 52 cells, then the bias, by bits; no sum of any of them leaves 16 bits."""
        length = self.projection.shape[1]
        weights = self.projection.reshape(SECTORS, CELLS, length)
        validity = -(weights * self.mean[:, :, None]).sum(axis=0)
        rows = np.concatenate([weights.reshape(-1, length), validity, self.bias[None]])
        return np.round(rows * (LARGEST_SUM / np.abs(rows).sum(axis=0))).astype(np.int16)


def _quantizing_rotation(values: NDArray[np.float64]) -> NDArray[np.float64]:
    rotation = np.linalg.qr(np.random.default_rng(0).standard_normal((values.shape[1],) * 2))[0]
    for _ in range(ROUNDS):
        left, _, right = np.linalg.svd(np.sign(values @ rotation).T @ values)
        rotation = (left @ right).T
    return rotation


def report(weights: NDArray[np.int16], bits: dict[tuple[str, int], NDArray[np.float64]], mates: Mates) -> str:
    """Share of mated minutiae that are nearer than all but a share of non-mated ones."""
    table = weights[:-1].astype(np.int64)
    codes = {k: (v.reshape(len(v), -1).astype(np.int64) @ table + weights[-1]) > 0 for k, v in bits.items()}
    mated = np.concatenate([(codes[f, a][p[:, 0]] != codes[f, b][p[:, 1]]).sum(axis=1) for f, a, b, p in mates])
    rows = np.concatenate(list(codes.values()))
    finger = np.concatenate([[key[0]] * len(value) for key, value in codes.items()])
    rng = np.random.default_rng(1)
    i, j = rng.integers(0, len(rows), (2, 400_000))
    non_mated = (rows[i] != rows[j]).sum(axis=1)[finger[i] != finger[j]]
    kept = [(mated < np.quantile(non_mated, share)).mean() for share in (1e-2, 1e-3, 1e-4)]
    return (
        f"Hamming distance: mated {mated.mean():.1f}, non-mated {non_mated.mean():.1f} ± {non_mated.std():.1f}; "
        f"mated nearer than all but 1 %, 0.1 %, 0.01 % of non-mated ones: {', '.join(f'{share:.3f}' for share in kept)}"
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fitting.sketches", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--hold-out", action="store_true", help="fit on every other finger, report on the rest")
    options = parser.parse_args(arguments)
    made = templates_of(find_sets(options.data, [SET])[0], workers=2)
    prints: dict[str, list[Template]] = {}
    for sample, template in zip(made.samples, made.templates, strict=True):
        prints.setdefault(sample.finger, []).append(template)
    mates = mates_of(prints)
    bits = {(finger, at): bits_of(t) for finger, templates in prints.items() for at, t in enumerate(templates)}
    fitted = set(list(prints)[::2]) if options.hold_out else set(prints)
    rest = set(prints) - fitted or fitted
    for name, discriminant in (("discriminants", True), ("principal axes", False)):
        chosen = {key: value for key, value in bits.items() if key[0] in fitted}
        fit = Fit(chosen, [mate for mate in mates if mate[0] in fitted], discriminant=discriminant)
        seen = {key: value for key, value in bits.items() if key[0] in rest}
        print(f"{name}: {report(fit.whole_numbers(), seen, [mate for mate in mates if mate[0] in rest])}")
        if discriminant and not options.hold_out:
            np.save(OUTPUT, fit.whole_numbers())
            print(f"written to {OUTPUT.name}")


if __name__ == "__main__":
    main()
