"""The XML encoding: the same records as in the traditional one, and every element kept."""

import pytest
from tests.unit.exchange.ansi_nist.transactions import a_header, an_image, some_features

from fingerprint_engine import exchange
from fingerprint_engine.errors import ExchangeError, LossRefused, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange import ansi_nist
from fingerprint_engine.exchange.ansi_nist import (
    Block,
    Encoding,
    QualityScore,
    Segment,
    View,
    build_transaction,
    dumps,
    edit,
    encoded,
    encoding_of,
    features_in,
    labelled,
    loads,
    new_record,
)

ITL = "http://biometrics.nist.gov/standard/2011"
SPACES = f'xmlns:itl="{ITL}" xmlns="http://niem.gov/niem/biometrics/1.0" xmlns:nc="http://niem.gov/niem/niem-core/2.0"'


def _idc(number):
    return (
        "<ImageReferenceIdentification><nc:IdentificationID>"
        f"{number}</nc:IdentificationID></ImageReferenceIdentification>"
    )


def _document(*records, contents="<ContentRecordQuantity>1</ContentRecordQuantity>", listed=((2, 0),)):
    summary = "".join(
        f"<ContentRecordSummary>{_idc(idc)}<RecordCategoryCode>{kind}</RecordCategoryCode></ContentRecordSummary>"
        for kind, idc in listed
    )
    header = (
        "<itl:PackageInformationRecord><RecordCategoryCode>1</RecordCategoryCode><Transaction>"
        "<TransactionDate><nc:Date>2016-04-11</nc:Date></TransactionDate>"
        "<TransactionUTCDate><nc:DateTime>2016-04-10T22:46:32-05:00</nc:DateTime></TransactionUTCDate>"
        "<TransactionMajorVersionValue>5</TransactionMajorVersionValue>"
        "<TransactionMinorVersionValue>2</TransactionMinorVersionValue>"
        "<TransactionCategoryCode>CAR</TransactionCategoryCode>"
        f"<TransactionContentSummary><ContentFirstRecordCategoryCode>1</ContentFirstRecordCategoryCode>{contents}"
        f"{summary}</TransactionContentSummary></Transaction></itl:PackageInformationRecord>"
    )
    root = "itl:NISTBiometricInformationExchangePackage"
    return f'<?xml version="1.0"?><{root} {SPACES}>{header}{"".join(records)}</{root}>'.encode()


TYPE_2 = (
    f"<itl:PackageDescriptiveTextRecord><RecordCategoryCode>02</RecordCategoryCode>{_idc(0)}"
    "<itl:UserDefinedDescriptiveDetail><x:Own xmlns:x='urn:x' x:kind='k'>text of theirs</x:Own>"
    "</itl:UserDefinedDescriptiveDetail></itl:PackageDescriptiveTextRecord>"
)


def test_a_file_is_read_into_the_same_fields():
    transaction = loads(_document(TYPE_2))
    header = View(transaction.header)
    assert (header["VER"], header["TOT"], header["DAT"]) == ("0502", "CAR", "20160411")
    assert header["GMT"] == "20160411034632Z"
    assert header["CNT"] == ({"REC": 1, "IDC": "1"}, {"REC": 2, "IDC": "0"})
    assert encoding_of(transaction) is Encoding.XML
    assert transaction.warnings == ()


def test_every_other_element_is_kept_and_said():
    transaction = loads(_document(TYPE_2))
    written = dumps(transaction)
    assert b"text of theirs" in written
    assert b'kind="k"' in written
    assert loads(written) == transaction
    assert dumps(loads(written)) == written
    changed = dumps(edit(transaction, 0, TOT="CPS"))
    assert b"text of theirs" in changed
    assert View(loads(changed).header)["TOT"] == "CPS"
    plain = encoded(transaction, "traditional")
    assert plain.losses == ("Type-2: element Own",)
    with pytest.raises(LossRefused):
        encoded(transaction, "traditional", strict=True)
    assert ansi_nist.describe(transaction)["records"][1]["elements"] == ["Own"]
    assert "Own" in str(exchange.outline(exchange.read(written)).as_dict())


def test_only_what_changed_is_written_anew():
    transaction = loads(_document(TYPE_2))
    before, after = dumps(transaction).splitlines(), dumps(edit(transaction, 0, PRY=3)).splitlines()
    new = [line.strip() for line in after if line not in before]
    assert len(new) == 1
    assert b"TransactionPriorityValue>3<" in new[0]
    assert [line for line in before if line not in after] == []
    assert dumps(edit(edit(transaction, 0, PRY=3), 0, PRY=None)).splitlines() == before


def _card():
    slap = an_image(
        13,
        0,
        segments=(Segment(2, 0, 10, 0, 20), Segment(3, 11, 20, 0, 20)),
        nist_quality={2: 1},
        quality_scores=(QualityScore(2, 77, "000F", 1),),
        comment="noted: é",
    )
    images = [an_image(2, features=some_features()), slap, an_image(0, 4, ppi=1000), an_image(21, 10)]
    header = a_header(utf_8=True, priority=2, domain=("EBTS", "10.0"), control_reference="TCN-0")
    return build_transaction(header, images, missing={5: "UP"}, blocks=(Block.INCITS_378, Block.EXTENDED))


def _values(record):
    view = View(record)
    return {name: view[name] for name in view}


def test_a_transaction_is_the_same_in_both_encodings():
    ours = _card()
    made = encoded(ours, Encoding.XML, strict=True)
    theirs = loads(made.value)
    assert [_values(record) for record in theirs.records] == [_values(record) for record in ours.records]
    back = encoded(theirs, Encoding.TRADITIONAL, strict=True).value
    assert [_values(record) for record in loads(back).records] == [_values(record) for record in ours.records]
    assert ansi_nist.contradictions(theirs) == ansi_nist.contradictions(ours)
    first, second = (features_in(one)[0][1].value for one in (ours, theirs))
    assert (first.minutiae.x == second.minutiae.x).all()
    assert (first.minutiae.direction == second.minutiae.direction).all()


def test_legacy_minutiae_and_type_4():
    ours = build_transaction(
        a_header(version="0400"), [an_image(2, 1, binary=True, features=some_features())], blocks=(Block.LEGACY,)
    )
    theirs = loads(encoded(ours, "xml", strict=True).value)
    assert [_values(record) for record in theirs.records] == [_values(record) for record in ours.records]
    assert encoded(theirs, "traditional").value == dumps(ours)


EDITS = {
    "a polygon": (9, {"ROI": (10, 20, 0, 0, "1,2-3,4-5,6")}),
    "a delta": (9, {"DIN": [(1, 2, 10, 20, 30)]}),
    "ridge counts": (9, {"RCI": [(0, 0, 0), (1, 2, 3)]}),
    "places of minutiae": (9, {"MRCT": [("001", "000100020045", "01", "A", "2,3", "4,5")][:0] or None}),
    "vertices": (14, {"ASEG": [(2, 3, 0, 0, 5, 5, 9, 0)]}),
    "parts of a print": (14, {"PPD": [(2, "TIP")], "PPC": [("FV1", "DST", 1, 2, 3, 4)]}),
    "a place": (14, {"GEO": ("20260102030405Z", "47", "1", "2", "8", "3", "4")}),
    "a capture device": (14, {"MMS": ("A", None, "C"), "DUI": "M0"}),
    "links": (14, {"ASC": [(1, 2)], "SOR": [(3, 4)], "ANN": [("20260102030405Z", "a", "b", "c")]}),
    "positions of a latent": (13, {"FGP": (1, 2, 3)}),
    "a missing part of a palm": (15, {"AMP": [(21, "UP")], "SEG": [(21, 0, 1, 2, 3)]}),
}


@pytest.mark.parametrize("case", EDITS)
def test_compound_fields_come_back_from_xml(case):
    kind, changes = EDITS[case]
    ours = _card()
    place = next(place for place, record in enumerate(ours.records) if record.type == kind)
    for start in (ours, loads(dumps(ours, "xml"))):
        changed = edit(start, place, **changes)
        again = loads(encoded(changed, "xml", strict=True).value)
        assert _values(again.records[place]) == _values(changed.records[place])


def test_every_field_that_is_set_to_what_it_is_stays():
    written = dumps(_card(), "xml")
    transaction = loads(written)
    for place, record in enumerate(transaction.records):
        view = View(record)
        changes = {field: view[field] for field in view if view[field] is not None}
        assert changes
        assert dumps(edit(transaction, place, **changes)) == written


def test_what_has_no_place_in_xml_is_said():
    ours = build_transaction(a_header(), [an_image(2)], descriptive={"2.003": "theirs"})
    made = encoded(ours, "xml")
    assert made.losses == ("2.003, which has no place in XML",)
    with pytest.raises(LossRefused):
        encoded(ours, "xml", strict=True)


def test_records_can_be_put_in_and_taken_out():
    transaction = loads(_document(TYPE_2))
    more = transaction.inserted(2, new_record(13, {"IDC": 7, "FGP": 1, "IMP": 4, "DATA": b"pixels"}))
    again = loads(dumps(more))
    assert [record.type for record in again.records] == [1, 2, 13]
    assert View(again.header)["CNT"][0] == {"REC": 1, "IDC": "2"}
    assert View(again.records[2])["DATA"] == b"pixels"
    assert loads(dumps(again.without(2))) == transaction


def test_faults_are_refused_or_listed():
    wrong = _document(TYPE_2, contents="<ContentRecordQuantity>7</ContentRecordQuantity>", listed=((9, 0),))
    with pytest.raises(MalformedRecord, match=r"1\.003"):
        loads(wrong)
    assert len(loads(wrong, lenient=True).warnings) == 2
    for bad, error in (
        (_document(TYPE_2).replace(b"PackageInformationRecord", b"PackageMinutiaeRecord"), MalformedRecord),
        (_document(TYPE_2).replace(b"ExchangePackage", b"ExchangeParcel"), UnsupportedRecord),
        (_document("<itl:Unknown/>"), MalformedRecord),
    ):
        with pytest.raises(error):
            loads(bad, lenient=True)
    named = _document(TYPE_2).replace(b"<RecordCategoryCode>02<", b"<RecordCategoryCode>9<")
    assert "expected category 2" in loads(named, lenient=True).warnings[0]


def test_labels():
    transaction = loads(dumps(_card(), "xml"))
    assert labelled(transaction, "1.004 TOT") == [(0, "TransactionCategoryCode", "CAR")]
    assert {name for _, name, _ in labelled(transaction, "14.021 SEG")} == {
        "FingerPositionCode", "SegmentLeftHorizontalCoordinateValue", "SegmentRightHorizontalCoordinateValue",
        "SegmentTopVerticalCoordinateValue", "SegmentBottomVerticalCoordinateValue",
    }  # fmt: skip
    assert labelled(transaction, "14.001")[0][1:] == ("RecordCategoryCode", "14")
    assert len(labelled(transaction, "9.300-9.399")) > len(labelled(transaction, "9.331"))
    assert labelled(_card(), "1.004") == []
    with pytest.raises(ExchangeError):
        labelled(transaction, "no number")


def test_conversion_both_ways():
    document = exchange.read(dumps(_card()))
    as_xml = exchange.convert(document, "ansi-nist-xml", strict=True).value
    assert exchange.read(as_xml).format == document.format
    again = exchange.convert(exchange.read(as_xml), "ansi-nist", strict=True).value
    assert [_values(one) for one in loads(again).records] == [_values(one) for one in _card().records]
    assert [one.image.shape for one in exchange.read(as_xml).images().value] == [
        one.image.shape for one in document.images().value
    ]


def test_utf_16():
    assert loads(_document(TYPE_2).decode().encode("utf-16")) == loads(_document(TYPE_2))
