"""INT-I 6.00: every rule has a code, and what is built keeps them all."""

import dataclasses
import datetime

import numpy as np
import pytest
from tests.unit.exchange.ansi_nist.transactions import an_image, some_features

from fingerprint_engine.errors import ContradictoryRecord, ExchangeError
from fingerprint_engine.exchange import ansi_nist, image_codecs
from fingerprint_engine.exchange.ansi_nist import Segment, View, dumps, edit, loads, new_record
from fingerprint_engine.exchange.image_codecs import Compression
from fingerprint_engine.exchange.interpol import (
    CONTRADICTIONS,
    ERRORS,
    STRICT,
    TOLERANT,
    Envelope,
    Form,
    Organization,
    Peer,
    build_request,
    control_number,
    error,
    hit,
    is_control_number,
    last_day,
    no_hit,
    violations,
)
from fingerprint_engine.exchange.interpol.codes import OFFENCES, REQUESTS
from fingerprint_engine.exchange.interpol.field_rules import field_rules
from fingerprint_engine.preprocessing import image_from_array

ENVELOPE = Envelope(
    Organization("Police of Nowhere", "ABC"),
    Organization("INTERPOL", "XPO"),
    datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
    serial=42,
    priority=2,
)
PIXELS = image_from_array(np.random.default_rng(1).integers(0, 256, (48, 40)).astype(np.uint8), 1000)
JP2 = image_codecs.encode(PIXELS, Compression.JPEG_2000_LOSSLESS)
PERSON = {"CRN": "ABC/1234", "SEX": "F", "NAM": ("", "Ada", "", "Doe"), "NAT": ["ABC"]}
LATENT = {"CNO": "ABC/1", "SQN": "E1", "MID": "1", "DOO": "20251230", "ORN": ["ABC/2"]}


def _image(position=1, impression=1, **changes):
    values = {"payload": JP2, "compression": Compression.JPEG_2000_LOSSLESS, "ppi": 1000} | changes
    return an_image(position, impression, **values)


def _request(kind="CPS", **fields):
    images = [_image(0, 4)] if kind == "MPS" else [_image()]
    return build_request(kind, ENVELOPE, images, {**(LATENT if kind == "MPS" else PERSON), **fields})


def test_control_numbers():
    assert control_number(2019, 125458357684) == "19125458357684J"
    assert is_control_number("19125458357683H")
    assert not any(map(is_control_number, ("19125458357684A", "1912545835768J", "19125458357684I", "")))
    for serial in range(0, 10**12, 37_037_037_037):
        assert is_control_number(control_number(2026, serial))
    with pytest.raises(ExchangeError, match="series"):
        control_number(2026, 10**12)


def test_the_tables():
    assert len(OFFENCES) == 71
    assert {"CRN", "EXP", "RLS", "LMP"} <= {rule.mnemonic for rule in field_rules().values()}
    assert sorted(CONTRADICTIONS) == list(range(1, 10))
    assert min(ERRORS) == 1


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize("encoding", ["xml", "traditional"])
def test_requests_keep_every_rule(kind, encoding):
    made = _request(kind)
    again = loads(ansi_nist.encoded(made, encoding, strict=True).value)
    assert violations(made, STRICT) == violations(again, STRICT) == ()
    header = View(again.header)
    assert (header["TOT"], header["VER"], header["PRY"], header["TCN"]) == (
        kind, "0502", 2, control_number(2026, 42)
    )  # fmt: skip
    assert header["ANM"] == {"DAN": "INTERPOL", "OAN": "Police of Nowhere", "DAC": "XPO", "OAC": "ABC"}
    assert header["DAI"] is header["ORI"] is None
    assert [one.idc for one in again.records[1:]] == list(range(len(again.records) - 1))


def test_minutiae_go_along():
    large = image_from_array(np.zeros((400, 400), np.uint8) + 128, 1000, polarity="dark-ridges")
    payload = image_codecs.encode(large, Compression.JPEG_2000_LOSSLESS)
    image = _image(features=some_features(), payload=payload, cols=400, rows=400)
    made = build_request("CPS", ENVELOPE, [image], PERSON)
    assert [record.type for record in made.records] == [1, 2, 9, 14]
    assert violations(loads(dumps(made, "xml")), STRICT) == ()


@pytest.mark.parametrize("encoding", ["xml", "traditional"])
def test_answers(encoding):
    request = loads(dumps(_request("CPS", RDM="UC", LID="latent-1"), encoding))
    answer = hit(request, ENVELOPE, PERSON, number=1, total=3, verified=True, matching=[(1, 2)])
    record = View(answer.records[1])
    assert record["RLS"] == (("1", "true", "3", "CPS", "I"),)
    assert (record["RDM"], record["LID"], record["LMP"]) == ("UC", "latent-1", ({"search": 1, "candidate": 2},))
    assert View(answer.header)["TCR"] == View(request.header)["TCN"]
    assert View(no_hit(request, ENVELOPE).records[1])["RLS"] == (("", "", "0", "CPS", "N"),)
    refused = error(request, ENVELOPE, 501, "FGP")
    assert View(refused.records[1])["ERM"] == (("501", "FGP", "insufficient quality of prints"),)
    for made in (answer, no_hit(request, ENVELOPE), refused):
        assert violations(loads(dumps(made, encoding)), STRICT) == ()


def test_answers_that_break_a_rule_are_not_built():
    request = _request()
    with pytest.raises(ContradictoryRecord, match="110"):
        hit(request, ENVELOPE, PERSON, number=4, total=3, verified=True)
    with pytest.raises(ContradictoryRecord, match="101"):
        hit(request, ENVELOPE, {}, number=1, total=1, verified=True)
    with pytest.raises(ContradictoryRecord, match="115"):
        error(request, ENVELOPE, 7)
    with pytest.raises(ContradictoryRecord, match="116"):
        build_request("SRE", ENVELOPE, [_image()], PERSON)


BROKEN = {
    "mandatory": ("CPS", 1, {"SEX": None}, 101, "2.039"),
    "a reference": ("NPS", 1, {"CRN": None}, 101, "2.010"),
    "a name": ("ATP", 1, {"NAM": None}, 101, "2.030"),
    "a latent's case": ("MPS", 1, {"CNO": None}, 101, "2.007"),
    "an offence's date": ("MPS", 1, {"DOO": None}, 101, "2.055"),
    "an offence in words": ("CPS", 1, {"RFP": ["NLC"]}, 101, "2.054"),
    "a civil reason in words": ("NPS", 1, {"CRF": "OTH"}, 101, "2.096"),
    "undefined here": ("CPS", 1, {"ERM": [("101", "X")]}, 103, "2.074"),
    "undefined anywhere": ("CPS", 1, {"2.199": "x"}, 103, "2.199"),
    "two dates of birth": ("CPS", 1, {"DOB": "19500101", "DBR": ("1950", "1960")}, 103, "2.036"),
    "too many": ("CPS", 1, {"ORN": [f"ABC/{i}" for i in range(11)]}, 104, "2.011"),
    "too many items": ("CPS", 1, {"MN1": ("a", "b", "c")}, 105, "2.012"),
    "too short": ("CPS", 1, {"NAT": ["AB"]}, 106, "2.038"),
    "too long": ("CPS", 1, {"IRN": "x" * 33}, 107, "2.090"),
    "a character": ("MPS", 1, {"SQN": "a*b"}, 111, "2.008"),
    "a reference without a country": ("CPS", 1, {"CRN": "1234"}, 111, "2.010"),
    "a day": ("CPS", 1, {"EXP": "20261301"}, 112, "2.092"),
    "a moment": ("CPS", 1, {"DPR": "20261399"}, 114, "2.019"),
    "a country": ("CPS", 1, {"NAT": ["abc"]}, 115, "2.038"),
    "an offence": ("CPS", 1, {"RFP": ["QQQ"]}, 115, "2.021"),
    "a mode": ("CPS", 1, {"RDM": "ZZ"}, 115, "2.094"),
    "a type": ("CPS", 0, {"TOT": "ABC"}, 116, "1.004"),
    "a control number": ("CPS", 0, {"TCN": "26000000000042A"}, 201, "1.009"),
    "a version": ("CPS", 0, {"VER": "0500"}, 115, "1.002"),
    "a resolution": ("CPS", 0, {"NSR": 19.69}, 115, "1.011"),
    "a set of characters": ("CPS", 0, {"DCS": [("000", "ASCII")]}, 115, "1.015"),
    "a profile": ("CPS", 0, {"APS": [("a", "b", "c")]}, 103, "1.016"),
    "no country": ("CPS", 0, {"ANM": ("INTERPOL", "Police")}, 101, "1.017"),
    "a priority": ("CPS", 0, {"PRY": 0}, 115, "1.006"),
    "an impression": ("CPS", 2, {"IMP": 4}, 115, "14.003"),
    "a position": ("CPS", 2, {"FGP": 16}, 115, "14.013"),
    "a latent's impression": ("MPS", 2, {"IMP": 5}, 115, "13.003"),
    "a depth": ("CPS", 2, {"BPX": 12}, 115, "14.012"),
    "a resolution of an image": ("CPS", 2, {"THPS": 600, "TVPS": 600}, 115, "14.009"),
    "a unit": ("CPS", 2, {"SLC": 2}, 115, "14.008"),
    "a compression": ("CPS", 2, {"CGA": "PNG"}, 115, "14.011"),
    "a size": ("CPS", 2, {"HLL": 9}, 118, "14.006"),
    "no image": ("CPS", 2, {"DATA": None}, 101, "14.999"),
    "a scar": ("CPS", 2, {"AMP": [(1, "SR")]}, 115, "14.018"),
    "a segment of a finger": ("CPS", 2, {"SEG": [(1, 0, 1, 0, 1)]}, 103, "14.021"),
    "a triangle": ("CPS", 2, {"ASEG": [(1, 3, 0, 0, 1, 1, 2, 0)]}, 115, "14.025"),
    "a finger tip": ("CPS", 2, {"PPD": [(1, "TIP")]}, 103, "14.014"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_rule_has_its_code(case):
    kind, place, changes, code, field = BROKEN[case]
    broken = edit(_request(kind), place, **changes)
    found = violations(broken, STRICT)
    assert (code, place, field) in {one[:3] for one in found}
    assert f"{code:03d} {ERRORS[code]}: record {place + 1}, {field}" in "".join(map(str, found))
    assert violations(broken, TOLERANT) == found


def test_records():
    made = _request()
    for extra, code in ((new_record(4, {"IDC": 9}), 102), (new_record(2, {"IDC": 9}), 104)):
        assert code in {one.code for one in violations(made.inserted(2, extra), STRICT)}
    assert 101 in {one.code for one in violations(made.without(1), STRICT)}
    assert 502 in {one.code for one in violations(made.without(2), STRICT)}


def test_slaps_alone_need_their_fingers_and_beside_rolled_prints_must_not_have_them():
    slap = _image(13, 0, segments=(Segment(2, 0, 9, 0, 9),))
    with pytest.raises(ContradictoryRecord, match="502"):
        build_request("CPS", ENVELOPE, [slap], PERSON)
    build_request("CPS", ENVELOPE, [slap, _image(2, 0)], PERSON)
    build_request("CPS", ENVELOPE, [slap, _image(1, 1)], PERSON)
    with pytest.raises(ContradictoryRecord, match="103"):
        build_request("CPS", ENVELOPE, [slap, _image(2, 0), _image(1, 1)], PERSON)


TOLERATED = {
    2: (0, {"DOM": ("INT-I", "06.00")}),
    5: (1, {"SEX": "X"}),
    9: (0, {"DAI": "XPO"}),
}


@pytest.mark.parametrize("number", TOLERATED)
def test_what_the_samples_do_is_tolerated_by_peer(number):
    place, changes = TOLERATED[number]
    made = edit(_request(), place, **changes)
    assert violations(made) == ()
    assert [one.contradiction for one in violations(made, STRICT)] == [number]
    assert [one.contradiction for one in violations(made, Peer(frozenset(CONTRADICTIONS) - {number}))] == [number]


def test_elements_as_in_the_samples():
    made = dumps(_request("MPS"), "xml")
    as_samples = (
        made.replace(b"http://interpol.int/int-i/1.0", b"http://interpol.gov/int-i/1.0")
        .replace(b"RecordCategoryCode>2<", b"RecordCategoryCode>02<")
        .replace(b"03:04:05Z</nc:DateTime", b"03:04:05+00:00</nc:DateTime")
    )
    transaction = loads(as_samples)
    assert violations(transaction) == ()
    assert {one.contradiction for one in violations(transaction, STRICT)} == {1, 3, 4}
    changed = dumps(edit(transaction, 1, IRN="2026/1"))
    assert b"interpol.int" not in changed


def test_the_last_day():
    assert last_day(_request("CPS", EXP="20270710")) == datetime.date(2027, 7, 10)
    assert last_day(_request()) is None
    assert last_day(edit(_request(), 1, EXP="nothing")) is None
    fbi = edit(_request("CPS", EXP="20270710"), 0, DOM=("EBTS", "10.0"))
    assert last_day(fbi) is None  # the number means something else there


def test_the_old_form_has_fewer_rules():
    old = edit(_request(), 0, DOM=("INT-I", "4.22"), DAI="XX/AB", ORI="YY/CD", ANM=None, NSR=19.68, NTR=19.68)
    assert violations(old, STRICT) == ()
    assert 116 in {one.code for one in violations(edit(old, 0, TOT="NPS"))}
    assert 101 in {one.code for one in violations(edit(old, 0, ORI=None))}


def test_the_old_form_is_built_with_identifiers_of_agencies():
    sender, receiver = Organization("", "ABC", "AB/POL"), Organization("", "DEF", "DE/BKA")
    envelope = dataclasses.replace(ENVELOPE, sender=sender, receiver=receiver, form=Form.OLD)
    image = an_image(2, 1, binary=True, features=some_features())
    made = build_request("CPS", envelope, [image], {"CRN": "1234"})
    header = View(made.header)
    assert (header["VER"], header["DAI"], header["ORI"], header["ANM"]) == ("0300", "DE/BKA", "AB/POL", None)
    assert header["DOM"] == {"DNM": "INT-I", "DVN": "4.22"}
    assert [record.type for record in made.records] == [1, 2, 9, 4]
    assert violations(loads(dumps(made)), STRICT) == ()
    answer = no_hit(made, envelope)
    assert View(answer.header)["TCR"] == header["TCN"]
    assert build_request("PMS", envelope, [image], {"CRN": "1234"}).context.transaction_type == "PMS"
    with pytest.raises(ContradictoryRecord, match="116"):
        build_request("NPS", envelope, [image], {"CRN": "1234"})
    with pytest.raises(ContradictoryRecord):
        build_request("CPS", dataclasses.replace(envelope, sender=Organization("", "ABC")), [image], {})
