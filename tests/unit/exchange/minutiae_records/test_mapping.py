"""Minutiae records to templates and back: what stays, what is lost, what is refused."""

import dataclasses

import numpy as np
import pytest

from fingerprint_engine import FailureToExtract, Finger, Impression, compare, extract, load_image
from fingerprint_engine.errors import ExchangeError, LossRefused
from fingerprint_engine.exchange import minutiae_records
from fingerprint_engine.exchange.minutiae_records import ExtendedBlock, MinutiaeRecord, RecordMinutia, RecordVersion
from fingerprint_engine.exchange.minutiae_records.extended_data import (
    RIDGE_COUNTS,
    ZONAL_QUALITY,
    RidgeCount,
    RidgeCounts,
    ridge_count_block,
)
from fingerprint_engine.exchange.minutiae_records.model import MinutiaeView
from fingerprint_engine.exchange.minutiae_records.native_block import NATIVE_TEMPLATE
from fingerprint_engine.exchange.points import MAX_SIDE_PX
from fingerprint_engine.minutiae import UNKNOWN_QUALITY, Minutiae, SingularKind
from fingerprint_engine.template import build_template

from ..prints_made import made_template


def view_of(*minutiae: RecordMinutia, **changes) -> MinutiaeView:
    view = MinutiaeView(7, 0, 0, 90, 300, 400, 197, 197, minutiae)
    return dataclasses.replace(view, **changes)


def template_of(view: MinutiaeView, version: RecordVersion = RecordVersion.ISO_2005, **options):
    return minutiae_records.templates(MinutiaeRecord(version, (view,)), **options)


@pytest.mark.parametrize("version", RecordVersion)
def test_a_template_on_whole_pixels_comes_back(version):
    template = made_template()
    back = minutiae_records.templates(minutiae_records.loads(minutiae_records.dumps([template], version), strict=True))
    (found,) = back.value
    for name in ("x", "y", "kind", "quality"):
        np.testing.assert_array_equal(getattr(found.minutiae, name), getattr(template.minutiae, name))
    turn = (found.minutiae.direction - template.minutiae.direction + np.pi) % (2 * np.pi) - np.pi
    assert np.degrees(np.abs(turn)).max() < (0.01 if version.is_iso else 1.8)
    assert (found.finger, found.impression, found.quality) == (Finger.LEFT_INDEX, Impression.LIVESCAN_PLAIN, 77)
    assert found.shape == template.shape
    assert list(found.singular_points.kind) == [SingularKind.CORE, SingularKind.DELTA]
    np.testing.assert_allclose(found.singular_points.x, [150, 60])
    assert found.singular_points.direction[0] == pytest.approx(np.pi / 2, abs=0.02)


def test_what_the_standard_fields_lose_is_said_and_refused_in_strict_mode():
    template = made_template(whole_pixels=False, impression=Impression.UNKNOWN)
    losses = minutiae_records.record_of_templates([template]).losses
    for word in (
        "impression type unknown",
        "fractions of positions",
        "ridge flow",
        "descriptors",
        "deltas",
        "extractor",
    ):
        assert any(word in loss for loss in losses), word
    with pytest.raises(LossRefused) as caught:
        minutiae_records.dumps([template], strict=True)
    assert caught.value.losses == losses


@pytest.mark.parametrize("version", RecordVersion)
def test_with_our_block_nothing_is_lost(version):
    prints = [made_template(seed=1, whole_pixels=False), made_template(seed=2, whole_pixels=False, shape=(300, 420))]
    data = minutiae_records.dumps(prints, version, native=True, strict=not version.first_edition)
    back = minutiae_records.templates(minutiae_records.loads(data, strict=True), strict=True)
    assert list(back.value) == prints
    assert [view.number for view in minutiae_records.loads(data).views] == [0, 1]


def test_our_block_does_not_hide_what_others_are_told_wrongly():
    template = made_template(impression=Impression.UNKNOWN)
    mapped = minutiae_records.record_of_templates([template], native=True)
    assert [loss.split(" is ")[0] for loss in mapped.losses] == ["impression type unknown"]
    assert minutiae_records.record_of_templates([template], "iso-19794-2:2011", native=True).losses == ()
    assert minutiae_records.templates(mapped.value).value == (template,)


def test_our_block_never_overrules_the_record_around_it():
    record = minutiae_records.loads(minutiae_records.dumps([made_template()], native=True))
    (view,) = record.views
    edited = dataclasses.replace(view, minutiae=view.minutiae[1:])
    made = template_of(edited)
    assert len(made.value[0]) == len(view.minutiae) - 1
    assert any("disagrees" in loss for loss in made.losses)


@pytest.mark.parametrize("data", [b"", b"another vendor's"])
def test_another_vendors_block_of_our_type_is_passed_over(data):
    made = template_of(view_of(RecordMinutia(1, 5, 5, 0, 0), extended=(ExtendedBlock(NATIVE_TEMPLATE, data),)))
    assert len(made.value[0]) == 1
    assert made.losses == ("extended block of type 0x4645",)


def test_our_block_damaged_is_a_loss():
    record = minutiae_records.loads(minutiae_records.dumps([made_template()], native=True))
    (view,) = record.views
    native = next(block for block in view.extended if block.kind == NATIVE_TEMPLATE)
    damaged = dataclasses.replace(view, extended=(ExtendedBlock(NATIVE_TEMPLATE, native.data[:-1]),))
    assert any("damaged" in loss for loss in template_of(damaged).losses)


@pytest.mark.parametrize(
    ("version", "written", "read"),
    [
        (RecordVersion.ISO_2005, 0, UNKNOWN_QUALITY),
        (RecordVersion.ISO_2005, 55, 55),
        (RecordVersion.ANSI_2004, 0, UNKNOWN_QUALITY),
        (RecordVersion.ISO_2011, 0, 0),
        (RecordVersion.ISO_2011, 254, UNKNOWN_QUALITY),
        (RecordVersion.ANSI_2009, 255, UNKNOWN_QUALITY),
        (RecordVersion.ANSI_2009, 101, UNKNOWN_QUALITY),
    ],
)
def test_qualities_mean_what_their_edition_says(version, written, read):
    (template,) = template_of(view_of(RecordMinutia(1, 5, 5, 0, written), quality=written), version).value
    assert (template.minutiae.quality[0], template.quality) == (read, read)


@pytest.mark.parametrize("version", [RecordVersion.ISO_2005, RecordVersion.ISO_2011])
def test_unknown_qualities_stay_unknown(version):
    (template,) = template_of(
        view_of(RecordMinutia(1, 5, 5, 0, 0 if version.first_edition else 254), quality=254)
    ).value
    (again,) = minutiae_records.templates(minutiae_records.loads(minutiae_records.dumps([template], version))).value
    assert (again.minutiae.quality[0], again.quality) == (UNKNOWN_QUALITY, UNKNOWN_QUALITY)


def test_the_resolution_scales_positions():
    (template,) = template_of(view_of(RecordMinutia(1, 101, 41, 64, 0), x_ppcm=394, y_ppcm=394)).value
    assert (template.minutiae.x[0], template.minutiae.y[0]) == (50.25, 20.25)
    assert (template.shape, template.source_ppi) == ((200, 150), 1000.0)


def test_the_callers_resolution_goes_before_the_headers():
    (template,) = template_of(view_of(RecordMinutia(1, 101, 41, 64, 0), x_ppcm=0), ppi=1000.0).value
    assert (template.minutiae.x[0], template.minutiae.y[0]) == (50.25, 20.25)
    assert (template.shape, template.source_ppi) == ((200, 150), 1000.0)


def test_more_minutiae_than_a_template_holds_are_dropped_from_the_rim_where_quality_is_unknown():
    grid = [RecordMinutia(1, x, y, 0, 0) for x in range(30, 260, 20) for y in range(40, 350, 20)]
    made = template_of(view_of(*grid))
    (template,) = made.value
    assert len(template) == 64
    assert made.losses == (f"{len(grid) - 64} of {len(grid)} minutiae: a template of so large a print holds 64",)
    x, y = template.minutiae.x, template.minutiae.y
    assert np.hypot(x - 140, y - 190).max() < 110
    assert abs(x.mean() - 140) < 15
    assert abs(y.mean() - 190) < 15


def test_the_best_stay_where_quality_is_known():
    few = [RecordMinutia(1, 1 + number, 5, 0, 1 + number) for number in range(90)]
    (template,) = template_of(view_of(*few)).value
    assert template.minutiae.quality.min() == 27


def test_a_header_smaller_than_the_print_is_widened_and_said():
    made = template_of(view_of(RecordMinutia(1, 350, 500, 0, 0)))
    assert made.value[0].shape == (501, 351)
    assert any("does not hold all minutiae" in loss for loss in made.losses)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"x_ppcm": 0}, "positive units"),
        ({"width": 16_000}, str(MAX_SIDE_PX)),
        ({"y_ppcm": 1, "height": 9_000}, str(MAX_SIDE_PX)),
    ],
)
def test_what_is_no_print_is_refused(changes, error):
    with pytest.raises(ExchangeError, match=error):
        template_of(view_of(RecordMinutia(1, 5, 5, 0, 0), **changes))


def test_what_a_template_has_no_place_for_is_said():
    blocks = (
        ridge_count_block(RidgeCounts(1, (RidgeCount(0, 1, 3),))),
        ExtendedBlock(ZONAL_QUALITY, b"12"),
        ExtendedBlock(0x1234, b""),
    )
    assert blocks[0].kind == RIDGE_COUNTS
    made = template_of(view_of(RecordMinutia(3, 5, 5, 0, 0), position=13, impression=7, number=2, extended=blocks))
    for word in ("ridge counts", "zonal", "0x1234", "number of the view", "position 13", "lift", "reserved kind"):
        assert any(word in loss for loss in made.losses), word
    assert (made.value[0].finger, made.value[0].impression) == (Finger.UNKNOWN, Impression.LATENT)
    with pytest.raises(LossRefused):
        template_of(view_of(RecordMinutia(3, 5, 5, 0, 0)), strict=True)


def test_templates_of_records_compare_with_those_of_a_digest_that_the_caller_names():
    template = made_template()
    record = minutiae_records.loads(minutiae_records.dumps([template]))
    (made,) = minutiae_records.templates(record, parameters_digest=b"12345678").value
    assert made.parameters_digest == b"12345678"
    (foreign,) = minutiae_records.templates(record).value
    assert compare(foreign, template).score > 40  # this template's digest is that of no extraction, too


def test_no_templates_make_no_record():
    with pytest.raises(ExchangeError, match="at least one template"):
        minutiae_records.dumps([])
    with pytest.raises(ExchangeError, match="version: expected one of"):
        minutiae_records.dumps([made_template()], "iso-19794-2:1999")


def test_another_extractors_records_lie_on_our_minutiae(data_folder):
    """Directions and positions of images and of the records that another extractor made of them."""
    paths = sorted((data_folder / "formats" / "image_template_pairs").glob("*.ist"))
    assert len(paths) == 9
    shifts, turns = [], []
    for path in paths:
        try:
            ours = extract(load_image(path.with_suffix(".png"), ppi=500, polarity="dark-ridges")).minutiae
        except FailureToExtract:
            continue
        (theirs,) = minutiae_records.templates(minutiae_records.loads(path.read_bytes(), strict=True)).value
        distance = np.hypot(ours.x[:, None] - theirs.minutiae.x, ours.y[:, None] - theirs.minutiae.y)
        nearest = distance.argmin(axis=1)
        near = distance.min(axis=1) < 8
        assert near.mean() > 0.45
        other = theirs.minutiae
        shifts.extend(zip(ours.x[near] - other.x[nearest[near]], ours.y[near] - other.y[nearest[near]], strict=True))
        turn = ours.direction[near] - other.direction[nearest[near]]
        turns.extend((turn + np.pi) % (2 * np.pi) - np.pi)
    assert len(turns) > 250
    assert np.abs(np.median(np.array(shifts), axis=0)).max() < 1.5
    assert abs(np.degrees(np.median(turns))) < 2.5
    assert np.degrees(np.median(np.abs(turns))) < 8


@pytest.mark.parametrize("version", RecordVersion)
def test_a_record_keeps_the_minutiae_of_a_rolled_print(version):
    # One in nine cells, as rolled prints have them: far more than 64, and all come back.
    rng = np.random.default_rng(3)
    x, y = rng.uniform(10, 710, (2, 220))
    minutiae = Minutiae(x, y, rng.uniform(0, 6.2, 220), rng.integers(1, 3, 220), rng.integers(20, 90, 220))
    template = build_template(minutiae, shape=(720, 720), mask=np.ones((720, 720), np.bool_))
    assert len(template) == 220
    record = minutiae_records.loads(minutiae_records.dumps([template], version))
    (again,) = minutiae_records.templates(record).value
    assert len(again) == 220
