"""Training samples: what the network is told is the truth about the impression under it."""

import dataclasses

import cv2
import numpy as np
import pytest
from training.masters import grow, path_of, restore, store
from training.samples import HELD_OUT, NAMED_FAULTS, SampleStream, mirrored, sample_of, turned

from fingerprint_engine.minutiae import MinutiaKind
from fingerprint_engine.synthesis.impressions.hard_impression import FAULTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("masters")
    for number in range(2):
        store(grow(number), path_of(number, folder))
    return folder


@pytest.fixture(scope="module")
def stream(folder):
    return SampleStream(3, side=192, folder=folder)


def test_a_finger_comes_back_from_disk_as_it_was_to_half_precision(folder):
    grown, kept = grow(0), restore(path_of(0, folder))
    assert np.allclose(kept.ridges, grown.ridges, atol=1e-3)
    assert np.array_equal(kept.minutiae.x, grown.minutiae.x)
    assert kept.ridges.dtype == np.float32


def test_fingers_of_validation_are_not_trained_on(folder):
    training, validation = (SampleStream(3, folder=folder, validation=flag).paths for flag in (False, True))
    assert set(training) & set(validation) == set()
    assert len(training) + len(validation) == 2
    assert len(validation) == -(-2 // HELD_OUT)


def test_a_sample_depends_on_its_number_alone(folder, stream):
    later = SampleStream(3, side=192, folder=folder).sample(5)
    for number in range(4):
        stream.sample(number)
    again = stream.sample(5)
    for field in dataclasses.fields(later):
        assert np.array_equal(getattr(later, field.name), getattr(again, field.name))


def test_heat_direction_and_kind_are_those_of_the_minutiae(stream):
    made = next(made for made in map(stream.impression, range(40)) if len(made.minutiae) > 12)
    sample, found = sample_of(made), made.minutiae
    assert sample.points.shape == (4, 96, 96)
    row = np.clip(np.rint((found.y - 0.5) / 2), 0, 95).astype(int)
    col = np.clip(np.rint((found.x - 0.5) / 2), 0, 95).astype(int)
    assert sample.points[0, row, col].min() > 0.9
    assert sample.near[0, row, col].all()
    distance = np.hypot(found.x[:, None] - found.x, found.y[:, None] - found.y) + 99 * np.eye(len(found))
    alone = distance.min(axis=1) > 12
    assert alone.any()
    assert np.allclose(sample.points[1, row, col][alone], np.cos(found.direction[alone]), atol=1e-5)
    assert np.allclose(sample.points[2, row, col][alone], np.sin(found.direction[alone]), atol=1e-5)
    assert np.array_equal(sample.points[3, row, col][alone] == 1, found.kind[alone] == MinutiaKind.BIFURCATION)
    far = sample.points[0] < 1e-3
    assert far.mean() > 0.5


def test_maps_are_those_of_the_impression(stream):
    made = stream.impression(2)
    sample = sample_of(made)
    assert np.array_equal(sample.ridges[0], made.ridges)
    assert np.array_equal(sample.ridges[1] > 0, made.mask)
    assert sample.blocks.shape == (4, 24, 24)
    assert sample.blocks[0].mean() == pytest.approx(made.mask.mean(), abs=1e-3)
    assert np.allclose(9.0 * np.exp(sample.blocks[3]), made.period, rtol=1e-4)


def test_where_no_ridge_can_be_seen_the_truth_is_no_foreground_no_ridge_and_no_minutia(folder):
    wet = SampleStream(3, side=192, folder=folder, faults=frozenset({"joined"}))
    made = next(made for made in map(wet.impression, range(80)) if made.hidden.sum() > 4000)
    sample, whole = sample_of(made), made.hidden.reshape(24, 8, 24, 8)
    assert (made.ridges[made.hidden] != 0.0).mean() > 0.9
    assert not sample.ridges[0][made.hidden].any()
    assert np.array_equal(sample.ridges[0][~made.hidden], made.ridges[~made.hidden])
    assert np.array_equal(sample.ridges[1] > 0, made.mask)
    assert not sample.blocks[0][whole.all(axis=(1, 3))].any()
    assert sample.blocks[0][~whole.any(axis=(1, 3))].sum() > 0
    # The heat of a minutia that can be seen reaches a few pixels into the patch.
    deep = cv2.erode(made.hidden.astype(np.uint8), np.ones((17, 17)))[::2, ::2] > 0
    assert deep.any()
    assert sample.points[0][deep].max() < 0.1
    assert not sample.near[0][deep].any()


def test_beyond_the_print_a_halo_is_no_foreground(folder):
    films = SampleStream(3, side=192, folder=folder, faults=frozenset({"halo"}))
    haloed = [made for made in map(films.impression, range(60)) if (made.pixels[~made.mask] < 200).sum() > 1000]
    assert haloed
    for made in haloed:
        sample, beyond = sample_of(made), ~made.mask
        assert not sample.ridges[1][beyond].any()
        assert not sample.blocks[0][beyond.reshape(24, 8, 24, 8).all(axis=(1, 3))].any()


def test_every_other_finger_shows_none_of_the_named_faults(folder, stream):
    named = SampleStream(3, side=192, folder=folder, faults=FAULTS | NAMED_FAULTS)
    same = [np.array_equal(named.impression(k).pixels, stream.impression(k).pixels) for k in range(12)]
    assert [all(same[k : k + 2]) for k in range(0, 12, 4)] == [True] * 3
    assert not all(same)


def test_a_mirror_turns_angles_about_and_twice_is_nothing(stream):
    sample = stream.sample(1)
    once, twice = mirrored(sample), mirrored(mirrored(sample))
    for field in dataclasses.fields(sample):
        assert np.array_equal(getattr(sample, field.name), getattr(twice, field.name))
    assert np.array_equal(once.image, sample.image[..., ::-1])
    angle = np.arctan2(sample.points[2], sample.points[1])[:, ::-1]
    near = once.near[0] > 0
    assert np.allclose(once.points[1][near], np.cos(np.pi - angle)[near], atol=1e-5)
    assert np.allclose(once.points[2][near], np.sin(np.pi - angle)[near], atol=1e-5)


def test_without_fingers_one_is_told_what_to_do(tmp_path):
    with pytest.raises(SystemExit, match=r"training\.masters"):
        SampleStream(1, folder=tmp_path)


def test_a_sample_turned_upside_down_is_that_of_the_turned_print(stream):
    sample = next(sample for sample in map(stream.sample, range(40)) if sample.points[0].max() > 0.9)
    upside_down = turned(sample)
    assert np.array_equal(upside_down.image, sample.image[:, ::-1, ::-1])
    assert np.array_equal(upside_down.blocks, sample.blocks[:, ::-1, ::-1])  # half a circle leaves orientations
    assert np.array_equal(upside_down.points[0], sample.points[0, ::-1, ::-1])
    assert np.array_equal(upside_down.points[1:3], -sample.points[1:3, ::-1, ::-1])
    assert np.array_equal(upside_down.points[3], sample.points[3, ::-1, ::-1])
    for field in dataclasses.fields(sample):
        assert np.array_equal(getattr(turned(upside_down), field.name), getattr(sample, field.name))


def test_a_teacher_is_asked_about_all_of_a_plain_print_and_of_others_where_ridges_can_be_seen(folder):
    wet = SampleStream(3, side=192, folder=folder, faults=frozenset({"joined"}))
    number = next(k for k in range(80) if wet.impression(k).hidden.sum() > 4000)
    made, taught = wet.impression(number), wet.sample(number).taught[0] > 0
    assert not taught[~made.mask].any()
    assert not taught[cv2.dilate(made.hidden.astype(np.uint8), np.ones((17, 17), np.uint8)) > 0].any()
    assert taught.any()
    assert (wet.sample(4 * (number // 4)).taught == 1).all()  # an even touch suffers from none of them
