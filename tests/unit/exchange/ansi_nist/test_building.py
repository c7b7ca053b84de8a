"""Building a transaction, and every contradiction that is refused, by field."""

import dataclasses
import datetime

import pytest
from tests.unit.exchange.ansi_nist.transactions import a_header, an_image, noise_png, some_features

from fingerprint_engine.errors import ContradictoryRecord, ExchangeError
from fingerprint_engine.exchange.ansi_nist import (
    Block,
    QualityScore,
    Segment,
    View,
    build_transaction,
    contradictions,
    dumps,
    features_in,
    loads,
)
from fingerprint_engine.exchange.image_codecs import Compression

ROLLED = [an_image(finger) for finger in range(1, 10)]
RIGHT, LEFT = an_image(13, 0), an_image(14, 0)
THUMBS = [an_image(11, 0), an_image(12, 0)]


def _types(transaction):
    return [record.type for record in transaction.records]


def test_a_tenprint_card_with_a_missing_finger():
    images = [dataclasses.replace(image, features=some_features()) for image in ROLLED] + [RIGHT, LEFT, *THUMBS]
    transaction = build_transaction(a_header(), images, missing={10: "UP"}, descriptive={"2.003": "text"})
    assert _types(transaction) == [1, 2, *[9, 14] * 9, 14, 14, 14, 14, 14]
    assert loads(dumps(transaction)) == transaction
    assert contradictions(transaction) == ()
    first = View(transaction.header)
    assert first["CNT"][0] == {"REC": 1, "IDC": "24"}
    assert (first["VER"], first["TOT"], first["DAI"], first["ORI"]) == ("0502", "CAR", "DEST", "ORIG")
    assert (first["DAT"], first["GMT"], first["DOM"]) == ("20260102", "20260102030405Z", {"DNM": "NORAM", "DVN": "1"})
    assert (transaction.header.field(11).first_item, first["NTR"]) == ("00.00", 0.0)
    assert View(transaction.records[1])["2.003"] == ("text",)
    for place, made in features_in(transaction):
        image = transaction.records[place + 1]
        assert transaction.records[place].idc == image.idc
        assert made.value.positions == View(image)["FGP"]
        assert made.value.impression == View(image)["IMP"]
    left = next(record for record in transaction.of_type(14) if View(record)["FGP"] == (14,))
    assert View(left)["AMP"] == ({"FRAP": 10, "ABC": "UP"},)
    gone = View(transaction.records[-1])
    assert (gone["FGP"], gone["AMP"], gone["DATA"], gone["HLL"]) == ((10,), ({"FRAP": 10, "ABC": "UP"},), None, None)


def test_an_image_with_all_that_can_be_said_of_it():
    image = an_image(
        13,
        0,
        segments=(Segment(2, 0, 10, 1, 20), Segment(3, 10, 20, 1, 20)),
        nist_quality={3: 2, 2: 1},
        quality_scores=(QualityScore(2, 77, "000F", 1),),
        comment="noted",
        source_agency="ELSEWHERE",
        idc=7,
    )
    transaction = build_transaction(a_header(), [image, an_image(14, 0)])
    view = View(transaction.records[2])
    assert [view[name] for name in ("IDC", "IMP", "SRC", "FCD", "HLL", "VLL", "SLC", "THPS", "TVPS", "CGA", "BPX")] == [
        7, 0, "ELSEWHERE", "20260102", 40, 48, 1, 500, 500, "PNG", 8
    ]  # fmt: skip
    assert view["SEG"][1] == {"FRSP": 3, "LHC": 10, "RHC": 20, "TVC": 1, "BVC": 20}
    assert view["NQM"] == ({"FRNP": 2, "IQS": 1}, {"FRNP": 3, "IQS": 2})
    assert view["FQM"] == ({"FRMP": 2, "QVU": 77, "QAV": "000F", "QAP": 1},)
    assert (view["COM"], view["DATA"]) == ("noted", image.payload)
    assert transaction.records[3].idc == 1


def test_type_4_states_the_resolution_in_type_1():
    image = an_image(2, 1, binary=True, features=some_features())
    transaction = build_transaction(a_header(version="0400"), [image], blocks=(Block.LEGACY,))
    assert _types(transaction) == [1, 2, 9, 4]
    assert transaction.header.field(12).first_item == "19.69"
    view = View(transaction.records[3])
    assert (view["IMP"], view["FGP"], view["CGA"], view["DATA"]) == (1, (2,), 6, image.payload)
    assert len(features_in(transaction)[0][1].value.minutiae) == 20


def test_latents_and_palms_get_records_of_their_own():
    transaction = build_transaction(a_header(), [an_image(0, 4, ppi=1000), an_image(21, 10)])
    assert _types(transaction) == [1, 2, 13, 15]
    assert View(transaction.records[2])["LCD"] == View(transaction.records[3])["PCD"] == "20260102"


def test_text_outside_ascii_needs_the_header_to_say_so():
    with pytest.raises(ExchangeError, match=r"1\.015"):
        build_transaction(a_header(), ROLLED, descriptive={"2.003": "Müller"})
    transaction = build_transaction(a_header(utf_8=True), ROLLED, descriptive={"2.003": "Müller"})
    assert View(loads(dumps(transaction)).records[1])["2.003"] == ("Müller",)


def test_type_2_fields_have_the_names_of_the_domain():
    transaction = build_transaction(a_header(domain=("INT-I", "0600")), ROLLED, descriptive={"CRN": "XYZ1"})
    assert transaction.records[1].field(10).first_item == "XYZ1"
    with pytest.raises(ExchangeError):
        build_transaction(a_header(domain=("EBTS", "10.0")), ROLLED, descriptive={"RLS": "x"})


RAW = Compression.RAW
SEGMENT = Segment(2, 0, 10, 0, 10)
REFUSED_IMAGES = {
    "a slap with a rolled impression code": (an_image(13, 1), "14.003"),
    "a slap as a latent": (an_image(13, 4), "13.003"),
    "a palm with a rolled impression code": (an_image(21, 1), "15.003"),
    "a finger with a palm's impression code": (an_image(2, 10), "14.003"),
    "no such impression": (an_image(2, 99), "14.003"),
    "no such position": (an_image(99), "14.013"),
    "a tip, which needs more fields": (an_image(19, 0), "14.013"),
    "WSQ that is PNG": (an_image(2, compression=Compression.WSQ), "14.011"),
    "packed": (an_image(2, compression=Compression.PACKED), "14.011"),
    "pixels that are too few": (an_image(2, compression=RAW, payload=b"x"), "14.999"),
    "WSQ at 1000 ppi": (an_image(2, compression=Compression.WSQ, payload=b"\xff\xa0\xff", ppi=1000), "14.011"),
    "too coarse": (an_image(2, ppi=250), "14.009"),
    "no width": (an_image(2, cols=0, payload=noise_png(4, 4)), "14.006"),
    "no height": (an_image(2, rows=0, payload=noise_png(4, 4)), "14.007"),
    "a payload of another size": (an_image(2, cols=41, payload=noise_png(40, 48)), "14.006"),
    "no image": (an_image(2, payload=b""), "14.018"),
    "no latent": (an_image(0, 4, payload=b""), "13.999"),
    "segments of a finger": (an_image(2, segments=(SEGMENT,)), "14.021"),
    "a segment of another hand": (an_image(14, 0, segments=(SEGMENT,)), "14.021"),
    "a segment outside": (an_image(13, 0, segments=(Segment(2, 0, 41, 0, 10),)), "14.021"),
    "a segment upside down": (an_image(13, 0, segments=(Segment(2, 0, 9, 10, 5),)), "14.021"),
    "two segments of a finger": (an_image(13, 0, segments=(SEGMENT, SEGMENT)), "14.021"),
    "quality of another finger": (an_image(2, nist_quality={3: 1}), "14.022"),
    "quality outside its scale": (an_image(2, nist_quality={2: 6}), "14.022"),
    "NFIQ 1 of a palm": (an_image(21, 10, nist_quality={21: 1}), "15.022"),
    "a score outside its scale": (an_image(2, quality_scores=(QualityScore(2, 101, "000F", 1),)), "14.024"),
    "an invalid vendor": (an_image(2, quality_scores=(QualityScore(2, 1, "f", 1),)), "14.024"),
    "an invalid product": (an_image(2, quality_scores=(QualityScore(2, 1, "000F", 0),)), "14.024"),
    "a long comment": (an_image(2, comment="x" * 127), "14.020"),
    "Type-4 of a latent": (an_image(2, 4, binary=True), "4.004"),
    "Type-4 of 1000 ppi": (an_image(2, binary=True, ppi=1000), "1.012"),
    "Type-4 with segments": (an_image(13, 0, binary=True, segments=(SEGMENT,)), "4.009"),
    "IDC 0": (an_image(2, idc=0), "14.002"),
}


@pytest.mark.parametrize("case", REFUSED_IMAGES)
def test_an_image_that_contradicts_itself_is_refused(case):
    image, field = REFUSED_IMAGES[case]
    with pytest.raises(ContradictoryRecord) as caught:
        build_transaction(a_header(), [image])
    assert caught.value.field == field


REFUSED_SETS = {
    "two rolled records of one finger": ([an_image(2), an_image(2, 3)], {}, "14.013"),
    "two slaps of one hand": ([an_image(13, 0), an_image(13, 2)], {}, "14.013"),
    "two binary records of one finger": ([an_image(2, binary=True)] * 2, {}, "4.004"),
    "one IDC twice": ([an_image(2, idc=5), an_image(3, idc=5)], {}, "14.002"),
    "an image of a missing finger": ([an_image(2)], {2: "UP"}, "14.018"),
    "a segment of a missing finger": ([an_image(13, 0, segments=(SEGMENT,))], {2: "UP"}, "14.021"),
    "a hand without fingers": ([an_image(13, 0)], dict.fromkeys((2, 3, 4, 5), "UP"), "14.018"),
    "a part of a finger that no image holds": ([an_image(3)], {2: "XX"}, "14.018"),
    "a part of a finger without its image": ([an_image(2, payload=b"")], {2: "XX"}, "14.018"),
    "a missing palm": ([], {21: "XX"}, "14.018"),
    "missing without reason": ([], {2: "??"}, "14.018"),
    "features of nothing": ([an_image(2, payload=b"", features=some_features())], {2: "UP"}, "9.002"),
}


@pytest.mark.parametrize("case", REFUSED_SETS)
def test_images_that_contradict_each_other_are_refused(case):
    images, missing, field = REFUSED_SETS[case]
    with pytest.raises(ContradictoryRecord) as caught:
        build_transaction(a_header(), images, missing=missing)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"transaction_type": ""}, "1.004"), ({"transaction_type": "X" * 17}, "1.004"), ({"destination": " "}, "1.007"),
        ({"origin": ""}, "1.008"), ({"control_number": ""}, "1.009"), ({"priority": 0}, "1.006"),
        ({"version": "5.0"}, "1.002"), ({"created": datetime.datetime(2026, 1, 2)}, "1.014"),
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_is_refused(changes, field):
    with pytest.raises(ContradictoryRecord) as caught:
        build_transaction(a_header(**changes), ROLLED)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("block", "version", "field"), [(Block.LEGACY, "0500", "9.004"), (Block.EXTENDED, "0400", "9.300")]
)
def test_an_encoding_that_the_version_does_not_know_is_refused(block, version, field):
    with pytest.raises(ContradictoryRecord) as caught:
        build_transaction(a_header(version=version), ROLLED, blocks=(block,))
    assert caught.value.field == field


def test_allowed_combinations_are_not_refused():
    images = [an_image(2), an_image(2, 0), an_image(3, 8), an_image(3), an_image(0, 4), an_image(0, 4, ppi=1000)]
    built = [
        build_transaction(a_header(priority=9, control_reference="TCN-0"), images),
        build_transaction(a_header(), [an_image(2, payload=b"")], missing={2: "UP"}),
        build_transaction(a_header(), [an_image(2)], missing={2: "SR"}),
        build_transaction(a_header(), [an_image(2)], missing={2: "XX"}),
        build_transaction(a_header(), [an_image(13, 0, segments=(SEGMENT,))], missing={2: "XX"}),
        build_transaction(a_header(), [an_image(13, 0, payload=b"")], missing=dict.fromkeys((2, 3, 4, 5), "UP")),
        build_transaction(a_header(), [an_image(2, compression=RAW, payload=bytes(40 * 48))]),
    ]
    assert all(loads(dumps(transaction)) == transaction for transaction in built)


def test_more_images_than_identifiers_are_refused():
    latents = [an_image(0, 4)] * 100
    with pytest.raises(ContradictoryRecord, match="99"):
        build_transaction(a_header(), latents)


def test_before_2013_an_amputated_finger_has_no_image_and_before_2015_there_are_no_scars():
    old = build_transaction(a_header(version="0500"), ROLLED[:4], missing={5: "XX"})
    assert View(old.records[-1])["AMP"] == ({"FRAP": 5, "ABC": "XX"},)
    with pytest.raises(ContradictoryRecord, match="SR came with"):
        build_transaction(a_header(version="0501"), [an_image(2)], missing={2: "SR"})
