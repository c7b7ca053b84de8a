"""Several impressions of one finger become one template."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from tests.reference.point_prints import SHAPE, finger, impression, moved

import fingerprint_engine as fe
from fingerprint_engine.errors import IncompatibleTemplates, InputError
from fingerprint_engine.geometry import RigidTransform, direction_difference
from fingerprint_engine.matching import MatchingParameters, MergeParameters
from fingerprint_engine.matching.merging.merge import MAX_MERGED
from fingerprint_engine.minutiae import UNKNOWN_QUALITY, Minutiae
from fingerprint_engine.template import Template, TemplateParameters, build_template

FLOW_RAD = 0.7
HALVES = ((0, 260), (140, 400))
"""Columns that two impressions show of a finger."""


def shown(minutiae: Minutiae, columns: tuple[int, int] = (0, SHAPE[1]), flow_rad: float = FLOW_RAD) -> Template:
    """A print of which only some columns were seen, with ridges of one orientation."""
    mask = np.zeros(SHAPE, np.bool_)
    mask[:, slice(*columns)] = True
    inside = (minutiae.x >= columns[0]) & (minutiae.x < columns[1]) & (minutiae.y >= 0) & (minutiae.y < SHAPE[0])
    names = ("x", "y", "direction", "kind", "quality")
    seen = Minutiae(*(getattr(minutiae, name)[inside] for name in names))
    blocks = (-(-SHAPE[0] // 8), -(-SHAPE[1] // 8))
    orientation, period = np.full(blocks, flow_rad, np.float32), np.full(blocks, 9.0, np.float32)
    return build_template(seen, shape=SHAPE, mask=mask, orientation=orientation, period=period, quality=70)


@pytest.fixture
def master() -> Minutiae:
    return finger(np.random.default_rng(5), 55)


def test_what_two_impressions_show_gains_quality_and_stays_in_place(master: Minutiae) -> None:
    one = shown(master)
    found = fe.merge([one, one])
    assert found.used == (0, 1)
    assert found.left_out == ()
    merged, before = found.template.minutiae, one.minutiae
    assert len(merged) == len(before)
    for at in range(len(before)):
        (same,) = np.flatnonzero((merged.x == before.x[at]) & (merged.y == before.y[at]))
        wanted = 100.0 * (1.0 - (1.0 - before.quality[at] / 100.0) ** 2)
        assert abs(merged.quality[same] - wanted) <= 0.5
        assert merged.kind[same] == before.kind[at]
    assert np.array_equal(found.template.coarse_map.orientation, one.coarse_map.orientation)
    assert np.array_equal(found.template.coarse_map.period, one.coarse_map.period)


def test_what_another_impression_does_not_show_fades(master: Minutiae) -> None:
    names = ("x", "y", "direction", "kind", "quality")
    fewer = Minutiae(*(np.delete(getattr(master, name), 3) for name in names))
    lone = master.x[3], master.y[3]
    found = fe.merge([shown(master), shown(fewer)])
    at = np.hypot(found.template.minutiae.x - lone[0], found.template.minutiae.y - lone[1]).argmin()
    assert found.template.minutiae.quality[at] == round(master.quality[3] * MergeParameters().fade)


def test_halves_together_show_the_whole(master: Minutiae) -> None:
    left, right = (shown(master, columns) for columns in HALVES)
    whole, merged = shown(master), fe.merge([left, right]).template
    assert len(merged) > max(len(left), len(right))
    assert merged.coarse_map.foreground.sum() == whole.coarse_map.foreground.sum()
    rest = shown(master, (150, 400))
    assert fe.compare(merged, rest).score >= fe.compare(left, rest).score
    assert len(fe.compare(merged, whole).pairs) > max(len(fe.compare(half, whole).pairs) for half in (left, right))


def test_a_turned_impression_is_turned_back(master: Minutiae) -> None:
    turn = RigidTransform(0.4, 60.0, 90.0)
    turned = shown(moved(master, turn), flow_rad=FLOW_RAD + 0.4)
    first = shown(master, HALVES[0])
    merged = fe.merge([first, turned]).template
    codes = merged.coarse_map.orientation[merged.coarse_map.foreground]
    steps = np.rint(FLOW_RAD * 128 / math.pi), np.rint((FLOW_RAD + 0.4) * 128 / math.pi)
    # Of the two frames the one of the print that was taken first.
    assert min(np.abs(codes.astype(int) - step).max() for step in steps) <= 1
    assert merged.coarse_map.foreground.sum() > first.coarse_map.foreground.sum()
    pairs = fe.compare(merged, turned, MatchingParameters(least_quality=0))
    assert len(pairs.pairs) >= 0.9 * len(turned)


def test_the_order_does_not_matter_and_nothing_is_random(master: Minutiae) -> None:
    rng = np.random.default_rng(1)
    prints = [shown(impression(master, rng)) for _ in range(4)]
    found = fe.merge(prints)
    assert found.used == (0, 1, 2, 3)
    assert fe.merge(prints[::-1]).template == found.template
    assert fe.merge([prints[2], prints[0], prints[3], prints[1]]).template == found.template


def test_another_finger_is_left_out_and_changes_nothing(master: Minutiae) -> None:
    rng = np.random.default_rng(2)
    prints = [shown(impression(master, rng)) for _ in range(2)]
    other = shown(finger(rng, 50))
    found = fe.merge([prints[0], other, prints[1]])
    assert (found.used, found.left_out) == ((0, 2), (1,))
    assert found.template == fe.merge(prints).template


def test_one_impression_is_what_it_was(master: Minutiae) -> None:
    one = shown(master)
    assert fe.merge([one]).template is one


def test_merged_bytes_pass_the_full_check_and_compare(master: Minutiae) -> None:
    rng = np.random.default_rng(3)
    merged = fe.merge([shown(impression(master, rng)) for _ in range(3)]).template
    again = Template.from_bytes(merged.to_bytes())
    assert again == merged
    assert fe.compare(again, shown(impression(master, rng))).score > 40.0
    assert fe.merge([merged, shown(impression(master, rng))]).used == (0, 1)


def test_what_is_not_known_stays_so(master: Minutiae) -> None:
    silent = dataclasses.replace(master, quality=np.full(len(master), UNKNOWN_QUALITY))
    bare = build_template(silent, shape=SHAPE)
    merged = fe.merge([bare, bare]).template
    assert set(merged.minutiae.quality.tolist()) == {UNKNOWN_QUALITY}
    assert (merged.coarse_map.orientation >= 128).all()
    assert not merged.coarse_map.period.any()


def test_minutiae_agree_in_direction_across_the_turn() -> None:
    points = finger(np.random.default_rng(8), 40)
    columns = (points.x, points.y, points.kind, points.quality)
    below, above = (
        Minutiae(columns[0], columns[1], points.direction + shift, columns[2], columns[3]) for shift in (-0.06, 0.06)
    )
    merged = fe.merge([shown(below), shown(above)]).template.minutiae
    assert len(merged) > 30
    for x, y, direction in zip(merged.x, merged.y, merged.direction, strict=True):
        near = np.hypot(points.x - x, points.y - y).argmin()
        assert abs(direction_difference(direction, points.direction[near])) < 0.05


@pytest.mark.parametrize("count", [0, MAX_MERGED + 1])
def test_none_and_too_many_are_refused(master: Minutiae, count: int) -> None:
    with pytest.raises(InputError, match=f"templates: expected 1 to {MAX_MERGED}, got {count}"):
        fe.merge([shown(master)] * count)


def test_what_cannot_be_put_together_is_refused(master: Minutiae) -> None:
    one = shown(master)
    with pytest.raises(InputError, match="expected a Template, got str"):
        fe.merge([one, "print"])  # type: ignore[list-item]
    with pytest.raises(InputError, match="templates: expected several templates, got Template"):
        fe.merge(one)  # type: ignore[arg-type]
    with pytest.raises(IncompatibleTemplates):
        fe.merge([one, dataclasses.replace(one, parameters_digest=bytes(range(8)))])
    narrow = build_template(master, shape=SHAPE, parameters=TemplateParameters(radius_px=60.0))
    with pytest.raises(InputError, match="templates: expected descriptors made with parameters"):
        fe.merge([narrow, narrow])
