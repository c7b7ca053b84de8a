"""The table of what few fingers miss, and what is said of it."""

import itertools

from fingerprint_engine.tenprint.finger_counts import SUBJECTS, missed_by, source


def test_more_fingers_miss_less_and_poor_ones_more():
    found = [missed_by(fingers) for fingers in range(11)]
    assert found[0] == (1.0, 1.0)
    for fewer, more in itertools.pairwise(found):
        assert more.good <= fewer.good
        assert more.poor <= fewer.poor
    assert all(one.good <= one.poor for one in found)
    assert missed_by(5) == missed_by(4)
    assert missed_by(1, 10_000).poor <= missed_by(1, SUBJECTS).poor
    assert "benchmarks.tenprint.finger_counts" in source()
