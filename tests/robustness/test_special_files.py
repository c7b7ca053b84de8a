"""Pipes and devices in the place of files: refused at once by every command and function that reads a caller's file."""

import io
import os
import subprocess
import sys

import pytest

from fingerprint_engine.bulk import ExtractionFailure, extract_many
from fingerprint_engine.cli import main
from fingerprint_engine.cli.exit_codes import ExitCode
from fingerprint_engine.errors import FingerprintEngineError, NotARegularFile
from fingerprint_engine.exchange import read, read_card
from fingerprint_engine.intake import is_record, is_template, prints_in, read_enrolment_list, read_print, read_template
from fingerprint_engine.limits import Limits

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")


@pytest.fixture
def pipe(tmp_path):
    """A named pipe that somebody writes to, so that whoever opens it would not even notice, and then wait."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    descriptor = os.open(path, os.O_RDWR)
    yield path
    os.close(descriptor)


READERS = {
    "exchange.read": read,
    "exchange.read_card": lambda path: read_card(path, "normal"),
    "read_print": read_print,
    "read_template": read_template,
    "read_enrolment_list": read_enrolment_list,
}


@pytest.mark.parametrize("name", READERS)
def test_a_pipe_is_refused_by_every_reader(name, pipe):
    with pytest.raises(FingerprintEngineError, match="expected a file, got a device, pipe or socket"):
        READERS[name](pipe)


def test_a_pipe_is_nothing_that_is_told_by_content(pipe):
    assert not is_template(pipe)
    assert not is_record(pipe)
    (found,) = prints_in(pipe).prints
    assert "expected a file" in found.outcome.detail
    ((_, outcome),) = extract_many([pipe])
    assert isinstance(outcome, ExtractionFailure)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/urandom"])
def test_devices_are_refused_too(path):
    if not os.path.exists(path):  # noqa: PTH110
        pytest.skip("no such device")
    with pytest.raises(NotARegularFile):
        read(path)


COMMANDS = {
    "convert": ("convert", "PIPE", "out.fmr"),
    "inspect": ("inspect", "PIPE"),
    "extract": ("extract", "PIPE", "--output", "out"),
    "enrol": ("enrol", "new.gallery", "PIPE"),
    "enrol --list": ("enrol", "new.gallery", "--list", "PIPE"),
    "verify": ("verify", "PIPE", "PIPE"),
    "evidence check": ("evidence", "check", "PIPE"),
    "agencies check": ("agencies", "check", "bundle", "--directory", "PIPE"),
    "agencies keys": ("agencies", "keys", "card", "PIPE", "card"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_end_with_an_error(name, pipe, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = [str(pipe) if word == "PIPE" else word for word in COMMANDS[name]]
    code = main(words)
    assert code in (ExitCode.BAD_INPUT, ExitCode.FAILURE_TO_EXTRACT)
    assert "expected a file, got a device, pipe or socket" in capsys.readouterr().err


def test_a_gallery_s_folder_of_pipes_is_refused(tmp_path, capsys):
    folder = tmp_path / "a.gallery"
    folder.mkdir(mode=0o700)
    for name in ("manifest", "manifest.copy", "lock"):
        os.mkfifo(folder / name)
    assert main(["gallery", "info", str(folder)]) not in (0, int(ExitCode.INTERNAL))
    capsys.readouterr()


def test_standard_input_is_read_where_it_is_asked_for(tmp_path, monkeypatch, capsys):
    lines = io.TextIOWrapper(io.BytesIO(b"10 10 0\n20 20 45\n30 10 90\n40 40 200\n"))
    monkeypatch.setattr("sys.stdin", lines)
    assert main(["convert", "-", str(tmp_path / "a.fmr"), "--ppi", "500"]) == 0
    assert (tmp_path / "a.fmr").read_bytes().startswith(b"FMR\0")
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"10 10 0\n" * 10)))
    assert main(["convert", "-", str(tmp_path / "b.fmr"), "--ppi", "500", "--limit", "file_bytes=20"]) == 2
    assert "standard input: limit file_bytes: expected at most 20, found 21" in capsys.readouterr().err


def test_a_list_comes_from_standard_input(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"key,path\nA,a.png\nB,b.png\n")))
    assert [entry.key for entry in read_enrolment_list("-")] == ["A", "B"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"key,path\nA,a.png\nB,b.png\n")))
    with pytest.raises(FingerprintEngineError, match="limit prints: expected at most 1, found 2"):
        read_enrolment_list("-", limits=Limits(prints=1))


@pytest.mark.parametrize("wrong", ["pixels", "pixels=", "pixels=0", "pixels=1.5", "colours=3", "seconds=-1"])
def test_a_limit_is_a_name_and_a_number_in_its_range(wrong):
    command = [sys.executable, "-m", "fingerprint_engine", "inspect", "x", "--limit", wrong]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "argument --limit" in said.stderr


def test_a_limit_of_the_command_line_counts(tmp_path, capsys):
    path = tmp_path / "a.xyt"
    path.write_bytes(b"1 1 1\n" * 50)
    assert main(["inspect", str(path)]) == 0
    assert main(["inspect", str(path), "--limit", "items=40"]) == 2
    assert f"{path}: limit items: expected at most 40, found 50" in capsys.readouterr().err
