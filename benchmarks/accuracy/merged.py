"""Whether one template of several impressions recognises a finger better than one of them does.

Of every finger impressions 1 to 3, and 4 to 6, are merged, and compared with all impressions that are in neither, and
with those of other fingers. Beside it the same for each of the impressions alone, and for the highest of their scores.

    python -m benchmarks.accuracy.merged
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.calibration import interval
from benchmarks.data_sets import ALL_SETS, DEFAULT_DATA, DataSet, find_sets
from benchmarks.options import AT_LEAST_1
from benchmarks.templates import templates_of
from fingerprint_engine.matching import Matcher, merge
from fingerprint_engine.template import TemplateBatch

GROUPS = ((1, 2, 3), (4, 5, 6))
SCORE = 40.0
LOWER_SCORES = (20.0, 30.0)
Floats = NDArray[np.float64]


class Scores(NamedTuple):
    """Mated and non-mated scores of one way to enrol."""

    mated: Floats
    non_mated: Floats


def enrolments(data_set: DataSet, workers: int) -> tuple[dict[str, Scores], int]:
    """Scores by how impressions were enrolled; and how many impressions did not fit to the others."""
    made = templates_of(data_set, workers)
    kept = np.flatnonzero(~made.has_failed)
    templates = [made.templates[at] for at in kept]
    fingers = np.array([made.samples[at].finger for at in kept])
    numbers = np.array([int(made.samples[at].impression) for at in kept])
    batch, left_out = TemplateBatch.of(templates), 0
    found: dict[str, list[tuple[Floats, Floats]]] = {"one of three": [], "highest of three": [], "merged": []}
    for finger in dict.fromkeys(fingers.tolist()):
        for group in GROUPS:
            rows = np.flatnonzero((fingers == finger) & np.isin(numbers, group))
            if rows.size == 0:
                continue
            merged = merge([templates[at] for at in rows])
            left_out += len(merged.left_out)
            alone = np.array([Matcher(templates[at]).scores(batch) for at in rows])
            is_probe = ~np.isin(numbers, group)
            mated, non_mated = is_probe & (fingers == finger), is_probe & (fingers != finger)
            for name, scores in (
                ("one of three", alone),
                ("highest of three", alone.max(axis=0, keepdims=True)),
                ("merged", Matcher(merged.template).scores(batch)[None]),
            ):
                found[name].append((scores[:, mated].ravel(), scores[:, non_mated].ravel()))
    return {
        name: Scores(*(np.concatenate(side) for side in zip(*parts, strict=True))) for name, parts in found.items()
    }, left_out


def line(name: str, scores: Scores) -> str:
    """One row of the table."""
    lost, total = int((scores.mated < SCORE).sum()), len(scores.mated)
    low, high = (100.0 * end for end in interval(lost, total))
    rates = [(scores.non_mated >= level).mean() * 10.0 ** (level / 10.0) for level in (*LOWER_SCORES, SCORE)]
    return (
        f"  {name:18s}{100.0 * lost / total:7.2f} [{low:.2f}, {high:.2f}]"
        + "".join(f"{rate:9.2f}" for rate in rates)
        + f"{np.median(scores.mated):9.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--sets", default=",".join(ALL_SETS), help="comma-separated")
    parser.add_argument("--workers", type=AT_LEAST_1, default=1)
    options = parser.parse_args()
    print("FNMR at score 40 in % with 95 % interval; FMR over the stated at 20, 30 and 40; median mated score")
    for data_set in find_sets(options.data, options.sets.split(",")):
        scores, left_out = enrolments(data_set, options.workers)
        mated, non_mated = (len(side) for side in scores["merged"])
        print(f"{data_set.name}: {mated} mated, {non_mated} non-mated; {left_out} impressions left out")
        for name, one in scores.items():
            print(line(name, one), flush=True)


if __name__ == "__main__":
    main()
