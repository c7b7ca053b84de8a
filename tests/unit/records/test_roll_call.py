"""Roll-call: the assignment, whether its stated probabilities hold, and a roll-call with everything that can happen."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from benchmarks.records.roll_call_errors import BANDS, WORLDS, simulate

from fingerprint_engine import Finger
from fingerprint_engine.errors import PolicyDenied, RecordsError
from fingerprint_engine.records import CaptureState, CardCapture, PresenceState, admit, check_visitor, roll_call
from fingerprint_engine.records.roll_call import Fate, Problem, RollCallParameters, log_ratio, solve
from fingerprint_engine.records.roll_call.assignment import _by_second_best, _counted, _with_gain
from fingerprint_engine.records.roll_call.options import Option, options_of

P = RollCallParameters()
BOTH = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
FOUR = (*BOTH, Finger.RIGHT_THUMB, Finger.LEFT_THUMB)


def test_strangers_have_a_mean_ratio_of_one_and_scores_speak_ever_more_for_a_person():
    x = np.linspace(0.0, P.score_end, 200_001)
    nats = x * math.log(10) / 10
    mean = np.trapezoid(np.exp(log_ratio(x, P)) * np.exp(-nats), nats)
    assert mean == pytest.approx(1.0, abs=1e-3)
    assert (np.diff(log_ratio(x, P)) > 0).all()
    assert log_ratio(0.0, P) == pytest.approx(math.log(P.lost))


def test_all_wholes_are_counted_right():
    options = [
        [Option(Fate.OF_UNIT, 0, math.log(0.6)), Option(Fate.STRANGER, -1, math.log(0.4))],
        [
            Option(Fate.OF_UNIT, 0, math.log(0.5)),
            Option(Fate.OF_UNIT, 1, math.log(0.3)),
            Option(Fate.STRANGER, -1, math.log(0.2)),
        ],
    ]
    gain = math.log1p(-P.absent) - math.log(P.absent)
    weights = {}
    for picked in itertools.product(*(range(len(one)) for one in options)):
        chosen = [options[c][n] for c, n in enumerate(picked)]
        targets = [one.target for one in chosen if one.fate is Fate.OF_UNIT]
        if len(targets) == len(set(targets)):
            weights[picked] = math.exp(sum(one.log_weight for one in chosen) + gain * len(targets))
    total = sum(weights.values())
    part = [[_with_gain(option, gain) for option in one] for one in options]
    found = _counted(part)
    for capture, one in enumerate(options):
        for number in range(len(one)):
            expected = sum(w for picked, w in weights.items() if picked[capture] == number) / total
            assert found[capture][number] == pytest.approx(expected)
    solution = solve(Problem(options, 2), P)
    assert [option.target for option in solution.chosen] == [0, 1]
    assert solution.capture_probability[0] == pytest.approx(found[0][0])
    near = _by_second_best(part)
    assert near[0][0] == pytest.approx(found[0][0], abs=0.02)
    assert all(sum(row) == pytest.approx(1.0) for row in near)


def _draw_scores(rng, parameters, end):
    """A mated score: flat to one side, as the worst sensor shows."""
    if rng.random() < parameters.lost:
        return rng.exponential() * 10 / math.log(10)
    return end * math.sqrt(rng.random())


@pytest.mark.parametrize("end", [P.score_end, 60.0])
def test_statements_made_at_99_percent_are_right_in_99_of_a_hundred(end):
    """Cards in wrong hands, absences and strangers as often as stated; scores as the model says, and lower ones."""
    p = dataclasses.replace(P, card_is_right=0.9, absent=0.1, lost=0.02, counted_again=0.002)
    rng = np.random.default_rng(20260301)
    size, made, wrong, undecided = 40, 0, 0, 0
    for _ in range(120):
        present = [person for person in range(size) if rng.random() >= p.absent]
        cards = list(present)
        hands = list(present)
        for place in range(len(hands)):
            if rng.random() >= p.card_is_right:
                other = int(rng.integers(len(hands)))
                if rng.random() < p.wrong_card_is_of_unit:
                    hands[place], hands[other] = hands[other], hands[place]
                else:
                    hands[place] = -1
        options = []
        for card, hand in zip(cards, hands, strict=True):
            ratios = {
                person: float(log_ratio(_draw_scores(rng, p, end) if person == hand else rng.exponential() * 4.343, p))
                for person in range(size)
            }
            near = {person: ratio for person, ratio in ratios.items() if person == card or ratio > 0.0}
            options.append(options_of(card, size, near, float(log_ratio(0.0, p)), [], 0, p))
        solution = solve(Problem(options, size), p)
        for hand, option, sure in zip(hands, solution.chosen, solution.capture_probability, strict=True):
            if sure < 0.99:
                undecided += 1
                continue
            made += 1
            wrong += option.target != hand if option.fate is Fate.OF_UNIT else hand != -1
        for person, here in enumerate(solution.person_probability):
            if 0.01 < here < 0.99:
                undecided += 1
                continue
            made += 1
            wrong += (here >= 0.99) != (person in hands)
    assert made > 5000
    assert wrong / made <= 0.01
    assert undecided / (made + undecided) < 0.3


@pytest.fixture
def unit(session_for, hands):
    """Twelve people of unit A, one of unit B, and a visitor; their files by the number of their hands."""
    files = {}
    with session_for("admission") as session:
        for number in range(12):
            files[number] = admit(session, hands(number).prints(*FOUR), category="remand", unit="A").person.id
        files[20] = admit(session, hands(20).prints(*BOTH), category="remand", unit="B").person.id
    with session_for("visit") as session:
        files[30] = check_visitor(session, hands(30).prints(*BOTH)).person.id
    return files


def test_a_roll_call_tells_missing_swapped_extra_and_undecidable(session_for, hands, unit):
    taken = [CardCapture(hands(n).prints(BOTH[n % 2]), unit[n]) for n in range(2, 11)]
    taken += [
        CardCapture(hands(1).prints(*BOTH), unit[0]),  # 9, 10: two who exchanged their cards; 11 is missing
        CardCapture(hands(0).prints(*BOTH), unit[1]),
        CardCapture(hands(30).prints(*BOTH)),  # 11: a visitor who stayed
        CardCapture(hands(20).prints(*BOTH)),  # 12: a prisoner of another unit
        CardCapture(hands(99).prints(*FOUR)),  # 13: nobody on file
    ]
    with session_for("custody") as session:
        found = roll_call(session, taken, unit="A")
    assert found.of_state(PresenceState.MISSING) == (unit[11],)
    assert set(found.of_state(PresenceState.SWAPPED)) == {unit[0], unit[1]}
    assert set(found.of_state(PresenceState.PRESENT)) == {unit[number] for number in range(2, 11)}
    assert [(one.state, one.person) for one in found.captures[9:]] == [
        (CaptureState.SWAPPED, unit[1]),
        (CaptureState.SWAPPED, unit[0]),
        (CaptureState.EXTRA, unit[30]),
        (CaptureState.EXTRA, unit[20]),
        (CaptureState.EXTRA, None),
    ]
    assert all(one.error <= 0.01 for one in (*found.people, *found.captures))
    assert found.receipt["outcome"] == "9 present, 1 missing, 2 present under another card"


def test_somebody_who_answers_for_another_does_not_make_him_present(session_for, hands, unit):
    taken = [CardCapture(hands(n).prints(*BOTH), unit[n]) for n in range(11)]
    taken.append(CardCapture(hands(3).prints(*BOTH), unit[11]))
    with session_for("custody") as session:
        found = roll_call(session, taken, unit="A")
    assert found.captures[11].state is CaptureState.AGAIN
    assert found.captures[11].person == unit[3]
    assert found.of_state(PresenceState.MISSING) == (unit[11],)


def test_any_finger_without_a_card_and_without_its_name_will_do(session_for, hands, unit):
    taken = [CardCapture([hands(n).print(BOTH[n % 2], as_finger=Finger.UNKNOWN) for _ in (0,)]) for n in range(11)]
    with session_for("custody") as session:
        found = roll_call(session, taken, unit="A")
    assert set(found.of_state(PresenceState.PRESENT)) == {unit[n] for n in range(11)}
    assert found.of_state(PresenceState.MISSING) == (unit[11],)


def test_a_poor_capture_is_not_decidable_and_says_so(session_for, hands, unit):
    taken = [CardCapture(hands(n).prints(*BOTH), unit[n]) for n in range(11)]
    taken.append(CardCapture([hands(77).print(Finger.RIGHT_INDEX, lost=0.95)], unit[11]))
    with session_for("custody") as session:
        found = roll_call(session, taken, unit="A")
    assert found.captures[11].state is CaptureState.NOT_DECIDABLE
    assert unit[11] in found.of_state(PresenceState.NOT_DECIDABLE)


def test_a_card_alone_makes_nobody_present(session_for, hands, unit):
    """Somebody covers for one who is gone: one finger, which is nobody's, with his card."""
    taken = [CardCapture(hands(n).prints(*BOTH), unit[n]) for n in range(11)]
    taken.append(CardCapture([hands(88).print(Finger.RIGHT_INDEX)], unit[11]))
    with session_for("custody") as session:
        found = roll_call(session, taken, unit="A")
    assert unit[11] not in found.of_state(PresenceState.PRESENT)
    assert found.captures[11].state is CaptureState.NOT_DECIDABLE
    assert len(found.cases) == 1


def test_bad_rosters_are_refused(session_for, unit):
    with session_for("custody") as session:
        with pytest.raises(RecordsError, match="roster"):
            roll_call(session, [], unit="Z")
        with pytest.raises(RecordsError, match="roster"):
            roll_call(session, [], roster=[unit[0], unit[0]])
        with pytest.raises(PolicyDenied):
            roll_call(session, [], roster=[unit[30]])


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_stated_errors_hold_in_simulated_roll_calls(world):
    """`benchmarks.records.roll_call_errors` counts more of them."""
    tally = simulate(world, 12, 60, seed=7)
    made, wrong = dict(zip(BANDS, tally.made, strict=True)), dict(zip(BANDS, tally.wrong, strict=True))
    assert made[1e-2] > 1000
    assert wrong[1e-2] <= 0.01 * made[1e-2]
    assert wrong[1e-3] <= 1 + 0.001 * made[1e-3]
    assert tally.undecided <= 0.15 * (tally.undecided + made[1e-2])


def test_a_capture_that_resembles_nobody_may_be_of_whoever_is_not_seen():
    """A lost finger without a card: nobody may be called missing who could have left it."""
    nothing = float(log_ratio(0.0, P))
    options = [options_of(None, 3, {place: 15.0}, nothing, [], 0, P) for place in (0, 1)]
    options.append(options_of(None, 3, {}, nothing, [], 0, P))
    solution = solve(Problem(options, 3), P)
    assert solution.person_probability[2] > P.max_error
    alone = solve(Problem(options[:2], 3), P)
    assert alone.person_probability[2] < 1e-4
    assert alone.person_probability[:2].min() > 0.999
