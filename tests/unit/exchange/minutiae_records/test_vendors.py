"""INCITS 378: vendor identifiers that are not 0, and the layout of its draft of 2007."""

import struct

import pytest
from tests.unit.exchange.prints_made import made_template

from fingerprint_engine.errors import MalformedRecord
from fingerprint_engine.exchange import minutiae_records
from fingerprint_engine.exchange.minutiae_records import RecordVersion

UNKNOWN_VENDOR = 0x0103
INCITS = [version for version in RecordVersion if not version.is_iso]


@pytest.mark.parametrize("version", INCITS)
@pytest.mark.parametrize("through", [None, RecordVersion.ISO_2005, RecordVersion.ISO_2011])
def test_what_we_write_names_an_owner_and_a_quality_vendor(version, through):
    data = minutiae_records.dumps([made_template()], through or version)
    if through is not None:
        data = minutiae_records.dumps(minutiae_records.loads(data), version)
    owner_at = 10 if version is RecordVersion.ANSI_2004 else 12
    owner, product = struct.unpack_from(">HH", data, owner_at)
    assert owner == UNKNOWN_VENDOR
    assert product
    if version is not RecordVersion.ANSI_2004:
        header = 20 if version is RecordVersion.ANSI_2007 else 21
        vendor, algorithm = struct.unpack_from(">HH", data, header + 4)
        assert vendor == UNKNOWN_VENDOR
        assert algorithm
    assert minutiae_records.loads(data, strict=True).owner == UNKNOWN_VENDOR


def test_a_record_of_another_vendor_keeps_its_identifiers():
    data = minutiae_records.dumps([made_template()], RecordVersion.ANSI_2009)
    changed = data[:12] + b"\x00\x42\x00\x11" + data[16:25] + b"\x00\x06\x00\x37" + data[29:]
    assert minutiae_records.dumps(minutiae_records.loads(changed)) == changed


def _draft(views=2, extended=b""):
    """A record by hand: 16 bits of capture equipment, and so a header of 20 bytes."""
    minutiae = b"".join(struct.pack(">HHBB", 1 << 14 | 10 * i, 20 * i, 5 * i, 60 + i) for i in range(1, 4))
    view = struct.pack(">BBBBHHHHHHB", 7, 0, 0, 90, 6, 55, 512, 512, 197, 197, 3) + minutiae
    body = (view + struct.pack(">H", len(extended)) + extended) * views
    head = b"FMR\x00030\x00" + struct.pack(">IHHHBB", 20 + len(body), 66, 17, 0x00B5, views, 0)
    return head + body


RIDGE_COUNTS = bytes([0, 1, 0, 8, 0, 1, 2, 9])


@pytest.mark.parametrize("extended", [b"", RIDGE_COUNTS])
def test_the_draft_of_2007_is_told_by_its_header(extended):
    data = _draft(extended=extended)
    record = minutiae_records.loads(data, strict=True)
    assert record.version is RecordVersion.ANSI_2007
    assert (record.owner, record.product, record.equipment) == (66, 17, 0x00B5)
    assert [(view.position, view.quality, len(view.minutiae)) for view in record.views] == [(7, 90, 3)] * 2
    assert record.views[1].minutiae[2].angle == 15
    assert minutiae_records.dumps(record) == data
    assert len(minutiae_records.templates(record).value[0]) == 3


def test_the_edition_of_2009_is_still_told_from_it():
    for count in (1, 3):
        data = minutiae_records.dumps([made_template(seed=i) for i in range(count)], RecordVersion.ANSI_2009)
        assert minutiae_records.version_of(data) is RecordVersion.ANSI_2009


def test_cut_drafts_are_refused():
    data = _draft(extended=RIDGE_COUNTS)
    for end in range(20, len(data) - 6):
        with pytest.raises(MalformedRecord):
            minutiae_records.loads(data[:end], strict=True)
