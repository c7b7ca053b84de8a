"""What goes to stdout and what to stderr."""

from __future__ import annotations

import io
import json
import warnings

import pytest

from fingerprint_engine.cli.console import Console
from fingerprint_engine.errors import ResolutionWarning


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_people_get_text_and_machines_get_json() -> None:
    for as_json, expected in ((False, "text\n"), (True, '{"key": "Fingerabdrücke"}\n')):
        out = io.StringIO()
        console = Console(out, io.StringIO(), as_json=as_json)
        console.text("text")
        console.document({"key": "Fingerabdrücke"})
        assert out.getvalue() == expected


def test_json_holds_no_number_that_json_does_not_know() -> None:
    with pytest.raises(ValueError, match="JSON"):
        Console(io.StringIO(), io.StringIO(), as_json=True).document({"score": float("nan")})


def test_a_table_is_aligned() -> None:
    out = io.StringIO()
    Console(out, io.StringIO(), as_json=False).table(("key", "score"), [("a", 7.0), ("long name", 57.25)])
    assert out.getvalue().splitlines() == [
        "  key        score",
        "  ---------  -----",
        "  a            7.0",
        "  long name   57.2",
    ]


@pytest.mark.parametrize("error_stream", [io.StringIO, Terminal])
def test_progress_passes_everything_on_and_shows_on_a_terminal_only(error_stream: type[io.StringIO]) -> None:
    out, err = io.StringIO(), error_stream()
    console = Console(out, err, as_json=True)
    assert list(console.progress(iter(range(5)), total=5, label="work")) == [0, 1, 2, 3, 4]
    assert out.getvalue() == ""
    assert ("work [" in err.getvalue()) == isinstance(err, Terminal)


def test_a_note_does_not_stand_behind_the_bar() -> None:
    err = Terminal()
    console = Console(io.StringIO(), err, as_json=False)
    for number in console.progress(range(3), total=3, label="work"):
        if number == 1:
            console.note("found something")
    before = err.getvalue().split("found something")[0]
    assert before.endswith("\r\x1b[K")


def test_a_warning_is_shown_once_and_counted() -> None:
    err = io.StringIO()
    console = Console(io.StringIO(), err, as_json=False)
    with console.warnings_as_notes():
        for text in ("said often", "said once", "said often", "said often"):
            warnings.warn(text, ResolutionWarning, stacklevel=1)
        assert err.getvalue() == "warning: said often\nwarning: said once\n"
    assert err.getvalue().splitlines()[2:] == ["warning: 3 times in all: said often"]


def test_documents_stay_one_line() -> None:
    out = io.StringIO()
    Console(out, io.StringIO(), as_json=True).document({"detail": "two\nlines"})
    assert json.loads(out.getvalue()) == {"detail": "two\nlines"}
    assert out.getvalue().count("\n") == 1
