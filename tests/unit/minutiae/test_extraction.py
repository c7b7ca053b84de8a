from __future__ import annotations

import math

import numpy as np
import pytest

from fingerprint_engine.errors import InputError
from fingerprint_engine.geometry import direction_difference
from fingerprint_engine.minutiae import (
    Minutiae,
    MinutiaKind,
    SingularKind,
    SingularPoints,
    extract_minutiae,
    find_singular_points,
)
from fingerprint_engine.preprocessing.image import FingerprintImage
from fingerprint_engine.preprocessing.ridges import compute_ridge_maps


def print_of(phase: np.ndarray) -> FingerprintImage:
    return FingerprintImage(np.clip(128 - 90 * np.cos(phase), 0, 255).astype(np.uint8), 500)


def dislocated(angle: float, sense: int, begins: MinutiaKind, shape=(300, 300), at=(150.0, 150.0)) -> np.ndarray:
    """Phase of parallel ridges along ``angle`` with one minutia at ``at`` that points along or against ``angle``."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    x, y = x - at[0], y - at[1]
    along = math.cos(angle) * x - math.sin(angle) * y
    across = math.sin(angle) * x + math.cos(angle) * y
    # Half the spiral ahead is where the stripe is inserted: a valley (phase pi) or, shifted by pi, a ridge (phase 0).
    start = 0.0 if begins is MinutiaKind.ENDING else math.pi
    return 2 * math.pi * across / 9.0 + sense * np.arctan2(across, along) + start


@pytest.mark.parametrize("angle", [0.0, 0.5, 1.2, 1.57, 2.3, 3.0])
@pytest.mark.parametrize("sense", [1, -1])
@pytest.mark.parametrize("kind", [MinutiaKind.ENDING, MinutiaKind.BIFURCATION])
def test_one_dislocation_is_one_minutia(angle: float, sense: int, kind: MinutiaKind) -> None:
    # With sense +1 the phase gains a turn across the line ahead (along > 0): one more stripe there than behind.
    ahead_phase = dislocated(angle, sense, kind)
    found = extract_minutiae(compute_ridge_maps(print_of(ahead_phase)))
    assert len(found) == 1
    assert math.hypot(found.x[0] - 150, found.y[0] - 150) < 3.0
    expected = angle if sense > 0 else angle + math.pi
    assert abs(direction_difference(found.direction[0], expected)) < 0.12
    # The stripe that begins lies ahead of the minutia: dark for an ending, light for a bifurcation.
    x = round(150 + 30 * math.cos(expected))
    y = round(150 - 30 * math.sin(expected))
    stripe_is_ridge = np.cos(ahead_phase)[y, x] > 0
    assert found.kind[0] == (MinutiaKind.ENDING if stripe_is_ridge else MinutiaKind.BIFURCATION)
    assert found.quality[0] > 30


def test_parallel_ridges_have_no_minutiae_and_a_short_break_makes_none() -> None:
    phase = 2 * math.pi * np.mgrid[:300, :300][0] / 9.0
    pixels = print_of(phase).pixels.copy()
    assert len(extract_minutiae(compute_ridge_maps(FingerprintImage(pixels, 500)))) == 0
    pixels[142:149, 147:152] = 218
    assert len(extract_minutiae(compute_ridge_maps(FingerprintImage(pixels, 500)))) == 0


def test_rotating_the_image_rotates_the_minutiae() -> None:
    phase = dislocated(0.3, 1, MinutiaKind.ENDING, at=(120.0, 170.0))
    image = print_of(phase).pixels
    upright = extract_minutiae(compute_ridge_maps(FingerprintImage(image, 500)))
    turned = extract_minutiae(compute_ridge_maps(FingerprintImage(np.rot90(image), 500)))
    assert len(upright) == len(turned) == 1
    assert turned.x[0] == pytest.approx(upright.y[0], abs=1.5)
    assert turned.y[0] == pytest.approx(299 - upright.x[0], abs=1.5)
    assert abs(direction_difference(turned.direction[0], upright.direction[0] + math.pi / 2)) < 0.1
    assert turned.kind[0] == upright.kind[0]


def loop(shape=(360, 300), core=(150.0, 150.0)) -> np.ndarray:
    """Concentric arcs above a point and straight ridges below it: a loop that opens downwards."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    x, y = x - core[0], y - core[1]
    return 2 * math.pi * np.where(y < 0, np.hypot(x, y), np.abs(x)) / 9.0


def test_a_loop_has_a_core_that_opens_downwards() -> None:
    found = find_singular_points(compute_ridge_maps(print_of(loop())))
    assert [SingularKind(kind) for kind in found.kind] == [SingularKind.CORE]
    assert math.hypot(found.x[0] - 150, found.y[0] - 150) < 16
    assert abs(direction_difference(found.direction[0], 3 * math.pi / 2)) < 0.3


def test_a_delta_has_an_arm_along_a_ridge() -> None:
    y, x = np.mgrid[:320, :320].astype(float) - 160.0
    # Hyperbolic triple point: level lines of the real part of z^(3/2).
    phase = 2 * math.pi / 9.0 * np.abs(np.real((x - 1j * y + 1e-9) ** 1.5)) / np.sqrt(np.maximum(np.hypot(x, y), 1.0))
    found = find_singular_points(compute_ridge_maps(print_of(phase)))
    assert SingularKind.DELTA in found.kind
    delta = int(np.flatnonzero(found.kind == SingularKind.DELTA)[0])
    assert math.hypot(found.x[delta] - 160, found.y[delta] - 160) < 20


def test_parallel_ridges_have_no_singular_points() -> None:
    assert len(find_singular_points(compute_ridge_maps(print_of(2 * math.pi * np.mgrid[:300, :300][0] / 9.0)))) == 0


def test_minutiae_are_in_canonical_order_whatever_the_order_of_input() -> None:
    rng = np.random.default_rng(3)
    columns = (
        rng.uniform(0, 300, 20),
        rng.uniform(0, 300, 20),
        rng.uniform(-10, 10, 20),
        rng.integers(0, 3, 20),
        rng.choice([5, 50, 90, 255], 20),
    )
    shuffled = rng.permutation(20)
    first, second = Minutiae(*columns), Minutiae(*(column[shuffled] for column in columns))
    for name in ("x", "y", "direction", "kind", "quality"):
        assert np.array_equal(getattr(first, name), getattr(second, name))
        assert not getattr(first, name).flags.writeable
    known = first.quality[first.quality != 255]
    assert (np.diff(known.astype(int)) <= 0).all()
    assert (first.quality[len(known) :] == 255).all()
    assert ((first.direction >= 0) & (first.direction < 2 * math.pi)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [1.0, 2.0]}, r"y: expected shape \(1,\), got \(2,\)"),
        ({"x": [float("nan")]}, "x: expected finite"),
        ({"kind": [3]}, "kind: expected 0 to 2, got 3"),
        ({"quality": [101]}, "quality: expected 0 to 100 or 255"),
    ],
)
def test_bad_columns_are_refused(change: dict[str, list[float]], message: str) -> None:
    columns = {"x": [1.0], "y": [1.0], "direction": [0.0], "kind": [1], "quality": [50], **change}
    with pytest.raises(InputError, match=message):
        Minutiae(**columns)  # type: ignore[arg-type]


def test_singular_points_refuse_unknown_kinds() -> None:
    with pytest.raises(InputError, match="kind"):
        SingularPoints([1.0], [1.0], [0.0], [3])  # type: ignore[arg-type]
