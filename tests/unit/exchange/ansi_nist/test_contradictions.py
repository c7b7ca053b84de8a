"""What is found wrong in a transaction that can be read, and how it is described."""

import json

import pytest
from tests.unit.exchange.ansi_nist.transactions import a_header, an_image, header, small, some_features, tagged

from fingerprint_engine.exchange.ansi_nist import (
    Segment,
    build_transaction,
    contradictions,
    describe,
    dumps,
    edit,
    loads,
)
from fingerprint_engine.exchange.image_codecs import Compression, encode
from fingerprint_engine.exchange.image_codecs.headers import stated_size
from fingerprint_engine.limits import Budget
from fingerprint_engine.preprocessing import image_from_array


def _good():
    images = [
        an_image(2, features=some_features()),
        an_image(13, 0, segments=(Segment(2, 0, 10, 0, 10),), nist_quality={2: 1}),
    ]
    return build_transaction(a_header(), images, missing={5: "UP"})


HEADER, TYPE_9, FINGER, SLAP = 0, 2, 3, 4
FAULTS = {
    "an unknown version": (HEADER, {"VER": "9999"}, "1.002"),
    "a resolution for nothing": (HEADER, {"NSR": 19.69}, "1.011"),
    "two dates": (HEADER, {"GMT": "20200102030405Z"}, "1.014"),
    "captured later": (FINGER, {"FCD": "20270101"}, "14.005"),
    "a latent's code": (FINGER, {"IMP": 4}, "14.003"),
    "a palm's position": (FINGER, {"FGP": 21}, "14.013"),
    "a rolled slap": (SLAP, {"IMP": 1}, "14.003"),
    "another compression": (FINGER, {"CGA": "WSQ20"}, "14.011"),
    "another size": (FINGER, {"HLL": 41}, "14.006"),
    "no size": (FINGER, {"HLL": None}, "14.006"),
    "no pixels": (FINGER, {"CGA": "NONE", "DATA": b"few"}, "14.999"),
    "a segment outside": (SLAP, {"SEG": [(2, 0, 99, 0, 10)]}, "14.021"),
    "a missing finger's segment": (SLAP, {"SEG": [(5, 0, 9, 0, 10)]}, "14.021"),
    "a missing finger's quality": (SLAP, {"NQM": [(5, 1)]}, "14.022"),
    "a part of a finger without an image": (FINGER, {"DATA": None, "AMP": [(2, "XX")]}, "14.018"),
    "an image of what is not printed": (FINGER, {"AMP": [(2, "UP")]}, "14.018"),
    "an unknown reason": (FINGER, {"AMP": [(2, "ZZ")]}, "14.018"),
    "no number": (FINGER, {12: (("x",),)}, "14.012"),
    "text outside the sets": (FINGER, {"COM": "ä"}, "14.020"),
    "an IDC of two images": (SLAP, {"IDC": 1}, "14.002"),
    "another number of minutiae": (TYPE_9, {"NOM": 7}, "9.136"),
    "another finger": (TYPE_9, {"FGP": 3}, "9.134"),
    "another impression": (TYPE_9, {"IMP": 0}, "9.003"),
    "another image's size": (TYPE_9, {"HLL": 39}, "9.128"),
    "another resolution": (TYPE_9, {"THPS": 1000}, "9.131"),
    "another unit": (TYPE_9, {"SLC": 2, "THPS": 197, "TVPS": 197}, "9.130"),
    "ridge counts that are not allowed": (TYPE_9, {"RCI": [(0, 0, 0)]}, "9.138"),
    "no such image": (TYPE_9, {"IDC": 9}, "9.002"),
    "damaged minutiae": (TYPE_9, {137: (("1",),)}, "9.137"),
}


def test_what_we_build_holds_none():
    assert contradictions(_good()) == ()
    assert contradictions(loads(dumps(_good()))) == ()


def _altered(place, changes):
    """With other values by name, or other contents by number, which need not be of the field's kind."""
    transaction = _good()
    for name, value in changes.items():
        if isinstance(name, int):
            transaction = transaction.replaced(place, transaction.records[place].with_content(name, value))
        else:
            transaction = edit(transaction, place, **{name: value})
    return transaction


@pytest.mark.parametrize("case", FAULTS)
def test_each_is_found_with_its_record_and_field(case):
    place, changes, field = FAULTS[case]
    found = contradictions(_altered(place, changes))
    assert (place, field) in {(one.record, one.field) for one in found}
    assert f"record {place + 1}, {field}: " in "".join(map(str, found))


@pytest.mark.parametrize(("version", "found"), [("0500", True), ("0501", True), ("0502", False)])
def test_scars_came_with_2015(version, found):
    transaction = edit(edit(_good(), FINGER, AMP=[(2, "SR")]), HEADER, VER=version)
    assert ("14.018" in {one.field for one in contradictions(transaction)}) is found


def test_before_2013_an_amputated_finger_needed_no_image():
    transaction = edit(edit(_good(), FINGER, AMP=[(2, "XX")], DATA=None), HEADER, VER="0500")
    assert "14.018" not in {one.field for one in contradictions(transaction)}


def test_a_missing_type_2_and_a_latent_of_500_ppi_are_found():
    assert "1.003" in {one.field for one in contradictions(_good().without(1))}
    latent = build_transaction(a_header(), [an_image(0, 4)])
    assert [one.field for one in contradictions(latent)] == ["13.009"]


def test_a_description_is_plain_data_with_names_meanings_and_warnings():
    described = describe(edit(_good(), SLAP, IMP=1))
    assert json.loads(json.dumps(described)) == described
    assert described["version"] == "0502"
    slap = described["records"][SLAP]
    assert (slap["type"], slap["name"], slap["idc"]) == (14, "Fingerprint image", 2)
    by_name = {field["mnemonic"]: field for field in slap["fields"]}
    assert by_name["FGP"] == {
        "tag": "14.013",
        "mnemonic": "FGP",
        "title": "Friction ridge generalized position",
        "value": [["13"]],
        "meaning": "plain right four fingers",
    }
    assert by_name["AMP"]["meaning"] == "right little finger unable to print"
    assert by_name["SEG"]["items"] == ["FRSP", "LHC", "RHC", "TVC", "BVC"]
    assert by_name["DATA"]["value"].endswith("bytes, png")
    assert slap["warnings"] == ["14.003: rolled impression type 1 of the plain position 13"]
    assert described["warnings"] == ["record 5, 14.003: rolled impression type 1 of the plain position 13"]


def test_damaged_and_binary_records_are_described_too():
    described = describe(loads(small()[:-3] + b"more", lenient=True))
    assert described["warnings"]
    assert {field["mnemonic"]: field.get("meaning") for field in described["records"][2]["fields"]}["CGA"] == "NONE"
    nameless = describe(loads(small().replace(b"14.013:", b"15.013:"), lenient=True))
    assert any("expected a tag of Type-14" in warning for warning in nameless["warnings"])


def test_bytes_outside_the_declared_character_sets_are_found():
    data = header(b"1\x1f1\x1e2\x1f00") + tagged(2, (b"2.002", b"00"), (b"2.003", b"M\xfcller"))
    assert [(one.record, one.field) for one in contradictions(loads(data))] == [(1, "2.003")]


@pytest.mark.parametrize(
    "kind", [Compression.PNG, Compression.JPEG_2000, Compression.JPEG_2000_LOSSLESS, Compression.WSQ]
)
def test_sizes_are_read_from_the_payload(kind, drawn_print):
    if kind is Compression.WSQ:
        pytest.importorskip("wsq", reason="the extra wsq is not installed")
    payload = encode(image_from_array(drawn_print[:200, :131], 500.0), kind)
    assert stated_size(payload, Budget()) == (131, 200)
    for size in range(40):
        assert stated_size(payload[:size], Budget()) in (None, (131, 200))


def test_sizes_of_jpeg_and_codestreams():
    jpeg = bytes.fromhex("ffd8ffe000021234") + b"\xff\xc0\x00\x0b\x08\x00\xc8\x00\x83\x01"
    frame = b"\xff\xc0\x00\x0b\x08\x00\xc8\x00\x83\x01"
    assert stated_size(b"\xff\xd8\xff\xe0\x00\x02" + frame, Budget()) == (131, 200)
    assert stated_size(jpeg, Budget()) is None  # a segment that does not lead to the next marker
    codestream = b"\xff\x4f\xff\x51\x00\x29\x00\x00" + b"".join(n.to_bytes(4, "big") for n in (141, 210, 10, 10))
    assert stated_size(codestream, Budget()) == (131, 200)
    assert stated_size(b"plain pixels", Budget()) is None
