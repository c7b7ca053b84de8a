from __future__ import annotations

import numpy as np
import pytest
from tests.reference.point_prints import SHAPE, finger

from fingerprint_engine.errors import IncompatibleTemplates, InputError
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import (
    MAX_CELLS,
    MAX_TEMPLATE_BYTES,
    Template,
    TemplateBatch,
    TemplateParameters,
    build_template,
)
from fingerprint_engine.template.coarse_map import BACKGROUND, UNKNOWN_ORIENTATION
from fingerprint_engine.template.limits import MAX_MINUTIAE, MAX_NAME_BYTES, MAX_POINTS


def test_positions_and_directions_are_those_of_the_bytes(rng: np.random.Generator) -> None:
    minutiae = finger(rng)
    template = build_template(minutiae, shape=SHAPE)
    assert len(template) == len(minutiae)
    assert np.array_equal(template.minutiae.x * 4, np.round(template.minutiae.x * 4))
    nearest = np.abs(template.minutiae.x[:, None] - minutiae.x).min(axis=1)
    assert nearest.max() <= 0.125 + 1e-5


def test_the_best_minutiae_are_kept(rng: np.random.Generator) -> None:
    count = 90
    quality = np.arange(count) + 5
    minutiae = Minutiae(
        rng.uniform(0, 290, count), rng.uniform(0, 310, count), rng.uniform(0, 6, count), np.ones(count), quality
    )
    template = build_template(minutiae, shape=SHAPE)
    assert len(template) == 64
    assert template.minutiae.quality.min() == quality.max() - 63


def _crowded(rng: np.random.Generator, count: int, side: int) -> Minutiae:
    x, y = rng.uniform(0, side - 1, (2, count))
    return Minutiae(x, y, rng.uniform(0, 6, count), np.ones(count), rng.integers(5, 100, count))


@pytest.mark.parametrize(("side", "kept"), [(160, 64), (336, 64), (352, 69), (480, 128), (640, 228), (800, 255)])
def test_a_larger_print_keeps_more_minutiae(rng: np.random.Generator, side: int, kept: int) -> None:
    # 64 on up to 448 cells of 16 px, one in seven cells on more, 255 at most; the best, whatever the area.
    minutiae = _crowded(rng, 400, side)
    template = build_template(minutiae, shape=(side, side), mask=np.ones((side, side), np.bool_))
    assert len(template) == kept
    assert np.array_equal(template.minutiae.quality, minutiae.best(kept).quality)
    assert len(template.to_bytes()) <= MAX_TEMPLATE_BYTES
    assert Template.from_bytes(template.to_bytes()) == template


def test_only_the_area_of_the_print_counts(rng: np.random.Generator) -> None:
    mask = np.zeros((800, 800), np.bool_)
    mask[:320, :320] = True
    assert len(build_template(_crowded(rng, 300, 320), shape=(800, 800), mask=mask)) == 64


def test_without_a_mask_the_hull_of_all_minutiae_is_the_area(rng: np.random.Generator) -> None:
    minutiae = _crowded(rng, 300, 640)
    template = build_template(minutiae, shape=(640, 640))
    assert 215 <= len(template) <= 229
    # What is left of the hull is that of the minutiae that were kept.
    again = build_template(template.minutiae, shape=(640, 640))
    assert np.array_equal(again.coarse_map.orientation, template.coarse_map.orientation)


def test_area_and_flow_are_kept_coarsely() -> None:
    mask = np.zeros((100, 120), np.bool_)
    mask[16:80, 32:96] = True
    orientation = np.full((13, 15), 0.5, np.float32)
    period = np.full((13, 15), 9.04, np.float32)
    template = build_template(Minutiae.empty(), shape=(100, 120), mask=mask, orientation=orientation, period=period)
    grid = template.coarse_map
    assert (grid.row, grid.col, grid.orientation.shape) == (1, 2, (4, 4))
    assert np.unique(grid.orientation).tolist() == [round(0.5 * 128 / np.pi)]
    assert np.unique(grid.period).tolist() == [90]
    assert grid.foreground.all()


def test_without_a_mask_the_hull_stands_in(rng: np.random.Generator) -> None:
    template = build_template(finger(rng), shape=SHAPE)
    codes = template.coarse_map.orientation
    assert set(np.unique(codes).tolist()) == {UNKNOWN_ORIENTATION, BACKGROUND}
    assert (template.cylinders[:, 6] != 0).all()


@pytest.mark.parametrize("points", [[(50, 50)], [(50, 50), (50, 50)], [(10, 10), (20, 20), (30, 30)], []])
def test_degenerate_prints(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, np.float32).reshape(-1, 2).T
    template = build_template(Minutiae(x, y, x, np.ones(len(x)), np.full(len(x), 255)), shape=(100, 100))
    assert len(template) == len(set(points))  # a minutia that is there twice is kept once
    assert len(TemplateBatch.of([template])) == 1


def test_bad_arguments_are_refused(rng: np.random.Generator) -> None:
    minutiae = finger(rng)
    for change in (
        {"shape": (100, 100)},
        {"shape": (0, 5)},
        {"shape": (20_000, 400)},
        {"mask": np.ones((3, 3), np.bool_)},
        {"mask": np.ones(SHAPE, np.uint8)},
        {"orientation": np.zeros((3, 3), np.float32)},
        {"period": np.full((53, 50), np.nan, np.float32)},
        {"quality": 101},
        {"quality": 99.5},
        {"quality": -1},
        {"finger": 11},
        {"finger": 200},
        {"impression": 5},
        {"source_ppi": 124.0},
        {"source_ppi": 1e300},
        {"source_ppi": "500"},
        {"extractor": "a\x1b[2J"},
        {"extractor": "a\ud800"},
        {"extractor": b"a"},
        {"source_ppi": float("nan")},
        {"extractor": "x" * 300},
        {"parameters_digest": b"short"},
    ):
        with pytest.raises(InputError):
            build_template(minutiae, **({"shape": SHAPE} | change))  # type: ignore[arg-type]


def test_batches_hold_what_their_templates_hold(rng: np.random.Generator) -> None:
    templates = [build_template(finger(rng, count), shape=SHAPE) for count in (5, 12, 8)]
    batch = TemplateBatch.of(templates)
    assert len(batch) == 3
    assert batch.columns.first.tolist() == [0, 5, 17, 25]
    np.testing.assert_array_equal(batch.columns.x[5:17], templates[1].minutiae.x)
    words = batch.columns.words[5 * 14 : 17 * 14].reshape(14, 12)
    np.testing.assert_array_equal(words[:7].T, templates[1].cylinders)
    parts = TemplateBatch.concatenate([TemplateBatch.of(templates[:1]), TemplateBatch.of(templates[1:])])
    for name, column in batch.columns._asdict().items():
        np.testing.assert_array_equal(getattr(parts.columns, name), column)
    assert len(TemplateBatch.of([])) == 0
    assert batch.nbytes > 0


def test_different_parameters_do_not_share_a_batch(rng: np.random.Generator) -> None:
    minutiae = finger(rng)
    first = build_template(minutiae, shape=SHAPE)
    second = build_template(minutiae, shape=SHAPE, parameters=TemplateParameters(radius_px=80.0))
    with pytest.raises(IncompatibleTemplates):
        TemplateBatch.of([first, second])


def test_a_print_too_large_for_a_template_is_refused_before_anything_of_its_size_is_made() -> None:
    corners = Minutiae([0.0, 16_000.0], [0.0, 16_000.0], [1.0, 2.0], [1, 1], [50, 50])
    with pytest.raises(InputError, match=f"area: expected a print of at most {MAX_CELLS} cells"):
        build_template(corners, shape=(16_001, 16_001))
    with pytest.raises(InputError, match="got one in 2000 x 2000 px"):
        build_template(Minutiae.empty(), shape=(2_000, 2_000), mask=np.ones((2_000, 2_000), np.bool_))
    mask = np.zeros((2_000, 2_000), np.bool_)
    mask[100:1_700, 50:1_650] = True
    assert build_template(Minutiae.empty(), shape=(2_000, 2_000), mask=mask).coarse_map.orientation.size < MAX_CELLS


def test_the_largest_parts_make_the_largest_template() -> None:
    sides = [(r, c) for r in range(1, 1025) for c in (MAX_CELLS // r, 1024) if r * c <= MAX_CELLS and c <= 1024]
    worst = max(r * c + -(-r // 2) * -(-c // 2) for r, c in sides)
    parts = 56 + MAX_NAME_BYTES + 56 * MAX_MINUTIAE + 6 * MAX_POINTS + worst
    assert 0.95 * MAX_TEMPLATE_BYTES < parts <= MAX_TEMPLATE_BYTES
