"""Reading of files: regular ones, no more bytes than allowed, and nothing is waited for."""

import io
import os
import socket
from pathlib import Path

import pytest

from fingerprint_engine.errors import LimitExceeded, NotARegularFile
from fingerprint_engine.regular_files import open_regular, read_input, read_regular


@pytest.fixture
def pipe(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_a_file_is_read_whole(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    assert read_regular(path, 10) == b"0123456789"
    assert read_regular(str(path), 2**40) == b"0123456789"
    (tmp_path / "link").symlink_to(path)
    assert read_input(tmp_path / "link", 10) == b"0123456789"
    with open_regular(path) as file:
        assert file.read(3) == b"012"


def test_too_many_bytes_are_refused_by_the_file_size(tmp_path):
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.truncate(2**40)  # no blocks on the disk
    with pytest.raises(LimitExceeded, match="a: limit file_bytes: expected at most 5, found 1,099,511,627,776"):
        read_regular(path, 5)


def test_a_file_that_grows_is_noticed(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    smaller = os.stat_result([*path.stat()[:6], 4, *path.stat()[7:]])
    monkeypatch.setattr(os, "fstat", lambda descriptor: smaller)
    assert read_regular(path, 10) == b"0123456789"
    with pytest.raises(LimitExceeded, match="limit file_bytes: expected at most 9, found 10"):
        read_regular(path, 9)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc")
def test_files_that_say_they_are_empty_are_read_up_to_the_limit():
    assert read_regular("/proc/self/status", 2**20).startswith(b"Name:")
    with pytest.raises(LimitExceeded):
        read_regular("/proc/self/status", 10)


def test_pipes_devices_and_sockets_are_refused_at_once(pipe, tmp_path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket"))
    for path in (pipe, tmp_path / "socket", "/dev/zero", "/dev/null", "/dev/tty"):
        if Path(path).exists():
            with pytest.raises((NotARegularFile, OSError)) as caught:
                read_regular(path, 100)
            assert isinstance(caught.value, NotARegularFile) or str(path) == "/dev/tty"  # no terminal here
    listener.close()


def test_a_pipe_with_a_writer_is_refused_too(pipe):
    descriptor = os.open(pipe, os.O_RDWR)
    try:
        os.write(descriptor, b"x")
        with pytest.raises(NotARegularFile, match="pipe: expected a file, got a device, pipe or socket"):
            open_regular(pipe)
    finally:
        os.close(descriptor)


def test_folders_and_absent_files_stay_what_they_are(tmp_path):
    with pytest.raises(IsADirectoryError):
        read_regular(tmp_path, 10)
    for name in (tmp_path / "absent", "a\0b"):
        with pytest.raises(FileNotFoundError):
            read_regular(name, 10)


def test_no_descriptor_is_left_open(pipe, tmp_path):
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("no /proc")
    before = len(list(descriptors.iterdir()))
    for path in (pipe, tmp_path, "/dev/null"):
        with pytest.raises((NotARegularFile, OSError)):
            read_regular(path, 10)
    assert len(list(descriptors.iterdir())) == before


def test_a_dash_is_standard_input_with_the_same_limit(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(b"0123456789"))
    monkeypatch.setattr("sys.stdin", stream)
    assert read_input("-", 10) == b"0123456789"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"0123456789")))
    with pytest.raises(LimitExceeded, match="standard input: limit file_bytes: expected at most 9, found 10"):
        read_input("-", 9)
