from __future__ import annotations

import dataclasses
import pickle
import re
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import ROOT
from tests.reference.point_prints import SHAPE, finger

from fingerprint_engine.errors import CorruptTemplate, InputError, TemplateError, UnsupportedTemplateVersion
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.minutiae import Minutiae, SingularPoints
from fingerprint_engine.template import CoarseMap, Template, build_template
from fingerprint_engine.template.kernels import native
from fingerprint_engine.template.native.format import _ENVELOPE, _HEADER, encode


def _full(count: int = 30) -> Template:
    rng = np.random.default_rng(count)
    blocks = (-(-SHAPE[0] // 8), -(-SHAPE[1] // 8))
    mask = np.zeros(SHAPE, np.bool_)
    mask[60:370, 60:350] = True
    return build_template(
        finger(rng, count),
        SingularPoints([200.3], [210.9], [1.0], [1]),
        shape=SHAPE,
        mask=mask,
        orientation=rng.uniform(0, np.pi, blocks).astype(np.float32),
        period=rng.uniform(7, 11, blocks).astype(np.float32),
        quality=77,
        finger=Finger.LEFT_RING,
        impression=Impression.NONLIVE_ROLLED,
        source_ppi=512.0,
        extractor="test µ 1",
        parameters_digest=b"12345678",
    )


def _sealed(body: bytes) -> bytes:
    """Bytes with right length and checksum, whatever they hold."""
    data = body[:6] + struct.pack("<I", len(body) + 4) + body[10:]
    return data + struct.pack("<I", zlib.crc32(data))


@pytest.mark.parametrize("count", [0, 1, 2, 30, 64])
def test_round_trip(count: int) -> None:
    template = _full(count)
    data = template.to_bytes()
    again = Template.from_bytes(data)
    assert again == template
    assert hash(again) == hash(template)
    assert again.content_key == template.content_key
    for name in ("x", "y", "direction", "kind", "quality"):
        np.testing.assert_array_equal(getattr(again.minutiae, name), getattr(template.minutiae, name))
        assert getattr(again.minutiae, name).dtype == getattr(template.minutiae, name).dtype
    np.testing.assert_array_equal(again.cylinders, template.cylinders)
    np.testing.assert_array_equal(again.coarse_map.orientation, template.coarse_map.orientation)
    np.testing.assert_array_equal(again.coarse_map.period, template.coarse_map.period)
    for name in (
        "finger", "impression", "quality", "shape", "source_ppi", "extractor", "parameters_digest",
        "descriptor_digest", "radius_px",
    ):  # fmt: skip
        assert getattr(again, name) == getattr(template, name)
    assert encode(again) == data


@given(st.integers(0, 2**32 - 1), st.integers(0, 64), st.booleans())
def test_round_trip_of_any_print(seed: int, count: int, mapped: bool) -> None:
    rng = np.random.default_rng(seed)
    rows, cols = (int(side) for side in rng.integers(1, 700, 2))
    minutiae = Minutiae(
        rng.uniform(0, cols - 1, count),
        rng.uniform(0, rows - 1, count),
        rng.uniform(0, 6.3, count),
        rng.integers(0, 3, count),
        rng.choice([0, 50, 100, 255], count),
    )
    mask = rng.uniform(size=(rows, cols)) < 0.6 if mapped else None
    template = build_template(minutiae, shape=(rows, cols), mask=mask)
    assert Template.from_bytes(template.to_bytes()) == template


def test_full_print_takes_about_four_kilobytes() -> None:
    assert len(_full(64).to_bytes()) <= 4200


def test_pickle() -> None:
    template = _full()
    assert pickle.loads(pickle.dumps(template)) == template


def test_every_flipped_bit_is_noticed() -> None:
    data = _full(4).to_bytes()
    for bit in range(len(data) * 8):
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(CorruptTemplate):
            Template.from_bytes(bytes(damaged))


def test_every_truncation_and_any_addition_is_noticed() -> None:
    data = _full(4).to_bytes()
    for length in range(len(data)):
        with pytest.raises(CorruptTemplate):
            Template.from_bytes(data[:length])
    with pytest.raises(CorruptTemplate):
        Template.from_bytes(data + b"\0")


def test_a_newer_version_is_told_from_damage() -> None:
    data = _full().to_bytes()
    newer = _sealed(data[:4] + struct.pack("<H", 2) + data[6:-4])
    with pytest.raises(UnsupportedTemplateVersion, match="got 2"):
        Template.from_bytes(newer)
    with pytest.raises(CorruptTemplate):
        Template.from_bytes(_sealed(data[:4] + struct.pack("<H", 0) + data[6:-4]))


FINGER, NAME_LENGTH, POINTS, ROWS_PX, SOURCE_PPI, MAP_ROWS, END = 26, 29, 31, 32, 36, 48, 52
"""Places in the bytes of version 1."""


def test_forged_counts_are_noticed() -> None:
    data = _full().to_bytes()[:-4]
    assert Template.from_bytes(_sealed(data)) == _full()
    for at in (NAME_LENGTH, NAME_LENGTH + 1, POINTS, *range(MAP_ROWS, END)):
        for value in {0, 1, 0x7F, 0x80, 0xFF} - {data[at]}:
            forged = bytearray(data)
            forged[at] = value
            with pytest.raises(CorruptTemplate):
                Template.from_bytes(_sealed(bytes(forged)))


def test_forged_values_are_noticed() -> None:
    data = _full().to_bytes()[:-4]
    for at, content in (
        (FINGER, b"\x0b"),
        (FINGER + 1, b"\xff"),
        (FINGER + 2, b"\x65"),
        (ROWS_PX, b"\0\0"),
        (ROWS_PX, b"\x10\0"),
        (SOURCE_PPI, struct.pack("<f", float("nan"))),
        (SOURCE_PPI, struct.pack("<f", -500.0)),
        (SOURCE_PPI + 4, struct.pack("<f", 1e9)),
        (END, b"\xff\xff"),
    ):
        forged = bytearray(data)
        forged[at : at + len(content)] = content
        with pytest.raises(CorruptTemplate):
            Template.from_bytes(_sealed(bytes(forged)))


@given(st.binary(max_size=300))
def test_any_bytes_give_a_template_error(data: bytes) -> None:
    with pytest.raises(TemplateError):
        Template.from_bytes(data)
    if len(data) >= 10:
        with pytest.raises(TemplateError):
            Template.from_bytes(_sealed(b"FPET" + struct.pack("<H", 1) + data))


def test_minutiae_out_of_order_are_noticed() -> None:
    template = _full(2)
    data = bytearray(template.to_bytes()[:-4])
    start = 10 + 42 + len("test µ 1".encode())
    data[start : start + 4] = data[start + 2 : start + 4] + data[start : start + 2]
    qualities = slice(start + 12, start + 14)
    data[qualities] = bytes(reversed(data[qualities]))
    with pytest.raises(CorruptTemplate, match="order"):
        Template.from_bytes(_sealed(bytes(data)))


def test_bytes_only() -> None:
    with pytest.raises(InputError):
        Template.from_bytes("FPET")  # type: ignore[arg-type]


def test_more_singular_points_than_their_count_can_say_are_refused() -> None:
    at = [10.0] * 128
    with pytest.raises(InputError, match="at most 255 minutiae and 127 singular points, got 0 and 128"):
        build_template(Minutiae.empty(), SingularPoints(at, at, at, [1] * 128), shape=SHAPE)


def test_the_table_of_the_bytes_in_the_docs_is_that_of_the_header() -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (\d+) \|", page.split("## Template, version 1")[1].split("\n## ")[0], re.MULTILINE)
    offsets = [int(offset) for offset, _ in rows]
    sizes = [int(size) for _, size in rows]
    assert offsets == [sum(sizes[:at]) for at in range(len(sizes))]
    assert sum(sizes) == native.CONTENT_AT == END
    fields = re.findall(r"(\d*)([sBHIf])", _ENVELOPE.format + _HEADER.format)
    wanted = [
        [int(count)] if kind == "s" else [struct.calcsize(f"<{kind}")] * int(count or 1) for count, kind in fields
    ]
    assert sizes == [size for field in wanted for size in field]


def test_the_order_of_two_templates_follows_from_what_a_comparison_sees() -> None:
    template = _full()
    other = dataclasses.replace(
        template, finger=Finger.UNKNOWN, impression=Impression.LATENT, quality=3, source_ppi=1000.0, extractor="",
        parameters_digest=bytes(8), singular_points=SingularPoints.empty(), shape=(SHAPE[0] + 16, SHAPE[1]),
    )  # fmt: skip
    assert other.content_key == template.content_key
    assert other != template
    codes, periods = template.coarse_map.orientation, template.coarse_map.period
    unmade = dataclasses.replace(template, descriptor_digest=b"another!")  # whose descriptors nobody can make again
    assert unmade.content_key == template.content_key
    keys = {
        template.content_key,
        _full(29).content_key,
        dataclasses.replace(unmade, cylinders=template.cylinders & ~np.uint64(1)).content_key,
        dataclasses.replace(template, coarse_map=CoarseMap(3, 3, codes, np.zeros((0, 0)))).content_key,
        dataclasses.replace(template, coarse_map=CoarseMap(3, 4, codes, periods)).content_key,
        dataclasses.replace(template, coarse_map=CoarseMap(3, 3, np.zeros(codes.shape), periods)).content_key,
    }
    assert len(keys) == 6
