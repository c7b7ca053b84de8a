"""The codec: to the byte, strict and lenient, and no record found by its separators."""

import pytest
from tests.unit.exchange.ansi_nist.transactions import FS, GS, RS, header, small, tagged

from fingerprint_engine.errors import ExchangeError, LimitExceeded, MalformedRecord
from fingerprint_engine.exchange.ansi_nist import Record, Transaction, View, dumps, loads, repaired
from fingerprint_engine.exchange.ansi_nist.traditional import tagged_records
from fingerprint_engine.limits import Limits


def test_what_is_read_is_written_back_to_the_byte():
    data = small()
    transaction = loads(data)
    assert dumps(transaction) == data
    assert [record.type for record in transaction.records] == [1, 2, 4, 14]
    assert [record.idc for record in transaction.records] == [None, 0, 1, 2]
    assert loads(dumps(transaction)) == transaction


def test_data_run_to_the_length_whatever_they_hold():
    transaction = loads(small())
    assert View(transaction.records[3])["DATA"] == b"\x1c14.001:5\x1d14.999:\x1c\x1e\x1f\x00"
    assert View(transaction.records[1])["2.030"] == (("A", "999:B"), "C")


@pytest.mark.parametrize(
    ("tag", "digits"), [(b"1.01", 2), (b"1.001", 3), (b"1.000000001", 9)], ids=["two", "three", "nine"]
)
def test_spelling_of_tags_and_lengths_is_kept(tag, digits):
    record = tagged(2, (b"2.%0*d" % (digits, 2), b"00"), length_tag=b"2.%0*d" % (digits, 1), pad=6)
    data = header(b"1\x1f01\x1e2\x1f00", digits=digits) + record
    assert data.startswith(tag)
    assert dumps(loads(data)) == data


def _altered(data, old, new):
    assert data.count(old) >= 1
    return data.replace(old, new, 1)


LENGTH = b"14.001:"
FAULTS = {
    "nothing": (lambda data: b"", "1.001"),
    "another file": (lambda data: b"FMR\x00 20\x00" + data, "1.001"),
    "length of Type-1": (lambda data: _altered(data, b"1.001:", b"1.001:1"), "1.001"),
    "length of Type-14": (lambda data: data.replace(LENGTH, LENGTH + b"1", 1), "14.001"),
    "length without end": (lambda data: data.replace(LENGTH, LENGTH + b"9" * 11, 1), "14.001"),
    "length of Type-4": (lambda data: _altered(data, b"\x00\x00\x00\x16\x01", b"\x00\xff\x00\x16\x01"), "4.001"),
    "cut end": (lambda data: data[:-3], "14.001"),
    "more behind the end": (lambda data: data + b"more", ""),
    "count": (lambda data: _altered(data, b"1.003:1\x1f3", b"1.003:1\x1f4"), "1.003"),
    "contents": (lambda data: _altered(data, b"4\x1f01\x1e", b"4\x1fxy\x1e"), "1.003"),
    "IDC": (lambda data: _altered(data, b"\x1e14\x1f02", b"\x1e14\x1f03"), "14.002"),
    "type": (lambda data: _altered(data, b"\x1e14\x1f02", b"\x1e13\x1f02"), "14.001"),
    "tag": (lambda data: _altered(data, b"14.013:", b"15.013:"), ""),
    "repeated field": (lambda data: _altered(data, b"14.003:", b"14.013:"), "14.013"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_strict_reading_refuses_and_names_the_place(fault):
    damage, field = FAULTS[fault]
    with pytest.raises(MalformedRecord) as caught:
        loads(damage(small()))
    assert caught.value.field == field
    assert caught.value.offset is not None


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"nothing", "another file"}))
def test_lenient_reading_takes_it_says_what_is_wrong_and_keeps_every_byte(fault):
    data = FAULTS[fault][0](small())
    transaction = loads(data, lenient=True)
    assert transaction.warnings
    assert dumps(transaction) == data
    again = dumps(repaired(transaction))
    assert dumps(loads(again, lenient=True)) == again


def test_repaired_transactions_are_read_strictly():
    for fault in ("length of Type-14", "count", "contents", "IDC", "more behind the end", "length of Type-1"):
        transaction = loads(FAULTS[fault][0](small()), lenient=True)
        assert [record.type for record in transaction.records] == [1, 2, 4, 14], fault
        assert loads(dumps(repaired(transaction))).warnings == ()


def test_repairing_replaces_an_entry_of_the_contents_that_says_nothing():
    data = _altered(small(), b"\x1e14\x1f02", b"\x1e14\x1f\x1c2").replace(b"14.002:02", b"14.002:x2")
    transaction = loads(data, lenient=True)
    assert dumps(transaction) == data
    assert repaired(transaction).header.field(3).subfields[3] == ("14", "00")
    dumps(repaired(transaction))


def test_lenient_reading_finds_a_record_that_is_not_listed():
    data = _altered(small(), b"1\x1f3\x1e2\x1f00\x1e4\x1f01\x1e14\x1f02", b"1\x1f2\x1e2\x1f00\x1e4\x1f01")
    data = header(data[data.index(b"1.003:") + 6 : data.index(GS + b"1.004")]) + data[data.index(b"2.01:") :]
    transaction = loads(data, lenient=True)
    assert [record.type for record in transaction.records] == [1, 2, 4, 14]
    assert any("does not list" in warning for warning in transaction.warnings)
    assert dumps(transaction) == data


def test_an_undamaged_file_gives_no_warnings_when_read_leniently():
    assert loads(small(), lenient=True).warnings == ()


def test_caps_on_size_records_and_fields():
    listed = RS.join([b"1\x1f1000", *[b"2\x1f00"] * 1000])
    with pytest.raises(ExchangeError, match=r"1\.003"):
        loads(header(listed), lenient=True)
    with pytest.raises(LimitExceeded, match="limit file_bytes: expected at most 10"):
        loads(small(), limits=Limits(file_bytes=10))
    hollow = tagged(2, (b"2.002", b"00"), (b"2.003", GS * (tagged_records.MAX_FIELDS + 10)))
    with pytest.raises(MalformedRecord, match="fields"):
        loads(header(b"1\x1f1\x1e2\x1f00") + hollow, lenient=True)


def test_the_first_record_alone_is_of_type_1():
    first = loads(header(b"1\x1f0")).header
    with pytest.raises(ExchangeError, match="Type-1"):
        Transaction((Record(4, ()),))
    with pytest.raises(ExchangeError, match="one Type-1"):
        Transaction((first, first))
    with pytest.raises(ExchangeError, match="Type-1"):
        Transaction(())


def test_values_are_not_shown_where_records_are():
    shown = repr(loads(small()))
    assert "999:B" not in shown
    assert "Record(type=2" in shown


def test_all_types_are_carried():
    kinds = [11, 12, 16, 17, 18, 19, 20, 21, 22, 98, 99, 57]
    records = [tagged(kind, (b"%d.002" % kind, b"01"), (b"%d.999" % kind, b"\x1c\x00" + FS)) for kind in kinds]
    binary = [(kind).to_bytes(1, "big") for kind in (3, 5, 6, 7, 8)]
    contents = [b"1\x1f%d" % (len(kinds) + len(binary)), *(b"%d\x1f01" % kind for kind in kinds)]
    contents += [b"%d\x1f01" % kind[0] for kind in binary]
    data = header(RS.join(contents)) + b"".join(records)
    data += b"".join(b"\x00\x00\x00\x18\x01" + bytes(18) + kind for kind in binary)
    transaction = loads(data)
    assert dumps(transaction) == data
    assert [View(record)["DATA"] for record in transaction.records[1:]][:2] == [b"\x1c\x00" + FS] * 2


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("between", [b"", b"\r\n", b"\x1a" + bytes(100)])
def test_a_second_transaction_is_named(lenient, between):
    one = small()
    with pytest.raises(MalformedRecord, match="found another one behind it") as raised:
        loads(one + between + one, lenient=lenient)
    assert raised.value.offset == len(one + between)
