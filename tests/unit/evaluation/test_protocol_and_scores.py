"""Which pairs are compared, and score files that say the same when read."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.errors import InputError, LimitExceeded
from fingerprint_engine.evaluation import (
    Sample,
    ScoreTable,
    all_pairs,
    fvc_pairs,
    read_samples,
    read_scores,
    sampled_pairs,
    score_file,
    score_table,
    write_scores,
)
from fingerprint_engine.limits import Limits

FVC_B = [Sample(str(finger), str(impression)) for finger in range(101, 111) for impression in range(1, 9)]


def test_all_pairs_of_a_set_b() -> None:
    pairs = all_pairs(FVC_B)
    assert (int(pairs.is_mated.sum()), len(pairs)) == (280, 280 + 2880)
    unordered = {frozenset(pair) for pair in zip(pairs.probe.tolist(), pairs.reference.tolist(), strict=True)}
    assert len(unordered) == len(pairs)
    assert all(len(pair) == 2 for pair in unordered)
    for probe, reference, is_mated in zip(pairs.probe, pairs.reference, pairs.is_mated, strict=True):
        assert is_mated == (FVC_B[probe].finger == FVC_B[reference].finger)


def test_fvc_pairs_of_a_set_b() -> None:
    pairs = fvc_pairs(FVC_B)
    assert (int(pairs.is_mated.sum()), len(pairs)) == (280, 280 + 45)
    for probe, reference in zip(pairs.probe[~pairs.is_mated], pairs.reference[~pairs.is_mated], strict=True):
        assert FVC_B[probe].impression == FVC_B[reference].impression == "1"


def test_sampled_pairs_keep_all_mated_ones() -> None:
    pairs = all_pairs(FVC_B)
    some = sampled_pairs(pairs, 100, np.random.default_rng(1))
    assert (int(some.is_mated.sum()), len(some)) == (280, 380)
    again = sampled_pairs(pairs, 100, np.random.default_rng(1))
    assert (some.probe == again.probe).all()
    assert sampled_pairs(pairs, 2880, np.random.default_rng(1)) is pairs
    with pytest.raises(InputError):
        sampled_pairs(pairs, 0, np.random.default_rng(1))


def test_a_sample_twice_is_refused() -> None:
    for protocol in (all_pairs, fvc_pairs):
        with pytest.raises(InputError, match="twice"):
            protocol([*FVC_B, FVC_B[3]])


def test_no_samples_no_pairs() -> None:
    assert len(all_pairs([])) == len(fvc_pairs([])) == len(all_pairs(FVC_B[:1])) == 0


def test_a_folder_is_read_in_natural_order(tmp_path: Path) -> None:
    for name in ("10_1.png", "2_10.png", "2_9.tif", "left_thumb_1.PNG", "MANIFEST.json"):
        (tmp_path / name).touch()
    found = [(sample.finger, sample.impression) for sample, _ in read_samples(tmp_path)]
    assert found == [("left_thumb", "1"), ("2", "9"), ("2", "10"), ("10", "1")]


@pytest.mark.parametrize("names", [[], ["1.png"], ["_1.png"], ["1_.png"], ["1_1.png", "1_1.bmp"]])
def test_folders_that_are_no_set_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(InputError):
        read_samples(tmp_path)
    with pytest.raises(InputError):
        read_samples(tmp_path / "missing")


LABEL = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=6)


@st.composite
def tables(draw: st.DrawFn) -> ScoreTable:
    samples = sorted(draw(st.sets(st.builds(Sample, LABEL, LABEL), min_size=2, max_size=6)))
    pairs = all_pairs(samples)
    scores = draw(st.lists(st.floats(0, 1e6), min_size=len(pairs), max_size=len(pairs)))
    failed = draw(st.lists(st.booleans(), min_size=len(samples), max_size=len(samples)))
    return score_table(samples, pairs, np.array(scores), np.array(failed))


@given(table=tables())
def test_score_files_say_the_same_when_read(tmp_path_factory: pytest.TempPathFactory, table: ScoreTable) -> None:
    path = tmp_path_factory.mktemp("scores") / "scores.csv"
    write_scores(path, table)
    found = read_scores(path)
    assert found.samples == table.samples
    for name in ("probe", "reference", "score", "has_failed", "is_mated"):
        assert np.array_equal(getattr(found, name), getattr(table, name)), name
    assert [file.name for file in path.parent.iterdir()] == ["scores.csv"]
    with pytest.raises(FileExistsError):
        write_scores(path, table)
    write_scores(path, table, overwrite=True)


def test_a_failure_to_extract_counts_in_all_its_pairs() -> None:
    samples = FVC_B[:16]
    pairs = all_pairs(samples)
    failed = np.arange(16) == 3
    table = score_table(samples, pairs, np.full(len(pairs), 50.0), failed)
    touched = (pairs.probe == 3) | (pairs.reference == 3)
    assert touched.sum() == 15
    assert (table.score[touched] == 0.0).all()
    assert (table.score[~touched] == 50.0).all()


HEADER = "probe_finger,probe_impression,reference_finger,reference_impression,score,failed\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1"),
        ("probe,reference,score\n", "line 1"),
        (HEADER + "1,1,1,2,3.0\n", "line 2: expected 6 fields, got 5"),
        (HEADER + "1,1,1,2,high,\n", "line 2: expected a number"),
        (HEADER + "1,1,1,2,3.0,maybe\n", "line 2: expected failed"),
        (HEADER + "1,1,1,2,nan,\n", "scores.csv: line 2: expected a finite score"),
        (HEADER + "1,1,1,2,0.5,\n1,1,1,3,-1,\n", "line 3: expected a finite score"),
        (HEADER + "1,1,1,1,3.0,\n", "itself"),
        (HEADER + "1,1,1,2,3.0,\n1,2,1,1,3.0,\n", "twice"),
        (HEADER + "1,1,1,2,3.0,probe\n", "failed to extract"),
        (HEADER + "1,1,1,2,0.0,probe\n1,1,1,3,0.0,\n", "line 3: a sample is marked"),
        (HEADER + ",1,1,2,0.0,\n", "finger"),
        (HEADER + '1,1,1,2,"0.0,\n', "CSV"),
    ],
)
def test_what_is_no_score_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_scores(path)
    path.write_bytes(b"\xff\xfe" + text.encode())
    with pytest.raises(InputError):
        read_scores(path)


def test_a_score_file_may_cost_so_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(HEADER + "1,1,1,2,3.0,\n1,1,1,3,3.0,\n")
    assert len(read_scores(path, limits=Limits(prints=3)).score) == 2
    for limits in (Limits(prints=2), Limits(items=12), Limits(file_bytes=80)):
        with pytest.raises(LimitExceeded, match=r"scores\.csv: limit"):
            read_scores(path, limits=limits)
    with monkeypatch.context() as patch:
        patch.setattr(score_file, "MAX_SAMPLES", 2)
        with pytest.raises(InputError, match="line 3: expected at most 2 samples"):
            read_scores(path)
    path.write_text(HEADER + "1" * 100_000 + "," * 200_000)
    with pytest.raises(InputError, match=r"scores\.csv: line 2: expected at most 65536 characters"):
        read_scores(path)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -1.0])
def test_tables_check_their_columns(wrong: float) -> None:
    pairs = all_pairs(FVC_B[:3])
    nobody = np.zeros(3, np.bool_)
    with pytest.raises(InputError, match="score"):
        score_table(FVC_B[:3], pairs, np.array([1.0, wrong, 1.0]), nobody)
    with pytest.raises(InputError, match="columns"):
        ScoreTable(tuple(FVC_B[:3]), pairs.probe, pairs.reference[:2], np.zeros(3), nobody)
    with pytest.raises(InputError, match="positions"):
        ScoreTable(tuple(FVC_B[:2]), pairs.probe, pairs.reference, np.zeros(3), nobody[:2])
