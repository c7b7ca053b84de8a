"""The sketches of some rows, scanned one by one."""

from __future__ import annotations

import numpy as np

from fingerprint_engine.index.duplicates.kernels import SLOTS, scan_rows


def test_each_minutia_of_a_probe_counts_by_its_nearest_sketch(rng: np.random.Generator) -> None:
    sketches = rng.integers(0, 2**64, (60, 2 * SLOTS), np.uint64)
    probe = np.ascontiguousarray(rng.integers(0, 2**64, (2, 9), np.uint64))
    probe[:, 0] = sketches[11, [5, SLOTS + 5]]
    rows = np.array([3, 4, 11, 30, 58, 59], np.int32)
    scores = np.zeros(rows.size, np.int32)
    scan_rows(probe, sketches, rows, 54, scores)
    expected = []
    for row in rows:
        near = [
            min(
                int(first ^ sketches[row, slot]).bit_count() + int(second ^ sketches[row, SLOTS + slot]).bit_count()
                for slot in range(SLOTS)
            )
            for first, second in probe.T
        ]
        expected.append(sum((54 - distance) ** 2 for distance in near if distance < 54))
    assert scores.tolist() == expected
    assert scores[2] >= 54**2
