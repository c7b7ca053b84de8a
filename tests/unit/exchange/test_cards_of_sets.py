"""A card that was read becomes a transaction, with segments and missing fingers, and the card again."""

import datetime

import numpy as np
import pytest
from tests.conftest import draw_print

from fingerprint_engine.errors import ContradictoryRecord
from fingerprint_engine.exchange import ansi_nist
from fingerprint_engine.exchange.image_codecs import Compression
from fingerprint_engine.exchange.transaction_prints import card_of_transaction, transaction_of_card
from fingerprint_engine.fingers import Finger, Impression, Slap
from fingerprint_engine.pipeline import make_template
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.tenprint import (
    CapturedPrint,
    CaptureQuality,
    MissingReason,
    Reason,
    TenprintSet,
    TurnedBox,
)

DAY = datetime.date(2026, 3, 1)
HEADER = ansi_nist.Header("CPS", "XX/A", "XX/B", "T-1", datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC))
GOOD = CaptureQuality(80, Reason.NONE)


@pytest.fixture(scope="module")
def finger():
    image = FingerprintImage(draw_print(), 500.0)
    return image, make_template(image)


@pytest.fixture(scope="module")
def hand(finger):
    """A slap of three fingers side by side, the ring finger amputated."""
    image, template = finger
    rows, cols = image.shape
    slap = FingerprintImage(np.hstack([image.pixels] * 3), 500.0)
    prints = tuple(
        CapturedPrint(
            one,
            Impression.LIVESCAN_PLAIN,
            13,
            image,
            TurnedBox((place + 0.5) * cols - 0.5, 0.5 * rows - 0.5, cols - 20.0, rows - 20.0, 0.0),
            template,
            GOOD,
        )
        for place, one in enumerate((Finger.RIGHT_INDEX, Finger.RIGHT_MIDDLE, Finger.RIGHT_LITTLE))
    )
    return {13: slap}, TenprintSet(prints, (), {Finger.RIGHT_RING: MissingReason.AMPUTATED})


def fields(transaction, position):
    for record in transaction.records:
        view = ansi_nist.View(record)
        if record.type == 14 and view["FGP"][0] == position:
            return view
    return None


def test_segments_and_missing_fingers_are_written_and_read(hand):
    images, tenprints = hand
    made = transaction_of_card(images, tenprints, HEADER, DAY, Compression.RAW).value
    view = fields(made, 13)
    assert [part["FRSP"] for part in view["SEG"]] == [2, 3, 5]
    assert [(part["FRAP"], part["ABC"]) for part in view["AMP"]] == [(4, "XX")]
    again = card_of_transaction(ansi_nist.loads(ansi_nist.dumps(made))).value
    assert dict(again.missing) == {Finger.RIGHT_RING: MissingReason.AMPUTATED}
    assert np.array_equal(again.images[13].pixels, images[13].pixels)
    assert again.impressions[13] is Impression.LIVESCAN_PLAIN


def test_slaps_alone_are_followed_by_their_fingers(hand):
    made = transaction_of_card(*hand, HEADER, DAY, Compression.RAW).value
    assert all(fields(made, position) is not None for position in (13, 2, 3, 5))


def test_with_rolled_prints_the_fingers_of_slaps_do_not_follow(hand, finger):
    images, tenprints = hand
    rolled = CapturedPrint(Finger.RIGHT_INDEX, Impression.LIVESCAN_ROLLED, 2, finger[0], None, finger[1], GOOD)
    both = TenprintSet((rolled, *tenprints.prints), (), tenprints.missing)
    made = transaction_of_card(images | {2: finger[0]}, both, HEADER, DAY, Compression.RAW).value
    assert fields(made, 2)["IMP"] == 1
    assert fields(made, 3) is None


def test_positions_that_no_card_has(hand):
    images, tenprints = hand
    with pytest.raises(ContradictoryRecord, match=r"14\.013"):
        transaction_of_card({21: images[13]}, tenprints, HEADER, DAY, Compression.RAW)


def test_second_images_and_palms_are_losses(hand):
    images, tenprints = hand
    made = transaction_of_card(images, tenprints, HEADER, DAY, Compression.RAW).value
    twice = ansi_nist.Transaction((*made.records, made.records[-1]))
    losses = card_of_transaction(twice).losses
    assert any("second image" in loss for loss in losses)
    assert Slap.RIGHT_FOUR in card_of_transaction(twice).value.images


def test_what_amputation_codes_contradict_is_a_loss(hand):
    images, tenprints = hand
    unable = TenprintSet(tenprints.prints, (), {Finger.RIGHT_RING: MissingReason.UNABLE_TO_PRINT})
    first, second = (
        transaction_of_card(images, one, HEADER, DAY, Compression.RAW).value for one in (tenprints, unable)
    )
    both = ansi_nist.Transaction((*first.records, *(one for one in second.records if one.type == 14)))
    found = card_of_transaction(both)
    assert "14.018: two reasons for the right ring" in found.losses
    assert dict(found.value.missing) == {Finger.RIGHT_RING: MissingReason.AMPUTATED}


def test_a_missing_finger_that_the_image_cannot_show_is_a_loss(hand):
    images, tenprints = hand
    left = TenprintSet(tenprints.prints, (), {Finger.RIGHT_RING: MissingReason.AMPUTATED})
    made = transaction_of_card(images, left, HEADER, DAY, Compression.RAW).value
    data = ansi_nist.dumps(made)
    assert data.count(b"14.018:4\x1fXX") == 1
    found = card_of_transaction(ansi_nist.loads(data.replace(b"14.018:4\x1fXX", b"14.018:7\x1fXX")))
    assert "14.018: the left index, in an image of the right four" in found.losses
    assert not found.value.missing
