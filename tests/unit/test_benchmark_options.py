"""What is no value of an option of a benchmark or of training is wrong usage, before any work is done."""

from __future__ import annotations

import argparse
import json
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


WRONG_USAGE = [
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
]
ONE_AFTER_THE_OTHER = """
import contextlib, io, json, runpy, sys, traceback
said = {}
for line in sys.argv[1:]:
    module, *sys.argv[1:] = line.split()
    code, errors = 0, io.StringIO()
    with contextlib.redirect_stderr(errors):
        try:
            runpy.run_module(f"benchmarks.{module}", run_name="__main__", alter_sys=True)
        except SystemExit as ended:
            code = ended.code
        except BaseException:
            code = traceback.print_exc() or 1
    said[line] = code, errors.getvalue()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said() -> dict[str, tuple[int, str]]:
    """What the commands of `WRONG_USAGE` end with and say, in one process: each alone would import everything again."""
    command = [sys.executable, "-c", ONE_AFTER_THE_OTHER, *WRONG_USAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("line", WRONG_USAGE)
def test_a_command_says_wrong_usage_and_no_traceback(said: dict[str, tuple[int, str]], line: str) -> None:
    code, errors = said[line]
    assert code == 2
    assert "error: " in errors
    assert "Traceback" not in errors
