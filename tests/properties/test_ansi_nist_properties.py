"""Any transaction is read as it was written, and an edit leaves everything else as it was."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.exchange.ansi_nist.transactions import header, tagged

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist import Field, Record, Transaction, dumps, edit, loads, new_record
from fingerprint_engine.exchange.ansi_nist.traditional.binary_records import BINARY_TYPES

ITEM = st.text(st.characters(exclude_characters="\x1c\x1d\x1e\x1f", exclude_categories=["Cs"]), max_size=12)
SUBFIELDS = st.lists(st.lists(ITEM, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)
PAYLOAD = st.binary(max_size=200)
IDC = st.integers(0, 99)
UTF_8 = "003"


@st.composite
def tagged_records(draw):
    kind = draw(st.sampled_from([2, 9, 10, 13, 14, 15, 17, 21, 99]))
    contents = draw(st.dictionaries(st.integers(3, 998), SUBFIELDS, max_size=8))
    contents[2] = ((f"{draw(IDC):0{draw(st.integers(1, 3))}d}",),)
    if kind >= 10 and draw(st.booleans()):
        contents[999] = draw(PAYLOAD)
    return Record(kind, tuple(Field(number, contents[number]) for number in sorted(contents)))


@st.composite
def binary_records(draw):
    kind = draw(st.sampled_from(sorted(BINARY_TYPES)))
    values = {"IDC": f"{draw(IDC):02d}"}
    if kind != 7:
        names = ("IMP", "CGA") if kind != 8 else ("SIG", "SRT")
        values |= {name: draw(st.integers(0, 255)) for name in (*names, "ISR")}
        values |= {name: draw(st.integers(0, 65_535)) for name in ("HLL", "VLL")}
        positions = draw(st.lists(st.integers(0, 254), max_size=6))
        values |= {"FGP": positions} if kind != 8 and positions else {}
    return new_record(kind, values | {"DATA": draw(PAYLOAD)})


@st.composite
def transactions(draw):
    values = {
        "VER": "0500",
        "TOT": "CAR",
        "DAT": "20260102",
        "DAI": "D",
        "ORI": "O",
        "TCN": draw(st.from_regex(r"[A-Z0-9]{1,9}", fullmatch=True)),
        "DCS": (UTF_8, "UTF-8", None),
    }
    records = draw(st.lists(tagged_records() | binary_records(), max_size=6))
    return Transaction((new_record(1, values), *records)).with_true_contents()


@given(
    st.lists(st.binary(max_size=40), min_size=1, max_size=5), st.integers(2, 4), st.sampled_from([b"", b"002", b"003"])
)
def test_fields_of_any_bytes_are_kept_to_the_byte(values, digits, declared):
    """Whatever text they are taken for, and whether or not another field of the record changes."""
    values = [value.replace(b"\x1c", b"").replace(b"\x1d", b"") for value in values]
    fields = [(b"2.%0*d" % (digits, 100 + place), value) for place, value in enumerate(values)]
    more = ((15, declared + b"\x1fset\x1f"),) if declared else ()
    data = header(b"1\x1f1\x1e2\x1f00", *more) + tagged(2, (b"2.%0*d" % (digits, 2), b"00"), *fields)
    transaction = loads(data)
    assert dumps(transaction) == data
    changed = edit(transaction, 1, **{"2.400": "new"})
    assert dumps(edit(loads(dumps(changed)), 1, **{"2.400": None})) == data


@given(transactions())
def test_what_is_written_is_read_back(transaction):
    data = dumps(transaction)
    again = loads(data)
    assert again == transaction
    assert dumps(again) == data
    assert loads(data, lenient=True).warnings == ()


@given(transactions(), st.data())
def test_an_edit_leaves_everything_else_as_it_was(transaction, data):
    before = loads(dumps(transaction))
    places = [i for i, record in enumerate(before.records) if i and record.type not in BINARY_TYPES]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    number = data.draw(st.integers(200, 300))
    text = data.draw(ITEM)
    after = edit(before, place, **{str(number): text})
    for index, (old, new) in enumerate(zip(before.records, after.records, strict=True)):
        if index != place:
            assert old == new
            continue
        kept = [field for field in new.fields if field.number != number]
        assert kept == [field for field in old.fields if field.number != number]
    assert loads(dumps(after)) == after


@given(transactions(), st.data())
def test_records_put_in_and_taken_out_again_leave_no_trace(transaction, data):
    before = loads(dumps(transaction))
    place = data.draw(st.integers(1, len(before.records)))
    more = before.inserted(place, data.draw(tagged_records()))
    assert loads(dumps(more)) == more
    assert dumps(more.without(place)) == dumps(before)


@settings(max_examples=300)
@given(transactions(), st.data())
def test_damaged_bytes_are_refused_or_kept(transaction, data):
    raw = bytearray(dumps(transaction))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw) - 1))
        size = data.draw(st.integers(0, 4))
        raw[place : place + size] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"\x1c", b"\x1d", b"\x1e", b"\x1f", b":", b"9"])
        )
    for lenient in (False, True):
        try:
            again = loads(bytes(raw), lenient=lenient)
        except ExchangeError:
            continue
        assert dumps(again) == bytes(raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_kept(raw):
    for data in (raw, b"1.001:" + raw):
        try:
            assert dumps(loads(data, lenient=True)) == data
        except ExchangeError:
            continue
