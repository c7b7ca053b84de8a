"""Are swapped fingers noticed, and nobody accused? `python -m benchmarks.tenprint.sequence`.

Labelings are drawn from synthetic people, each finger one of two rolled and one of two plain impressions: those of one
person are different, not independent.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np

from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from benchmarks.tenprint.card_prints import COUNT, Card, as_captured, cards
from fingerprint_engine.fingers import Finger
from fingerprint_engine.tenprint import CapturedPrint, Problem, ProblemKind, check_sequence

FINGERS = [finger for finger in Finger if finger is not Finger.UNKNOWN]
ACCUSING = {
    ProblemKind.SWAPPED_FINGERS,
    ProblemKind.SWAPPED_HANDS,
    ProblemKind.WRONG_FINGER,
    ProblemKind.FINGER_TWICE,
    ProblemKind.OTHER_PERSON,
}


def labeled(card: Card, shown: dict[Finger, Finger], rng: np.random.Generator) -> list[CapturedPrint]:
    """A card whose rolled position f shows the finger ``shown[f]``."""
    prints = []
    for finger in FINGERS:
        rolled = card[shown.get(finger, finger), True][rng.integers(COUNT)]
        plain = card[finger, False][rng.integers(COUNT)]
        prints.append(as_captured(rolled, finger, rolled=True))
        prints.append(as_captured(plain, finger, rolled=False))
    return prints


def named(problems: tuple[Problem, ...], kind: ProblemKind, fingers: set[Finger]) -> bool:
    """Whether a problem of a kind names exactly these fingers."""
    return any(problem.kind is kind and set(problem.fingers) == fingers for problem in problems)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelings", type=AT_LEAST_1, default=1000)
    parser.add_argument("--people", type=AT_LEAST_1, default=100)
    parser.add_argument("--seed", type=AT_LEAST_0, default=23)
    arguments = parser.parse_args()
    people = cards(arguments.people, arguments.seed)
    counts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for i in range(arguments.labelings):
        rng = np.random.default_rng([arguments.seed, i])
        who = i % len(people)
        a, b = (FINGERS[k] for k in rng.choice(10, 2, replace=False))
        found = check_sequence(labeled(people[who], {a: b, b: a}, rng))
        counts["swap found"] += named(found, ProblemKind.SWAPPED_FINGERS, {a, b})
        counts["swap said otherwise"] += not named(found, ProblemKind.SWAPPED_FINGERS, {a, b}) and any(
            problem.kind in ACCUSING and {a, b} & set(problem.fingers) for problem in found
        )
        counts["others accused"] += any(
            problem.kind in ACCUSING and not set(problem.fingers) <= {a, b} for problem in found
        )
        found = check_sequence(labeled(people[who], {}, rng))
        counts["true labels accused"] += any(problem.kind in ACCUSING for problem in found)
        kinds.update(problem.kind.value for problem in found)
        mirrored = {finger: Finger((finger + 4) % 10 + 1) for finger in FINGERS}
        found = check_sequence(labeled(people[who], mirrored, rng))
        counts["hands found"] += any(problem.kind is ProblemKind.SWAPPED_HANDS for problem in found)
        found = check_sequence(labeled(people[who], {a: b}, rng))
        counts["twice found"] += named(found, ProblemKind.FINGER_TWICE, {a, b}) or named(
            found, ProblemKind.WRONG_FINGER, {a, b}
        )
        other = people[(who + 1) % len(people)]
        mixed = [
            one if one.is_of_slap else as_captured(other[one.finger, True][0], one.finger, rolled=True)
            for one in labeled(people[who], {}, rng)
        ]
        counts["two people found"] += any(problem.kind is ProblemKind.OTHER_PERSON for problem in check_sequence(mixed))
    for what, count in sorted(counts.items()):
        print(f"{what}: {count} of {arguments.labelings}")
    print("said of true labels:", dict(kinds))


if __name__ == "__main__":
    main()
