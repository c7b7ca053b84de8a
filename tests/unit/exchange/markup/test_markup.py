"""XML in and out: what is well-formed comes back, and nothing that a file could make us do is done."""

import base64

import pytest

from fingerprint_engine.errors import ExchangeError, LimitExceeded, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange.markup import Element, Name, is_markup, parse, root_name, serialize
from fingerprint_engine.exchange.markup.reading import MAX_DEPTH, MAX_ITEMS, MAX_TAG_BYTES
from fingerprint_engine.exchange.remarks import Remarks
from fingerprint_engine.limits import Budget, Limits


def _parse(data, *, strict=True, limits=None, names=("Data",)):
    remarks = Remarks(strict, "XML")
    return *parse(data, Budget(limits or Limits()), remarks, base64=names), remarks.texts()


def _same(one, other):
    return (one.name, one.attributes, one.text, one.data) == (
        other.name,
        other.attributes,
        other.text,
        other.data,
    ) and all(_same(a, b) for a, b in zip(one.children, other.children, strict=True))


BYTES = bytes(range(256)) * 600
DOCUMENT = (
    '<?xml version="1.0"?><!-- said --><a:root xmlns:a="urn:a" xmlns="urn:b" xml:lang="fr" a:x="1 &lt; &quot;2&quot;">'
    f"<leaf>é &amp; &lt;x&gt; ]]&gt;</leaf><a:Data>{base64.encodebytes(BYTES).decode()}</a:Data><empty/>"
    "<![CDATA[ ]]></a:root>"
)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_document_comes_back(codec):
    data = DOCUMENT.encode(codec)
    assert is_markup(data[:200])
    assert root_name(data[:200]) == "root"
    root, prefixes, warnings = _parse(data)
    assert warnings == ()
    assert (root.name, prefixes["urn:a"]) == (Name("urn:a", "root"), "a")
    leaf, held, empty = root.children
    assert (leaf.text, held.data, empty.text) == ("é & <x> ]]>", BYTES, "")
    written = serialize(root, prefixes)
    again, _, _ = _parse(written)
    assert _same(root, again)
    assert serialize(again, prefixes) == written


def test_prefixes_that_clash_or_are_missing_get_others():
    tree = Element(Name("urn:1", "a"), attributes={Name("urn:2", "x"): "1", Name("", "y"): "\t\n"})
    tree.children = [Element(Name("urn:3", "b"), " \r\n kept "), Element(Name("", "c"))]
    for prefixes in ({}, {"urn:1": "p", "urn:2": "p", "urn:3": ""}, {"urn:1": "", "urn:2": "", "urn:3": "xmlns"}):
        again, _, _ = _parse(serialize(tree, prefixes))
        assert _same(tree, again)


@pytest.mark.parametrize("text", ["\x00", "\x1f", "\ud800", "\uffff"])
def test_characters_that_xml_cannot_hold_are_refused(text):
    with pytest.raises(ExchangeError, match="control characters"):
        serialize(Element(Name("", "a"), text), {})


BOMBS = {
    "entities": b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
    "another file": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "another file's entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "http://example.org/">]><a>&b;</a>',
    "a type alone": b"<!DOCTYPE a><a/>",
}


@pytest.mark.parametrize("case", BOMBS)
def test_document_types_are_refused(case):
    with pytest.raises(UnsupportedRecord, match="document type"):
        _parse(BOMBS[case])


def test_depth_is_limited():
    nested = b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH
    _parse(nested)
    with pytest.raises(MalformedRecord, match="depth"):
        _parse(b"<a>" * 100_000)


@pytest.mark.parametrize("filler", [b"x", b">", b"&#65;"])
@pytest.mark.parametrize("form", [b'<a b="%s"/>', b"<!--%s--><a/>", b"<?x %s?><a/>", b"<a%s/>"])
def test_long_tags_are_refused_before_they_are_read(filler, form):
    text = filler * (20 * MAX_TAG_BYTES // len(filler))
    with pytest.raises(MalformedRecord):
        _parse(form % text)


def test_elements_bytes_and_time_are_limited():
    with pytest.raises(LimitExceeded):
        _parse(b"<a>" + b"<b/>" * (MAX_ITEMS + 1) + b"</a>")
    with pytest.raises(LimitExceeded):
        _parse(b"<a>" + b"<b/>" * 600 + b"</a>", limits=Limits(items=500))
    with pytest.raises(LimitExceeded):
        _parse(b"<a>" + b" " * 100 + b"</a>", limits=Limits(file_bytes=50))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<b:a/>",
        b"<a>&x;</a>",
        b"<a>\xff</a>",
        b"<a b='1' b='2'/>",
        b"<a>\x00</a>",
    ]
    + [b'<?xml version="1.0" encoding="%s"?><a/>' % name for name in (b"utf-7", b"rot13", b"none", b"utf-32")],
)
def test_what_is_not_well_formed_is_refused(data):
    with pytest.raises(MalformedRecord):
        _parse(data, strict=False)


@pytest.mark.parametrize("text", ["QUJD!", "QUJ", "QU=JD", "QUJDR", "ÄQUJD"])
def test_wrong_base64_is_noticed_and_read_as_far_as_it_goes(text):
    data = f"<a><Data>{text}</Data></a>".encode()
    with pytest.raises(MalformedRecord, match="base64"):
        _parse(data)
    root, _, warnings = _parse(data, strict=False)
    assert "base64" in warnings[0]
    assert isinstance(root.children[0].data, bytes)


def test_text_between_elements_is_noticed():
    with pytest.raises(MalformedRecord, match="between"):
        _parse(b"<a>x<b/></a>")
    assert "between" in _parse(b"<a>x<b/></a>", strict=False)[2][0]


def test_what_begins_like_xml():
    assert not any(map(is_markup, (b"", b"1.001:", b"<", b"< a", b"\xff\xa0<a", b"FMR\0")))
    assert root_name(b"<?xml version='1.0'?> <!-- <no> --> <p:yes >") == "yes"
    assert root_name(b"<!-- <no> ") == ""
