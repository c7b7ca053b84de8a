"""CBEFF records in XML: three schemas read by the names of their elements, the current one written."""

import base64
import datetime

import pytest

from fingerprint_engine import exchange
from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange import ConversionOptions, Format, PrintImage
from fingerprint_engine.exchange.wrappers.subtypes import finger_of_bits, finger_of_words, subtype_of
from fingerprint_engine.fingers import Finger
from fingerprint_engine.preprocessing import image_from_array

from .prints_made import made_template

TEMPLATE = made_template(finger=Finger.UNKNOWN)
RECORD = exchange.minutiae_records.dumps([TEMPLATE])
CREATED = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def _bir(data, information, namespace="urn:any"):
    text = base64.b64encode(data).decode()
    return f"<BIR><BDBInfo>{information}</BDBInfo><BDB>{text}</BDB><SB>AAAA</SB></BIR>"


OASIS = "<FormatOwner>257</FormatOwner><FormatType>2</FormatType><Type>Finger</Type>"
EDITION_2 = "<Format><Organization>257</Organization><Type>2</Type></Format><Type>Finger</Type>"
MOSIP = "<Format><Organization>Mosip</Organization><Type>2</Type></Format><Type>Finger</Type>"


@pytest.mark.parametrize("schema", [OASIS, EDITION_2, MOSIP])
@pytest.mark.parametrize("space", ["", " xmlns='http://docs.oasis-open.org/bias/ns/biaspatronformat-1.0/'"])
def test_three_schemas(schema, space):
    inside = _bir(RECORD, f"{schema}<Subtype>Left IndexFinger</Subtype>") + _bir(b"FAC", "<Type>Face</Type>")
    document = exchange.read(f"<?xml version='1.0'?><BIR{space}>{inside}</BIR>".encode())
    assert document.format is Format.CBEFF_XML
    (template,) = document.templates().value
    assert (len(template), template.finger) == (len(TEMPLATE), Finger.LEFT_INDEX)
    assert "face" in document.warnings[0]
    assert "257" in str(document.content.parts[0].facts) or "Mosip" in str(document.content.parts[0].facts)


def test_a_record_of_a_finger_stands_against_the_wrapper():
    own = exchange.minutiae_records.dumps([made_template(finger=Finger.RIGHT_THUMB)])
    inside = _bir(own, f"{OASIS}<Subtype>Left IndexFinger</Subtype>")
    (template,) = exchange.read(f"<BIR>{inside}</BIR>".encode()).templates().value
    assert template.finger is Finger.RIGHT_THUMB


def test_a_damaged_record_does_not_take_the_others_with_it():
    inside = _bir(RECORD, OASIS) + _bir(RECORD[:40], OASIS) + _bir(b"text", OASIS)
    data = f"<BIR>{inside}</BIR>".encode()
    document = exchange.read(data)
    assert len(document.templates().value) == 1
    assert [bool(part.refusal) for part in document.content.parts] == [False, True, True]
    with pytest.raises(MalformedRecord):
        exchange.read(data, strict=True)
    with pytest.raises(MalformedRecord, match="at least one BDB"):
        exchange.read(b"<BIR><BDBInfo/></BIR>")


def test_words_and_bits():
    for finger in Finger:
        if 1 <= finger <= 10:
            assert finger_of_words(subtype_of(finger)) is finger
    assert finger_of_words("Right IndexFinger MiddleFinger") is Finger.UNKNOWN
    assert finger_of_words("Left Right Thumb") is Finger.UNKNOWN
    assert (finger_of_bits(0x09), finger_of_bits(0x16), finger_of_bits(0)) == (
        Finger.RIGHT_INDEX, Finger.LEFT_LITTLE, Finger.UNKNOWN
    )  # fmt: skip


def test_minutiae_are_written_in_the_current_schema():
    source = exchange.read(exchange.minutiae_records.dumps([made_template(), made_template(seed=2)]))
    options = ConversionOptions(created=CREATED)
    data = exchange.convert(source, "cbeff-xml", options=options).value
    assert b"<CreationDate>2026-01-02T03:04:05Z<" in data
    assert b"<Subtype>Left IndexFinger<" in data
    again = exchange.read(data, strict=True)
    assert [len(one) for one in again.templates().value] == [30, 30]
    assert exchange.convert(exchange.read(data), "cbeff-xml", options=options).value == data
    with pytest.raises(ExchangeError, match="creation"):
        exchange.convert(source, "cbeff-xml")


def test_images_are_written_in_the_current_schema(rng):
    image = image_from_array(rng.integers(0, 256, (60, 50)).astype("uint8"), 500)
    source = exchange.read(exchange.image_records.dumps([PrintImage(image, Finger.RIGHT_THUMB, position=1)]))
    again = exchange.read(exchange.convert(source, "cbeff-xml", options=ConversionOptions(created=CREATED)).value)
    (one,) = again.images().value
    assert (one.finger, (one.image.pixels == image.pixels).all()) == (Finger.RIGHT_THUMB, True)
