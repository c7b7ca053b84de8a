"""What we build is read by another library, ``nistitl`` of IDEMIA: record by record and field by field."""

import pytest
from tests.unit.exchange.ansi_nist.transactions import a_header, an_image, some_features

from fingerprint_engine.exchange.ansi_nist import Block, QualityScore, Segment, View, build_transaction, dumps

nistitl = pytest.importorskip("nistitl", reason="nistitl is not installed: it comes with the extra dev")


def _tenprint():
    images = [an_image(finger, features=some_features(), nist_quality={finger: 2}) for finger in range(1, 10)]
    right = an_image(13, 0, segments=(Segment(2, 1, 20, 2, 30), Segment(3, 20, 40, 2, 30)))
    left = an_image(14, 0, quality_scores=(QualityScore(7, 60, "000F", 1),))
    palm, latent = an_image(21, 10), an_image(0, 4, ppi=1000)
    return build_transaction(
        a_header(control_reference="TCN-0", priority=2),
        [*images, right, left, palm, latent],
        descriptive={"2.018": "DOE,JOHN", "2.100": ("a", "b")},
        missing={10: "UP"},
        blocks=(Block.INCITS_378, Block.EXTENDED),
    )


def _parsed(transaction):
    message = nistitl.Message()
    message.parse(dumps(transaction))
    return message


def _flat(value):
    """All items of a field, as nistitl gives them."""
    if isinstance(value, list | tuple):
        return [item for part in value for item in _flat(part)]
    return [value.decode() if isinstance(value, bytes) else str(value)]


def test_every_record_is_found():
    transaction = _tenprint()
    message = _parsed(transaction)
    for kind in {record.type for record in transaction.records}:
        assert len(list(message.iter(kind))) == len(list(transaction.of_type(kind)))


def test_every_image_and_every_text_field_is_the_same():
    transaction = _tenprint()
    message = _parsed(transaction)
    compared = 0
    for kind in sorted({record.type for record in transaction.records} - {1}):
        for ours, theirs in zip(transaction.of_type(kind), message.iter(kind), strict=True):
            for field in ours.fields:
                if field.number == 999:
                    assert theirs[999].value == View(ours)["DATA"]
                elif field.number != 2:  # nistitl reads the IDC as a number
                    expected = [item for part in field.subfields for item in part]
                    assert _flat(theirs[field.number].value) == expected
                compared += 1
    assert compared > 300


def test_binary_records_are_read():
    transaction = build_transaction(a_header(), [an_image(2, binary=True), an_image(14, 0, binary=True)])
    found = list(_parsed(transaction).iter(4))
    assert len(found) == 2
