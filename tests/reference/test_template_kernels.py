from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference import naive_template
from tests.reference.point_prints import SHAPE, finger

from fingerprint_engine.template import CoarseMap, TemplateParameters, build_template
from fingerprint_engine.template.cylinders import cell_offsets, texture_bits
from fingerprint_engine.template.kernels.descriptors import texture_sector
from fingerprint_engine.template.quantization import direction_codes

PARAMETERS = TemplateParameters()


def test_cells_of_a_cylinder_are_those_of_the_plain_reading() -> None:
    along, across = cell_offsets(70.0)
    assert list(zip(along.tolist(), across.tolist(), strict=True)) == naive_template.cells(70.0)
    assert len(along) == 52


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
    assert [tuple(column[cell] for column in columns) for cell in range(52)] == expected
    assert naive_template.bits(words[6]) == [1] * 52


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
    wanted = min(int(12.0 * (turn - math.floor(turn))), 11)
    assert texture_sector(real, imaginary, math.cos(angle), math.sin(angle), angle) == wanted


def test_sectors_on_their_borders_are_those_of_the_arc_tangent() -> None:
    for code in range(256):
        angle = code * 2.0 * math.pi / 256.0
        for step in range(192):  # steps of half a turn, some of which are borders
            real, imaginary = math.cos(step * math.pi / 96.0), math.sin(step * math.pi / 96.0)
            turn = (0.5 * math.atan2(imaginary, real) - angle) / math.pi
            wanted = min(int(12.0 * (turn - math.floor(turn))), 11)
            assert texture_sector(real, imaginary, math.cos(angle), math.sin(angle), angle) == wanted
