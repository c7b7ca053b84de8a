"""Fields by name: typed reading, editing that leaves everything else as it was, character sets, domains."""

import datetime

import pytest
from tests.unit.exchange.ansi_nist.transactions import RS, US, header, small, tagged

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange.ansi_nist import View, contradictions, dumps, edit, loads, new_record
from fingerprint_engine.exchange.ansi_nist.model import Context
from fingerprint_engine.exchange.ansi_nist.tables.field_table import spec_named, specs
from fingerprint_engine.exchange.ansi_nist.traditional.binary_records import write_binary
from fingerprint_engine.exchange.ansi_nist.traditional.spelling import spelling_of

UTF_8 = (15, b"003\x1fUTF-8\x1f4.0")


def _with_type_2(*fields, more=()):
    return loads(header(b"1\x1f1\x1e2\x1f00", *more) + tagged(2, (b"2.002", b"00"), *fields))


def _with_type_14(*fields):
    return loads(header(b"1\x1f1\x1e14\x1f01") + tagged(14, (b"14.002", b"01"), *fields))


@pytest.mark.parametrize("record_type", range(1, 100))
def test_tables_name_each_field_once(record_type):
    for domain in ("", "INT-I", "EBTS"):
        names = [spec.mnemonic for spec in specs(record_type, domain).values()]
        assert len(names) == len(set(names))
        assert names[:1] == ["LEN"]


def test_values_have_the_kinds_of_the_table():
    first, _, type_4, type_14 = (View(record) for record in loads(small()).records)
    assert (first["VER"], first["NSR"], first["DAT"], first["PRY"]) == ("0500", 0.0, "20260102", None)
    assert first["CNT"][1] == {"REC": 2, "IDC": "00"}
    assert type_14["FGP"] == (7,)
    assert type_14["IMP"] == type_14["14.003"] == type_14[3] == 1
    assert {name: type_4[name] for name in type_4} == {
        "IDC": 1, "IMP": 0, "FGP": (7,), "ISR": 0, "HLL": 2, "VLL": 2, "CGA": 0, "DATA": b"\x1c\x1d1."
    }  # fmt: skip
    assert list(type_14) == ["IDC", "FGP", "IMP", "DATA"]
    assert "IMP" in type_14
    assert "SEG" not in type_14
    assert type_14["LEN"] is None  # it belongs to the encoding, not to the record


def test_items_repetitions_and_what_is_left_out():
    fields = (
        (b"14.021", b"7\x1f1\x1f2\x1f3\x1f4\x1e8\x1f5\x1f\x1f7\x1f8"),
        (b"14.025", b"7\x1f3\x1f1\x1f2\x1f3\x1f4\x1f5\x1f6"),
    )
    view = View(_with_type_14(*fields, (b"14.904", b"A\x1fB\x1fC\x1fD")).records[1])
    assert view["SEG"][1] == {"FRSP": 8, "LHC": 5, "RHC": None, "TVC": 7, "BVC": 8}
    assert view["ASEG"] == ({"FRAS": 7, "NOP": 3, "vertices": (1, 2, 3, 4, 5, 6)},)
    assert view["MMS"] == {"MAK": "A", "MOD": "B", "SER": "C", "more": ("D",)}


@pytest.mark.parametrize("raw", [b"x", b"1.5", b"9" * 400, b"\xc3\xa9", b"1\x1f2", b"1\x1e2"])
def test_a_value_that_is_not_of_its_kind_is_an_error_with_the_field(raw):
    view = View(_with_type_14((b"14.003", raw)).records[1])
    with pytest.raises(MalformedRecord) as caught:
        view["IMP"]
    assert caught.value.field == "14.003"


@pytest.mark.parametrize("name", ["XYZ", "13.003", "14.0", "2.", ""])
def test_an_unknown_name_is_an_error(name):
    with pytest.raises(ExchangeError):
        spec_named(14, name)


def _changed(data, changed):
    """Fields of the transaction that differ, as tags."""
    before, after = loads(data).records, loads(changed).records
    tags = []
    for old, new in zip(before, after, strict=True):
        assert _tags(old) == _tags(new)
        pairs = zip(spelling_of(old).fields, spelling_of(new).fields, strict=True)
        tags += [a.tag.decode() or f"{old.type} {a.field.number}" for a, b in pairs if a != b]
    return tags


def _tags(record):
    spelling = spelling_of(record)
    return [spelling.length_tag, *(field.tag for field in spelling.fields)]


def _raw(transaction, place, number):
    """The bytes of a field as they are written."""
    fields = spelling_of(loads(dumps(transaction)).records[place]).fields
    return next(one.raw for one in fields if one.field.number == number)


def test_an_edit_writes_the_field_and_the_length_and_nothing_else():
    data = small()
    transaction = loads(data)
    assert _changed(data, dumps(edit(transaction, 3, FGP=8))) == ["14.013"]
    assert _changed(data, dumps(edit(transaction, 3, FGP=10))) == ["14.013"]
    assert _changed(data, dumps(edit(transaction, 1, **{"2.030": "changed"}))) == ["2.30"]
    assert _changed(data, dumps(edit(transaction, 2, FGP=9))) == ["4 4"]
    assert _changed(data, dumps(edit(transaction, 0, PRY=None))) == []


def test_an_edited_idc_goes_into_the_contents_and_the_other_entries_keep_their_spelling():
    data = small()
    changed = edit(loads(data), 3, IDC="7")
    assert _raw(changed, 0, 3) == b"1\x1f3\x1e2\x1f00\x1e4\x1f01\x1e14\x1f7"
    assert View(changed.records[3])["IDC"] == 7
    assert loads(dumps(changed)) == changed


def test_records_put_in_taken_out_and_replaced_are_counted():
    transaction = loads(small())
    one = edit(transaction, 3, IDC="05").records[3]
    more = transaction.inserted(2, one)
    assert _raw(more, 0, 3) == b"1\x1f4\x1e2\x1f00\x1e14\x1f05\x1e4\x1f01\x1e14\x1f02"
    assert loads(dumps(more)) == more
    less = more.without(3)
    assert _raw(less, 0, 3) == b"1\x1f3\x1e2\x1f00\x1e14\x1f05\x1e14\x1f02"
    assert loads(dumps(less)) == less
    assert more.without(2) == transaction
    assert more.linked(5) == (one,)
    assert list(more.of_type(4)) == [more.records[3]]


def test_new_fields_stand_in_order_before_the_data_and_are_spelled_as_their_neighbours():
    data = small()
    changed = edit(edit(loads(data), 3, COM="noted", SRC="AGENCY"), 1, **{"2.005": "x"})
    assert _tags(loads(dumps(changed)).records[3]) == [
        b"14.001", b"14.002", b"14.004", b"14.013", b"14.003", b"14.020", b"14.999"
    ]  # fmt: skip
    assert _tags(loads(dumps(changed)).records[1]) == [b"2.01", b"2.02", b"2.05", b"2.30"]
    assert loads(dumps(changed)) == changed
    back = edit(edit(changed, 3, COM=None, SRC=None), 1, **{"2.005": None})
    assert dumps(back) == data


def test_numbers_that_stay_keep_their_spelling():
    raw = b"07\x1f01\x1f002\x1f3\x1f4\x1e08\x1f5\x1f6\x1f7\x1f8"
    transaction = _with_type_14((b"14.021", raw))
    segments = list(View(transaction.records[1])["SEG"])
    assert dumps(edit(transaction, 1, SEG=segments)) == dumps(transaction)
    segments[0] = {**segments[0], "RHC": 9}
    assert _raw(edit(transaction, 1, SEG=segments), 1, 21) == raw.replace(b"002", b"9")


def test_values_may_be_sequences_dates_and_single_ones():
    transaction = _with_type_14((b"14.013", b"7"))
    changed = edit(transaction, 1, NQM=(7, 2), FCD=datetime.date(2026, 1, 2), FGP=(7, 8), AMP=[(9, "XX"), (8, "UP")])
    view = View(changed.records[1])
    assert view["NQM"] == ({"FRNP": 7, "IQS": 2},)
    assert _raw(changed, 1, 5) == b"20260102"
    assert _raw(changed, 1, 13) == b"7\x1e8"
    assert _raw(changed, 1, 18) == b"9\x1fXX\x1e8\x1fUP"
    assert _raw(edit(changed, 0, NSR=19.69, NTR=9.8), 0, 12) == b"09.80"


@pytest.mark.parametrize(
    "changes",
    [
        {"IMP": "one"}, {"IMP": 1.5}, {"IMP": True}, {"IMP": (1, 2)}, {"FCD": "2026-01-02"},
        {"NQM": {"FRNP": 1, "SEX": 2}},
        {"NQM": [(1, 2, 3)]}, {"NQM": 5}, {"DATA": "text"}, {"LEN": 5}, {"COM": "a\x1db"}, {"COM": 2.5}, {"XYZ": 1},
        {"COM": b"raw\x1cvalue"}, {"COM": b"raw\x1dvalue"},
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused(changes):
    with pytest.raises(ExchangeError):
        edit(_with_type_14((b"14.013", b"7")), 1, **changes)


@pytest.mark.parametrize(
    "changes", [{"HLL": 65_536}, {"IMP": -1}, {"FGP": ()}, {"FGP": (1,) * 7}, {"FGP": 255}, {"LEN": 3}]
)
def test_a_value_that_does_not_fit_a_binary_record_is_refused(changes):
    with pytest.raises(ExchangeError):
        dumps(edit(loads(small()), 2, **changes))


def test_binary_records_are_made_by_name():
    values = {"IDC": 3, "IMP": 0, "FGP": (2, 3), "ISR": 0, "HLL": 300, "VLL": 400, "CGA": 1, "DATA": b"\xff\xa0\xff"}
    written = b"\x00\x00\x00\x15\x03\x00\x02\x03\xff\xff\xff\xff\x00\x01\x2c\x01\x90\x01\xff\xa0\xff"
    assert write_binary(new_record(4, values)) == written
    assert write_binary(new_record(7, {"IDC": 1, "DATA": b"any"})) == b"\x00\x00\x00\x08\x01any"
    signature = {"IDC": 1, "SIG": 0, "SRT": 2, "ISR": 0, "HLL": 1, "VLL": 2}
    assert write_binary(new_record(8, signature)) == b"\x00\x00\x00\x0c\x01\x00\x02\x00\x00\x01\x00\x02"


@pytest.mark.parametrize("change", [{"HLL": None}, {"IDC": None}, {4: ((" 1",),)}, {12: (("1",),)}])
def test_a_binary_record_has_a_place_for_each_value_and_for_no_other(change):
    values = {"IDC": 3, "IMP": 0, "ISR": 0, "HLL": 300, "VLL": 400, "CGA": 1}
    record = new_record(4, values | {name: value for name, value in change.items() if isinstance(name, str)})
    for number, content in change.items():
        record = record.with_content(number, content) if isinstance(number, int) else record
    with pytest.raises(ExchangeError):
        write_binary(record)


def test_text_is_decoded_by_the_declared_set_and_guessed_without_one():
    chinese = "華裔"
    for more in ((UTF_8,), ()):
        assert View(_with_type_2((b"2.003", chinese.encode()), more=more).records[1])["2.003"] == (chinese,)
    assert View(_with_type_2((b"2.003", b"M\xfcller")).records[1])["2.003"] == ("Müller",)  # no UTF-8: Latin-1


def test_a_region_s_name_leaves_the_domain_to_its_version():
    assert Context("0500", "CAR", "NORAM", "EBTS 10.0").type_2_domain == "EBTS"
    assert Context("0500", "CAR", "NORAM", "1").type_2_domain == ""


@pytest.mark.parametrize(("index", "codec"), [(b"002", "utf-16-be"), (b"004", "utf-32-be")])
def test_wide_characters_whose_bytes_are_separators(index, codec):
    text = "Ḝ᠝ạ ab"  # bytes 1E, 1C, 1D among them
    transaction = _with_type_2((b"2.003", b"x"), (b"2.004", b"y"), more=((15, index + b"\x1fwide\x1f"),))
    again = loads(dumps(edit(transaction, 1, **{"2.003": text})))
    assert _tags(again.records[1]) == [b"2.001", b"2.002", b"2.003", b"2.004"]
    assert _raw(again, 1, 3).decode(codec) == text
    assert View(again.records[1])["2.003"] == (text,)
    assert _raw(edit(transaction, 1, **{"2.004": "žluť"}), 1, 4).decode(codec) == "žluť"


def test_wide_characters_that_cannot_be_told_from_separators_are_refused():
    transaction = _with_type_2(more=((15, b"002\x1fwide\x1f"),))
    with pytest.raises(ExchangeError, match="separators"):
        dumps(edit(transaction, 1, **{"2.003": [("\u1f61", "\u6161")]}))


def test_text_outside_ascii_needs_a_declared_set():
    with pytest.raises(ExchangeError, match=r"1\.015"):
        dumps(edit(_with_type_2(), 1, **{"2.003": "Müller"}))
    changed = edit(edit(_with_type_2(), 0, DCS=("003", "UTF-8", None)), 1, **{"2.003": "Müller"})
    assert _raw(changed, 1, 3) == "Müller".encode()
    assert loads(dumps(changed)) == changed
    with pytest.raises(ExchangeError, match="ASCII"):
        dumps(edit(changed, 0, ORI="Zürich"))  # Type-1 is ASCII whatever is declared


@pytest.mark.parametrize(
    ("domain", "version", "transaction_type", "expected"),
    [
        ("INT-I", "0502", "CPS", "INT-I"), ("EBTS", "0500", "CAR", "EBTS"), ("EBTS-IRIS", "0201", "MAP", "EBTS"),
        ("", "0201", "CAR", "EBTS"), ("", "0400", "CAR", ""), ("NORAM", "0400", "CAR", ""), ("", "0201", "CPS", ""),
    ],
)  # fmt: skip
def test_type_2_means_what_the_domain_says(domain, version, transaction_type, expected):
    context = Context(version, transaction_type, domain)
    assert context.type_2_domain == expected
    names = {"INT-I": "RLS", "EBTS": "CAN", "": "2.064"}
    assert spec_named(2, 64, context.type_2_domain).mnemonic == names[expected]


def test_sets_of_users_own_are_kept_and_not_written():
    transaction = _with_type_2((b"2.003", b"\xe4\xf6"), more=((15, b"128\x1fOWN\x1f1"),))
    assert View(transaction.records[1])["2.003"] == ("äö",)  # by Latin-1, for want of better
    assert contradictions(transaction) == ()  # nobody can say whether these bytes are text of that set
    with pytest.raises(ExchangeError, match="128"):
        dumps(edit(transaction, 1, **{"2.003": "öä"}))


def test_the_first_declared_set_that_has_the_characters_is_written():
    transaction = _with_type_2(more=((15, b"000\x1fASCII\x1f\x1e003\x1fUTF-8\x1f"),))
    assert _raw(edit(transaction, 1, **{"2.003": "äö"}), 1, 3) == "äö".encode()


def test_items_of_subfields_are_given_as_they_are():
    transaction = _with_type_2((b"2.003", b"a" + US + b"b" + RS + US))
    assert transaction.records[1].field(3).subfields == (("a", "b"), ("", ""))


def test_text_is_written_anew_where_the_declared_sets_change():
    transaction = _with_type_2((b"2.003", b"M\xfcller"))  # told as Latin-1
    assert dumps(loads(dumps(transaction))) == dumps(transaction)
    assert _raw(edit(transaction, 0, DCS=("003", "UTF-8", None)), 1, 3) == "Müller".encode()
