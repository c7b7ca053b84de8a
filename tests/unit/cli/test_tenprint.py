"""``tenprint``: hands and cards at a prompt."""

import json

import numpy as np
import pytest
from PIL import Image
from tests.unit.tenprint.conftest import CLEAN, slap_of

from fingerprint_engine.cli import main
from fingerprint_engine.fingers import Slap
from fingerprint_engine.template import Template


@pytest.fixture(scope="module")
def slap(tmp_path_factory):
    path = tmp_path_factory.mktemp("slap") / "hand.png"
    Image.fromarray(np.asarray(slap_of(0, Slap.RIGHT_FOUR, 5, CLEAN).image.pixels)).save(path)
    return path


def test_a_hand_with_sheet_templates_and_json(slap, tmp_path, capsys):
    words = ["tenprint", str(slap), "--ppi", "500", "--json", "--output", str(tmp_path / "out")]
    assert main([*words, "--sheet", str(tmp_path / "sheet.png")]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["finger"] for line in lines[:-1]] == ["right index", "right middle", "right ring", "right little"]
    assert {line["position"] for line in lines[:-1]} == {13}
    assert set(lines[0]["box"]) == {"x", "y", "width", "height", "angle_deg"}
    assert lines[-1]["summary"]["problems"] == []
    assert Template.from_bytes((tmp_path / "out" / "13-2.fpt").read_bytes()).finger == 2
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size[0] > 300
    assert main(words) == 9
    assert main([*words, "--overwrite"]) == 0


def test_problems_and_what_is_not_enough_are_said(slap, capsys):
    words = ["tenprint", f"left-four={slap}", "--ppi", "500", "--missing", "left-ring=amputated", "--purpose", "enrol"]
    assert main(words) == 5
    said = capsys.readouterr().out
    assert "problem: other hand" in said
    assert "said to be missing, but found (left ring)" in said
    assert "not enough to enrol" in said


def test_wrong_words(slap, capsys):
    assert main(["tenprint", str(slap), "--ppi", "500", "--missing", "thumb=gone"]) == 2
    assert "FINGER=amputated" in capsys.readouterr().err
    assert main(["tenprint", str(slap), str(slap), "--ppi", "500"]) == 2
    assert "13" in capsys.readouterr().err


def test_an_empty_glass(tmp_path, capsys):
    path = tmp_path / "empty.png"
    Image.fromarray(np.full((600, 800), 255, np.uint8)).save(path)
    assert main(["tenprint", f"right-four={path}", "--ppi", "500"]) == 3
    assert capsys.readouterr().err
