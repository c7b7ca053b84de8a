"""Any transaction is read as it was written, and an edit leaves everything else as it was."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint_engine.errors import ExchangeError
from fingerprint_engine.exchange.ansi_nist import Transaction, View, binary_record, dumps, edit, loads
from fingerprint_engine.exchange.ansi_nist.context import Context
from fingerprint_engine.exchange.ansi_nist.records import BINARY_TYPES, text_record
from fingerprint_engine.exchange.ansi_nist.transaction import with_contents

TEXT = st.binary(max_size=40).map(lambda raw: raw.replace(b"\x1c", b"").replace(b"\x1d", b""))
PAYLOAD = st.binary(max_size=200)
IDC = st.integers(0, 99)


@st.composite
def tagged_records(draw):
    kind = draw(st.sampled_from([2, 9, 10, 13, 14, 15, 17, 21, 99]))
    values = draw(st.dictionaries(st.integers(3, 998), TEXT, max_size=8))
    values[2] = b"%0*d" % (draw(st.integers(1, 3)), draw(IDC))
    if kind >= 10 and draw(st.booleans()):
        values[999] = draw(PAYLOAD)
    return text_record(kind, values, Context())


@st.composite
def binary_records(draw):
    kind = draw(st.sampled_from(sorted(BINARY_TYPES)))
    return binary_record(kind, {"IDC": draw(IDC), "DATA": draw(PAYLOAD)})


@st.composite
def transactions(draw):
    values = {
        2: b"0500",
        3: b"",
        4: b"CAR",
        5: b"20260102",
        7: b"D",
        8: b"O",
        9: draw(st.from_regex(r"[A-Z0-9]{1,9}", fullmatch=True)).encode(),
    }
    records = draw(st.lists(tagged_records() | binary_records(), max_size=6))
    header = text_record(1, values, Context())
    return with_contents(Transaction((header, *records)))


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
    text = data.draw(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30))
    after = edit(before, place, **{str(number): text})
    for index, (old, new) in enumerate(zip(before.records, after.records, strict=True)):
        if index != place:
            assert old == new
            continue
        kept = [field for field in new.fields if field.number not in (1, number)]
        assert kept == [field for field in old.fields if field.number not in (1, number)]
        assert View(new)["LEN"] == len(bytes(new)) == new.size
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
