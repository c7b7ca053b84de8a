"""Both extractors side by side: rates from the score files of `benchmarks.accuracy`, and their paired differences.

Run ``python -m benchmarks.accuracy`` and ``python -m benchmarks.accuracy --extractor classical`` first, then
``python -m benchmarks.accuracy.extractors``. Each replicate draws the same fingers: what is hard for both cancels.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.code_version import RESULTS
from benchmarks.data_sets import ALL_SETS, FVC_SETS
from benchmarks.machine import machine_name
from benchmarks.options import AT_LEAST_0
from fingerprint_engine.evaluation import ErrorRates, error_curve, error_rates, paired_differences, read_scores

SEED = 19795
SHOWN = (("eer", "EER"), ("fnmr_at_fmr_01_percent", "FNMR at FMR 0.1 %"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the score files")
    parser.add_argument("--replicates", type=AT_LEAST_0, default=300)
    options = parser.parse_args()
    print(machine_name())
    print("rates in %; difference: learned less classical, 95 % interval over fingers, * where it leaves 0 out\n")
    print(f"{'set':16s}" + "".join(f"  {title:^46s}" for _, title in SHOWN))
    print(f"{'':16s}" + "  classical  learned  difference".ljust(48) * len(SHOWN))
    rates: dict[str, list[ErrorRates]] = {}
    for name in ALL_SETS:
        files = [options.results / f"scores{suffix}_{name}.csv" for suffix in ("_classical", "")]
        if not all(path.is_file() for path in files):
            continue
        tables = [read_scores(path) for path in files]
        rates[name] = [error_rates(error_curve(table.score, table.is_mated)) for table in tables]
        found = paired_differences(*tables, np.random.default_rng(SEED), replicates=options.replicates)
        cells = []
        for field, _ in SHOWN:
            classical, learned = (100.0 * getattr(rate, field) for rate in rates[name])
            low, high = 100.0 * found[field].interval.low, 100.0 * found[field].interval.high
            star = "*" if found[field].is_clear else " "
            difference = f"{learned - classical:+6.2f} [{low:+.2f}, {high:+.2f}]{star}"
            cells.append(f"  {classical:9.2f}{learned:9.2f}  {difference}".ljust(48))
        print(f"{name:16s}" + "".join(cells), flush=True)
    fvc = [rates[name] for name in FVC_SETS if name in rates]
    if len(fvc) > 1:
        means = [[100.0 * np.mean([getattr(pair[k], field) for pair in fvc]) for k in (0, 1)] for field, _ in SHOWN]
        cells = [f"  {a:9.2f}{b:9.2f}  {b - a:+6.2f}".ljust(48) for a, b in means]
        print(f"{f'mean of {len(fvc)} FVC':16s}" + "".join(cells))


if __name__ == "__main__":
    main()
