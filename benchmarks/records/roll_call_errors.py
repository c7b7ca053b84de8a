"""Whether the probabilities that a roll-call states hold: simulated roll-calls, what was said of them, what was true.

People, absences, wrong cards, strangers and scores are drawn; the statements are those of `records.roll_call`. Worlds
that are as the parameters say come first, then worlds that are worse. Statements are sorted by the error that they
state: of those that state at most 1 in 1,000, no more than that should be wrong, and so on.

Run ``python -m benchmarks.records.roll_call_errors --help``.
"""

from __future__ import annotations

import argparse
import math
from typing import NamedTuple

import numpy as np

from benchmarks.options import AT_LEAST_0, AT_LEAST_1
from fingerprint_engine.records.roll_call import (
    Fate,
    Problem,
    RollCallParameters,
    is_stated,
    log_ratio,
    log_ratio_of_person,
    solve,
)
from fingerprint_engine.records.roll_call.options import Option, options_of

NATS_PER_SCORE = math.log(10.0) / 10.0
BANDS = (1e-6, 1e-4, 1e-3, 1e-2)
NOBODY = -1


class World(NamedTuple):
    """How a unit is: rates per capture or person, fingers that are taken, and the best score that mates reach."""

    name: str
    absent: float = 0.01
    wrong_card: float = 0.005
    covered: float = 0.0
    lost: float = 0.004
    best_score: float = 110.0
    fingers: int = 1
    has_cards: bool = True


WORLDS = (
    World("as the parameters say, one finger"),
    World("as the parameters say, two fingers", fingers=2),
    World("without cards, one finger", has_cards=False),
    World("without cards, two fingers", has_cards=False, fingers=2),
    World("ten times as many wrong cards and absences", absent=0.1, wrong_card=0.05),
    World("scores half as high", best_score=55.0),
    World("five times as many lost fingers", lost=0.02),
    World("every fifth absence is covered by a stranger with the card", absent=0.05, covered=0.2),
)


class Tally(NamedTuple):
    """Statements in a band: how many, and how many are wrong."""

    made: np.ndarray
    wrong: np.ndarray
    undecided: int


def main(arguments: list[str] | None = None) -> None:
    """Draw, solve, count."""
    options = _parser().parse_args(arguments)
    print(f"{options.roll_calls} roll-calls of {options.size} people in each world, seed {options.seed}")
    print("of the statements that state at most this error: made, wrong, share that is wrong")
    print(f"{'':<60}" + "".join(f"{f'<= {band:g}':>24}" for band in BANDS) + f"{'not decidable':>16}")
    for world in WORLDS:
        tally = simulate(world, options.roll_calls, options.size, options.seed)
        cells = "".join(
            f"{f'{made:,} {wrong:,} {wrong / max(made, 1):.1e}':>24}"
            for made, wrong in zip(tally.made, tally.wrong, strict=True)
        )
        share = tally.undecided / max(1, tally.undecided + int(tally.made[-1]))
        print(f"{world.name:<60}{cells}{share:>15.1%}")


def simulate(
    world: World, roll_calls: int, size: int, seed: int, parameters: RollCallParameters | None = None
) -> Tally:
    """Statements about captures and about people, counted by the error that they state (cumulative over `BANDS`)."""
    p = parameters or RollCallParameters()
    rng = np.random.default_rng([seed, size, sum(world.name.encode())])
    made, wrong, undecided = np.zeros(len(BANDS), np.int64), np.zeros(len(BANDS), np.int64), 0
    for _ in range(roll_calls):
        hands, cards = _draw_unit(world, size, rng)
        options = [_options(world, size, hand, card, rng, p) for hand, card in zip(hands, cards, strict=True)]
        for error, is_wrong in _statements(options, hands, size, p):
            if error is None:
                undecided += 1
                continue
            made += error <= np.array(BANDS)
            wrong += (error <= np.array(BANDS)) & is_wrong
    return Tally(made, wrong, undecided)


def _statements(
    options: list[list[Option]], hands: list[int], size: int, p: RollCallParameters
) -> list[tuple[float | None, bool]]:
    """Stated error, None where nothing is said, and whether it is wrong: of each capture, and of each person."""
    solution = solve(Problem(options, size), p)
    found: list[tuple[float | None, bool]] = []
    unclear = set()
    for hand, option, sure in zip(hands, solution.chosen, solution.capture_probability, strict=True):
        if not is_stated(option, float(sure), p):
            unclear.add(option.target if option.fate is Fate.OF_UNIT else NOBODY)
            found.append((None, False))
            continue
        is_right = option.target == hand if option.fate in (Fate.OF_UNIT, Fate.AGAIN) else hand == NOBODY
        found.append((1.0 - float(sure), not is_right))
    counted = {option.target for option in solution.chosen if option.fate is Fate.OF_UNIT}
    for person, here in enumerate(solution.person_probability):
        is_here = person in counted
        error = 1.0 - float(here) if is_here else float(here)
        if error > p.max_error or (is_here and person in unclear):
            found.append((None, False))
        else:
            found.append((error, is_here != (person in hands)))
    return found


def _draw_unit(world: World, size: int, rng: np.random.Generator) -> tuple[list[int], list[int | None]]:
    """Who stands at the reader, and the card that he brings."""
    hands: list[int] = []
    cards: list[int | None] = []
    for person in range(size):
        if rng.random() >= world.absent:
            hands.append(person)
            cards.append(person)
        elif rng.random() < world.covered:
            hands.append(NOBODY)
            cards.append(person)
    for place in range(len(hands)):
        if rng.random() < world.wrong_card:
            if rng.random() < 0.5:
                other = int(rng.integers(len(hands)))
                cards[place], cards[other] = cards[other], cards[place]
            else:
                hands[place] = NOBODY
    return hands, cards if world.has_cards else [None] * len(cards)


def _options(
    world: World, size: int, hand: int, card: int | None, rng: np.random.Generator, p: RollCallParameters
) -> list[Option]:
    scores = rng.exponential(1.0 / NATS_PER_SCORE, (size, world.fingers))
    if hand != NOBODY:
        mated = world.best_score * np.sqrt(rng.random(world.fingers))
        is_lost = rng.random(world.fingers) < world.lost
        scores[hand] = np.where(is_lost, scores[hand], mated)
    ratios = log_ratio(scores, p)
    evidence = {
        person: log_ratio_of_person(list(ratios[person]), p)
        for person in range(size)
        if person == card or ratios[person].max() > 0.0
    }
    nothing = log_ratio_of_person([float(log_ratio(0.0, p))] * world.fingers, p)
    return options_of(card, size, evidence, nothing, [], 0, p)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records.roll_call_errors", description=__doc__)
    parser.add_argument("--roll-calls", type=AT_LEAST_1, default=200)
    parser.add_argument("--size", type=AT_LEAST_1, default=100)
    parser.add_argument("--seed", type=AT_LEAST_0, default=1)
    return parser


if __name__ == "__main__":
    main()
