"""The full check of native bytes against its twin, on sound prints and on forged ones with right checksums."""

from __future__ import annotations

import itertools
import math
import zlib
from collections import Counter

import numpy as np
import pytest
from tests.reference import naive_native, naive_native_check, naive_template
from tests.reference.forged_natives import mutations, sealed, with_bits_outside_validity, with_octets
from tests.reference.point_prints import SHAPE, finger

from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.template import Template, TemplateParameters, build_template
from fingerprint_engine.template.kernels import native_checks as kernels
from fingerprint_engine.template.kernels.descriptor_checks import (
    GRID,
    SECTORS,
    add_neighbour,
    has_wrong_bit,
    places_within,
    wrong_descriptor,
)
from fingerprint_engine.template.kernels.native import native_layout
from fingerprint_engine.template.native.check import (
    _checksum_table,
    _descriptors,
    _impressions,
    _limits,
    check_natives,
)

PARAMETERS = TemplateParameters()


def made(rng: np.random.Generator, count: int = 12, name: str = "test µ 1") -> Template:
    blocks = (-(-SHAPE[0] // 8), -(-SHAPE[1] // 8))
    mask = np.zeros(SHAPE, np.bool_)
    mask[70:330, 90:313] = True
    return build_template(
        finger(rng, count), SingularPoints([200.0, 130.0], [150.0, 300.0], [1.0, 2.0], [1, 2]), shape=SHAPE, mask=mask,
        orientation=np.full(blocks, 1.0, np.float32), period=np.full(blocks, 9.0, np.float32), extractor=name,
    )  # fmt: skip


def laid_out(natives: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    return np.frombuffer(b"".join(natives), np.uint8), np.cumsum([0, *(len(native) for native in natives)])


def test_checksums_are_those_of_zlib(rng: np.random.Generator) -> None:
    for size in (0, 1, 7, 8, 9, 64, 1001):
        data = rng.integers(0, 256, size, dtype=np.uint8)
        assert kernels.crc32(data, _checksum_table()) == zlib.crc32(data.tobytes())


def test_faults_and_their_numbers_equal_those_of_the_twin(rng: np.random.Generator) -> None:
    prints = [made(rng), made(rng, 1, ""), build_template(Minutiae.empty(), shape=(9, 9)), made(rng, 30)]
    natives = [print_.to_bytes() for print_ in prints]
    for print_ in prints:
        natives += mutations(print_, rng, 700)
    natives += [native[:-1] for native in natives[:3]] + [b"", b"FPET", natives[0] + bytes(32768)]
    found = check_natives(*laid_out(natives), recompute=False)
    twins = [naive_native_check.check(native) for native in natives]
    named = [(kernels.FAULTS[fault], value) for fault, value in zip(found.fault, found.found, strict=True)]
    for ours, theirs in zip(named, twins, strict=True):
        if theirs[0] != "sound" or ours[0] != "name":  # beyond ASCII the name is not the kernels' to judge
            assert ours[0] == theirs[0]
            assert ours[1] == pytest.approx(theirs[1], nan_ok=True)
    seen = Counter(fault for fault, _ in named)
    assert seen["sound"] >= 20
    assert len(seen) >= len(kernels.FAULTS) - 6


def test_each_part_answers_for_itself(rng: np.random.Generator) -> None:
    sound = made(rng, name="plain")
    native = sound.to_bytes()
    count, begin, points = 12, 57, 57 + 56 * 12
    for at, octets, part, fault in (
        (26, bytes([max(Finger) + 1]), kernels.check_header, "finger"),
        (27, b"\x05", kernels.check_header, "impression"),
        (29, b"\xff", kernels.check_header, "counts"),
        (52, b"\x1b", kernels.check_name, "name"),
        (begin, b"\xff\xff", kernels.check_minutiae, "x"),
        (begin, native[begin + 2 : begin + 4], kernels.check_minutiae, None),
        (begin + 5 * count, b"\x03", kernels.check_minutiae, "kind"),
        (begin + 7 * count + 48, b"\x80", kernels.check_cylinders, "unused bits"),
        (points + 10, b"\x00", kernels.check_points, "point kind"),
        (points + 12, b"\x80", kernels.check_map, "orientation"),
    ):
        forged = np.frombuffer(with_octets(native, at, octets), np.uint8)
        layout = native_layout(forged)
        if part is kernels.check_header:
            answer = part(layout, forged.shape[0], _limits(), _impressions())
        else:
            answer = part(forged, layout)
        assert fault is None or kernels.FAULTS[answer[0]] == fault
    forged = np.frombuffer(with_bits_outside_validity(native), np.uint8)
    assert kernels.FAULTS[kernels.check_cylinders(forged, native_layout(forged))[0]] == "bits outside validity"
    for envelope, fault in ((native[:-1], "stated size"), (b"X" + native[1:], "mark"), (native, "sound")):
        data = np.frombuffer(envelope, np.uint8)
        assert kernels.FAULTS[kernels.check_envelope(data, 32768, _checksum_table())[0]] == fault
    assert kernels.is_recomputable(np.frombuffer(native, np.uint8), _descriptors())
    assert not kernels.is_recomputable(np.frombuffer(with_octets(native, 18, b"other"), np.uint8), _descriptors())


def test_kernels_know_all_codes() -> None:
    assert max(Finger) == kernels.MAX_FINGER
    assert np.flatnonzero(_impressions()).tolist() == sorted(Impression)


def test_bits_are_wrong_where_the_twin_is_sure_of_it(rng: np.random.Generator) -> None:
    template = made(rng, 20)
    native = template.to_bytes()
    array, layout = np.frombuffer(native, np.uint8), native_layout(np.frombuffer(native, np.uint8))
    assert wrong_descriptor(array, layout, _descriptors()) == -1
    columns = template.minutiae
    points = list(zip(columns.x.tolist(), columns.y.tolist(), columns.direction.tolist(), strict=True))
    noticed = 0
    for _ in range(300):
        own, word, cell = int(rng.integers(0, 20)), int(rng.integers(0, 6)), int(rng.integers(0, 52))
        at = layout.minutiae_at + 7 * 20 + 49 * own + 7 * word + cell // 8
        forged = with_octets(native, at, bytes([native[at] ^ 1 << cell % 8]))
        margin = naive_template.cylinder(
            points, own, PARAMETERS.radius_px, PARAMETERS.spatial_sigma_px, PARAMETERS.angular_sigma_rad,
            PARAMETERS.activation,
        )[cell, word]  # fmt: skip
        is_valid = naive_native.cylinder_word(native, layout.minutiae_at, 20, own, 6) >> cell & 1
        fault = kernels.FAULTS[int(check_natives(*laid_out([forged])).fault[0])]
        if not is_valid:
            assert fault == "bits outside validity"
        elif abs(margin) > 1e-6:
            assert fault == "descriptor"
            noticed += 1
    assert noticed > 100


def test_a_sum_on_the_threshold_may_fall_either_way(rng: np.random.Generator) -> None:
    native = np.frombuffer(made(rng, 2).to_bytes(), np.uint8)
    layout, valid = native_layout(native), np.uint64(2**52 - 1)
    empty = np.zeros((52, 6))
    for total, may_be_set, may_be_clear in ((0.0, False, True), (0.005, True, True), (0.006, True, False)):
        sums = np.full((52, 6), total)
        for bits, allowed in ((0, may_be_clear), (2**52 - 1, may_be_set)):
            begin = layout.minutiae_at + 14
            octets = np.uint64(bits).tobytes()[:7] * 6 + b"\xff" * 6 + b"\x0f"
            forged = np.frombuffer(with_octets(native.tobytes(), begin, octets), np.uint8)
            assert has_wrong_bit(forged, layout, 0, valid, 0.005, sums, empty) == (not allowed)
    # A neighbour exactly on the rim of reach, 28 px from a cell, may count or not.
    sums, rim = np.zeros((53, 6)), np.zeros((53, 6))
    at = _descriptors().centres_px[3]
    assert add_neighbour(at + 28.0, at, 0, _descriptors(), sums, rim)
    assert rim.any()
    assert (rim <= sums).all()


def test_a_neighbour_adds_what_the_twin_adds_wherever_it_lies(rng: np.random.Generator) -> None:
    descriptors = _descriptors()
    reach = 3.0 * descriptors.sigma_px
    seen = 0
    for _ in range(200):
        along, across = rng.uniform(-100.0, 100.0, 2)
        difference = int(rng.integers(0, 256))
        sums, rim, expected = np.zeros((53, 6)), np.zeros((53, 6)), np.zeros((52, 6))
        assert not add_neighbour(along, across, difference, descriptors, sums, rim)
        for row, col in itertools.product(range(GRID), repeat=2):
            away = math.hypot(along - descriptors.centres_px[row], across - descriptors.centres_px[col])
            if away <= reach and descriptors.cell[row, col] < 52:
                height = math.exp(-0.5 * (away / descriptors.sigma_px) ** 2)
                height /= descriptors.sigma_px * math.sqrt(2.0 * math.pi)
                for sector in range(SECTORS):
                    expected[descriptors.cell[row, col], sector] = height * descriptors.angular[difference, sector]
        assert np.allclose(sums[:52], expected, rtol=1e-12, atol=0.0)
        seen += int((expected > 0.0).sum())
    assert seen > 1000


def test_places_within_reach_are_those_of_the_twin(rng: np.random.Generator) -> None:
    for _ in range(500):
        distance, reach, step = rng.uniform(-60.0, 200.0), rng.uniform(5.0, 40.0), rng.uniform(5.0, 25.0)
        near = [place for place in range(GRID) if abs(distance - place * step) <= reach]
        first, last = places_within(distance, reach, 1.0 / step)
        assert list(range(first, last + 1)) == near


def test_names_beyond_ascii_are_read_as_text(rng: np.random.Generator) -> None:
    for name, fault in (
        ("µ".encode(), "sound"),
        ("指紋 2".encode(), "sound"),
        (b"\xff\xfe", "name"),
        ("a\u202eb".encode(), "name"),  # turns the direction of writing
        ("a\x85b".encode(), "name"),
        (b"\xed\xa0\x80", "name"),
        (b"a\nb", "name"),
    ):
        native = made(rng, 3, "").to_bytes()
        forged = sealed(native[:29] + bytes([len(name)]) + native[30:52] + name + native[52:-4])
        assert kernels.FAULTS[int(check_natives(*laid_out([forged])).fault[0])] == fault


def test_places_outside_the_data_are_a_fault_of_that_template(rng: np.random.Generator) -> None:
    native = made(rng).to_bytes()
    data = np.frombuffer(native, np.uint8)
    size = len(native)
    for offset in ([0, size + 1], [-1, size], [size, 0], [2**62, -(2**62)]):
        assert not check_natives(data, np.array(offset)).sound.any()
    assert check_natives(data, np.array([0, size])).sound.all()
    assert check_natives(data, np.zeros(0, np.int64)).sound.shape == (0,)
