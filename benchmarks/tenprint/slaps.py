"""Synthetic slaps against their truth: `python -m benchmarks.tenprint.slaps --slaps 1000`.

Hands are those of synthetic people that nothing was chosen on (another seed than the one of the tests). A finger is
found when the middle of its box lies within 0.6 widths of the true one, under its name.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Mapping

import numpy as np

from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.synthesis import MasterFinger, make_finger
from fingerprint_engine.synthesis.slaps.slap import LEVELS, SyntheticSlap, make_slap
from fingerprint_engine.tenprint import Segmentation, TurnedBox, segment

SLAPS = (Slap.RIGHT_FOUR, Slap.LEFT_FOUR, Slap.THUMBS)
TOLERANCE_PX = 64.0
REACH = 0.6
"""Widths of a finger."""


def people(seed: int, count: int) -> list[Mapping[Finger, MasterFinger]]:
    """Hands of so many synthetic people."""
    fingers = [finger for finger in Finger if finger is not Finger.UNKNOWN]
    return [
        {finger: make_finger(np.random.default_rng([seed, who, finger]), finger=finger) for finger in fingers}
        for who in range(count)
    ]


def judge(slap: SyntheticSlap, found: Segmentation, counts: Counter[str]) -> None:
    """Count what is right and wrong about a segmentation."""
    scale = slap.image.ppi / 500.0
    for finger, tip in slap.tips.items():
        counts["fingers"] += 1
        truth = TurnedBox(tip.x, tip.y, tip.width_px, tip.height_px, tip.lean_rad).scaled(scale)
        one = found.tips.get(finger)
        if one is None or np.hypot(one.box.x - truth.x, one.box.y - truth.y) > REACH * truth.width:
            counts["lost or misnamed"] += 1
            continue
        sides = np.subtract(one.box.bounds(slap.image.shape), truth.bounds(slap.image.shape)) / scale
        counts["box beyond 64 px"] += bool(np.abs(sides).max() > TOLERANCE_PX)
    counts["missing"] += len(slap.missing)
    counts["invented"] += sum(finger in found.tips for finger in slap.missing)
    counts["wrong hand"] += found.slap is not slap.slap


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slaps", type=int, default=300, help="of each level there are a third")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seed", type=int, default=41)
    parser.add_argument("--unstated", action="store_true", help="let the hand be decided instead of checked")
    arguments = parser.parse_args()
    hands = people(arguments.seed, arguments.people)
    for level, parameters in LEVELS.items():
        counts: Counter[str] = Counter()
        took = 0.0
        number = arguments.slaps // 3
        for i in range(number):
            kind = SLAPS[i % 3] if i % 9 < 8 else SLAPS[i % 2]
            made = make_slap(hands[i % len(hands)], kind, np.random.default_rng([arguments.seed, level, i]), parameters)
            start = time.process_time()
            found = segment(made.image, None if arguments.unstated else kind)
            took += time.process_time() - start
            judge(made, found, counts)
        fingers, missing = max(1, counts["fingers"]), max(1, counts["missing"])
        lost, invented, far = counts["lost or misnamed"], counts["invented"], counts["box beyond 64 px"]
        print(
            f"level {level}: {number} slaps, {fingers} fingers, {lost} lost or misnamed ({lost / fingers:.2%}), "
            f"{far} boxes beyond 64 px ({far / fingers:.2%}), {counts['missing']} missing, "
            f"{1 - invented / missing:.1%} of them recognised, wrong hand {counts['wrong hand']}, "
            f"{1e3 * took / number:.0f} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
