"""An evaluation from Python: what is kept, what is said, and how a page says it."""

from __future__ import annotations

import datetime
import importlib.util
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fingerprint_engine import MissingExtra, evaluation, reports
from fingerprint_engine.errors import InputError, JournalError, TemplateError
from fingerprint_engine.evaluation import Sample, ScoreTable
from fingerprint_engine.reports.rendering import render
from fingerprint_engine.version import __version__ as version

needs_reports = pytest.mark.skipif(
    importlib.util.find_spec("matplotlib") is None or importlib.util.find_spec("jinja2") is None,
    reason="the extra 'reports' is absent",
)


@pytest.fixture(scope="module")
def prints(tmp_path_factory: pytest.TempPathFactory, drawn_print: NDArray[np.uint8]) -> Path:
    """Finger a twice, finger b once, and an image without a print whose label would be markup."""
    folder = tmp_path_factory.mktemp("prints")
    mirrored = np.ascontiguousarray(drawn_print[:, ::-1])  # a mirrored print is another finger
    for name, pixels in (
        ("a_1", drawn_print),
        ("a_2", np.ascontiguousarray(drawn_print[20:, 24:])),
        ("b_1", mirrored),
        ("<i>_1", np.full((300, 300), 255, np.uint8)),
    ):
        Image.fromarray(pixels).save(folder / f"{name}.png", dpi=(500, 500))
    return folder


@pytest.fixture(scope="module")
def measured(prints: Path, tmp_path_factory: pytest.TempPathFactory) -> reports.Evaluation:
    return reports.run_evaluation(evaluation.plan_evaluation(prints), tmp_path_factory.mktemp("run"), workers=2)


def test_rates_count_every_pair_and_every_failure(measured: reports.Evaluation) -> None:
    summary = measured.report
    assert (summary.mated, summary.non_mated, summary.samples, summary.failures) == (1, 5, 4, 1)
    assert summary.rates.eer == 0.0
    assert summary.intervals == {}  # no generator, no intervals
    ((path, why),) = measured.failures
    assert path.name == "<i>_1.png"
    assert why
    document = measured.as_dict()
    assert (document["mated"], document["scores"]) == (1, str(measured.scores))
    assert evaluation.read_scores(measured.scores).score.tolist() == measured.table.score.tolist()


def test_a_second_run_goes_on_with_what_is_kept(measured: reports.Evaluation) -> None:
    folder = measured.scores.parent
    journal = folder / "scores.journal"
    journal.write_bytes(journal.read_bytes()[:-3])  # killed in the middle of a row
    kept = sorted(path.name for path in (folder / "templates").iterdir())
    steps: list[tuple[str, int, int]] = []
    again = reports.run_evaluation(measured.plan, folder, progress=lambda *step: steps.append(step))
    assert sorted(path.name for path in (folder / "templates").iterdir()) == kept
    assert (again.extracted.made, again.compared.made, again.compared.damaged_rows) == (0, 1, 1)
    assert steps == [("extract", 0, 0), ("compare", 0, 1), ("compare", 1, 1)]
    assert again.table.score.tolist() == measured.table.score.tolist()
    (failure,) = (folder / "templates").glob("*.failure")
    reason = failure.read_bytes()
    failure.write_bytes(b"\xff\xfe")
    made = reports.run_evaluation(measured.plan, folder).extracted.made
    assert (made, failure.read_bytes()) == (1, reason)


def test_other_rules_make_other_templates(measured: reports.Evaluation, prints: Path, tmp_path: Path) -> None:
    images = tmp_path / "unstated"
    images.mkdir()
    for path in prints.glob("[ab]_?.png"):
        Image.open(path).save(images / path.name, dpi=None)  # the file states no resolution
    listing = tmp_path / "images.csv"
    listing.write_text(
        "path,finger,impression,ppi\nunstated/a_1.png,a,1,450\nunstated/a_2.png,a,2,\nunstated/b_1.png,b,1,\n"
    )
    plan = evaluation.plan_evaluation(listing)
    made = reports.run_evaluation(plan, tmp_path / "out", ppi=500.0)
    assert [made.extracted.template(number).source_ppi for number in range(3)] == [450.0, 500.0, 500.0]
    other = reports.run_evaluation(plan, tmp_path / "out", ppi=480.0, overwrite=True)
    assert [other.extracted.template(number).source_ppi for number in range(3)] == [450.0, 480.0, 480.0]
    assert other.extracted.made == 2
    with pytest.raises(JournalError, match="another file"):
        reports.run_evaluation(plan, tmp_path / "out", ppi=460.0)


def test_a_set_without_templates_gives_no_rates(tmp_path: Path) -> None:
    for name in ("a_1", "a_2", "b_1"):
        Image.fromarray(np.full((300, 300), 255, np.uint8)).save(tmp_path / f"{name}.png", dpi=(500, 500))
    plan = evaluation.plan_evaluation(tmp_path)
    with pytest.raises(InputError, match="no pair could be compared: 3 of 3 images gave no template"):
        reports.run_evaluation(plan, tmp_path / "out")


def test_an_image_that_failed_has_no_template(measured: reports.Evaluation) -> None:
    failed = int(np.flatnonzero(measured.extracted.has_failed)[0])
    with pytest.raises(TemplateError):
        measured.extracted.template(failed)


@needs_reports
def test_the_page_shows_the_figures_and_needs_nothing_from_outside(measured: reports.Evaluation) -> None:
    text = reports.evaluation_page(measured, errors_shown=1)
    assert text.startswith("<!doctype html>")
    assert all(source.startswith("data:image/png;base64,") for source in re.findall(r'src="([^"]*)"', text))
    assert all(f'id="{target}"' in text for target in re.findall(r'href="#([^"]*)"', text))
    assert not re.search(r"<script|<link|@import|url\(", text)
    assert set(re.findall(r'href="([^#"][^"]*)"', text)) == {"scores.csv"}  # beside the page
    assert text.count("<img") == 4 + 2 * 2  # curves; the worst pair of each kind, with and without marks
    assert "4 prints, 1 mated and\n5 non-mated comparisons" in text
    assert "FTX: 1 of 4 prints gave no template" in text
    assert "&lt;i&gt;_1" in text
    assert "<i>" not in text


@needs_reports
def test_the_page_says_how_it_was_made_and_pictures_say_their_values(measured: reports.Evaluation) -> None:
    at = datetime.datetime(2031, 5, 4, 3, 2, tzinfo=datetime.UTC)
    text = reports.evaluation_page(measured, errors_shown=1, made_at=at)
    header = text.partition('<section id="made">')[2].partition("</section>")[0]
    for stated in (f"fingerprint-matching-engine {version}", ">learned<", ">500 ppi<", ">all<", "2031-05-04 03:02 UTC",
                   measured.parameters.digest().hex()[:16] + ", defaults"):  # fmt: skip
        assert stated in header, stated
    described = re.findall(r'<img alt="([^"]*)"', text)
    assert all(re.search(r"[0-9]", words) for words in described), described
    assert any(words.startswith("DET curve: EER 0.00 %") for words in described)
    assert any(re.match(r"a_1 and a_2: score [0-9.]+, not an error; [0-9]+ pairs", words) for words in described)
    contents = text.partition("<nav")[2].partition("</nav>")[0]
    assert re.findall(r'href="#([^"]*)"', contents) == re.findall(r'<section id="([^"]*)"', text)


@needs_reports
def test_prints_can_be_left_out_of_the_page(measured: reports.Evaluation) -> None:
    text = reports.evaluation_page(measured, errors_shown=1, with_prints=False)
    assert text.count("<img") == 4  # the curves
    assert "Prints are left out of this page" in text
    assert "a_1 and a_2: score" in text  # which were worst is still said


@needs_reports
def test_the_page_has_a_dark_form_and_one_for_paper(measured: reports.Evaluation) -> None:
    style = reports.evaluation_page(measured, errors_shown=0).partition("<style>")[2].partition("</style>")[0]
    assert "screen and (prefers-color-scheme: dark)" in style  # paper stays white
    paper = style.partition("@media print")[2]
    assert "columns: 2" in paper
    assert re.search(r"h2, h3[^{]*{[^}]*break-after: avoid", style)
    assert not re.search(
        r"#[0-9a-f]{3,6}", re.sub(r":root {[^}]*}|background: #fff", "", style)
    )  # all colours have names


@needs_reports
def test_a_page_refuses_a_value_that_nobody_gave() -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        render("evaluation.html", title="incomplete")


@pytest.mark.parametrize("absent", ["jinja2", "matplotlib"])
def test_without_the_extra_a_page_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, absent: str) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == absent else find(name, *rest))
    with pytest.raises(MissingExtra, match=rf"(?i)need {absent.removesuffix('2')}.*pip install"):
        reports.require_reports()


def test_the_worst_pairs_are_the_lowest_mated_and_the_highest_non_mated() -> None:
    samples = [Sample(finger, impression) for finger in "ab" for impression in "123"]
    pairs = evaluation.all_pairs(samples)
    score = np.where(pairs.is_mated, 50.0, 1.0) + np.arange(len(pairs))
    failed = np.array([sample == Sample("b", "3") for sample in samples])
    table: ScoreTable = evaluation.score_table(samples, pairs, score, failed)
    mated, non_mated = reports.worst_pairs(table, 2)
    usable = ~(failed[table.probe] | failed[table.reference])
    assert [pair.score for pair in mated] == sorted(table.score[table.is_mated & usable])[:2]
    assert [pair.score for pair in non_mated] == sorted(table.score[~table.is_mated & usable], reverse=True)[:2]
    assert all(pair.is_mated for pair in mated)
    assert not any(pair.is_mated for pair in non_mated)


class _Print:
    """What a reason looks at in a template."""

    def __init__(self, minutiae: int, quality: int) -> None:
        self._minutiae, self.quality = minutiae, quality

    def __len__(self) -> int:
        return self._minutiae


class _Comparison:
    """What a reason looks at in a comparison."""

    def __init__(
        self, *, aligned: bool = True, pairs: int = 20, contradicted: int = 0, doubt: str = "", **evidence: float
    ) -> None:
        self.doubt = doubt
        self.transform = object() if aligned else None
        self.pairs = np.zeros((pairs, 2))
        self.contradicted_probe = self.contradicted_reference = np.zeros(contradicted)
        whole = {"cells_probe": 100.0, "cells_reference": 100.0, "overlap_cells": 90.0, "deformation": 0.0}
        self.evidence = whole | {"residual": 1.0} | evidence


@pytest.mark.parametrize(
    ("comparison", "quality", "minutiae", "words"),
    [
        (_Comparison(), 80, 40, "no single circumstance stands out"),
        (_Comparison(), 30, 40, "low quality (30 of 100"),
        (_Comparison(), 80, 12, "few minutiae (12 in one print)"),
        (_Comparison(overlap_cells=20.0), 80, 40, "small overlap (20 %"),
        (_Comparison(deformation=0.2), 80, 40, "stretches or shears by about 20 %"),
        (_Comparison(residual=7.5), 80, 40, "matched minutiae lie 7.5 px apart"),
        (_Comparison(pairs=3, contradicted=6), 80, 40, "most minutiae in the overlap disagree (12)"),
        (_Comparison(aligned=False), 80, 40, "no alignment found"),
        (_Comparison(doubt="a resolution is wrong"), 80, 40, "a resolution is wrong"),
    ],
)
def test_the_reason_names_what_one_can_see(comparison: Any, quality: int, minutiae: int, words: str) -> None:
    probe: Any = _Print(minutiae, quality)
    reference: Any = _Print(40, 80)
    assert words in reports.reason_in_words(comparison, probe, reference, is_mated=True)
    assert "agree by chance" in reports.reason_in_words(comparison, probe, reference, is_mated=False)
