"""Where are mated prints missed? False non-matches by the quality of the worse print, by NFIQ 2 and by our own scale.

    python -m benchmarks.accuracy.quality_bands

All mated pairs of each set, and of worse copies of `uareu`. Thresholds are score 40, and of each set the score of FMR
0.1 % over all its non-mated pairs. A failed extraction misses all its pairs and has quality 0. Intervals are exact
(Clopper-Pearson, 95 %) and take pairs for independent, so they are narrower than pairs of few fingers allow.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.calibration import interval
from benchmarks.accuracy.error_rates import FIXED_SCORE
from benchmarks.accuracy.error_reject import Compared, compared, threshold_of
from benchmarks.code_version import RESULTS, source_digest
from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS, find_sets
from benchmarks.machine import machine_name
from benchmarks.peers.nfiq2 import PYTHON, nfiq2_of
from fingerprint_engine.pipeline import DEFAULT_EXTRACTOR, pipeline_parameters

BANDS = ((-1, 10), (10, 20), (20, 40), (40, 101))
"""Lowest quality of a band, and the lowest above it; an image that NFIQ 2 refuses belongs to the lowest."""


def main() -> None:
    options = _parser().parse_args()
    parameters = pipeline_parameters(DEFAULT_EXTRACTOR)
    asked = options.sets.split(",") if options.sets else None
    groups: dict[str, list[Compared]] = {}
    for data_set in find_sets(options.data, asked):
        group = "FVC sets" if data_set.name in FVC_SETS else data_set.name
        groups.setdefault(group, []).append(compared(data_set, parameters))
        if data_set.name == "uareu" and not options.no_degraded:
            groups["uareu, degraded"] = [compared(data_set, parameters, is_degraded=True)]
    lines = [f"{DEFAULT_EXTRACTOR} extractor; code {source_digest()}", machine_name(), "", _line(*HEADING)]
    for group, sets in groups.items():
        lines += band_lines(group, sets, [nfiq2_of(one.images, options.nfiq2_python) for one in sets])
    print("\n".join(lines))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "quality_bands.txt").write_text("\n".join(lines) + "\n")


WIDTHS = (-16, 9, 14, 13, 30, 30)
HEADING = ("prints", "scale", "worse print", "mated pairs", "FNMR at score 40", "at FMR 0.1 %")


def band_lines(group: str, sets: list[Compared], nfiq2: list[NDArray[np.int64]]) -> list[str]:
    """One line a band: pairs, and those missed at both thresholds, of several sets together.

    Our own scale has another spread, so its bands are those that hold as many pairs as NFIQ 2's, the worst first.
    """
    worse, own, at_fixed, at_rate = [], [], [], []
    for one, quality in zip(sets, nfiq2, strict=True):
        mated, pairs = one.pairs.is_mated, one.pairs
        ours = np.array([template.quality for template in one.templates])
        worse.append(np.minimum(quality[pairs.probe], quality[pairs.reference])[mated])
        own.append(np.minimum(ours[pairs.probe], ours[pairs.reference])[mated])
        at_fixed.append(one.scores[mated] < FIXED_SCORE)
        at_rate.append(one.scores[mated] <= threshold_of(one))
    quality, ours, fixed, rate = (np.concatenate(parts) for parts in (worse, own, at_fixed, at_rate))
    bands = [np.flatnonzero((quality >= low) & (quality < high)) for low, high in BANDS]
    alike = np.split(np.argsort(ours, kind="stable"), np.cumsum([len(band) for band in bands])[:-1])
    return [
        _line(group, scale, _name(values[band]), f"{len(band):,d}", _rate(fixed[band]), _rate(rate[band]))
        for scale, values, parts in (("NFIQ 2", quality, bands), ("own", ours, alike))
        for band in parts
        if len(band)
    ]


def _line(*cells: str) -> str:
    return "".join(f"{cell:{'<' if width < 0 else '>'}{abs(width)}}" for cell, width in zip(cells, WIDTHS, strict=True))


def _name(values: NDArray[np.int64]) -> str:
    return f"{max(0, values.min())} to {values.max()}"


def _rate(missed: NDArray[np.bool_]) -> str:
    low, high = (100.0 * end for end in interval(int(missed.sum()), len(missed)))
    return f"{missed.sum()}: {100.0 * missed.mean():.2f} % [{low:.2f}, {high:.2f}]"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--sets", help="comma-separated names; all of datasets.csv by default")
    parser.add_argument("--no-degraded", action="store_true", help="without worse copies of uareu")
    text = "command of a Python that has nbis-python, where the C library of this one is too old for it"
    parser.add_argument("--nfiq2-python", default=PYTHON, metavar="COMMAND", help=text)
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    main()
