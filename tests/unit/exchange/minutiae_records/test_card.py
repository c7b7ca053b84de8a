"""Card formats: no header, two sizes, an order if one is asked for."""

import numpy as np
import pytest

from fingerprint_engine import Finger
from fingerprint_engine.errors import ExchangeError, LossRefused, MalformedRecord
from fingerprint_engine.exchange.minutiae_records import RecordMinutia, card

from ..prints_made import made_template

BY_HAND = {
    "normal": (
        b"\x44\xd2\x09\xc4\x40\x80\x01\x00\x02\xff",
        (RecordMinutia(1, 1234, 2500, 64, 0), RecordMinutia(2, 1, 2, 255, 0)),
    ),
    "compact": (b"\x10\x20\x50\xff\x00\xbf", (RecordMinutia(1, 16, 32, 16, 0), RecordMinutia(2, 255, 0, 63, 0))),
}


@pytest.mark.parametrize("size", BY_HAND)
def test_bytes_written_by_hand(size):
    data, minutiae = BY_HAND[size]
    assert card.loads(data, size) == minutiae
    assert card.dumps(minutiae, size) == data


@pytest.mark.parametrize(("size", "length"), [("normal", 4), ("compact", 4), ("normal", 5 * 256)])
def test_wrong_lengths_are_refused(size, length):
    with pytest.raises(MalformedRecord):
        card.loads(bytes(length), size)


@pytest.mark.parametrize(
    ("minutia", "size"),
    [
        (RecordMinutia(1, 256, 0, 0, 0), "compact"),
        (RecordMinutia(1, 0, 0, 64, 0), "compact"),
        (RecordMinutia(1, 0, 16384, 0, 0), "normal"),
        (RecordMinutia(4, 0, 0, 0, 0), "normal"),
    ],
)
def test_what_does_not_fit_is_not_written(minutia, size):
    with pytest.raises(ExchangeError):
        card.dumps((minutia,), size)
    with pytest.raises(ExchangeError):
        card.dumps((), "huge")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("x-ascending", [(1, 9), (5, 5), (9, 1)]),
        ("x-descending", [(9, 1), (5, 5), (1, 9)]),
        ("y-ascending", [(9, 1), (5, 5), (1, 9)]),
        ("y-descending", [(1, 9), (5, 5), (9, 1)]),
    ],
)
def test_orders(order, expected):
    minutiae = tuple(RecordMinutia(1, x, y, 0, 0) for x, y in [(5, 5), (9, 1), (1, 9)])
    assert [one[1:3] for one in card.loads(card.dumps(minutiae, "compact", order=order), "compact")] == expected
    with pytest.raises(ExchangeError, match="order"):
        card.dumps(minutiae, "compact", order="radial")


@pytest.mark.parametrize(("size", "px", "degrees"), [("normal", 0.35, 1.0), ("compact", 1.6, 4.0)])
def test_a_template_comes_back_within_the_cards_steps(size, px, degrees):
    template = made_template(whole_pixels=False)
    minutiae = card.minutiae_of_template(template, size).value
    made = card.template_of_minutiae(card.loads(card.dumps(minutiae, size), size), size, finger=Finger.LEFT_INDEX)
    found, before = made.value.minutiae, template.minutiae
    assert len(found) == len(before)
    distance = np.hypot(found.x[:, None] - before.x, found.y[:, None] - before.y)
    nearest = distance.argmin(axis=1)
    assert distance.min(axis=1).max() <= px
    turn = (found.direction - before.direction[nearest] + np.pi) % (2 * np.pi) - np.pi
    assert np.degrees(np.abs(turn)).max() <= degrees
    np.testing.assert_array_equal(found.kind, before.kind[nearest])


def test_a_large_print_loses_its_rim_on_a_compact_card():
    template = made_template(60, shape=(900, 800))
    made = card.minutiae_of_template(template, "compact")
    assert 0 < len(made.value) < 60
    assert any("outside the card's area" in loss for loss in made.losses)
    with pytest.raises(LossRefused):
        card.minutiae_of_template(template, "compact", strict=True)
    assert len(card.minutiae_of_template(template, "normal").value) == 60
