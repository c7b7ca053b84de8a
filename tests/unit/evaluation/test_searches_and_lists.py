"""Searches against a naive twin, paired differences, lists with planted faults, and a journal that was cut off."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from fingerprint_engine.errors import InputError, JournalError
from fingerprint_engine.evaluation import (
    ListedImage,
    Sample,
    ScoreJournal,
    ScoreTable,
    all_pairs,
    cross_pairs,
    fvc_pairs,
    paired_differences,
    plan_evaluation,
    read_image_list,
    read_pair_list,
    score_table,
    searches,
)

SAMPLES = [Sample(str(finger), str(impression)) for finger in range(5) for impression in (1, 2, 3)]


def table_of(seed: int, failed: int | None = None, gain: float = 2.0) -> ScoreTable:
    pairs = all_pairs(SAMPLES)
    score = np.random.default_rng(seed).integers(0, 6, len(pairs)) + gain * pairs.is_mated
    has_failed = np.arange(len(SAMPLES)) == (-1 if failed is None else failed)
    return score_table(SAMPLES, pairs, score, has_failed)


@pytest.mark.parametrize("seed", range(5))
def test_searches_equal_a_naive_twin(seed: int) -> None:
    table = table_of(seed, failed=4)
    score = {
        frozenset((table.samples[a], table.samples[b])): s
        for a, b, s in zip(table.probe, table.reference, table.score, strict=True)
    }
    ranks, best = [], []
    for probe in (sample for sample in SAMPLES if sample.impression != "1"):
        others = [score[frozenset((probe, s))] for s in SAMPLES if s.impression == "1" and s.finger != probe.finger]
        mate = score[frozenset((probe, Sample(probe.finger, "1")))]
        ranks.append(6 if probe == SAMPLES[4] else 1 + sum(other >= mate for other in others))
        best.append(max(others))
    found = searches(table)
    assert found is not None
    assert sorted(found.rank) == sorted(ranks)
    assert found.cmc()[0] == pytest.approx(np.mean(np.array(ranks) == 1))
    for threshold in (0.0, 2.0, 4.0, 9.0):
        assert found.fpir(threshold) == pytest.approx(np.mean(np.array(best) >= threshold))
    assert found.fnir_at_fpir(0.0) >= found.fnir_at_fpir(0.5)
    assert found.cmc()[-1] == pytest.approx(0.9)  # the failed probe is found at no rank


def test_the_fvc_protocol_holds_no_search() -> None:
    pairs = fvc_pairs(SAMPLES)
    assert searches(score_table(SAMPLES, pairs, np.ones(len(pairs)), np.zeros(len(SAMPLES), bool))) is None


def test_paired_differences() -> None:
    rng = np.random.default_rng(1)
    same = paired_differences(table_of(1), table_of(1), rng, replicates=20)
    assert all(item.value == item.interval.low == item.interval.high == 0.0 for item in same.values())
    better = paired_differences(table_of(1), table_of(1, gain=20.0), rng, replicates=50)
    assert better["eer"].value < 0.0
    assert better["eer"].is_clear
    pairs = fvc_pairs(SAMPLES)
    other = score_table(SAMPLES, pairs, np.ones(len(pairs)), np.zeros(len(SAMPLES), bool))
    with pytest.raises(InputError, match="same pairs"):
        paired_differences(table_of(1), other, rng)


def test_cross_pairs_mate_by_finger() -> None:
    pairs = cross_pairs(SAMPLES[:3], [Sample("0", "b"), Sample("9", "b")])
    assert pairs.is_mated.tolist() == [True, False] * 3
    assert pairs.reference.tolist() == [3, 4] * 3


@pytest.mark.parametrize("given", [".", "prints/..", "../{}", "{}/."])
def test_a_set_is_called_as_its_folder_however_that_is_given(
    given: str, samples_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = shutil.copytree(samples_folder, tmp_path / "custody", ignore=shutil.ignore_patterns("[3-9]*", "1?_*"))
    (folder / "prints").mkdir()
    monkeypatch.chdir(folder if "{}" not in given or given.startswith("..") else tmp_path)
    assert plan_evaluation(given.format("custody")).name == "custody"


def test_a_cut_or_damaged_journal_keeps_what_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "j"
    with ScoreJournal(path, "run", 4) as journal:
        journal.add([0, 1, 2], [1.5, 0.1 + 0.2, 30.25])
    whole = path.read_bytes()
    for damaged, kept in (
        (whole[:-2], 2),
        (whole + b"3,nan\n", 3),
        (whole + b"7,1.0\n", 3),
        (whole + b"3", 3),
        (whole + b"9" * 5000 + b",1.0\n", 3),
    ):
        path.write_bytes(damaged)
        with ScoreJournal(path, "run", 4) as journal:
            assert int(np.isfinite(journal.score).sum()) == kept
            assert journal.dropped == 1
            journal.add(journal.waiting, np.ones(len(journal.waiting)))
        with ScoreJournal(path, "run", 4) as journal:
            assert not len(journal.waiting)
            assert journal.score[1] == 0.1 + 0.2
    before = path.read_bytes()
    with pytest.raises(JournalError):
        ScoreJournal(path, "another run", 4)
    assert path.read_bytes() == before
    with ScoreJournal(path, "another run", 4, overwrite=True) as journal:
        assert len(journal.waiting) == 4
        assert not journal.goes_on


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("path,finger\nx.png,1\n", "column 'impression' is missing"),
        ("path,finger,impression\nabsent.png,1,1\n", "line 2: no such file: absent.png"),
        ("path,finger,impression\nx.png,1,1\nx.png,1,1\n", "line 3: same finger and impression as line 2"),
        ("path,finger,impression,ppi\nx.png,1,1,nan\n", "line 2: ppi"),
        ("path,finger,impression\nx.png,1\n", "line 2: expected 3 fields"),
        ("path,finger,impression\n", "at least one row"),
    ],
)
def test_faults_of_image_lists_are_named(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "x.png").write_bytes(b"")
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(InputError, match=complaint):
        read_image_list(tmp_path / "list.csv")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("1_1.png,9_9.png", "line 3: no such image: 9_9.png"),
        ("1_1.png,1_1.png", "itself"),
        ("1_2.png,1_1.png", "line 2"),
    ],
)
def test_faults_of_pair_lists_are_named(tmp_path: Path, row: str, complaint: str) -> None:
    images = [ListedImage(Sample("1", i), tmp_path / f"1_{i}.png") for i in ("1", "2")]
    path = tmp_path / "pairs.csv"
    path.write_text("probe,reference\n1_1.png,1_2.png\n")
    assert read_pair_list(path, images).is_mated.tolist() == [True]
    path.write_text(f"probe,reference\n1_1.png,1_2.png\n{row}\n")
    with pytest.raises(InputError, match=complaint):
        read_pair_list(path, images)
