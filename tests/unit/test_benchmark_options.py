"""What is no value of an option of a benchmark or of training is wrong usage, before any work is done."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest
from benchmarks.options import AMOUNT, AT_LEAST_0, AT_LEAST_1, refuse_together, several, words
from tests.conftest import ROOT

KINDS = {
    "count": (AT_LEAST_1, ["0", "-1", "1.5", "", "many", "1e3", "1_000"]),
    "from 0": (AT_LEAST_0, ["-1", "x", ""]),
    "amount": (AMOUNT, ["-0.1", "nan", "x", ""]),
    "several": (several(AT_LEAST_1), ["1,", ",", "1,0", "1;2"]),
    "words": (words(["search", "climb"]), ["serch", "search,clim", "search climb"]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_refused_as_wrong_usage(kind: str) -> None:
    parse, odd = KINDS[kind]
    for text in odd:
        with pytest.raises(argparse.ArgumentTypeError, match="expected "):
            parse(text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--gallery g --folder f", "--gallery: expected none of --prints, --folder beside it, got --folder"),
        ("--gallery g --prints 5", "got --prints"),  # which is the default
        ("--prints 5 --folder f --gallery=g", "got --prints, --folder"),
        ("--sample 3", "--sample: expected --gallery beside it, got none"),
    ],
)
def test_options_that_would_not_be_heeded_are_refused(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        refuse_together(_of_two_kinds(), line.split(), "--gallery", ["--sample"], "--prints", "--folder")
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("line", ["", "--folder f --prints 5", "--gallery g", "--gallery g --sample 3"])
def test_options_that_go_together_are_taken(line: str) -> None:
    parser = _of_two_kinds()
    before = vars(parser.parse_args(line.split()))
    refuse_together(parser, line.split(), "--gallery", ["--sample"], "--prints", "--folder")
    assert vars(parser.parse_args(line.split())) == before


def _of_two_kinds() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prints", type=AT_LEAST_1, default=5)
    parser.add_argument("--folder")
    parser.add_argument("--gallery")
    parser.add_argument("--sample", type=AT_LEAST_1, default=3)
    return parser


def test_values_are_read() -> None:
    assert (AT_LEAST_1("3"), AT_LEAST_0("0"), AMOUNT("0.5"), AMOUNT("1e6")) == (3, 0, 0.5, 1e6)
    assert several(AT_LEAST_1)("2,4") == [2, 4]
    assert words(["search", "climb"])("climb,search") == ["climb", "search"]
    assert words(["search"])("") == []


@pytest.mark.parametrize(
    "line",
    [
        "wolves --parts serch",
        "wolves --made-of nobody",
        "attacks --kinds temlates",
        "search.speed --prints 0",
        "search.mixed_index --gallery g --prints x",
        "search.mixed_index --gallery g --in-memory --folder f",
        "search.duplicates --gallery g --folder f",
        "search.duplicates --in-memory",
        "accuracy --workers 0",
        "accuracy.wrong_resolution --factors 0",
        "exchange.mutations --data nowhere",
    ],
)
def test_a_command_says_wrong_usage_and_no_traceback(line: str) -> None:
    command = [sys.executable, "-m", *f"benchmarks.{line}".split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert "error: " in done.stderr
    assert "Traceback" not in done.stderr
