"""Does a score mean what it says? Measured false match rates at given scores, on prints that were not fitted.

Score 40 is meant to be exceeded by one impostor comparison in 10,000. For each score file this counts how many did,
with the exact (Clopper-Pearson) 95 % interval of the rate; files come from `benchmarks.accuracy`.

    python -m benchmarks.accuracy && python -m benchmarks.calibration benchmarks/results/scores_*.csv
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from fingerprint_engine.evaluation import read_scores

SCORES = (10.0, 20.0, 30.0, 40.0, 50.0)


def interval(hits: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson interval of a proportion."""
    low = beta.ppf((1 - level) / 2, hits, total - hits + 1) if hits else 0.0
    high = beta.ppf((1 + level) / 2, hits + 1, total - hits) if hits < total else 1.0
    return float(low), float(high)


def row(name: str, impostor: NDArray[np.float64]) -> str:
    cells = []
    for score in SCORES:
        hits, total = int((impostor >= score).sum()), len(impostor)
        low, high = interval(hits, total)
        stated = 10 ** (-score / 10)
        cells.append(f"{hits / total / stated:6.2f} [{low / stated:.2f}, {high / stated:.2f}]")
    return f"{name:24s}{len(impostor):>9d}" + "".join(f"{cell:>24s}" for cell in cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scores", type=Path, nargs="+", help="score files")
    options = parser.parse_args()
    print("measured FMR / FMR that the score states, with 95 % intervals; 1.00 is perfect, above 1 is too lenient")
    print(f"{'set':24s}{'impostors':>9s}" + "".join(f"{f'score {score:g}':>24s}" for score in SCORES))
    unfitted = []
    for path in options.scores:
        table = read_scores(path)
        impostor = table.score[~table.is_genuine]
        name = path.stem.removeprefix("scores_")
        print(row(name, impostor))
        if "uareu" not in name:
            unfitted.append(impostor)
    if len(unfitted) > 1:
        print(row("all but uareu", np.concatenate(unfitted)))


if __name__ == "__main__":
    main()
