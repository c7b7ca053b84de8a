"""``differences``: two score files of the same pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fingerprint_engine.cli import ExitCode
from fingerprint_engine.evaluation import Sample, all_pairs, score_table, write_scores

from .conftest import Run

SAMPLES = [Sample(f"f{finger}", str(impression)) for finger in range(12) for impression in range(4)]


def _write(path: Path, mated: float, seed: int) -> Path:
    pairs = all_pairs(SAMPLES)
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.0, 10.0, len(pairs)) + mated * pairs.is_mated
    write_scores(path, score_table(SAMPLES, pairs, scores, np.zeros(len(SAMPLES), np.bool_)))
    return path


def test_a_better_system_is_told_from_a_worse_one(run: Run, tmp_path: Path) -> None:
    worse, better = _write(tmp_path / "worse.csv", 2.0, 1), _write(tmp_path / "better.csv", 12.0, 2)
    found = run("differences", worse, better)
    assert found.code == ExitCode.SUCCESS, found.err
    assert found.out.count("the second is better") == 4
    document = run("differences", worse, better, "--json", "--replicates", "50").document
    assert document["differences"]["eer"]["value"] < 0.0
    assert document["differences"]["eer"]["is_clear"]
    same = run("differences", worse, worse)
    assert same.out.count("no clear difference") == 4


def test_what_cannot_be_compared_is_named(run: Run, tmp_path: Path) -> None:
    good = _write(tmp_path / "good.csv", 2.0, 1)
    broken = tmp_path / "broken.csv"
    broken.write_text(good.read_text().replace("\nf0,0,f0,1,", "\nf0,0,f0,1,nan", 1).replace("nan", "nan,\nx", 1))
    found = run("differences", good, broken)
    assert (found.code, "broken.csv: line 2" in found.err) == (ExitCode.BAD_INPUT, True)
    shorter = tmp_path / "shorter.csv"
    shorter.write_text("\n".join(good.read_text().splitlines()[:-5]) + "\n")
    assert "expected the same pairs" in run("differences", good, shorter).err
    assert run("differences", good, tmp_path / "none.csv").code == ExitCode.BAD_INPUT
