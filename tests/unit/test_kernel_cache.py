"""Compiled kernels are read only from where nobody else can write."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from tests.conftest import ROOT

from fingerprint_engine.errors import KernelCacheWarning
from fingerprint_engine.kernel_cache import kernel_folder, unsafe

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="users of POSIX")
needs_root = pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can be somebody else")
NOBODY = 65534

USE = """
import pickle, sys, warnings
warnings.simplefilter("always")
import numba, numpy as np
from fingerprint_engine.jit import kernel
from fingerprint_engine.template.kernels import columns
@kernel
def double(values):
    for i in range(values.size):
        values[i] *= 2
values = np.ones(3)
double(values)
assert values.tolist() == [2, 2, 2]
print(double.stats.cache_path)
"""


def use(**settings: object) -> subprocess.CompletedProcess[str]:
    """Compile a small kernel in a process of its own."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= settings.pop("env", {})  # type: ignore[arg-type]
    script = Path(str(settings.pop("script")))
    command = [*settings.pop("before", ()), sys.executable, str(script)]  # type: ignore[misc]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, **settings)  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A file with a kernel that anybody may read."""
    path = tmp_path / "use.py"
    path.write_text(USE)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return path


def test_a_new_folder_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert unsafe(tmp_path / "new") is None
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722, 0o1777])
def test_a_folder_that_others_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    if mode == 0o770 and os.getuid() != 0:
        pytest.skip("the group may be this user's own")
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(mode)
    assert unsafe(folder) == "can be written by others"
    below = folder / "closed"
    if not mode & 0o1000:  # in one like /tmp a folder of ours is ours
        assert str(unsafe(below)).endswith("open can be written by others")


@needs_root
def test_what_belongs_to_somebody_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    assert unsafe(folder) == "belongs to somebody else"
    assert str(unsafe(folder / "ours")).endswith("theirs belongs to somebody else")
    ours = tmp_path / "ours"
    ours.mkdir(mode=0o700)
    (ours / "planted.nbi").write_bytes(b"")
    os.chown(ours / "planted.nbi", NOBODY, NOBODY)
    assert unsafe(ours) == "planted.nbi in it is not ours"


def test_a_link_leads_to_what_it_names_and_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path / "open")
    assert unsafe(tmp_path / "link") == "can be written by others"
    (tmp_path / "file").write_text("")
    assert unsafe(tmp_path / "file") is not None
    (tmp_path / "ours").mkdir(mode=0o700)
    (tmp_path / "ours" / "planted.nbi").symlink_to(tmp_path / "file")
    assert unsafe(tmp_path / "ours") == "planted.nbi in it is not ours"


def test_the_folder_that_is_named_is_used_if_it_is_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "named"))
    choose = kernel_folder.__wrapped__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert choose() == tmp_path / "named"
    (tmp_path / "named").chmod(0o777)
    with pytest.warns(KernelCacheWarning, match="named: can be written by others"):
        assert choose() == tmp_path / "cache" / "fingerprint_engine-kernels"
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    (tmp_path / "cache").chmod(0o777)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "cache"))
    with pytest.warns(KernelCacheWarning, match="kept nowhere"):
        assert choose() is None


def test_code_in_a_cache_that_others_can_write_does_not_run(tmp_path: Path, script: Path) -> None:
    """An index is a pickle: here one that leaves a mark when it is read."""
    named, home = tmp_path / "named", tmp_path / "home"
    home.mkdir()
    environment = {"NUMBA_CACHE_DIR": str(named), "HOME": str(home)}
    first = use(script=script, env=environment)
    assert first.returncode == 0, first.stderr
    assert first.stdout.strip().startswith(str(named))
    indexes = list(named.rglob("*.nbi"))
    assert indexes
    mark = tmp_path / "mark"
    evil = b"cos\nsystem\n(S'touch %s'\ntR." % os.fsencode(mark)
    for index in indexes:
        index.write_bytes(evil)
    named.chmod(0o777)
    again = use(script=script, env=environment)
    assert again.returncode == 0, again.stderr
    assert "KernelCacheWarning" in again.stderr
    assert again.stdout.strip().startswith(str(home))
    assert not mark.exists()


@needs_root
@pytest.mark.parametrize("is_taken", [False, True])
def test_a_service_account_without_home(script: Path, tmp_path: Path, is_taken: bool) -> None:
    """An installation of root's, no home, nothing to write but temporary files, where somebody may have been before."""
    place = tmp_path / "tmp"
    folder = place / f"fingerprint_engine-kernels-{NOBODY}"
    place.mkdir()
    place.chmod(0o1777)
    if is_taken:
        folder.mkdir()
        folder.chmod(0o777)
    # Root's Python may lie where others cannot read, so reading is all that this account keeps of root's rights.
    rights = "+dac_read_search"
    account = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", f"--inh-caps={rights}",
               f"--ambient-caps={rights}")  # fmt: skip
    if shutil.which("setpriv") is None or subprocess.run([*account, "true"], check=False).returncode:
        pytest.skip("setpriv cannot start a process of another account here")
    done = use(script=script, env={"HOME": "/nonexistent", "TMPDIR": str(place)}, before=account, cwd="/")
    assert done.returncode == 0, done.stderr
    assert "KernelCacheWarning" in done.stderr
    if is_taken:
        assert done.stdout.strip() == "None"
        assert list(folder.iterdir()) == []
    else:
        assert done.stdout.strip().startswith(str(folder))
        assert folder.stat().st_mode & 0o777 == 0o700
