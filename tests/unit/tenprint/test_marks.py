"""Marks: regions, minutiae that somebody marked, and what is refused."""

from __future__ import annotations

import functools
import pickle

import numpy as np
import pytest
from tests.unit.tenprint.conftest import hand_of

from fingerprint_engine.errors import FailureToExtract, ImageError, InputError, ParameterError
from fingerprint_engine.fingers import Finger, Impression
from fingerprint_engine.matching import compare
from fingerprint_engine.minutiae import Minutiae
from fingerprint_engine.pipeline import extract
from fingerprint_engine.preprocessing import FingerprintImage
from fingerprint_engine.synthesis import ImpressionParameters, MarkParameters, SyntheticMark, make_impression, make_mark
from fingerprint_engine.tenprint import Mark, MarkRegion, Reader, Upright, read_mark
from fingerprint_engine.tenprint.marks.evening import evened
from fingerprint_engine.tenprint.marks.region import independent, inside

CLEAN = MarkParameters(
    area_low_mm2=200.0, area_high_mm2=260.0, spoiled_low=0.0, spoiled_high=0.1, faintest=0.9, smear=0.0, powder=0.0,
    writing=0.0, texture=0.0, distortion=1.0,
)  # fmt: skip


@functools.cache
def mark_of(seed: int) -> SyntheticMark:
    return make_mark(hand_of(0)[Finger.RIGHT_INDEX], np.random.default_rng([8, seed]), CLEAN)


@functools.cache
def rolled():
    way = ImpressionParameters(rows_px=560, cols_px=460, contact_low=0.97, contact_high=1.0)
    return extract(make_impression(hand_of(0)[Finger.RIGHT_INDEX], np.random.default_rng(1), way).image)


def test_a_mark_is_made_as_it_says():
    mark, again = mark_of(1), make_mark(hand_of(0)[Finger.RIGHT_INDEX], np.random.default_rng([8, 1]), CLEAN)
    assert np.array_equal(mark.image.pixels, again.image.pixels)
    area = mark.mask.sum() * (25.4 / 500.0) ** 2
    assert 150.0 < area < 300.0
    assert inside(mark.region, mark.mask.shape)[mark.mask].mean() > 0.9
    assert len(mark.minutiae) > 10
    dark = mark.image.pixels[mark.mask].mean()
    assert dark < mark.image.pixels[~mark.mask].mean() - 30.0


def test_a_region_keeps_what_lies_in_it():
    mark = mark_of(1)
    region = MarkRegion.of(mark.region)
    made = read_mark(mark.image, [region], finger=Finger.RIGHT_INDEX)
    (reading,) = made.readings
    assert (reading.region, reading.reader, reading.template.impression) == (0, Reader.ENGINE, Impression.LATENT)
    assert reading.template.finger is Finger.RIGHT_INDEX
    assert reading.template.shape == mark.image.shape
    points = reading.template.minutiae
    assert inside(mark.region, mark.mask.shape)[points.y.astype(int), points.x.astype(int)].all()
    assert compare(reading.template, rolled()).score > 40.0


def test_the_engine_looks_twice_at_a_region():
    mark = mark_of(1)
    made = read_mark(mark.image, [MarkRegion.of(mark.region)], minutiae=mark.minutiae)
    engine, examiner = made.readings
    assert engine.evened is not None
    assert engine.templates == (engine.template, engine.evened)
    assert engine.evened.shape == mark.image.shape
    assert (engine.is_outlined, examiner.is_outlined) == (True, False)
    assert not read_mark(mark.image).readings[0].is_outlined
    assert compare(engine.evened, rolled()).score > 40.0
    assert examiner.templates == (examiner.template,)
    assert made.templates == (*engine.templates, *examiner.templates)


@pytest.mark.parametrize("ppi", [500.0, 1000.0])
def test_an_evened_picture_has_the_same_contrast_everywhere(ppi):
    period = 9.0 * ppi / 500.0
    wave = np.sin(2.0 * np.pi * np.arange(400) / period)[None, :].repeat(400, axis=0)
    strength = np.linspace(5.0, 60.0, 400)[:, None]
    slope = np.linspace(100.0, 180.0, 400)[:, None]
    image = FingerprintImage(np.rint(slope + strength * wave).astype(np.uint8), ppi)
    made = evened(image, 18.0)
    assert made.ppi == ppi
    faint, dark = (made.pixels[rows].astype(float) for rows in (slice(40, 80), slice(320, 360)))
    assert faint.std() == pytest.approx(dark.std(), rel=0.1)
    assert faint.mean() == pytest.approx(dark.mean(), abs=3.0)
    assert (evened(FingerprintImage(np.full((50, 50), 90, np.uint8), ppi), 18.0).pixels == 128).all()


def test_the_whole_image_is_searched_for_a_print_without_a_region():
    mark = mark_of(2)
    made = read_mark(mark.image)
    assert made.regions == 1
    assert compare(made.readings[0].template, rolled()).score > 40.0


def test_regions_hold_at_any_resolution():
    mark = mark_of(1)
    fine = FingerprintImage(np.ascontiguousarray(mark.image.pixels.repeat(2, axis=0).repeat(2, axis=1)), 1000.0)
    region = MarkRegion.of(2.0 * mark.region + 0.5)
    (reading,) = read_mark(fine, [region]).readings
    assert reading.template.shape == mark.image.shape
    points = reading.template.minutiae
    reached = inside(mark.region, mark.mask.shape)
    assert reached[points.y.astype(int), points.x.astype(int)].mean() > 0.95
    assert compare(reading.template, rolled()).score > 40.0


def test_an_examiners_minutiae_are_a_reading_of_their_own():
    mark = mark_of(1)
    made = read_mark(mark.image, [MarkRegion.of(mark.region)], minutiae=mark.minutiae, upright=Upright(10.0, 5.0))
    readers = [one.reader for one in made.readings]
    assert readers == [Reader.ENGINE, Reader.EXAMINER]
    marked = made.readings[1].template
    assert marked.extractor == "examiner"
    assert 0.8 * len(mark.minutiae) <= len(marked) <= len(mark.minutiae)
    assert compare(marked, rolled()).score > 40.0
    assert made.readings[1].upright == Upright(10.0, 5.0)


def test_an_examiner_reads_what_the_engine_cannot():
    mark = mark_of(1)
    blank = FingerprintImage(np.full(mark.image.shape, 200, np.uint8), 500.0)
    made = read_mark(blank, minutiae=mark.minutiae)
    assert [one.reader for one in made.readings] == [Reader.EXAMINER]
    assert isinstance(made.unread[0], FailureToExtract)
    assert pickle.loads(pickle.dumps(made)).unread[0].reason is made.unread[0].reason
    with pytest.raises(FailureToExtract):
        read_mark(blank)


def test_one_unreadable_region_does_not_stop_the_others():
    mark = mark_of(1)
    corner = MarkRegion.rectangle(2, 2, 60, 60)
    made = read_mark(mark.image, [corner, MarkRegion.of(mark.region)])
    assert made.regions == 2
    assert set(made.unread) == {0}
    assert [one.region for one in made.readings] == [1]


def test_regions_that_overlap_are_readings_of_one():
    left, right = MarkRegion.rectangle(0, 0, 100, 100), MarkRegion.rectangle(102, 0, 100, 100)
    across = MarkRegion.rectangle(50, 0, 100, 100)
    shape = (200, 300)
    assert independent([left, right], shape) == (0, 1)
    assert independent([left, left], shape) == (0, 0)
    assert independent([left, right, across], shape) == (0, 0, 0)
    assert independent([right, left, MarkRegion.rectangle(0, 0, 20, 20)], shape) == (0, 1, 1)
    mark = mark_of(1)
    region = MarkRegion.of(mark.region)
    x = [value for value, _ in region.corners]
    low, high = min(x), max(x)
    part = MarkRegion.rectangle(low, min(y for _, y in region.corners), 0.7 * (high - low), 200)
    assert {one.region for one in read_mark(mark.image, [region, part]).readings} == {0}


def test_marks_are_joined():
    one, other = read_mark(mark_of(1).image), read_mark(mark_of(2).image)
    both = Mark.joined([one, other])
    assert both.regions == 2
    assert [reading.region for reading in both.readings] == [0, 1]
    with pytest.raises(InputError, match="one reading twice"):
        Mark.joined([one, one])
    with pytest.raises(InputError, match="at least one reading"):
        Mark.joined([])


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        ([(0, 0), (1, 1)], "3 to 1000 corners, got 2"),
        ([(0, 0), (1, 1), (float("nan"), 2)], "finite"),
        ([(0, 0), (1, 1), (1e9, 2)], "finite"),
        ([(0, 0), (1, 1), (2,)], "two numbers"),
        ([(0, 0), (1, 1), ("a", "b")], "two numbers"),
        ([(0, k) for k in range(1001)], "got 1001"),
    ],
)
def test_what_is_no_polygon_is_refused(corners, words):
    with pytest.raises(ParameterError, match=words):
        MarkRegion(tuple(corners))


def test_what_cannot_be_read_is_refused():
    image = mark_of(1).image
    with pytest.raises(ImageError, match="image: expected a FingerprintImage"):
        read_mark(image.pixels)
    with pytest.raises(ParameterError, match=r"regions\[0\]: expected corners on an image of 600 x 600"):
        read_mark(image, [MarkRegion.rectangle(500, 0, 200, 50)])
    with pytest.raises(ParameterError, match=r"regions\[0\]: expected a MarkRegion"):
        read_mark(image, [(0, 0, 10, 10)])
    with pytest.raises(ParameterError, match="at most 16, got 17"):
        read_mark(image, [MarkRegion.rectangle(0, 0, 10, 10)] * 17)
    with pytest.raises(ParameterError, match="width and height above 0"):
        MarkRegion.rectangle(0, 0, 0, 10)
    with pytest.raises(InputError, match="minutiae: expected Minutiae"):
        read_mark(image, minutiae=[(1, 2)])
    with pytest.raises(InputError, match="upright: expected Upright"):
        read_mark(image, upright=10.0)
    with pytest.raises(FailureToExtract):
        read_mark(image, minutiae=Minutiae.empty(), regions=[MarkRegion.rectangle(0, 0, 30, 30)])
