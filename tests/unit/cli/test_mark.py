"""``mark``: a ranked list at a prompt."""

import json

import numpy as np
import pytest
from PIL import Image
from tests.unit.tenprint.conftest import hand_of
from tests.unit.tenprint.test_marks import CLEAN, mark_of

from fingerprint_engine.cli import main
from fingerprint_engine.cli.commands import mark as command
from fingerprint_engine.fingers import Finger
from fingerprint_engine.index import Gallery
from fingerprint_engine.pipeline import extract
from fingerprint_engine.synthesis import ImpressionParameters, make_impression
from fingerprint_engine.tenprint import Mark, MarkReading, Reader

assert CLEAN


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A gallery of three fingers and a mark of the first."""
    folder = tmp_path_factory.mktemp("marks")
    way = ImpressionParameters(rows_px=560, cols_px=460, contact_low=0.97, contact_high=1.0)
    with Gallery.open(folder / "g") as gallery:
        for finger in (Finger.RIGHT_INDEX, Finger.RIGHT_MIDDLE, Finger.RIGHT_RING):
            image = make_impression(hand_of(0)[finger], np.random.default_rng(1), way).image
            gallery.enrol(finger.words, extract(image, finger=finger), subject="P-1" if finger == 2 else None)
    Image.fromarray(np.asarray(mark_of(1).image.pixels)).save(folder / "mark.png")
    return folder


def documents(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_mark_ranks_and_never_hits(folder, capsys):
    words = ["mark", str(folder / "g"), str(folder / "mark.png"), "--ppi", "500"]
    assert main([*words, "--json"]) == 0
    (found,) = documents(capsys)
    assert found["candidates"][0]["subject"] == "P-1"
    assert found["receipt"]["decision"].startswith("none")
    assert "outcome" not in found
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "an examiner decides" in said
    assert " hit" not in said


def test_regions_direction_and_picture(folder, tmp_path, capsys):
    x, y = mark_of(1).region.T
    box = f"{x.min():.0f},{y.min():.0f},{np.ptp(x):.0f},{np.ptp(y):.0f}"
    corners = " ".join(f"{a:.0f},{b:.0f}" for a, b in mark_of(1).region)
    turn = f"{np.degrees(mark_of(1).upright_rad):.0f},20"
    words = ["mark", str(folder / "g"), str(folder / "mark.png"), "--ppi", "500", "--json", "--region", box]
    assert main([*words, "--region", corners, f"--upright={turn}", "--picture", str(tmp_path / "why.png")]) == 0
    (found,) = documents(capsys)
    assert found["receipt"]["regions"] == 1
    assert len(found["receipt"]["readings"]) == 2
    assert found["candidates"][0]["key"] == "right index"
    assert (tmp_path / "why.png").stat().st_size > 1000


def test_the_picture_shows_the_look_that_matches(folder, tmp_path, monkeypatch):
    other = extract(make_impression(hand_of(1)[Finger.LEFT_THUMB], np.random.default_rng(1)).image)
    reading = MarkReading(other, 0, Reader.ENGINE, evened=extract(mark_of(1).image))
    monkeypatch.setattr(command, "read_mark", lambda *_, **__: Mark((reading,)))
    drawn = []
    monkeypatch.setattr(command, "draw_match", lambda found, *_, **__: drawn.append(found.score))
    monkeypatch.setattr(command, "save_picture", lambda *_, **__: None)
    words = ["mark", str(folder / "g"), str(folder / "mark.png"), "--ppi", "500", "--json"]
    assert main([*words, "--picture", str(tmp_path / "why.png")]) == 0
    assert drawn[0] > 40.0


def test_templates_and_minutiae_records_are_marks(folder, tmp_path, capsys):
    template = tmp_path / "mark.fpt"
    assert main(["extract", str(folder / "mark.png"), "--output", str(tmp_path), "--ppi", "500"]) == 0
    assert main(["convert", str(template), str(tmp_path / "mark.fmr")]) == 0
    capsys.readouterr()
    assert main(["mark", str(folder / "g"), str(template), str(tmp_path / "mark.fmr"), "--json"]) == 0
    found = documents(capsys)
    assert [one["candidates"][0]["key"] for one in found] == ["right index"] * 2
    assert main(["mark", str(folder / "g"), str(template), str(tmp_path / "mark.fmr"), "--one-mark", "--json"]) == 0
    (merged,) = documents(capsys)
    assert merged["receipt"]["regions"] == 2
    assert merged["candidates"][0]["key"] == "right index"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--region", "1,2"], 2),
        (["--region", "0,0,5000,10"], 2),
        (["--region", "0,0,0,10"], 2),
        (["--region", "nan,0,1,1"], 2),
        (["--upright", "400"], 2),
        (["--upright", "left"], 2),
        (["--max-candidates", "0"], 2),
        (["--deadline", "0"], 5),
        (["--region", "0,0,40,40"], 3),
    ],
)
def test_bad_words_and_searches_that_do_not_end(folder, more, code, capsys):
    assert main(["mark", str(folder / "g"), str(folder / "mark.png"), "--ppi", "500", *more]) == code
    capsys.readouterr()


def test_one_bad_file_does_not_stop_the_others(folder, tmp_path, capsys):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"nothing")
    words = ["mark", str(folder / "g"), str(bad), str(folder / "mark.png"), "--ppi", "500", "--json"]
    assert main(words) == 2
    found = documents(capsys)
    assert found[0]["error"]
    assert found[1]["candidates"]
    assert main(["mark", str(folder / "g"), str(bad), str(folder / "mark.png"), "--region", "0,0,9,9"]) == 2
    assert main(["mark", str(tmp_path / "none"), str(folder / "mark.png"), "--ppi", "500"]) == 7
    capsys.readouterr()
