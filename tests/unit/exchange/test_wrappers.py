"""Records in PIV's and passports' wrapping and written as text: read, or refused by their name."""

import base64
import struct

import pytest

from fingerprint_engine import exchange
from fingerprint_engine.errors import ExchangeError, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange import Format

from .prints_made import made_template

TEMPLATE = made_template()
RECORD = exchange.minutiae_records.dumps([TEMPLATE], "incits-378:2004")


def tlv(tag, value):
    length = bytes([len(value)]) if len(value) < 0x80 else b"\x82" + struct.pack(">H", len(value))
    return tag.to_bytes(2 if tag > 0xFF else 1, "big") + length + value


def piv(record=RECORD, kind=0x0201, options=0x0D, signature=b"s" * 40):
    head = struct.pack(">BBIHHH", 3, options, len(record), len(signature), 0x001B, kind)
    return head.ljust(88, b"\0") + record + signature


def data_group(*records, subtypes=(0x09, 0x0A, 0x01), count=None):
    parts = [
        tlv(0x7F60, tlv(0xA1, tlv(0x81, b"\x08") + tlv(0x82, bytes([sub]))) + tlv(0x5F2E, record))
        for sub, record in zip(subtypes, records, strict=False)
    ]
    stated = len(records) if count is None else count
    return tlv(0x63, tlv(0x7F61, tlv(0x02, bytes([stated])) + b"".join(parts)))


def _minutiae(document):
    return [len(template) for template in document.templates().value]


@pytest.mark.parametrize("wrap", [lambda data: data, lambda data: tlv(0x53, tlv(0xBC, data) + tlv(0xFE, b""))])
def test_piv(wrap):
    document = exchange.read(wrap(piv()), strict=True)
    assert document.format is Format.PIV
    assert _minutiae(document) == [len(TEMPLATE)]
    (part,) = document.content.parts
    assert part.name == "finger minutiae"
    assert part.facts == (("signature", "40 bytes, not checked"),)
    assert "40 bytes, not checked" in str(exchange.outline(document).as_dict())


def test_piv_of_a_face_and_encrypted_ones_are_named():
    for data, word in ((piv(kind=0x0501), "face"), (piv(options=0x0F), "encrypted")):
        document = exchange.read(data)
        assert document.templates().value == ()
        assert word in document.warnings[0]


def test_piv_with_a_wrong_signature_length():
    data = piv()[:-5]
    assert "signature" in exchange.read(data).warnings[0]
    with pytest.raises(MalformedRecord, match="signature of 40"):
        exchange.read(data, strict=True)
    with pytest.raises(MalformedRecord, match="record"):
        exchange.read(piv()[:150])


def test_data_group_3():
    other = exchange.minutiae_records.dumps([made_template(seed=2, count=20)])
    document = exchange.read(data_group(RECORD, other), strict=True)
    assert document.format is Format.DATA_GROUP
    assert _minutiae(document) == [len(TEMPLATE), 20]
    assert [part.name for part in document.content.parts] == ["right index", "left index"]
    faces = exchange.read(data_group(RECORD, b"FAC\x00010\x00" + bytes(40)))
    assert _minutiae(faces) == [len(TEMPLATE)]
    assert "faces" in faces.warnings[0]


def test_data_groups_of_faces_and_irises_are_refused_by_name():
    for tag, word in ((0x75, "faces"), (0x76, "irises")):
        with pytest.raises(UnsupportedRecord, match=word):
            exchange.read(tlv(tag, tlv(0x7F61, b"\x02\x01\x00")))


def test_damaged_data_groups_are_refused():
    whole = data_group(RECORD)
    for end in range(6, len(whole), 7):
        with pytest.raises(ExchangeError):
            exchange.read(whole[:end])
    assert "expected 2 records" in exchange.read(data_group(RECORD, count=2)).warnings[0]
    with pytest.raises(MalformedRecord, match="at least one record"):
        exchange.read(tlv(0x63, tlv(0x7F61, tlv(0x02, b"\x00"))))
    assert exchange.read(tlv(0x63, tlv(0x7F61, tlv(0x7F60, tlv(0xA1, b""))))).content.parts[0].refusal


def _lines(text, width):
    return b"\r\n".join(text[i : i + width] for i in range(0, len(text), width))


ENCODED = {
    "base64": base64.b64encode(RECORD),
    "base64 in lines": _lines(base64.b64encode(RECORD), 76) + b"\n",
    "base64 without its end": base64.b64encode(RECORD).rstrip(b"="),
    "base64 for addresses": base64.urlsafe_b64encode(RECORD),
    "hexadecimal": RECORD.hex().encode(),
    "hexadecimal in capitals": RECORD.hex().upper().encode(),
    "hexadecimal in pairs": RECORD.hex(" ").encode(),
    "hexadecimal with its prefix": b"0x" + RECORD.hex(":").encode() + b"\n",
    "quoted": b'"' + base64.b64encode(RECORD) + b'"\n',
}


@pytest.mark.parametrize("case", ENCODED)
def test_text_of_a_record(case):
    document = exchange.read(ENCODED[case], strict=True)
    assert document.format is Format.TEXT
    assert _minutiae(document) == [len(TEMPLATE)]


def test_text_of_a_wrapper_and_of_a_template():
    assert _minutiae(exchange.read(base64.b64encode(TEMPLATE.to_bytes()))) == [len(TEMPLATE)]
    with pytest.raises(UnsupportedRecord):
        exchange.read(base64.b64encode(b"nothing of this kind"))


def test_damaged_text_is_refused():
    text = base64.b64encode(RECORD)
    for bad in (text[:90] + b"!" + text[90:], text[:200] + b"\xff", RECORD.hex().encode()[:-1]):
        with pytest.raises(ExchangeError):
            exchange.read(bad)


def test_a_record_inside_is_converted_as_if_it_stood_alone():
    for wrapped in (piv(), data_group(RECORD), ENCODED["base64"]):
        assert exchange.convert(exchange.read(wrapped), "incits-378:2004").value == RECORD
