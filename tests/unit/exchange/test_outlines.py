"""The tree of a document: everything named, no pixels, nothing endless."""

import dataclasses

import pytest

from fingerprint_engine import exchange
from fingerprint_engine.exchange import Document, Format, Outline, outline
from fingerprint_engine.exchange.minutiae_records import ExtendedBlock, MinutiaeRecord, RecordVersion
from fingerprint_engine.exchange.outlines import MAX_LENGTH

from .image_records.test_image_records import made as made_images
from .minutiae_records.test_codec import made as made_minutiae
from .test_document import FILES, TRANSACTION


def lines(node: Outline, depth: int = 0) -> list[str]:
    return [f"{depth} {node.name}: {node.value}", *(line for part in node.parts for line in lines(part, depth + 1))]


@pytest.mark.parametrize("version", RecordVersion)
def test_minutiae_records(version):
    blocks = (
        ExtendedBlock(1, b"\x01\x00\x01\x05"),
        ExtendedBlock(2, b"\0\0"),
        ExtendedBlock(3, b""),
        ExtendedBlock(9999, b"1"),
    )
    shown = "\n".join(lines(outline(Document(Format.MINUTIAE_RECORD, made_minutiae(version, *blocks)))))
    for text in (
        version.clause,
        "view 2",
        "left index",
        "512 x 400 px",
        "197 x 98 px/cm",
        "3 (1 endings",
        "ridge counts: 1",
        "cores and deltas: 0 and 0",
        "zonal quality",
        "extended block 0x270F: 1 bytes",
    ):
        assert text in shown, text


def test_a_damaged_block_is_shown_as_such():
    record = made_minutiae(RecordVersion.ISO_2005, ExtendedBlock(2, b"\x05"))
    assert any("damaged" in line for line in lines(outline(Document(Format.MINUTIAE_RECORD, record))))


@pytest.mark.parametrize("version", list(exchange.image_records.ImageRecordVersion))
def test_image_records(version):
    shown = "\n".join(lines(outline(Document(Format.IMAGE_RECORD, made_images(version)))))
    for text in (version.clause, "3 x 2 px, 8 bits", "raw, 6 bytes", "livescan rolled"):
        assert text in shown, text


def test_codes_without_a_name_are_shown_as_codes():
    record = made_images(exchange.image_records.ImageRecordVersion.ISO_2011)
    odd = dataclasses.replace(record.views[0], compression=99, position=21, impression=10)
    shown = "\n".join(lines(outline(Document(Format.IMAGE_RECORD, dataclasses.replace(record, views=(odd,))))))
    for text in ("unknown (99)", "position 21", "type 10"):
        assert text in shown


def test_a_transaction():
    tree = outline(exchange.read(TRANSACTION))
    shown = "\n".join(lines(tree))
    assert [part.name for part in tree.parts] == ["record 1, Type-1", "record 2, Type-2, IDC 0"]
    assert "TOT: CAR" in shown
    assert tree.as_dict()["parts"][0]["value"] == "transaction information"


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_has_a_tree(kind):
    tree = outline(exchange.read(FILES[kind]))
    assert tree.name == kind
    assert tree.parts


def test_what_contradicts_itself_in_a_transaction_is_a_warning():
    tree = outline(exchange.read(TRANSACTION.replace(b"0300", b"9999")))
    wrong = [part for record in tree.parts for part in record.parts if part.is_warning]
    assert [(part.name, part.value[:6]) for part in wrong] == [("contradiction", "1.002:")]
    assert wrong[0].as_dict()["is_warning"] is True


def test_transactions_by_others(data_folder):
    paths = sorted((data_folder / "formats" / "ansi_nist_itl_traditional").iterdir())
    assert paths
    for path in paths:
        tree = outline(exchange.read(path))
        shown = lines(tree)
        assert len(shown) < 700, path.name
        assert max(len(line) for line in shown) < MAX_LENGTH + 60
        assert all(line.isprintable() for line in shown)


def test_an_empty_record_has_a_tree():
    record = MinutiaeRecord(RecordVersion.ISO_2005, ())
    assert len(outline(Document(Format.MINUTIAE_RECORD, record)).parts) == 1
