"""`read`: whatever a file is, told by content; and what no file is."""

import numpy as np
import pytest
from tests.conftest import draw_print

from fingerprint_engine import Finger, FingerprintImage, Impression, exchange
from fingerprint_engine.errors import ExchangeError, LossRefused, MalformedRecord, UnsupportedRecord
from fingerprint_engine.exchange import Format, PrintImage, image_codecs, image_records, minutiae_records, xyt

from .prints_made import made_template

TEMPLATE = made_template()
PRINT = PrintImage(FingerprintImage(draw_print(96), 500.0), Finger.LEFT_INDEX, Impression.LIVESCAN_PLAIN, 7)
TRANSACTION = (
    b"1.001:60\x1d1.002:0300\x1d1.003:1\x1f1\x1e2\x1f00\x1d1.004:CAR\x1d1.005:20240101\x1c"
    b"2.001:26\x1d2.002:00\x1d2.003:x\x1c"
)
FILES = {
    Format.TEMPLATE: TEMPLATE.to_bytes(),
    Format.MINUTIAE_RECORD: minutiae_records.dumps([TEMPLATE]),
    Format.IMAGE_RECORD: image_records.dumps([PRINT]),
    Format.XYT: xyt.xyt_of_template(TEMPLATE).value,
    Format.IMAGE: image_codecs.encode(PRINT.image, image_codecs.Compression.PNG),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_are_told_by_content(kind, tmp_path):
    path = tmp_path / "called.png"
    path.write_bytes(FILES[kind])
    for source in (FILES[kind], bytearray(FILES[kind]), path, str(path)):
        document = exchange.read(source, strict=True)
        assert (document.format, document.warnings) == (kind, ())
    assert exchange.format_of(FILES[kind]) is kind


def test_transactions_are_told_by_content():
    assert exchange.format_of(TRANSACTION) is Format.ANSI_NIST
    assert exchange.format_of(b"1.01:65\x1d") is Format.ANSI_NIST


@pytest.mark.parametrize("kind", [Format.TEMPLATE, Format.MINUTIAE_RECORD, Format.XYT])
def test_templates_of_a_document(kind):
    (made,) = exchange.read(FILES[kind]).templates(ppi=500).value
    np.testing.assert_array_equal(np.sort(made.minutiae.x), np.sort(TEMPLATE.minutiae.x))
    assert exchange.read(FILES[kind]).images() == ((), ())


@pytest.mark.parametrize("kind", [Format.IMAGE_RECORD, Format.IMAGE])
def test_images_of_a_document(kind):
    (found,) = exchange.read(FILES[kind]).images().value
    np.testing.assert_array_equal(found.image.pixels, PRINT.image.pixels)
    assert found.image.ppi == pytest.approx(500, abs=0.1)
    assert exchange.read(FILES[kind]).templates() == ((), ())


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", UnsupportedRecord, "empty"),
        (b"hello", UnsupportedRecord, "another kind"),
        (bytes(100), UnsupportedRecord, "another kind"),
        (b'<?xml version="1.0"?><itl:NISTBiometricInformationExchangePackage>', MalformedRecord, "unbound prefix"),
        (b"\xef\xbb\xbf<BIR xmlns='x'>", MalformedRecord, "19785-3"),
        (b"\xef\xbb\xbf<BIR xmlns='x'/>", MalformedRecord, "at least one BDB"),
        (b"<a/>", UnsupportedRecord, "XML of a kind"),
        (b"FAC\x00010\0", UnsupportedRecord, "faces"),
        (FILES[Format.TEMPLATE][:-1], MalformedRecord, "template"),
        (FILES[Format.MINUTIAE_RECORD][:30], MalformedRecord, "expected"),
        (FILES[Format.IMAGE_RECORD][:-1], MalformedRecord, "expected"),
    ],
)
def test_what_is_not_read_says_why(data, error, words):
    with pytest.raises(error, match=words):
        exchange.read(data)


@pytest.mark.parametrize("size", ["normal", "compact"])
def test_cards_are_read_by_who_knows_that_they_are(size, tmp_path):
    data, _ = exchange.convert(exchange.read(FILES[Format.TEMPLATE]), f"card-{size}")
    (tmp_path / "card").write_bytes(data)
    for source in (data, tmp_path / "card"):
        document = exchange.read_card(source, size)
        assert (document.format, len(document.content)) == (Format.TEMPLATE, len(TEMPLATE))
        assert document.warnings == ("size of the print is unknown: it is taken to end where the minutiae do",)
    with pytest.raises(LossRefused, match="size of the print"):
        exchange.read_card(data, size, strict=True)
    with pytest.raises(MalformedRecord, match="multiple"):
        exchange.read_card(data[:-1], size)
    with pytest.raises(ExchangeError, match="one of normal, compact, got 'large'"):
        exchange.read_card(data, "large")


def test_only_known_kinds_are_refused_by_name():
    assert "faces" in exchange.refusal_by_name(b"FAC\x00010\0")
    for data in (b"", b"a text", *FILES.values()):
        assert exchange.refusal_by_name(data) is None


def test_images_and_lists_need_a_resolution():
    with pytest.raises(ExchangeError, match="ppi"):
        exchange.read(FILES[Format.XYT]).templates()
    plain = image_codecs.encode(PRINT.image, image_codecs.Compression.PNG)
    start = plain.index(b"pHYs") - 4
    without = plain[:start] + plain[start + 21 :]
    with pytest.raises(ExchangeError, match="resolution unknown"):
        exchange.read(without).images()
    assert exchange.read(without).images(ppi=569).value[0].image.ppi == 569
    with pytest.raises(MalformedRecord):
        exchange.read(plain[:200]).images(ppi=500)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(OSError, match="missing"):
        exchange.read(tmp_path / "missing")


FOLDERS = {
    "ansi_nist_itl_traditional": {Format.ANSI_NIST: 32},
    "cbeff_xml": {Format.CBEFF_XML: 7},
    "fmr_with_json": {Format.MINUTIAE_RECORD: 5, "another kind": 5},  # the JSON is no record
    "image_template_pairs": {Format.MINUTIAE_RECORD: 9, Format.IMAGE: 10},
    "incits378_2004": {Format.MINUTIAE_RECORD: 4},
    "iso19794-2_2005": {Format.MINUTIAE_RECORD: 9},
    "iso19794-2_2005_length-mismatch": {Format.MINUTIAE_RECORD: 3, "expected 1 bytes, found 0": 1},  # cut in its view
    "iso19794-4_v010": {Format.IMAGE_RECORD: 11},
    "iso19794-4_v020": {Format.IMAGE_RECORD: 17},
    "nist_xml": {Format.ANSI_NIST: 9},
    "wsq": {Format.IMAGE: 29, "another kind": 2},  # plain pixels say nothing about themselves
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_by_others_is_read_or_refused_for_a_reason(data_folder, folder):
    found = dict.fromkeys(FOLDERS[folder], 0)
    for path in sorted((data_folder / "formats" / folder).iterdir()):
        try:
            found[exchange.read(path).format] += 1
        except ExchangeError as error:
            (reason,) = (reason for reason in found if not isinstance(reason, Format) and reason in str(error))
            found[reason] += 1
    assert found == FOLDERS[folder]


def test_prints_in_transactions_by_others(data_folder):
    """How many images and sets of minutiae each transaction gives, and why others give none."""
    pytest.importorskip("wsq", reason="the extra wsq is not installed")
    folder = data_folder / "formats" / "ansi_nist_itl_traditional"
    expected = {
        "jnbis__type-4-tpcard.an2": (14, 0),
        "jnbis__type-14-amp-nqm-utf8.an2": (3, 0),
        "jnbis__type-9-13-9-14-m1.an2": (2, 2),
        "jnbis__type-9-4-iafis.an2": (1, 1),
        "jnbis__type-15-palms.an2": (2, 0),
        "jnbis__type-17-iris.an2": (0, 0),
    }
    for name, counts in expected.items():
        document = exchange.read(folder / name, strict=True)
        assert (len(document.images().value), len(document.templates().value)) == counts, name
    lossless = exchange.read(folder / "jnbis__type-10-14-17-piv-index-iris.an2").images()
    assert lossless.value == ()
    assert sum("lossless JPEG" in loss for loss in lossless.losses) == 2
    slaps = exchange.read(folder / "jnbis__type-4-14-slaps.an2").images().value
    assert [one.is_of_one_finger for one in slaps] == [False] * 3
