"""Scores of all prints with each other, as rows, a file and a data frame."""

import sys
import types

import numpy as np
import pytest

from fingerprint_engine import MissingExtra, evaluation
from fingerprint_engine.errors import InputError


@pytest.fixture
def matrix():
    numbers = {"a": 1.0, "b": 4.0, "=c": 9.0}
    return evaluation.score_matrix(numbers, lambda one, others: np.array([10.0 * abs(one - other) for other in others]))


def test_each_pair_is_compared_once(matrix):
    assert matrix.names == ("a", "b", "=c")
    assert np.array_equal(matrix.score, [[np.nan, 30, 80], [30, np.nan, 50], [80, 50, np.nan]], equal_nan=True)
    assert [row[:3] for row in matrix.rows()] == [("a", "b", 30.0), ("a", "=c", 80.0), ("b", "=c", 50.0)]
    assert [row[3] for row in matrix.rows()] == pytest.approx([1e-3, 1e-8, 1e-5])


def test_plain_data(matrix):
    assert matrix.as_dict()["pairs"][0] == {"probe": "a", "reference": "b", "score": 30.0, "fmr": pytest.approx(1e-3)}


def test_a_file_in_which_no_name_is_a_formula(matrix, tmp_path):
    path = tmp_path / "scores.csv"
    matrix.save(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "probe,reference,score,fmr"
    assert lines[2].startswith("a,'=c,80.0,")
    with pytest.raises(FileExistsError):
        matrix.save(path)


def test_one_print_and_none():
    for prints in ({}, {"a": 1.0}):
        assert list(evaluation.score_matrix(prints, lambda *_: np.zeros(0)).rows()) == []


def test_a_list_is_refused():
    with pytest.raises(InputError, match="prints: expected a mapping of names to templates, got list"):
        evaluation.score_matrix([1.0], lambda *_: np.zeros(0))


def test_a_data_frame_where_pandas_is_installed(matrix, monkeypatch):
    made = types.ModuleType("pandas")
    made.DataFrame = lambda data, index, columns: (data, index, columns)
    monkeypatch.setitem(sys.modules, "pandas", made)
    data, index, columns = matrix.frame()
    assert data is matrix.score
    assert index == columns == ["a", "b", "=c"]


def test_without_pandas_the_extra_is_named(matrix, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"\[tables\]"):
        matrix.frame()
