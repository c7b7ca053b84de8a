from __future__ import annotations

import numpy as np

from fingerprint_engine.synthesis.point_prints import PointPrint, PointPrintParameters, draw_flow, make_point_print


def _prints(count: int, parameters: PointPrintParameters | None = None) -> list[PointPrint]:
    rng = np.random.default_rng(3)
    flows = [draw_flow(rng) for _ in range(5)]
    return [make_point_print(flows[number % 5], rng, parameters) for number in range(count)]


def test_the_same_generator_gives_the_same_print() -> None:
    one, other = _prints(1)[0], _prints(1)[0]
    np.testing.assert_array_equal(one.minutiae.x, other.minutiae.x)
    np.testing.assert_array_equal(one.orientation, other.orientation)
    np.testing.assert_array_equal(one.periods, other.periods)


def test_minutiae_lie_inside_and_along_the_flow() -> None:
    for made in _prints(30):
        points = made.minutiae
        assert (made.depth(points.x, points.y) >= -0.01).all()
        cells = made.orientation[(points.y // 16).astype(int), (points.x // 16).astype(int)]
        known = cells != 255
        off = points.direction[known] - cells[known] * (np.pi / 128.0)
        # 16 px cells and the error of directions blur, near a core a lot.
        assert np.median(np.abs((off + np.pi / 2) % np.pi - np.pi / 2)) < 0.2


def test_numbers_follow_live_scan_prints() -> None:
    made = _prints(300)
    counts = np.array([len(one.minutiae) for one in made])
    cells = np.array([(one.orientation != 255).sum() for one in made])
    assert 35 <= counts.mean() <= 41
    assert 7 <= counts.std() <= 13
    assert 255 <= cells.mean() <= 315
    quality = np.concatenate([one.minutiae.quality for one in made])
    assert 84 <= np.median(quality) <= 92
    assert 0.48 <= np.mean(np.concatenate([one.minutiae.kind for one in made]) == 1) <= 0.58


def test_two_prints_of_one_flow_are_not_mated() -> None:
    first, second = _prints(6)[0], _prints(6)[5]
    assert len(set(first.minutiae.x.tolist()) & set(second.minutiae.x.tolist())) <= 2


def test_parameters_count() -> None:
    few = _prints(20, PointPrintParameters(minutiae=12.0, minutiae_spread=1.0, rows_px=200, cols_px=180))
    assert all(len(one.minutiae) <= 20 for one in few)
    assert all(one.shape == (200, 180) for one in few)
    assert few[0].orientation.shape == (13, 12)
