"""The accuracy benchmark runs without any data but the samples, and its figures come from its score files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from benchmarks.accuracy import error_rates as accuracy
from benchmarks.code_version import source_digest

from fingerprint_engine.evaluation import read_scores, report


def test_accuracy_on_the_samples(samples_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--data", str(tmp_path / "none"), "--output", str(tmp_path), "--fingers", "3", "--no-cache"]
    (found,) = accuracy.main([*words, "--workers", "1", "--replicates", "10"])
    assert found.name == "samples"
    assert (found.mated, found.non_mated) == (3 * 6, 3 * 16)
    table = read_scores(tmp_path / "scores_samples.csv")
    again = report("samples", table, np.random.default_rng(accuracy.SEED), replicates=10)
    assert again == found
    # A matcher that works separates drawn prints of three fingers; one that mixed up its pairs would be near 50 %.
    assert found.rates.eer < 0.2
    assert np.median(table.score[table.is_mated]) > np.median(table.score[~table.is_mated])
    assert "samples" in capsys.readouterr().out
    document = json.loads((tmp_path / "accuracy.json").read_text())
    assert document["sets"][0]["rates"]["eer"] == found.rates.eer
    assert document["code"] == source_digest()


def test_sets_are_named_when_unknown(tmp_path: Path) -> None:
    (tmp_path / "datasets.csv").write_text("dataset,ppi\nknown,500\n")
    with pytest.raises(SystemExit, match="unknown sets other"):
        accuracy.main(["--data", str(tmp_path), "--sets", "known,other", "--output", str(tmp_path)])
