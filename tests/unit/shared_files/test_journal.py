"""The journal of a run that may be stopped at any byte."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.unit.simulated_windows import simulate_windows

from fingerprint_engine.errors import InputError, JournalError
from fingerprint_engine.shared_files.journal import MAX_JOURNAL_BYTES, Journal


def test_lines_are_there_again(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, b"run 1") as journal:
        assert journal.lines == []
        journal.append([b"a", b"b"])
        assert path.read_bytes() == b"run 1\na\nb\n"  # at once, not when it is closed
        journal.append([])
    with Journal(path, b"run 1") as journal:
        assert (journal.lines, journal.was_torn) == ([b"a", b"b"], False)
        journal.append([b""])
    with Journal(path, b"run 1") as journal:
        assert journal.lines == [b"a", b"b", b""]


def test_one_process_at_a_time(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    path = tmp_path / "journal"
    with Journal(path, b"run 1") as journal:
        journal.append([b"a"])
        for heading in (b"run 1", b"run 2"):
            with pytest.raises(JournalError, match="is writing to the journal"):
                Journal(path, heading, begin_anew=True)
        journal.append([b"b"])
    with Journal(path, b"run 1") as journal:
        assert journal.lines == [b"a", b"b"]


def test_on_windows_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = simulate_windows(monkeypatch)
    path = tmp_path / "journal"
    with Journal(path, b"run 1") as journal:
        journal.append([b"a"])
        with pytest.raises(JournalError, match="is writing to the journal"):
            Journal(path, b"run 1")
    assert [place >= MAX_JOURNAL_BYTES for _, place in locked] == [True]
    locked.clear()  # as closing the file does
    with Journal(path, b"run 1") as journal:
        assert journal.lines == [b"a"]
        journal.append([b"b"])
    assert path.read_bytes() == b"run 1\na\nb\n"


def test_where_there_are_no_locks_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    path = tmp_path / "journal"
    with Journal(path, b"run 1") as first, Journal(path, b"run 1") as second:
        first.append([b"a"])
        second.append([b"b"])
    assert path.read_bytes() == b"run 1\na\nb\n"


def test_cut_anywhere_it_holds_the_whole_lines_and_goes_on(tmp_path: Path) -> None:
    path, data = tmp_path / "journal", b"run 1\nfirst\nsecond\n"
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        whole = data[:size].count(b"\n")
        with Journal(path, b"run 1") as journal:
            assert journal.lines == [b"first", b"second"][: max(whole - 1, 0)]
            assert journal.was_torn == (whole > 0 and data[size - 1] != 10)
            kept = [*journal.lines, b"new"]
            journal.append([b"new"])
        with Journal(path, b"run 1") as journal:
            assert journal.lines == kept


def test_lines_that_are_not_believed_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b"run 1\ngood\n???\nlater\nto")
    with Journal(path, b"run 1") as journal:
        assert (journal.lines, journal.was_torn) == ([b"good", b"???", b"later"], True)
        journal.keep(1)
        assert journal.lines == [b"good"]
        journal.append([b"again"])
    assert path.read_bytes() == b"run 1\ngood\nagain\n"


@pytest.mark.parametrize("other", [b"run 2\na\n", b"letter to a friend", b"run 12\n", b"\n"])
def test_another_file_is_refused_and_left_alone(tmp_path: Path, other: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(other)
    with pytest.raises(InputError, match="expected the journal of this run"):
        Journal(path, b"run 1")
    assert path.read_bytes() == other
    with Journal(path, b"run 1", begin_anew=True) as journal:
        assert journal.lines == []
    assert path.read_bytes() == b"run 1\n"


def test_a_journal_that_cannot_be_made_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path / "absent" / "journal", b"run 1")


def test_a_file_of_any_size_is_not_read_to_be_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b"letter to a friend")
    os.truncate(path, 1 << 36)  # a hole, which takes no room
    with pytest.raises(JournalError, match="expected the journal of this run"):
        Journal(path, b"run 1")
    path.write_bytes(b"run 1\na\n")
    os.truncate(path, 1 << 36)
    with pytest.raises(JournalError, match="at most"):
        Journal(path, b"run 1")
    assert path.stat().st_size == 1 << 36
