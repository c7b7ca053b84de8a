"""A hand or a card as it was read is a capture of the records."""

import pytest
from tests.unit.index.test_sets import tenprints  # noqa: F401

from fingerprint_engine.errors import RecordsError
from fingerprint_engine.fingers import Finger
from fingerprint_engine.records.people.captures import captures_of
from fingerprint_engine.tenprint import MissingReason, TenprintSet


def test_prints_and_missing_fingers_become_captures(tenprints):  # noqa: F811
    missing = {
        Finger.RIGHT_RING: MissingReason.NOT_FOUND,
        Finger.RIGHT_LITTLE: MissingReason.AMPUTATED,
        Finger.LEFT_THUMB: MissingReason.NOT_CAPTURED,
    }
    found = captures_of(TenprintSet(tenprints.prints, (), missing))
    assert [one.template for one in found[:2]] == list(tenprints.templates)
    assert [(one.position, one.missing) for one in found[2:]] == [
        (Finger.RIGHT_RING, "not taken"),
        (Finger.RIGHT_LITTLE, "amputated"),
    ]


def test_a_set_without_anything_is_refused():
    with pytest.raises(RecordsError, match="at least one"):
        captures_of(TenprintSet(()))
