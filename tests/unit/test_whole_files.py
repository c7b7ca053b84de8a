"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from fingerprint_engine import whole_files
from fingerprint_engine.whole_files import PARTIAL_PATTERN, SHARED, sync_folder, write_beside, write_whole

POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions and links as POSIX has them")


def test_a_file_is_written_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.fpt"
    write_whole(path, b"first", overwrite=True)
    assert path.read_bytes() == b"first"
    write_whole(path, b"second", overwrite=True)
    assert path.read_bytes() == b"second"
    write_whole(path, b"", overwrite=True)
    assert path.read_bytes() == b""
    assert list(tmp_path.iterdir()) == [path]


def test_an_existing_file_is_refused_even_when_it_appears_late(tmp_path: Path) -> None:
    path = tmp_path / "a.fpt"
    write_whole(path, b"new", overwrite=False)
    with pytest.raises(FileExistsError):
        write_whole(path, b"other", overwrite=False)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("name", "error"), [("", IsADirectoryError), ("/", IsADirectoryError), ("a\0b", OSError)])
@pytest.mark.parametrize("overwrite", [True, False])
def test_a_name_that_is_none_is_an_error_of_the_system(name: str, error: type[OSError], overwrite: bool) -> None:
    with pytest.raises(error):
        write_whole(Path(name), b"", overwrite=overwrite)


@POSIX
@pytest.mark.parametrize("overwrite", [True, False])
def test_without_hard_links_the_same_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overwrite: bool) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "a.fpt"
    write_whole(path, b"new", overwrite=overwrite)
    assert path.read_bytes() == b"new"
    with pytest.raises(FileExistsError):
        write_whole(path, b"other", overwrite=False)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@POSIX
def test_a_file_is_private_from_its_first_byte_unless_it_is_meant_to_be_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []

    def noted(descriptor: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))

    monkeypatch.setattr(whole_files.os, "fsync", noted)
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "private", b"x", overwrite=True)
        write_whole(tmp_path / "shared", b"x", overwrite=True, mode=SHARED)
    finally:
        os.umask(before)
    assert modes == [0o600, 0o644]
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "shared").stat().st_mode) == 0o644


@POSIX
@pytest.mark.parametrize("overwrite", [True, False])
def test_no_link_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overwrite: bool) -> None:
    theirs, path = tmp_path / "theirs", tmp_path / "a.fpt"
    theirs.write_bytes(b"theirs")
    path.symlink_to(theirs)
    if overwrite:
        write_whole(path, b"ours", overwrite=True)
        assert path.read_bytes() == b"ours"
        assert not path.is_symlink()
    else:
        with pytest.raises(FileExistsError):
            write_whole(path, b"ours", overwrite=False)
    monkeypatch.setattr(whole_files.secrets, "token_hex", lambda count: "0" * 2 * count)  # were the name guessed
    (tmp_path / ".b.fpt.0000000000000000.partial").symlink_to(theirs)
    with pytest.raises(FileExistsError):
        write_whole(tmp_path / "b.fpt", b"ours", overwrite=overwrite)
    assert theirs.read_bytes() == b"theirs"


@pytest.mark.parametrize("failing", ["fsync", "replace", "link"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, error: BaseException
) -> None:
    def fail(*_: Any) -> None:
        raise error

    path = tmp_path / "a.fpt"
    if failing != "link":
        path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, failing, fail)
        with pytest.raises(type(error)):
            write_whole(path, b"new", overwrite=failing != "link")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == ([] if failing == "link" else [("a.fpt", b"old")])


def test_the_file_beside_is_on_the_disk_under_a_name_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(whole_files.os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    names = {write_beside(tmp_path / "manifest", b"data").name for _ in range(2)}
    assert synced == [4, 4]
    assert len(names) == 2
    assert all(re.fullmatch(PARTIAL_PATTERN.format(name="manifest"), name) for name in names)


def test_a_folder_is_synced_where_the_system_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(
        whole_files.os, "fsync", lambda descriptor: synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
    )
    sync_folder(tmp_path)
    assert synced == ([True] if hasattr(os, "O_DIRECTORY") else [])
    monkeypatch.delattr(os, "O_DIRECTORY", raising=False)
    sync_folder(tmp_path)
    assert len(synced) <= 1
