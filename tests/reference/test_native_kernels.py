"""Native bytes read where they lie, against their twin: whole, without this or that, cut and altered."""

from __future__ import annotations

import itertools
import math
import struct

import numpy as np
import pytest
from tests.reference import naive_native
from tests.reference.point_prints import SHAPE, finger

from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.template import Template, TemplateBatch, build_template
from fingerprint_engine.template.batch import WORDS_PER_MINUTIA, Columns
from fingerprint_engine.template.kernels.columns import words_of
from fingerprint_engine.template.kernels.native import (
    NativeLayout,
    are_alike,
    count_natives,
    cylinder_word,
    float_of,
    has_layout,
    locate_minutiae,
    native_layout,
    two_bytes,
    unpack_natives,
)


@pytest.fixture
def prints(rng: np.random.Generator) -> list[Template]:
    """With and without area, flow, period, singular points and name; with none, one and many minutiae."""
    blocks = (-(-SHAPE[0] // 8), -(-SHAPE[1] // 8))
    flow, period = np.full(blocks, 1.0, np.float32), np.full(blocks, 9.0, np.float32)
    period[:20] = 0.0
    mask = np.zeros(SHAPE, np.bool_)
    mask[70:330, 90:313] = True
    cores = SingularPoints([200.0, 130.0], [150.0, 300.0], [1.0, 2.0], [1, 2])
    return [
        build_template(finger(rng, 64), cores, shape=SHAPE, mask=mask, orientation=flow, period=period, extractor="µ"),
        build_template(finger(rng, 9), shape=SHAPE, orientation=flow),
        build_template(finger(rng, 1), cores, shape=SHAPE, extractor="a name"),
        build_template(Minutiae.empty(), shape=SHAPE),
    ]


def _laid_out(natives: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    data = np.frombuffer(b"".join(natives), np.uint8)
    return data, np.cumsum([0, *(len(native) for native in natives)])


def test_whole_numbers_and_words_equal_their_twins(prints: list[Template]) -> None:
    assert two_bytes(np.array([7, 0x34, 0x12], np.uint8), 1) == 0x1234
    for template in prints:
        native = template.to_bytes()
        array, found = np.frombuffer(native, np.uint8), naive_native.sizes(native)
        assert found is not None
        layout = native_layout(array)
        for name in NativeLayout._fields:
            assert getattr(layout, name) == found[name], name
        assert has_layout(array)
        assert not has_layout(array[:-1])
        assert tuple(locate_minutiae(array)) == (found["minutiae"], found["minutiae_at"])
        for i, k in itertools.product(range(len(template)), range(7)):
            wanted = naive_native.cylinder_word(native, found["minutiae_at"], len(template), i, k)
            assert cylinder_word(array, found["minutiae_at"], len(template), i, k) == wanted
            assert template.cylinders[i, k] == wanted


def test_numbers_of_four_bytes_equal_their_twin(rng: np.random.Generator) -> None:
    for bits in [0, 1, 0x80000000, 0x7F7FFFFF, 0x00800000, *rng.integers(0, 2**32, 500).tolist()]:
        octets = struct.pack("<xxI", bits)
        value = struct.unpack("<xxf", octets)[0]
        assert float_of(np.frombuffer(octets, np.uint8), 2) == pytest.approx(value, rel=0, abs=0, nan_ok=True) or (
            math.isinf(value) and math.isnan(float_of(np.frombuffer(octets, np.uint8), 2))
        )


def test_unsound_bytes_are_told_from_sound_ones(prints: list[Template], rng: np.random.Generator) -> None:
    natives = [prints[0].to_bytes()[:length] for length in (0, 5, 55, 56, 300)]
    for _ in range(400):
        altered = bytearray(prints[1].to_bytes())
        altered[rng.integers(0, 56)] = rng.integers(0, 256)
        natives.append(bytes(altered))
    data, offset = _laid_out(natives)
    is_sound, (first, first_cell) = np.empty(len(natives), np.bool_), np.empty((2, len(natives) + 1), np.int64)
    count_natives(data, offset, np.arange(len(natives)), is_sound, first, first_cell)
    wanted = [naive_native.sizes(native) for native in natives]
    assert is_sound.tolist() == [found is not None for found in wanted]
    assert (first[0], first_cell[0]) == (0, 0)
    assert np.diff(first).tolist() == [0 if found is None else found["minutiae"] for found in wanted]
    assert np.diff(first_cell).tolist() == [0 if found is None else found["rows"] * found["cols"] for found in wanted]
    assert 20 < sum(found is None for found in wanted) < len(natives)
    outside = np.array([0, data.size + 1, 3])
    assert count_natives(data, outside, np.array([0, 1]), is_sound, first, first_cell) == (-1, -1)
    assert (is_sound[:2].tolist(), first[:3].tolist()) == ([False, False], [0, 0, 0])


def test_unpacked_columns_equal_their_twin(prints: list[Template]) -> None:
    natives = [template.to_bytes() for template in prints]
    natives.insert(2, b"damaged")
    data, offset = _laid_out(natives)
    wanted = [naive_native.unpacked(native) for native in natives]
    first = np.cumsum([0, *(len(print_["x"]) for print_ in wanted)])
    first_cell = np.cumsum([0, *(len(print_["orientation"]) for print_ in wanted)])
    templates = TemplateBatch.of(prints).columns
    room = {name: np.empty_like(column) for name, column in templates._asdict().items()}
    grid = np.empty((len(natives), 4), np.int32)
    columns = Columns(**room | {"first": first, "first_cell": first_cell, "grid": grid})
    angles = np.arange(256) * (2.0 * math.pi / 256.0)
    turned = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
    unpack_natives(data, offset, np.arange(len(natives)), *turned, columns)
    for name in ("x", "y", "code", "kind", "quality", "orientation", "period"):
        assert getattr(columns, name).tolist() == [value for print_ in wanted for value in print_[name]], name
    for name in ("cosine", "sine"):
        assert getattr(columns, name) == pytest.approx([value for print_ in wanted for value in print_[name]], abs=1e-7)
    assert columns.grid.tolist() == [print_["grid"] for print_ in wanted]
    for at, print_ in enumerate(wanted):
        words = words_of(columns, at)
        assert len(words) == WORDS_PER_MINUTIA * len(print_["x"])
        assert words[: len(words) // 2].tolist() == [word for row in print_["cylinders"] for word in row]


def test_words_of_no_minutiae_at_all_are_none() -> None:
    assert words_of(TemplateBatch.of([build_template(Minutiae.empty(), shape=SHAPE)]).columns, 0).shape == (0,)


@pytest.mark.parametrize(
    ("at", "is_making"),
    [(9, False), (10, True), (25, True), (26, False), (39, False), (40, True), (43, True), (44, False)],
)
def test_the_first_sound_print_made_otherwise_is_found(prints: list[Template], at: int, is_making: bool) -> None:
    one = prints[0].to_bytes()
    other = bytearray(prints[1].to_bytes())
    other[at] ^= 1
    data, offset = _laid_out([b"damaged", one, prints[1].to_bytes(), bytes(other), one])
    assert are_alike(data, offset[2], offset[3], at + 1, 3)
    assert not are_alike(data, offset[2], offset[3], at, 1)
    for rows, expected in (
        ([0, 1, 2, 4], (1, -1)),
        ([0, 1, 2, 3], (1, 3 if is_making else -1)),
        ([3, 0, 2, 1], (0, 2 if is_making else -1)),
        ([3], (0, -1)),
        ([0], (-1, -1)),
        ([], (-1, -1)),
    ):
        is_sound, (first, first_cell) = np.empty(len(rows), np.bool_), np.empty((2, len(rows) + 1), np.int64)
        made = count_natives(data, offset, np.array(rows, np.int64), is_sound, first, first_cell)
        assert made == expected
