"""What the README shows is true: its Python runs, its commands print what it says, its links lead somewhere."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from benchmarks import readme_figures
from benchmarks.readme_figures import HEADS, first_rows, parts_of

from fingerprint_engine.cli.parser import build_parser

from .readme_tour import README, ROOT, blocks, commands, folder_with_samples, run_block, words_of

TEXT = README.read_text(encoding="utf-8")
needs_plots = pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="the extra 'plots' is absent")


def test_the_first_screen_is_short_and_says_what_the_figures_say() -> None:
    assert len(TEXT.splitlines()) <= 150
    for line in first_rows((ROOT / "docs" / "figures.md").read_text(encoding="utf-8")):
        assert line in TEXT.splitlines(), "refresh it: python -m benchmarks.readme_figures"


def test_figures_that_were_not_measured_again_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    parts = parts_of(page)
    assert [part.startswith(head) for part, head in zip(parts, HEADS, strict=True)] == [True] * 3
    for name, path in (("PAGE", tmp_path / "page.md"), ("README", tmp_path / "readme.md"), ("RESULTS", tmp_path)):
        monkeypatch.setattr(readme_figures, name, path)
    (tmp_path / "page.md").write_text(page, encoding="utf-8")
    (tmp_path / "readme.md").write_text(TEXT, encoding="utf-8")
    readme_figures.main()
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == page
    assert (tmp_path / "readme.md").read_text(encoding="utf-8") == TEXT
    assert capsys.readouterr().out.count("what the page says of it stays") == 3
    speed = {"set": "a set", "machine": "a machine", "figures": {"template size [bytes]": {"median": 7.0}}}
    (tmp_path / "speed.json").write_text(json.dumps(speed), encoding="utf-8")
    readme_figures.main()
    now = parts_of((tmp_path / "page.md").read_text(encoding="utf-8"))
    assert now == [parts[0], "\n".join(readme_figures.speed(speed)), parts[2]]
    assert "in templates of 7 bytes" in (tmp_path / "readme.md").read_text(encoding="utf-8")


def without_numbers(text: str) -> list[str]:
    """Lines with every number as #, so that a change of speed or calibration does not count, but an answer does."""
    text = re.sub(r"\b(?=\d*[a-f])[0-9a-f]{16}\b", "#", text)  # digests; sixteen digits are the tail of a number
    rate = r"(fewer than )?one false match in [\d,.]+( million)? comparisons( \(extrapolated\))?"
    text = re.sub(rf"{rate}|\d+ % of comparisons of different fingers score as high", "RATE", text)
    lines = [re.sub(r"\d[\d,.]*(e-?\d+)?", "#", line) for line in text.splitlines()]
    return [" ".join(re.sub(r"-{2,}", "--", line).split()) for line in lines]


@needs_plots
@pytest.mark.parametrize("page", [README, ROOT / "docs" / "command-line.md"], ids=lambda page: page.stem)
def test_the_commands_print_what_the_page_shows(page: Path, samples_folder: Path, tmp_path: Path) -> None:
    with folder_with_samples(tmp_path):
        found = blocks(page.read_text(encoding="utf-8"))
        assert found
        for block in found:
            shown = without_numbers(block)
            assert without_numbers(run_block(block)) == shown, "refresh it: python -m tests.unit.cli.readme_tour"
            assert len(shown) > len(commands(block))


def test_every_command_is_one_and_every_command_is_shown() -> None:
    text = TEXT + (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    shown = [command for block in blocks(text) for command in commands(block)]
    mentioned = shown + re.findall(r"`(fingerprint-engine [a-z]+ [^`]*[A-Z][^`]*)`", text.replace("\n", " "))
    shown_commands: set[str] = set()
    for command in mentioned:
        if "--help" not in command:
            shown_commands.add(build_parser().parse_args(words_of(command)).parser.prog.split()[1])
    assert shown_commands >= {"verify", "extract", "enrol", "identify", "inspect", "synthesize", "dedupe", "gallery"}


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", "docs/algorithm.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert links
    for link in links:
        if not link.startswith("https://"):
            assert (path.parent / link).exists(), link


def test_the_index_of_the_algorithm_is_complete() -> None:
    index = (ROOT / "docs" / "algorithm.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs" / "algorithm").glob("*.md")}
    assert set(re.findall(r"\(algorithm/([^)#]+)\)", index)) == pages
    assert pages
