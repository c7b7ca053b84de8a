from __future__ import annotations

import numpy as np
import pytest

from fingerprint_engine.synthesis import (
    UNROLLED_FINGER,
    ImpressionParameters,
    MasterFinger,
    RollingParameters,
    make_finger,
    make_impression,
    make_rolled_impression,
)

STIFF = RollingParameters(strain=0.0, drift_px=0.0, wobble_px=0.0)


@pytest.fixture(scope="module")
def finger() -> MasterFinger:
    return make_finger(np.random.default_rng(5), UNROLLED_FINGER)


def test_a_rolled_print_shows_more_of_the_finger_than_a_plain_one(finger: MasterFinger) -> None:
    rolled = make_rolled_impression(finger, np.random.default_rng(1))
    plain = make_impression(finger, np.random.default_rng(2), ImpressionParameters(rows_px=560, cols_px=460))
    assert rolled.image.shape == (750, 800)
    assert rolled.mask.sum() > 1.8 * plain.mask.sum()
    assert len(rolled.minutiae) > 1.8 * len(plain.minutiae)
    ids = set(rolled.minutia_ids.tolist())
    assert len(ids & set(plain.minutia_ids.tolist())) > 0.9 * len(plain.minutiae)


def test_the_same_seed_gives_the_same_bytes(finger: MasterFinger) -> None:
    first, again, other = (make_rolled_impression(finger, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first.image.pixels.tobytes() == again.image.pixels.tobytes()
    assert first.image.pixels.tobytes() != other.image.pixels.tobytes()


def test_without_strain_a_rolled_print_is_a_rigid_motion_of_the_finger(finger: MasterFinger) -> None:
    made = make_rolled_impression(finger, np.random.default_rng(6), STIFF)
    ids = made.minutia_ids
    x, y = made.correspondence.placement.apply(finger.minutiae.x[ids], finger.minutiae.y[ids])
    np.testing.assert_allclose(made.minutiae.x, x, atol=1e-2)
    np.testing.assert_allclose(made.minutiae.y, y, atol=1e-2)


def test_rolling_pulls_the_skin_least_in_the_middle(finger: MasterFinger) -> None:
    off = []
    for seed in range(8):
        made = make_rolled_impression(finger, np.random.default_rng(seed), RollingParameters(wobble_px=0.0))
        ids = made.minutia_ids
        x, y = made.correspondence.placement.apply(finger.minutiae.x[ids], finger.minutiae.y[ids])
        off.append(
            np.stack([finger.minutiae.x[ids] - finger.skin.x, np.hypot(made.minutiae.x - x, made.minutiae.y - y)])
        )
    across, moved = np.concatenate(off, axis=1)
    assert moved[np.abs(across) < 40].mean() < 3.0 < 5.0 < moved[np.abs(across) > 180].mean()


def test_a_finger_that_is_not_unrolled_has_its_pad_and_no_more() -> None:
    finger = make_finger(np.random.default_rng(7))
    assert finger.skin == finger.silhouette
    assert (finger.silhouette.depth(finger.minutiae.x, finger.minutiae.y) > 0.0).all()
