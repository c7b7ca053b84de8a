"""From files to prints, into a gallery and out of it again."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fingerprint_engine import Finger, FingerprintImage, Gallery, Impression, PrintDetails, extract, intake
from fingerprint_engine.bulk import ExtractionFailure
from fingerprint_engine.errors import CorruptTemplate, FailureReason, FailureToExtract, ImageError
from fingerprint_engine.exchange import PrintImage, image_records, minutiae_records
from fingerprint_engine.template import Template


@pytest.fixture(scope="module")
def template(drawn_print: NDArray[np.uint8]) -> Template:
    return extract(FingerprintImage(drawn_print, 500.0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, drawn_print: NDArray[np.uint8], template: Template) -> Path:
    """An image, a template, a blank image and a text, by name in this order: blank, image, template, text."""
    made = tmp_path_factory.mktemp("files")
    Image.fromarray(drawn_print).save(made / "image.png", dpi=(500, 500))
    Image.fromarray(np.full((300, 300), 255, np.uint8)).save(made / "blank.png", dpi=(500, 500))
    (made / "template.dat").write_bytes(template.to_bytes())
    (made / "text.png").write_text("no print")
    return made


def test_a_print_is_read_whatever_the_file_is_called(folder: Path, template: Template) -> None:
    read = intake.read_print(folder / "template.dat")
    assert (read.template.to_bytes(), read.image) == (template.to_bytes(), None)
    made = intake.read_print(str(folder / "image.png"), ppi=500)
    assert made.template.to_bytes() == template.to_bytes()
    assert made.image is not None
    assert made.image.shape == template.shape


def test_a_file_that_gives_no_print_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FailureToExtract, match=r"blank\.png"):
        intake.read_print(folder / "blank.png")
    with pytest.raises(ImageError, match=r"text\.png"):
        intake.read_print(folder / "text.png")
    damaged = tmp_path / "damaged.fpt"
    damaged.write_bytes((folder / "template.dat").read_bytes()[:-5])
    with pytest.raises(CorruptTemplate, match=r"damaged\.fpt"):
        intake.read_print(damaged)


def test_the_prints_of_a_record_are_named_and_failures_are_values(
    tmp_path: Path, drawn_print: NDArray[np.uint8], template: Template
) -> None:
    path = tmp_path / "record"
    path.write_bytes(
        image_records.dumps(
            [
                PrintImage(FingerprintImage(drawn_print, 500.0), Finger.LEFT_INDEX, Impression.LIVESCAN_PLAIN, 7),
                PrintImage(FingerprintImage(np.full((200, 200), 255, np.uint8), 500.0)),
            ]
        )
    )
    assert intake.is_record(path)
    found = intake.prints_in(path)
    assert [one.name for one in found.prints] == ["01-left-index", "02"]
    first, second = (one.outcome for one in found.prints)
    assert isinstance(first, Template)
    assert (first.finger, len(first)) == (Finger.LEFT_INDEX, len(template))
    assert isinstance(second, ExtractionFailure)
    assert second.key == str(path)


def test_minutiae_of_a_record_become_a_template_and_losses_are_listed(tmp_path: Path, template: Template) -> None:
    path = tmp_path / "record"
    path.write_bytes(minutiae_records.dumps([template]))
    found = intake.prints_in(path)
    (only,) = found.prints
    assert only.name == ""
    assert isinstance(only.outcome, Template)
    assert len(only.outcome) == len(template)


def test_a_record_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "record"
    path.write_bytes(b"FMR\x00 20\x00 and nothing more")
    (only,) = intake.prints_in(path).prints
    assert isinstance(only.outcome, ExtractionFailure)
    assert only.outcome.reason is FailureReason.UNREADABLE_IMAGE


def test_plain_images_and_templates_are_not_records(folder: Path) -> None:
    assert not any(intake.is_record(path) for path in [*folder.iterdir(), folder, folder / "absent"])


def test_files_go_into_a_gallery_out_of_it_and_in_again(folder: Path, tmp_path: Path, template: Template) -> None:
    gallery = Gallery()
    entries = intake.entries_of([folder])
    assert [entry.key for entry in entries] == ["blank", "image", "template", "text"]
    expires = datetime.date(2031, 1, 31)
    details = PrintDetails(subject="P-1", category="remand", site="north", expires=expires)
    entries[2] = intake.Entry("P-1/right thumb", entries[2].path, details, Finger.RIGHT_THUMB)
    outcomes = {entry.key: error for entry, error in intake.enrol_files(gallery, entries, workers=2)}
    assert {key: type(error).__name__ for key, error in outcomes.items()} == {
        "P-1/right thumb": "NoneType",
        "blank": "FailureToExtract",
        "image": "NoneType",
        "text": "FailureToExtract",
    }
    seen: list[tuple[int, int]] = []
    listing = intake.export_prints(gallery, tmp_path / "out", progress=lambda *counts: seen.append(counts))
    assert seen == [(1, 2), (2, 2)]
    with pytest.raises(FileExistsError):
        intake.export_prints(gallery, tmp_path / "out")
    assert intake.export_prints(gallery, tmp_path / "out", resume=True) == listing

    again = Gallery()
    assert all(error is None for _, error in intake.enrol_files(again, intake.read_enrolment_list(listing)))
    assert list(again) == list(gallery) == ["P-1/right thumb", "image"]
    assert again.details("P-1/right thumb") == details
    assert again.get("P-1/right thumb").finger is Finger.RIGHT_THUMB
    assert again.get("image").to_bytes() == template.to_bytes()


def test_other_names_do_not_load() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        intake.nonsense  # noqa: B018
    assert all(getattr(intake, name).__name__ == name for name in intake.__all__)
