"""Minutiae records: bytes to values and back, for five versions."""

import base64
import contextlib
import dataclasses
import json
import struct

import pytest

from fingerprint_engine.errors import ExchangeError, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange import minutiae_records
from fingerprint_engine.exchange.minutiae_records import ExtendedBlock, MinutiaeRecord, RecordMinutia, RecordVersion
from fingerprint_engine.exchange.minutiae_records.extended_data import RIDGE_COUNTS, first_of, ridge_counts
from fingerprint_engine.exchange.minutiae_records.model import MinutiaeView
from fingerprint_engine.exchange.representation import CaptureDevice, QualityBlock

MINUTIAE = (
    RecordMinutia(1, 100, 14, 80, 90),
    RecordMinutia(2, 16383, 0, 179, 0),
    RecordMinutia(0, 5, 16383, 0, 100, 2),
)
TEMPLATE_FOLDERS = ("fmr_with_json", "incits378_2004", "iso19794-2_2005", "image_template_pairs")
POSITIONS = {"LEFT_INDEX": 7, "RIGHT_INDEX": 2}
KINDS = {"ENDING": 1, "BIFURCATION": 2, "OTHER": 0, "EITHER": 0}
ISO_BY_HAND = (
    b"FMR\0 20\0"
    + struct.pack(">IHHHHHBB", 42, 0x00B5, 512, 400, 197, 197, 1, 0)
    + bytes([7, 0x10, 90, 2])
    + struct.pack(">HHBB", 0x4000 | 100, 14, 80, 90)
    + struct.pack(">HHBB", 0x8000 | 5, 6, 255, 0)
    + b"\0\0"
)


def made(version: RecordVersion, *extended: ExtendedBlock, views: int = 2) -> MinutiaeRecord:
    """A record that uses every field of its version."""
    qualities = () if version.first_edition else (QualityBlock(90, 6, 55),)
    iso_2011 = version is RecordVersion.ISO_2011
    device = CaptureDevice(b"\x07\xd5\x0c\x0f\x11\x23\x14\0\0", 3, 4, 5, (b"abc",)) if iso_2011 else CaptureDevice()
    view = MinutiaeView(7, 1, 2, 90, 512, 400, 197, 98, MINUTIAE, extended, qualities, device, 6, int(iso_2011))
    ansi = not version.is_iso
    return MinutiaeRecord(
        version,
        (view,) * views,
        owner=66 if ansi else 0,
        product=17 if ansi else 0,
        equipment=0 if iso_2011 else 0xB5,
        reserved=1,
    )


def test_a_record_written_by_hand():
    record = minutiae_records.loads(ISO_BY_HAND, strict=True)
    (view,) = record.views
    assert record.version == "iso-19794-2:2005"
    assert (record.equipment, view.width, view.height, view.x_ppcm) == (0xB5, 512, 400, 197)
    assert (view.position, view.number, view.impression, view.quality) == (7, 1, 0, 90)
    assert view.minutiae == (RecordMinutia(1, 100, 14, 80, 90), RecordMinutia(2, 5, 6, 255, 0))
    assert minutiae_records.dumps(record) == ISO_BY_HAND


@pytest.mark.parametrize("version", RecordVersion)
def test_every_field_reads_back(version):
    blocks = (ExtendedBlock(1, b"\x01\x00\x01\x05"), ExtendedBlock(0x1234, b"vendor"), ExtendedBlock(0x0155, b""))
    record = made(version, *blocks)
    data = minutiae_records.dumps(record)
    back = minutiae_records.loads(data, strict=True)
    assert dataclasses.replace(back, magic=b"") == record
    assert minutiae_records.dumps(back) == data
    assert minutiae_records.version_of(data) is version


@pytest.mark.parametrize("version", RecordVersion)
def test_every_cut_is_refused_or_noted(version):
    data = minutiae_records.dumps(made(version, ExtendedBlock(9, b"12345")))
    for size in range(len(data)):
        with pytest.raises(ExchangeError):
            minutiae_records.loads(data[:size], strict=True)
        with contextlib.suppress(ExchangeError):
            assert minutiae_records.loads(data[:size]).warnings


@pytest.mark.parametrize("version", RecordVersion)
def test_a_wrong_length_is_a_warning_and_refused_in_strict_mode(version):
    data = bytearray(minutiae_records.dumps(made(version)))
    at = 9 if version is RecordVersion.ANSI_2004 else 11
    data[at] -= 1
    record = minutiae_records.loads(bytes(data))
    assert ["record length" in warning for warning in record.warnings] == [True]
    assert minutiae_records.loads(minutiae_records.dumps(record), strict=True) == record
    with pytest.raises(MalformedRecord, match="record length"):
        minutiae_records.loads(bytes(data), strict=True)


def test_the_long_form_of_incits_2004():
    block = ExtendedBlock(0x4321, bytes(65_000))
    record = dataclasses.replace(made(RecordVersion.ANSI_2004, block), long_length=True)
    data = minutiae_records.dumps(record)
    assert data[8:10] == b"\0\0"
    assert int.from_bytes(data[10:14], "big") == len(data) > 0xFFFF
    assert dataclasses.replace(minutiae_records.loads(data, strict=True), magic=b"") == record


def test_a_long_iso_2005_record_is_not_taken_for_incits():
    data = minutiae_records.dumps(made(RecordVersion.ISO_2005, ExtendedBlock(0x4321, bytes(65_000))))
    assert data[8:10] != b"\0\0"
    assert minutiae_records.loads(data, strict=True).version is RecordVersion.ISO_2005


def test_minutiae_of_five_bytes():
    view = dataclasses.replace(made(RecordVersion.ISO_2011).views[0], minutia_bytes=5, minutiae=(MINUTIAE[1],))
    data = minutiae_records.dumps(MinutiaeRecord(RecordVersion.ISO_2011, (view,), reserved=1))
    assert minutiae_records.loads(data, strict=True).views[0] == view


@pytest.mark.parametrize("version", [RecordVersion.ISO_2005, RecordVersion.ANSI_2004])
def test_block_lengths_without_their_header_are_borne(version):
    data = minutiae_records.dumps(made(version, ExtendedBlock(0x0221, b"vendor"), views=1))
    wrong = data[:-8] + (6).to_bytes(2, "big") + data[-6:]
    record = minutiae_records.loads(wrong)
    assert record.views[0].extended == (ExtendedBlock(0x0221, b"vendor"),)
    assert minutiae_records.dumps(record) == data
    with pytest.raises(MalformedRecord):
        minutiae_records.loads(wrong, strict=True)


@pytest.mark.parametrize("error", [-1, 1, 2])
def test_a_core_block_of_a_wrong_length_is_read_by_its_counts(error):
    points = b"\x01\x40\x05\x00\x06\x20\x01\x00\x07\x00\x08"  # a core with an angle, a delta without
    data = bytearray(minutiae_records.dumps(made(RecordVersion.ISO_2005, ExtendedBlock(2, points), views=1)))
    for at in (len(points) + 6, len(points) + 2):  # total, and the block's own length
        data[-at + 1] += error
    record = minutiae_records.loads(bytes(data))
    assert record.views[0].extended[0].data[: len(points)] == points
    assert record.warnings


@pytest.mark.parametrize("version", [RecordVersion.ANSI_2004, RecordVersion.ANSI_2009])
def test_angles_beyond_a_turn_are_noted(version):
    record = made(version)
    odd = dataclasses.replace(record.views[0], minutiae=(RecordMinutia(1, 1, 1, 249, 0),))
    data = minutiae_records.dumps(dataclasses.replace(record, views=(odd,)))
    assert "up to 249" in minutiae_records.loads(data).warnings[0]
    with pytest.raises(MalformedRecord, match="angle"):
        minutiae_records.loads(data, strict=True)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda record, view: dataclasses.replace(record, views=()), "at least one view"),
        (
            lambda record, view: dataclasses.replace(
                record, views=(dataclasses.replace(view, minutiae=MINUTIAE * 90),)
            ),
            "255",
        ),
        (
            lambda record, view: dataclasses.replace(
                record, views=(dataclasses.replace(view, minutiae=(RecordMinutia(1, 16384, 0, 0, 0),)),)
            ),
            "16383",
        ),
        (
            lambda record, view: dataclasses.replace(record, views=(dataclasses.replace(view, number=16),)),
            "view number",
        ),
        (
            lambda record, view: dataclasses.replace(record, views=(view, dataclasses.replace(view, width=9))),
            "one size and resolution",
        ),
    ],
)
def test_what_does_not_fit_is_not_written(change, error):
    record = made(RecordVersion.ISO_2005)
    with pytest.raises(ExchangeError, match=error):
        minutiae_records.dumps(change(record, record.views[0]))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", MalformedRecord),
        (b"FMR\0", MalformedRecord),
        (b"FIR\0 20\0" + bytes(30), MalformedRecord),
        (b"FMR\x00040\0" + bytes(30), UnsupportedRecord),
        (ISO_BY_HAND[:22] + b"\0\0", MalformedRecord),  # no view
    ],
)
def test_what_is_no_record_is_refused(data, error):
    with pytest.raises(error):
        minutiae_records.loads(data)


def files_of(data_folder, *folders):
    return [path for name in folders for path in sorted((data_folder / "formats" / name).iterdir())]


def test_files_by_others_are_written_as_they_were(data_folder):
    """All but those whose lengths are wrong; those keep all their values."""
    changed = set()
    for path in files_of(data_folder, *TEMPLATE_FOLDERS):
        if path.suffix in (".json", ".png"):
            continue
        data = path.read_bytes()
        record = minutiae_records.loads(data)
        written = minutiae_records.dumps(record)
        assert minutiae_records.loads(written) == record
        if written != data:
            assert record.warnings, path.name
            changed.add(path.name)
    assert changed == {"ansi378v2004-sample.dat", "ansi378v2009-sample.dat", "iso19794p2v2005-sample.dat"}


def test_templates_of_a_commercial_extractor_are_written_as_they_were(data_folder):
    paths = sorted((data_folder / "iso_templates").glob("*/*.iso"))
    assert len(paths) == 480
    for path in paths:
        data = path.read_bytes()
        assert minutiae_records.dumps(minutiae_records.loads(data, strict=True)) == data


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("biomdi__Appendix-C2_Example.raw", (27, 22)),
        ("openafis__101_1_truncate_1_byte.iso", (0,)),
        ("openafis__101_1_truncate_2_bytes.iso", (0,)),
        ("openafis__101_1_truncate_3_bytes.iso", "number of minutiae, offset 27"),
    ],
)
def test_wrong_lengths_of_others(data_folder, name, outcome):
    data = (data_folder / "formats" / "iso19794-2_2005_length-mismatch" / name).read_bytes()
    with pytest.raises(MalformedRecord):
        minutiae_records.loads(data, strict=True)
    if isinstance(outcome, str):
        with pytest.raises(MalformedRecord, match=outcome):
            minutiae_records.loads(data)
        return
    record = minutiae_records.loads(data)
    assert tuple(len(view.minutiae) for view in record.views) == outcome
    assert record.warnings


@pytest.mark.parametrize(
    "name",
    ["ansi378v2004", "ansi378v2009", "ansi378v2009am1", "iso19794p2v2005", "iso19794p2v2011"],
)
def test_values_equal_those_that_another_reader_decoded(data_folder, name):
    stem = data_folder / "formats" / "fmr_with_json" / f"{name}-sample"
    record = minutiae_records.loads(stem.with_suffix(".dat").read_bytes())
    expected = json.loads(stem.with_suffix(".json").read_text())
    assert len(record.views) == len(expected["fingerprints"]) == 2
    if "vendorId" in expected:
        assert (record.owner, record.product) == (expected["vendorId"], expected["subformat"])
    if "sensorId" in expected:
        assert record.equipment == expected["sensorId"]
    for view, other in zip(record.views, expected["fingerprints"], strict=True):
        shared = expected | other
        assert view.position == POSITIONS[other["position"]]
        assert (view.number, view.impression) == (other["view"], {"LIVE_PLAIN": 0}[other["scanType"]])
        assert (view.width, view.height) == (shared["width"], shared["height"])
        assert (view.x_ppcm, view.y_ppcm) == (shared["resolutionX"], shared["resolutionY"])
        assert view.minutiae == tuple(
            RecordMinutia(KINDS[one["type"]], one["positionX"], one["positionY"], one["angle"], one["quality"])
            for one in other["minutiae"]
        )
        _compare_quality_and_device(view, other)
        _compare_extended(view, other)


def _compare_quality_and_device(view, other):
    if "qrecords" in other:
        assert [tuple(one) for one in view.qualities] == [
            (one["quality"], one["vendor"], one["algorithm"]) for one in other["qrecords"]
        ]
        assert (view.device.vendor, view.device.product) == (other["sensorVendor"], other["sensorId"])
        names = ("year", "month", "day", "hour", "minute", "second", "millisecond")
        assert view.device.time_fields == tuple(other["datetime"][name] for name in names)
        assert view.ending_type == {"VALLEY_SKELETON_BIFURCATION": 0}[other["endingType"]]
    else:
        assert view.quality == other["quality"]
    if "qualityVendorId" in other:
        assert view.qualities == (
            QualityBlock(other["quality"], other["qualityVendorId"], other["qualityAlgorithmId"]),
        )


def _compare_extended(view, other):
    foreign = [(block.kind, block.data) for block in view.extended if block.kind > 3]
    assert foreign == [(one["type"], base64.b64decode(one["data"])) for one in other["extensions"]]
    block = first_of(view.extended, RIDGE_COUNTS)
    assert (block is None) == (other["counts"] is None)
    if block is not None:
        found = ridge_counts(block)
        assert found.method == {"QUADRANTS": 1}[other["counts"]["type"]]
        assert [tuple(one) for one in found.counts] == [
            (edge["from"], edge["to"], edge["count"]) for edge in other["counts"]["edges"]
        ]
