from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import naive_template
from tests.reference.point_prints import SHAPE, finger

from fingerprint_engine.template import CoarseMap, TemplateBatch, TemplateParameters, build_template
from fingerprint_engine.template.cylinders import CELLS, WORDS, angular_table, cell_offsets, texture_bits
from fingerprint_engine.template.kernels.columns import words_of
from fingerprint_engine.template.kernels.descriptors import (
    cylinder_words,
    doubled_map,
    texture_bits_of,
    texture_code,
    texture_columns,
    texture_words,
    to_borders,
)
from fingerprint_engine.template.quantization import direction_codes

PARAMETERS = TemplateParameters()


def test_cells_of_a_cylinder_are_those_of_the_plain_reading() -> None:
    along, across = cell_offsets(70.0)
    assert list(zip(along.tolist(), across.tolist(), strict=True)) == naive_template.cells(70.0)
    assert len(along) == CELLS


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30))
def test_cylinder_bits_equal_their_twin(seed: int, count: int) -> None:
    minutiae = finger(np.random.default_rng(seed), count)
    template = build_template(minutiae, shape=SHAPE, mask=np.ones(SHAPE, np.bool_))
    kept = template.minutiae
    points = [(float(x), float(y), float(a)) for x, y, a in zip(kept.x, kept.y, kept.direction, strict=True)]
    number = seed % count
    margins = naive_template.cylinder(
        points,
        number,
        PARAMETERS.radius_px,
        PARAMETERS.spatial_sigma_px,
        PARAMETERS.angular_sigma_rad,
        PARAMETERS.activation,
    )
    words = template.cylinders[number]
    valid = naive_template.bits(words[6])
    for (cell, sector), margin in margins.items():
        found = naive_template.bits(words[sector])[cell]
        if abs(margin) > 1e-6:  # the twin adds in another order
            assert found == int(margin > 0.0 and valid[cell] == 1)


@given(st.floats(0.0, math.pi, exclude_max=True), st.integers(0, 255))
def test_texture_bits_equal_their_twin_on_a_uniform_flow(orientation: float, code: int) -> None:
    step = int(orientation * 128 / math.pi)
    coarse = CoarseMap(0, 0, np.full((30, 30), step, np.uint8), np.zeros((0, 0), np.uint8))
    x, y = np.array([240.0], np.float32), np.array([240.0], np.float32)
    words = texture_bits(x, y, np.array([code], np.uint8), coarse, 70.0)[0]
    angle = code * 2.0 * math.pi / 256.0
    # The middle of the step decides the sector unless it lies on the edge of one.
    turn = 12.0 * (((step * math.pi / 128.0 - angle) / math.pi) % 1.0)
    if min(turn % 1.0, 1.0 - turn % 1.0) < 1e-3:
        return
    expected = naive_template.texture(240.0, 240.0, angle, step * math.pi / 128.0, 70.0)
    columns = [naive_template.bits(words[k]) for k in range(6)]
    assert [tuple(column[cell] for column in columns) for cell in range(CELLS)] == expected
    assert naive_template.bits(words[6]) == [1] * CELLS


def test_texture_code_counts_the_sectors_between_two_orientations() -> None:
    codes = [naive_template.texture(0, 0, 0.0, (at + 0.5) * math.pi / 12, 70.0)[0] for at in range(12)]
    for first, a in enumerate(codes):
        for second, b in enumerate(codes):
            apart = abs(first - second)
            assert sum(p != q for p, q in zip(a, b, strict=True)) == min(apart, 12 - apart)


@pytest.mark.parametrize("angle", [-0.001, 0.0, math.pi, 2 * math.pi - 1e-6])
def test_direction_codes_wrap(angle: float) -> None:
    assert direction_codes(np.array([angle]))[0] in {0, 128}


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.integers(0, 255))
def test_sectors_are_those_of_the_arc_tangent(real: float, imaginary: float, code: int) -> None:
    if math.hypot(real, imaginary) < 1e-3:
        return
    angle = code * 2.0 * math.pi / 256.0
    turn = (0.5 * math.atan2(imaginary, real) - angle) / math.pi
    assert texture_code(real, imaginary, math.cos(angle), math.sin(angle), angle) == _johnson(turn)


def test_sectors_on_their_borders_are_those_of_the_arc_tangent() -> None:
    for code in range(256):
        angle = code * 2.0 * math.pi / 256.0
        for step in range(192):  # steps of half a turn, some of which are borders
            real, imaginary = math.cos(step * math.pi / 96.0), math.sin(step * math.pi / 96.0)
            turn = (0.5 * math.atan2(imaginary, real) - angle) / math.pi
            assert texture_code(real, imaginary, math.cos(angle), math.sin(angle), angle) == _johnson(turn)


@pytest.mark.parametrize("orientation", [0, 32, 64, 96])
def test_texture_of_flow_on_the_borders_of_sectors_is_that_of_the_arc_tangent(orientation: int) -> None:
    coarse = CoarseMap(0, 0, np.full((30, 30), orientation, np.uint8), np.zeros((0, 0), np.uint8))
    code = np.arange(256, dtype=np.uint8)
    middle = np.full(256, 240.0, np.float32)
    doubled = orientation * 2.0 * math.pi / 128.0
    for angle, words in zip(
        code * (2.0 * math.pi / 256.0), texture_bits(middle, middle, code, coarse, 70.0), strict=True
    ):
        wanted = texture_code(math.cos(doubled), math.sin(doubled), math.cos(angle), math.sin(angle), angle)
        assert [naive_template.bits(words[k]) for k in range(6)] == [[wanted >> k & 1] * CELLS for k in range(6)]


def test_texture_beside_a_map_and_far_from_it_equals_its_twin() -> None:
    rng = np.random.default_rng(5)
    for rows, cols in [(0, 0), (1, 1), (3, 2), (12, 9)]:
        grid = rng.integers(0, 128, (rows, cols)).astype(np.uint8)
        around = {(row + 4, col + 3): int(grid[row, col]) for row in range(rows) for col in range(cols)}
        coarse = CoarseMap(4, 3, grid, np.zeros((0, 0), np.uint8))
        x, y = (rng.uniform(0.0, 400.0, 60).astype(np.float32) for _ in range(2))
        x[0], y[1] = 16_000.0, 16_000.0
        code = rng.integers(0, 256, 60).astype(np.uint8)
        for own, words in enumerate(texture_bits(x, y, code, coarse, 70.0)):
            angle = int(code[own]) * math.pi / 128.0
            wanted = naive_template.texture_bits(float(x[own]), float(y[own]), angle, around, 70.0)
            assert naive_template.bits(words[-1]) == [int(cell is not None) for cell in wanted]
            found = zip(*(naive_template.bits(words[k]) for k in range(6)), strict=True)
            assert all(cell in (None, bits) for cell, bits in zip(wanted, found, strict=True))


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.integers(0, 255))
def test_the_borders_of_sectors_lie_at_turned_vectors(real: float, imaginary: float, code: int) -> None:
    angle = code * math.pi / 128.0
    found = to_borders(real, imaginary, math.cos(2.0 * angle), math.sin(2.0 * angle))
    turned = complex(real, imaginary) * cmath.exp(-2j * angle)
    past = [(turned * cmath.exp(-1j * math.radians(border))).imag for border in (30, 60, 120, 150)]
    assert found == pytest.approx((turned.real, turned.imag, *past), abs=1e-12)


def test_a_map_of_doubled_orientations_has_nothing_around_it_and_where_nothing_is_known() -> None:
    codes = np.array([[0, 32, 255], [64, 128, 96]], np.uint8)
    doubled = np.arange(128) * (2.0 * math.pi / 128.0)
    found = doubled_map(codes, np.cos(doubled), np.sin(doubled))
    assert found.shape == (6, 7, 3)
    for row, col in np.ndindex(6, 7):
        inside = 2 <= row < 4 and 2 <= col < 5
        code = int(codes[row - 2, col - 2]) if inside else 255
        wanted = cmath.exp(2j * math.pi * code / 128.0) if code < 128 else 0j
        assert found[row, col].tolist() == pytest.approx([wanted.real, wanted.imag, float(code < 128)])


@given(st.integers(0, 2**32 - 1), st.integers(0, 255))
def test_texture_of_vectors_equals_its_twin(seed: int, code: int) -> None:
    rng, angle = np.random.default_rng(seed), code * math.pi / 128.0
    found = rng.uniform(-1.0, 1.0, (3, CELLS))
    found[:2, ::5] *= 0.01  # too short to say anything
    found[1, 1::5] = 0.0  # on a border for some directions
    words = np.full(WORDS, 2**64 - 1, np.uint64)
    texture_bits_of(found, math.cos(angle), math.sin(angle), angle, words)
    for cell, (real, imaginary, known) in enumerate(found.T.tolist()):
        is_known = known >= 0.5 and math.hypot(real, imaginary) >= 0.1
        wanted = _johnson((0.5 * math.atan2(imaginary, real) - angle) / math.pi) if is_known else 0
        assert [naive_template.bits(word)[cell] for word in words] == [*(wanted >> k & 1 for k in range(6)), is_known]


def _johnson(turn: float) -> int:
    """The code of a turn, in half turns, as a number."""
    sector = min(int(12.0 * (turn - math.floor(turn))), 11)
    return sum(1 << k for k in range(6) if (k < sector if sector <= 6 else k >= sector - 6))


@pytest.mark.parametrize("places", [[], [(200.0, 200.0)], [(200.0, 200.0)] * 3, [(200.0, 200.0), (239.9, 200.0)]])
def test_cylinders_of_awkward_minutiae_equal_their_twin(places: list[tuple[float, float]]) -> None:
    # None, one, several in one place, and two of which one lies on the rim of the other's disc.
    angles = [math.pi * k / 3 for k in range(len(places))]
    code = direction_codes(np.array(angles))
    x, y = np.array(places).reshape(-1, 2).T.copy()
    along, across = cell_offsets(70.0)
    valid = np.arange(len(places) * CELLS).reshape(-1, CELLS) % 7 != 0
    words = np.full((len(places), WORDS), 2**64 - 1, np.uint64)
    table = angular_table(PARAMETERS.angular_sigma_rad)
    cylinder_words(x, y, code, along, across, valid, table, PARAMETERS.spatial_sigma_px, PARAMETERS.activation, words)
    points = [(*place, step * math.pi / 128.0) for place, step in zip(places, code.tolist(), strict=True)]
    for own in range(len(places)):
        margins = naive_template.cylinder(
            points, own, 70.0, PARAMETERS.spatial_sigma_px, PARAMETERS.angular_sigma_rad, PARAMETERS.activation
        )
        assert naive_template.bits(words[own, -1]) == valid[own].astype(int).tolist()
        for (cell, sector), margin in margins.items():
            wanted = int(margin > 0.0 and valid[own, cell])
            assert abs(margin) < 1e-6 or naive_template.bits(words[own, sector])[cell] == wanted


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1), st.integers(0, 12))
def test_texture_on_any_map_equals_its_twin(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    blocks = (-(-SHAPE[0] // 8), -(-SHAPE[1] // 8))
    mask = np.zeros(SHAPE, np.bool_)
    mask[rng.integers(0, 200) : rng.integers(220, 420), rng.integers(0, 200) : rng.integers(220, 400)] = True
    flow = rng.uniform(0.0, math.pi, blocks).astype(np.float32)
    minutiae = finger(rng, count)
    made = build_template(minutiae, shape=SHAPE, mask=mask, orientation=flow)
    bare = build_template(minutiae, shape=SHAPE)
    grid = made.coarse_map
    places = [(row, col) for row in range(grid.orientation.shape[0]) for col in range(grid.orientation.shape[1])]
    around = {(grid.row + row, grid.col + col): int(grid.orientation[row, col]) for row, col in places}
    code = direction_codes(made.minutiae.direction)
    doubled = np.arange(128) * (2.0 * math.pi / 128.0)
    tables = (*cell_offsets(70.0), np.cos(doubled), np.sin(doubled))
    words = np.empty((count, WORDS), np.uint64)
    x, y = made.minutiae.x.astype(np.float64), made.minutiae.y.astype(np.float64)
    texture_words(x, y, code, *tables[:2], grid.orientation, grid.row, grid.col, *tables[2:], words)
    for own in range(count):
        angle = int(code[own]) * math.pi / 128.0
        wanted = naive_template.texture_bits(float(x[own]), float(y[own]), angle, around, 70.0)
        bits = np.array([naive_template.bits(word) for word in words[own]])
        assert bits[-1].tolist() == [int(cell is not None) for cell in wanted]
        same = [cell is None or tuple(bits[:-1, at].tolist()) == cell for at, cell in enumerate(wanted)]
        assert sum(same) >= CELLS - 1  # an orientation on the border of two sectors may round to either
    batch = TemplateBatch.of([bare, made]).columns
    writable = batch._replace(words=np.zeros_like(batch.words))
    texture_columns(writable, *tables)
    assert words_of(writable, 1)[WORDS * count :].tolist() == words.T.ravel().tolist()
