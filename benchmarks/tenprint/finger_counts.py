"""What a search misses with few fingers: `python -m benchmarks.tenprint.finger_counts`.

Scores of real prints (uareu) with another print of the same finger, as they are and spoiled by `degraded_prints`, are
drawn for so many fingers of a person and fused as a search does. The fingers of a draw are different ones, and taken
to be independent: prints of one person are not, so that people with poor fingers lose more than the table says.
`--write` keeps the table in `tenprint/finger_counts.json`, from which `completeness` warns.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import fingerprint_engine.tenprint as room
from benchmarks.data_sets import DEFAULT_DATA, find_sets
from benchmarks.templates import templates_of
from benchmarks.tenprint.quality import kept, real_probes
from fingerprint_engine.index.search.decision import score_of_fpir
from fingerprint_engine.index.search.finger_fusion import fuse_scores
from fingerprint_engine.matching import compare

TABLE = Path(room.__file__).with_name("finger_counts.json")
FINGERS = (1, 2, 3, 4, 6, 8, 10)
SUBJECTS = (10_000, 1_000_000)
MAX_FPIR = 1e-3
DRAWS = 20_000
SEED = 3


def plain_scores(data: Path) -> list[tuple[int, float]]:
    """Of each print of uareu with the next one of its finger: number of the finger, and score."""
    (data_set,) = find_sets(data, ["uareu"])
    made = templates_of(data_set, workers=1)
    numbers = {finger: number for number, finger in enumerate(dict.fromkeys(one.finger for one in made.samples))}
    return [
        (numbers[one.finger], compare(template, mate).score)
        for one, other, template, mate in zip(
            made.samples, made.samples[1:], made.templates, made.templates[1:], strict=False
        )
        if one.finger == other.finger
    ]


def missed(scores: Sequence[tuple[int, float]], fingers: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Share of mates below the threshold of a search among so many subjects; one per entry of `SUBJECTS`."""
    number = np.array([one for one, _ in scores])
    score = np.array([one for _, one in scores])
    places = [np.flatnonzero(number == one) for one in np.unique(number)]
    fused = np.empty(DRAWS)
    for draw in range(DRAWS):
        chosen = rng.choice(len(places), fingers, replace=False)
        fused[draw] = fuse_scores([float(score[rng.choice(places[one])]) for one in chosen], fingers)
    return np.array([float((fused < score_of_fpir(MAX_FPIR, subjects)).mean()) for subjects in SUBJECTS])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--write", action="store_true", help="keep the table in the package")
    arguments = parser.parse_args()
    spoiled = kept("uareu", real_probes(arguments.data, "uareu"))
    sets = {"good": plain_scores(arguments.data), "poor": [(one.finger, one.score) for one in spoiled]}
    rows = []
    for fingers in FINGERS:
        shares = {name: missed(scores, fingers, np.random.default_rng(SEED)) for name, scores in sets.items()}
        for at, subjects in enumerate(SUBJECTS):
            rows.append(
                {"fingers": fingers, "subjects": subjects}
                | {name: round(float(share[at]), 5) for name, share in shares.items()}
            )
        said = "  ".join(f"{name} " + " ".join(f"{100 * share:7.3f}" for share in shares[name]) for name in sets)
        print(f"{fingers:3d} fingers: {said}", flush=True)
    if arguments.write:
        source = (
            "python -m benchmarks.tenprint.finger_counts: share of mates that a search misses at a false positive "
            f"identification rate of {MAX_FPIR:g}; good: plain prints of uareu, poor: the same spoiled; fingers drawn "
            "as if independent"
        )
        TABLE.write_text(json.dumps({"source": source, "max_fpir": MAX_FPIR, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
