"""Properties of the exchange formats: whatever a record holds reads back; whatever is mapped stays where it was."""

import dataclasses

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from fingerprint_engine import Finger, Impression
from fingerprint_engine.exchange import image_records, minutiae_records
from fingerprint_engine.exchange.coordinates import Grid
from fingerprint_engine.exchange.image_records import ImageRecord, ImageRecordVersion, ImageView
from fingerprint_engine.exchange.minutiae_records import ExtendedBlock, MinutiaeRecord, RecordMinutia, RecordVersion
from fingerprint_engine.exchange.minutiae_records.model import MinutiaeView
from fingerprint_engine.exchange.representation import CaptureDevice, QualityBlock
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.template import build_template

U8, U16 = st.integers(0, 255), st.integers(0, 65535)
BLOCK = st.builds(ExtendedBlock, st.sampled_from([1, 3, 0x0100, 0x4321]), st.binary(max_size=20))
QUALITY = st.builds(QualityBlock, U8, U16, U16)
TIMES = [b"\xff" * 9, bytes(9), b"\x07\xe8\x0c\x1f\x17\x3b\x3b\x03\xe7"]
"""Unknown, nothing, and the last moment of 2024."""
DEVICE = st.builds(CaptureDevice, st.sampled_from(TIMES), U8, U16, U16)


@st.composite
def minutiae_records_of_any_version(draw):
    version = draw(st.sampled_from(list(RecordVersion)))
    minutia = st.builds(
        RecordMinutia,
        st.integers(0, 2),
        st.integers(0, 16383),
        st.integers(0, 16383),
        st.integers(0, version.steps - 1),
        U8,
        st.integers(0, 3),
    )
    geometry = [draw(U16) for _ in range(4)]
    four_bits = st.integers(0, 15) if version.first_edition else U8
    views = []
    for _ in range(draw(st.integers(1, 3))):
        if not version.first_edition:
            geometry = [draw(U16) for _ in range(4)]
        view = MinutiaeView(
            draw(U8),
            draw(four_bits),
            draw(four_bits),
            draw(U8),
            *geometry,
            tuple(draw(st.lists(minutia, max_size=8))),
            tuple(draw(st.lists(BLOCK, max_size=3))),
        )
        if version is RecordVersion.ISO_2011:
            qualities = tuple(draw(st.lists(QUALITY, max_size=2)))
            score = qualities[0].score if qualities else 255
            view = dataclasses.replace(view, qualities=qualities, quality=score, device=draw(DEVICE))
        elif not version.first_edition:
            view = dataclasses.replace(view, qualities=(QualityBlock(view.quality, draw(U16), draw(U16)),))
        views.append(view)
    ansi = not version.is_iso
    return MinutiaeRecord(version, tuple(views), draw(U16) if ansi else 0, draw(U16) if ansi else 0)


@hypothesis.given(minutiae_records_of_any_version())
def test_any_minutiae_record_reads_back(record):
    data = minutiae_records.dumps(record)
    back = minutiae_records.loads(data, strict=True)
    assert dataclasses.replace(back, magic=b"") == record
    assert minutiae_records.dumps(back) == data


@st.composite
def image_records_of_2011(draw):
    views = st.builds(
        ImageView, U8, U8, U8, U16, U16, st.binary(max_size=40), U8, U8, U8, st.tuples(U16, U16), st.tuples(U16, U16),
        device=st.builds(CaptureDevice, st.just(b"\xff" * 9), U8, U16, U16), extended=st.binary(max_size=9),
    )  # fmt: skip
    found = [dataclasses.replace(view, quality=255) for view in draw(st.lists(views, min_size=1, max_size=3))]
    return ImageRecord(ImageRecordVersion.ISO_2011, tuple(found), acquisition_level=0, position_count=draw(U8))


@hypothesis.given(image_records_of_2011())
def test_any_image_record_reads_back(record):
    data = image_records.dumps(record)
    assert image_records.loads(data, strict=True) == record


@st.composite
def templates(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(0, 64))
    rows, cols = draw(st.integers(50, 800)), draw(st.integers(50, 800))
    minutiae = Minutiae(
        rng.uniform(0, cols - 1, count),
        rng.uniform(0, rows - 1, count),
        rng.uniform(0, 2 * np.pi, count),
        rng.integers(0, 3, count),
        rng.permutation(101)[:count],
    )
    finger = draw(st.sampled_from(list(Finger)))
    return build_template(minutiae, shape=(rows, cols), finger=finger, impression=Impression.LIVESCAN_PLAIN)


@hypothesis.given(templates(), st.sampled_from(list(RecordVersion)), st.sampled_from([500.0, 1000.0]))
def test_minutiae_stay_where_they_were(template, version, ppi):
    record = minutiae_records.loads(minutiae_records.dumps([template], version, ppi=ppi), strict=True)
    (back,) = minutiae_records.templates(record).value
    before, after = template.minutiae, back.minutiae
    assert len(after) == len(before)
    assert back.finger is template.finger
    if len(before) == 0:
        return
    # The order is by quality, which only the first editions change: a quality of 0 means nothing there and becomes 1.
    gap = np.hypot(after.x[:, None] - before.x, after.y[:, None] - before.y)
    nearest = gap.argmin(axis=1)
    assert gap.min(axis=1).max() <= 0.5 * 2**0.5 * 500 / ppi + 0.26
    turn = (after.direction - before.direction[nearest] + np.pi) % (2 * np.pi) - np.pi
    close = np.sort(gap, axis=1)[:, 1] > 4 if len(before) > 1 else np.ones(1, bool)
    assert np.degrees(np.abs(turn[close])).max(initial=0.0) <= (0.01 if version.is_iso else 1.8)


@hypothesis.given(templates(), st.sampled_from(list(RecordVersion)))
def test_with_our_block_nothing_is_lost(template, version):
    record = minutiae_records.loads(minutiae_records.dumps([template], version, native=True), strict=True)
    assert minutiae_records.templates(record, strict=True).value == (template,)


@hypothesis.given(
    st.floats(100, 4000), st.sampled_from([360 / 256, 2.0, 1.0, 5.625]), st.booleans(), st.booleans(), st.booleans()
)
def test_any_grid_undoes_itself(per_inch, step, pixels, flipped, turned):
    grid = Grid(per_inch, per_inch, step, pixels, 777.0 if flipped else None, turned, 3.0, 5.0)
    x, y = np.meshgrid(np.arange(0, 500, 83), np.arange(0, 500, 71))
    back_x, back_y = grid.from_px(*grid.to_px(x, y))
    np.testing.assert_array_equal(back_x, x)
    np.testing.assert_array_equal(back_y, y)
    angles = np.arange(round(360 / step))
    np.testing.assert_array_equal(grid.from_rad(grid.to_rad(angles)), angles)


@pytest.mark.parametrize("version", list(RecordVersion))
def test_the_smallest_record_has_no_minutiae(version):
    (back,) = minutiae_records.templates(
        minutiae_records.loads(
            minutiae_records.dumps([build_template(Minutiae.empty(), shape=(1, 1))], version), strict=True
        )
    ).value
    assert len(back) == 0
