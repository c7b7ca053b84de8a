"""Make wolves against half of the fingers, judge them on the other half, on other sets and on thousands of prints.

None accepted of 3,700 prints says that the false match rate is below 10 times 1e-4, at 95 %. Mirror images judge too.
A long search may be run in parts, which are kept in a folder:

python -m benchmarks.wolves --minutes 10 --keep FOLDER --parts search
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.code_version import use_fresh_kernel_cache

use_fresh_kernel_cache()

from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS  # noqa: E402
from benchmarks.options import AMOUNT, AT_LEAST_0, AT_LEAST_1, words  # noqa: E402
from benchmarks.wolves.fragments import SIZES, fragment_scores  # noqa: E402
from benchmarks.wolves.judging import judged, non_mated_scores  # noqa: E402
from benchmarks.wolves.making import Wolf  # noqa: E402
from benchmarks.wolves.mirrored import mirrored  # noqa: E402
from benchmarks.wolves.parts import PARTS, wolves  # noqa: E402
from benchmarks.wolves.prints import joined, many_synthetic, prints_of, synthetic  # noqa: E402

SEED = 20_261_128


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wolves", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--minutes", type=AMOUNT, default=10.0, help="of processor time for each population")
    parser.add_argument(
        "--made-of",
        type=words(("uareu", "synthetic")),
        default="uareu,synthetic",
        help="populations that wolves are made against",
    )
    parser.add_argument("--synthetic", type=AT_LEAST_1, default=100, help="fingers of the synthetic population")
    parser.add_argument(
        "--judges", type=AT_LEAST_1, default=3000, help="other synthetic fingers to judge on, one print each"
    )
    parser.add_argument("--no-fragments", action="store_true", help="wolves only")
    parser.add_argument(
        "--parts",
        type=words(PARTS),
        default=",".join(PARTS),
        help="of the search; those that are kept are judged again",
    )
    parser.add_argument("--keep", type=Path, help="folder of the wolves that were made; by default a new one")
    parser.add_argument("--seed", type=AT_LEAST_0, default=SEED)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    populations = [prints_of(options.data, "uareu"), synthetic(options.synthetic)]
    others = [joined("FVC", [prints_of(options.data, name) for name in FVC_SETS]), many_synthetic(options.judges)]
    folder = options.keep or Path(tempfile.mkdtemp())
    for prints in populations:
        if prints.name not in options.made_of:
            continue
        all_others = [*others, *(other for other in populations if other is not prints)]
        judges = [prints.half(1), *all_others, *map(mirrored, [prints, *all_others])]
        if not options.no_fragments:
            print(f"{prints.name}: fragments of unselected prints, FMR over the stated 1e-4, no minimum of minutiae")
            factors = (f"{size}: {_factor(fragment_scores(prints, size, rng)):.1f}" for size in SIZES)
            print("  " + "  ".join(factors), flush=True)
        print(f"{prints.name}: wolves, strength on the fingers they were made against, then unseen fingers:")
        print("  FMR over stated 1e-3 and 1e-4 (95 % interval up to), share of searches that they make a hit")
        batches = {judge.name: judge.batch() for judge in judges}
        for wolf in wolves(prints.half(0), 60.0 * options.minutes, options.seed, folder, tuple(options.parts)):
            print(f"  {describe(wolf)}")
            scores = {name: non_mated_scores(wolf.template, batch) for name, batch in batches.items()}
            scores["all"] = np.concatenate(list(scores.values()))
            for name, one in scores.items():
                found = judged(one)
                factors = " ".join(f"{factor:7.1f}" for factor in found.factors.values())
                print(
                    f"    {name:24s}{found.comparisons:6d} {factors} (up to {found.high:.1f}), "
                    f"hits {found.searches:.4f}, highest {one.max():.1f}",
                    flush=True,
                )


def describe(wolf: Wolf) -> str:
    """One line about a wolf."""
    made = wolf.forgery
    quality = made.quality.name.lower() if hasattr(made.quality, "name") else made.quality
    return (
        f"{wolf.how}: {len(made)} minutiae, area {made.area.name.lower()}, quality {quality}, period "
        f"{made.period.name.lower()}, flow {made.flow.name.lower()}; strength {wolf.strength:.4f}"
    )


def _factor(scores: np.ndarray) -> float:
    return float((scores >= 40.0).mean() / 1e-4)


if __name__ == "__main__":
    main()
