"""Make wolves against half of the fingers, judge them on the other half and on other sets.

python -m benchmarks.wolves --minutes 10
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.code_version import use_fresh_kernel_cache

use_fresh_kernel_cache()

from benchmarks.data_sets import DEFAULT_DATA, FVC_SETS  # noqa: E402
from benchmarks.wolves.forgery import Forgery  # noqa: E402
from benchmarks.wolves.fragments import SIZES, fragment_scores  # noqa: E402
from benchmarks.wolves.judging import judged, strangers_scores  # noqa: E402
from benchmarks.wolves.making import Wolf, climb, random_search  # noqa: E402
from benchmarks.wolves.prints import Prints, prints_of, synthetic  # noqa: E402
from fingerprint_engine.matching import MIN_MATCH_MINUTIAE  # noqa: E402
from fingerprint_engine.template import TemplateBatch  # noqa: E402

SEED = 20_261_128
MOST = 16


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wolves", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with datasets.csv")
    parser.add_argument("--minutes", type=float, default=10.0, help="of processor time for each population")
    parser.add_argument("--synthetic", type=int, default=100, help="fingers to grow; 0 for none")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    populations = [prints_of(options.data, "uareu")]
    if options.synthetic:
        populations.append(synthetic(options.synthetic))
    others = [prints_of(options.data, name) for name in FVC_SETS]
    for prints in populations:
        against, unseen = prints.half(0), prints.half(1)
        judges = {unseen.name: unseen.batch(), "FVC": TemplateBatch.of([t for one in others for t in one.templates])}
        judges |= {other.name: other.batch() for other in populations if other is not prints}
        print(f"{prints.name}: fragments of unselected prints, FMR over the stated 1e-4, verify's minimum not applied")
        print(
            "  " + "  ".join(f"{size}: {_factor(fragment_scores(prints, size, rng)):.1f}" for size in SIZES), flush=True
        )
        print(f"{prints.name}: wolves, strength on the fingers they were made against, then unseen fingers:")
        print("  FMR over stated 1e-3 and 1e-4 (95 % interval up to), share of searches that they make a hit")
        for wolf in wolves(against, 60.0 * options.minutes, rng):
            print(f"  {describe(wolf)}")
            for name, batch in judges.items():
                found = judged(strangers_scores(wolf.template, batch))
                factors = " ".join(f"{factor:7.1f}" for factor in found.factors.values())
                print(f"    {name:12s} {factors} (up to {found.high:.0f}), hits {found.searches:.4f}", flush=True)


def wolves(against: Prints, seconds: float, rng: np.random.Generator) -> list[Wolf]:
    """The best of random search, and of climbing from it and from whole prints; a third of the time each."""
    start = time.process_time()
    searched = random_search(against, seconds / 3, rng, fewest=MIN_MATCH_MINUTIAE, most=MOST)
    climbed = [climb(searched[0].forgery, against, seconds / 3, rng, "climb from search", MIN_MATCH_MINUTIAE)]
    large = [template for template in against.templates if len(template) >= 40] or against.templates
    whole = Forgery.of(large[int(rng.integers(len(large)))])
    left = max(seconds - (time.process_time() - start), 1.0)
    return [*climbed, climb(whole, against, left, rng, "climb from whole", MIN_MATCH_MINUTIAE), *searched[:3]]


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
