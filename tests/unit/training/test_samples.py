"""Training samples: what the network is told is the truth about the impression under it."""

import dataclasses

import numpy as np
import pytest
from training.masters import grow, path_of, restore, store
from training.samples import HELD_OUT, SampleStream, mirrored, sample_of

from fingerprint_engine.minutiae import MinutiaKind


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
