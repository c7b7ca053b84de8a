"""CSV files: no cell is a formula, no column is passed over."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint_engine.errors import EmptyInput, InputError
from fingerprint_engine.listings import read_table
from fingerprint_engine.text.tables import csv_bytes, guarded, unguarded


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r", " =", "＝", "＋", "－", "＠", "'=", "''@"])
def test_a_formula_becomes_text_and_comes_back(tmp_path: Path, start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    path = tmp_path / "list.csv"
    path.write_bytes(csv_bytes(("key", "score"), [(text, -1.5)]))
    cell, score = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))[1]
    assert cell == f"'{text}"
    assert score == "-1.5"
    assert read_table(path, ("key", "score"))[0][1]["key"] == text


@given(st.text())
def test_guarding_loses_nothing(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text).lstrip(" ")[:1] not in {*"=+-@\t\r"} - {""} or not text


@pytest.mark.parametrize("text", ["O'Brien", "'quoted'", "a=b", "1-2", "'"])
def test_other_text_stands_as_it_is(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("key,path,Subject\n", "column 'Subject' is unknown, the nearest is 'subject'"),
        ("key,path,expiry\n", "column 'expiry' is unknown, the nearest is 'expires'"),
        ("key,path,colour\n", "column 'colour' is unknown$"),
        ("key,path,\n", "column '' is unknown"),
        ("key,path,key\n", "column 'key' is there twice"),
        ("key\n", "column 'path' is missing"),
        ("key,path\na,b,c\n", "line 2: expected 2 fields as in line 1, got 3"),
        ('key,path\n"a\n', "expected a CSV file: "),
    ],
)
def test_faults_are_named(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=complaint):
        read_table(path, ("key", "path"), ("subject", "expires"))


def test_an_empty_table_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("path,key\n")
    with pytest.raises(EmptyInput):
        read_table(path, ("key", "path"))
    assert read_table(path, ("key", "path"), may_be_empty=True) == []
    with pytest.raises(InputError, match="lone surrogate"):
        csv_bytes(("key",), [("\udcff",)])
