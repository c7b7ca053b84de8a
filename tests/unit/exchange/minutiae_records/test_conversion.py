"""Records of one version as records of another."""

import dataclasses
import itertools

import pytest

from fingerprint_engine.errors import LossRefused
from fingerprint_engine.exchange import minutiae_records
from fingerprint_engine.exchange.minutiae_records import ExtendedBlock, RecordVersion
from fingerprint_engine.exchange.minutiae_records.extended_data import (
    CoresAndDeltas,
    RecordPoint,
    core_and_delta_block,
    cores_and_deltas,
    first_of,
)

from .test_codec import made

POINTS = CoresAndDeltas((RecordPoint(5, 6, (32,)),), (RecordPoint(7, 8), RecordPoint(9, 10)))
BLOCKS = (ExtendedBlock(1, b"\x01\x00\x01\x05"), ExtendedBlock(0x1234, b"vendor"))


@pytest.mark.parametrize(("old", "new"), list(itertools.permutations(RecordVersion, 2)))
def test_positions_kinds_and_blocks_stay(old, new):
    record = made(old, *BLOCKS, core_and_delta_block(POINTS, old))
    converted = minutiae_records.convert(record, new)
    data = minutiae_records.dumps(converted.value)
    back = minutiae_records.loads(data, strict=True)
    assert back.version is new
    assert data == minutiae_records.dumps(record, new)
    for view, before in zip(back.views, record.views, strict=True):
        assert [one[:3] for one in view.minutiae] == [one[:3] for one in before.minutiae]
        for one, other in zip(view.minutiae, before.minutiae, strict=True):
            turn = abs(one.angle * new.step_deg - other.angle * old.step_deg) % 360
            assert min(turn, 360 - turn) <= new.step_deg / 2
        assert view.extended[:2] == BLOCKS
        found = cores_and_deltas(first_of(view.extended, 2), new)
        assert [point[:2] for point in found.cores + found.deltas] == [(5, 6), (7, 8), (9, 10)]
        assert abs(found.cores[0].angles[0] * new.step_deg - 32 * old.step_deg) <= new.step_deg / 2


@pytest.mark.parametrize("version", RecordVersion)
def test_the_same_version_is_the_same_record(version):
    record = made(version)
    assert minutiae_records.convert(record, version, strict=True) == (record, ())


def test_losses_are_said_and_refused():
    record = made(RecordVersion.ISO_2011, ExtendedBlock(3, b"zones"))
    losses = minutiae_records.convert(record, RecordVersion.ANSI_2004).losses
    for word in ("steps", "capture device", "quality blocks", "zonal", "ridge ending type"):
        assert any(word in loss for loss in losses), word
    with pytest.raises(LossRefused):
        minutiae_records.dumps(record, "incits-378:2004", strict=True)


def test_impressions_and_views_beyond_four_bits():
    record = made(RecordVersion.ANSI_2009)
    view = dataclasses.replace(record.views[0], impression=29, number=20)
    converted = minutiae_records.convert(dataclasses.replace(record, views=(view,)), RecordVersion.ANSI_2004)
    assert (converted.value.views[0].impression, converted.value.views[0].number) == (0, 15)
    assert len([loss for loss in converted.losses if "written as" in loss]) == 2


@pytest.mark.parametrize(
    ("old", "new", "quality"),
    [
        (RecordVersion.ISO_2005, RecordVersion.ISO_2011, {90: 90, 0: 254, 100: 100}),
        (RecordVersion.ISO_2011, RecordVersion.ISO_2005, {90: 90, 0: 1, 100: 100}),
    ],
)
def test_a_quality_that_was_not_reported_stays_so(old, new, quality):
    (view, *_) = minutiae_records.convert(made(old), new).value.views
    before = made(old).views[0].minutiae
    assert [one.quality for one in view.minutiae] == [quality[one.quality] for one in before]


def test_incits_cores_lose_directions_that_only_some_have():
    mixed = CoresAndDeltas((RecordPoint(5, 6, (32,)), RecordPoint(1, 2)), ())
    record = made(RecordVersion.ISO_2005, core_and_delta_block(mixed, RecordVersion.ISO_2005))
    converted = minutiae_records.convert(record, RecordVersion.ANSI_2004)
    found = cores_and_deltas(converted.value.views[0].extended[0], RecordVersion.ANSI_2004)
    assert [point.angles for point in found.cores] == [(), ()]
    assert any("only some" in loss for loss in converted.losses)


def test_the_annexes_of_both_standards_hold_the_same_minutiae(data_folder):
    """INCITS 378 annex B2 and ISO/IEC 19794-2 annex C2: one print in both steps."""
    folder = data_folder / "formats"
    ansi = minutiae_records.loads((folder / "incits378_2004" / "biomdi__Appendix-B2_Example.raw").read_bytes())
    iso_bytes = (folder / "iso19794-2_2005_length-mismatch" / "biomdi__Appendix-C2_Example.raw").read_bytes()
    iso = minutiae_records.loads(iso_bytes)
    converted = minutiae_records.convert(ansi, RecordVersion.ISO_2005).value
    assert iso.views
    for view, other in zip(converted.views, iso.views, strict=True):
        assert [one[:3] for one in view.minutiae] == [one[:3] for one in other.minutiae]
        assert [one.quality for one in view.minutiae] == [one.quality for one in other.minutiae]
        gaps = [abs(one.angle - two.angle) % 256 for one, two in zip(view.minutiae, other.minutiae, strict=True)]
        assert max(min(gap, 256 - gap) for gap in gaps) <= 1
