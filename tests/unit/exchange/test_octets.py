"""The cursor: every read is checked, every error says where."""

import pickle

import pytest

from fingerprint_engine.errors import ExchangeError, MalformedRecord
from fingerprint_engine.exchange.octets import OctetReader, OctetWriter


def test_values_are_big_endian_and_in_order():
    octets = OctetReader(bytes(range(1, 11)))
    assert (octets.u8("a"), octets.u16("b"), octets.u32("c")) == (1, 0x0203, 0x04050607)
    assert octets.rest() == b"\x08\x09\x0a"
    assert octets.left == 0


@pytest.mark.parametrize("read", [lambda o: o.u32("size"), lambda o: o.take(9, "size"), lambda o: o.section(4, "size")])
def test_too_few_bytes_are_refused_with_place_field_and_clause(read):
    octets = OctetReader(b"abcde", "ISO 1")
    octets.take(2, "start")
    with pytest.raises(MalformedRecord) as caught:
        read(octets)
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.offset, error.field, error.clause) == (2, "size", "ISO 1")
    assert "found 3" in str(error)
    assert "ISO 1, size, offset 2" in str(error)


def test_a_negative_length_is_refused():
    with pytest.raises(MalformedRecord):
        OctetReader(b"abc").take(-1, "size")
    with pytest.raises(MalformedRecord):
        OctetReader(b"abc").section(-1, "size")


def test_a_section_ends_before_the_rest_and_counts_from_the_file():
    octets = OctetReader(b"abcdef", start=1)
    part = octets.section(2, "part")
    assert (part.rest(), part.offset, octets.rest()) == (b"bc", 3, b"def")
    with pytest.raises(MalformedRecord, match="offset 3"):
        part.u8("next")


def test_a_start_beyond_the_end_is_refused():
    with pytest.raises(MalformedRecord):
        OctetReader(b"abc", start=4)


@pytest.mark.parametrize(("write", "value"), [("u8", 256), ("u16", -1), ("u32", 1 << 32)])
def test_what_does_not_fit_is_not_written(write, value):
    out = OctetWriter("ISO 1")
    with pytest.raises(ExchangeError, match="ISO 1, size"):
        getattr(out, write)(value, "size")
    assert out.getvalue() == b""


def test_written_bytes_read_back():
    out = OctetWriter()
    out.u8(1, "")
    out.u16(2, "")
    out.u32(3, "")
    out.put(b"x")
    assert (out.getvalue(), out.size) == (b"\x01\x00\x02\x00\x00\x00\x03x", 8)
