"""Synthetic slaps against their truth: `python -m benchmarks.tenprint.slaps --slaps 1000`.

Hands are those of synthetic people that nothing was chosen on (another seed than the one of the tests). A finger is
found when the middle of its box lies within 0.6 widths of the true one, under its name. What was judged is kept below
`benchmarks/results/`: a run that was stopped, also by `--minutes`, goes on where it was.
"""

from __future__ import annotations

import argparse
import pickle
import time
from collections import Counter
from collections.abc import Mapping

import numpy as np

from benchmarks.code_version import RESULTS, source_digest, synthesis_digest
from benchmarks.kept_rows import kept_rows
from benchmarks.options import AMOUNT, AT_LEAST_0, AT_LEAST_1
from fingerprint_engine.fingers import Finger, Slap
from fingerprint_engine.synthesis import MasterFinger, make_finger
from fingerprint_engine.synthesis.slaps.slap import LEVELS, SyntheticSlap, make_slap
from fingerprint_engine.tenprint import HandLimits, Segmentation, TurnedBox, segment
from fingerprint_engine.tenprint.hand_problems import problems_of_side
from fingerprint_engine.tenprint.segmentation import SegmentationParameters

SLAPS = (Slap.RIGHT_FOUR, Slap.LEFT_FOUR, Slap.THUMBS)
TOLERANCE_PX = 64.0
SURE = SegmentationParameters().hand.sure_margin
LIMITS = HandLimits()
REACH = 0.6
"""Widths of a finger."""


def people(seed: int, count: int) -> list[Mapping[Finger, MasterFinger]]:
    """Hands of so many synthetic people, made once."""
    path = RESULTS / "slaps" / f"people-{seed}-{count}-{synthesis_digest()}.pickle"
    if path.is_file():
        kept: list[Mapping[Finger, MasterFinger]] = pickle.loads(path.read_bytes())
        return kept
    fingers = [finger for finger in Finger if finger is not Finger.UNKNOWN]
    hands: list[Mapping[Finger, MasterFinger]] = [
        {finger: make_finger(np.random.default_rng([seed, who, finger]), finger=finger) for finger in fingers}
        for who in range(count)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(pickle.dumps(hands))
    temporary.replace(path)
    return hands


def judge(slap: SyntheticSlap, found: Segmentation, counts: Counter[str]) -> None:
    """Count what is right and wrong about a segmentation."""
    scale = slap.image.ppi / 500.0
    is_uncertain = found.lead <= SURE
    faint = {finger for finger, tip in found.tips.items() if tip.worth < LIMITS.sure_worth}
    counts["slaps"] += 1
    counts["uncertain"] += is_uncertain
    for finger, tip in slap.tips.items():
        counts["fingers"] += 1
        truth = TurnedBox(tip.x, tip.y, tip.width_px, tip.height_px, tip.lean_rad).scaled(scale)
        one = found.tips.get(finger)
        if one is None or np.hypot(one.box.x - truth.x, one.box.y - truth.y) > REACH * truth.width:
            counts["lost or misnamed"] += 1
            counts["of these said to be uncertain"] += is_uncertain
            continue
        sides = np.subtract(one.box.bounds(slap.image.shape), truth.bounds(slap.image.shape)) / scale
        counts["box beyond 64 px"] += bool(np.abs(sides).max() > TOLERANCE_PX)
    counts["missing"] += len(slap.missing)
    invented = slap.missing & set(found.tips)
    counts["invented"] += len(invented)
    counts["of these uncertain"] += len(invented) if is_uncertain else len(invented & faint)
    counts["present said to be faint"] += len(faint - slap.missing)
    counts["wrong hand"] += found.slap is not slap.slap
    counts["right for left"] += {found.slap, slap.slap} == {Slap.RIGHT_FOUR, Slap.LEFT_FOUR}
    is_said = bool(problems_of_side(None, found, LIMITS, SURE))
    counts["wrong hand, said to be uncertain"] += is_said and found.slap is not slap.slap
    counts["right hand, said to be uncertain"] += is_said and found.slap is slap.slap
    if found.costs:
        counts["likelier the other hand"] += min(found.costs, key=lambda kind: found.costs[kind]) is not slap.slap


def counted(
    hands: list[Mapping[Finger, MasterFinger]], level: int, number: int, seed: int, *, is_stated: bool, until: float
) -> Counter[str]:
    """Counts of so many slaps of a level, or of fewer where time is up."""
    code = source_digest(("tenprint",)), synthesis_digest()
    words = (seed, len(hands), level, "stated" if is_stated else "unstated", *code)
    rows = kept_rows(
        f"slaps/{'-'.join(map(str, words))}",
        number,
        lambda i: _one(hands[i % len(hands)], level, i, seed, is_stated=is_stated),
        until=until,
    )
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row)
    return counts


def _one(hand: Mapping[Finger, MasterFinger], level: int, i: int, seed: int, *, is_stated: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    kind = SLAPS[i % 3] if i % 9 < 8 else SLAPS[i % 2]
    made = make_slap(hand, kind, np.random.default_rng([seed, level, i]), LEVELS[level])
    start = time.process_time()
    found = segment(made.image, kind if is_stated else None)
    counts["us"] = round(1e6 * (time.process_time() - start))
    judge(made, found, counts)
    return +counts


def said(counts: Counter[str]) -> str:
    """Counts as a line."""
    fingers, missing = max(1, counts["fingers"]), max(1, counts["missing"])
    lost, invented, far = counts["lost or misnamed"], counts["invented"], counts["box beyond 64 px"]
    sides = counts["wrong hand"], counts["wrong hand, said to be uncertain"], counts["right hand, said to be uncertain"]
    return (
        f"{counts['slaps']} slaps, {fingers} fingers, {lost} lost or misnamed ({lost / fingers:.2%}), "
        f"{counts['of these said to be uncertain']} of them said to be uncertain, {far} boxes beyond 64 px "
        f"({far / fingers:.2%}), {missing} missing, {1 - invented / missing:.1%} of them recognised, {invented} "
        f"invented ({invented / fingers:.2%} of all fingers, {counts['of these uncertain']} of them said to be "
        f"uncertain), {counts['present said to be faint']} others said to be faint, {counts['uncertain']} slaps "
        f"uncertain, right for left {counts['right for left']}, another kind of hand {sides[0]}, {sides[1]} of them "
        f"said to be uncertain, so {sides[2]} others, likelier the other hand {counts['likelier the other hand']}, "
        f"{1e-3 * counts['us'] / counts['slaps']:.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slaps", type=AT_LEAST_1, default=300, help="of each level there are a third")
    parser.add_argument("--people", type=AT_LEAST_1, default=20)
    parser.add_argument("--seed", type=AT_LEAST_0, default=41)
    parser.add_argument("--unstated", action="store_true", help="let the hand be decided instead of checked")
    parser.add_argument("--minutes", type=AMOUNT, default=1e6, help="stop after so long, to go on another time")
    arguments = parser.parse_args()
    until = time.monotonic() + 60.0 * arguments.minutes
    hands = people(arguments.seed, arguments.people)
    total: Counter[str] = Counter()
    for level in LEVELS:
        number = arguments.slaps // 3 + (level <= arguments.slaps % 3)
        counts = counted(hands, level, number, arguments.seed, is_stated=not arguments.unstated, until=until)
        if counts:
            print(f"level {level}: {said(counts)}", flush=True)
        total.update(counts)
    print(f"all: {said(total)}")


if __name__ == "__main__":
    main()
