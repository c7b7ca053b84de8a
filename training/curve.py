"""The losses of a run on held-out fingers as a picture. Run ``python -m training.curve --run one``."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from training.train import RUNS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True)
    parser.add_argument("--output", type=Path, help="the run's folder by default")
    options = parser.parse_args()
    with (RUNS / options.run / "curve.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    steps = [int(row["step"]) for row in rows]
    tasks = [name for name in rows[0] if name != "step"]
    figure, axes = pyplot.subplots(2, 4, figsize=(12, 5), sharex=True, layout="constrained")
    for axis, task in zip(axes.flat, tasks, strict=True):
        axis.plot(steps, [float(row[task]) for row in rows], marker=".")
        axis.set_title(task)
        axis.set_ylim(bottom=0.0)
        axis.grid(alpha=0.3)
    for axis in axes[-1]:
        axis.set_xlabel("steps")
    figure.suptitle("loss on 96 impressions of fingers that are not trained on")
    output = options.output or RUNS / options.run / "curve.png"
    figure.savefig(output, dpi=90)
    print(output)


if __name__ == "__main__":
    main()
