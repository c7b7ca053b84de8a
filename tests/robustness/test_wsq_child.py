"""The child process that runs NIST's WSQ code: what it may not do, and that it ends with its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fingerprint_engine.errors import UnreadableImage
from fingerprint_engine.preprocessing.loading import wsq_process

pytest.importorskip("wsq", reason="the extra wsq is not installed")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="what other systems have")


def _run(script, pixels=1_000, **options):
    return wsq_process.run(script, b"", pixels=pixels, action="decoding", **options).decode()


def _attempt(line):
    """What becomes of a line in the child: nothing, or the name of its error."""
    return _run(f"try:\n    {line}\nexcept BaseException as error:\n    print(type(error).__name__, end='')\n")


@LINUX
def test_the_child_inherits_nothing(monkeypatch):
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    read_end, write_end = os.pipe()
    os.set_inheritable(write_end, True)
    try:
        assert (
            _run("print(sorted(name for name in os.environ if name not in ('LC_CTYPE', 'LD_LIBRARY_PATH')), end='')")
            == "[]"
        )
        script = (
            "def _is_open(number):\n"
            "    try:\n        os.fstat(number)\n    except OSError:\n        return False\n    return True\n"
            "print([number for number in range(3, 256) if _is_open(number)], end='')"
        )
        assert _run(script) == "[]"
        assert _run("print('' in sys.path or os.getcwd() in sys.path, end='')") == "False"
    finally:
        os.close(read_end)
        os.close(write_end)


@LINUX
def test_the_child_is_confined(tmp_path):
    assert _attempt(f"open({str(tmp_path / 'a')!r}, 'w')") == "OSError"
    assert not (tmp_path / "a").exists()
    assert _attempt("open('/etc/hostname')") == "OSError"
    assert _attempt("bytearray(2**30)") == "MemoryError"
    assert _attempt("bytearray(2**20)") == ""
    if os.getuid() != 0:  # root may start as many processes as it likes
        assert _attempt("os.fork()") == "BlockingIOError"


@LINUX
def test_memory_grows_with_the_image():
    assert _run("bytearray(2**28); print('ok', end='')", pixels=1_000) == ""
    assert _run("bytearray(2**28); print('ok', end='')", pixels=50_000_000) == "ok"


@LINUX
def test_processor_time_is_limited_even_without_the_parent_s_clock():
    child = "import resource; print(resource.getrlimit(resource.RLIMIT_CPU), end='')"
    assert _run(child, time_limit_s=7.2) == "(8, 8)"


def test_a_child_that_does_not_end_is_given_up():
    with pytest.raises(UnreadableImage, match=r"WSQ: decoding did not end within 0\.3 s"):
        _run("import time\ntime.sleep(60)", time_limit_s=0.3)


@LINUX
def test_the_child_ends_with_its_parent(tmp_path):
    """The parent is killed while the child is at work; nobody is left behind."""
    note = tmp_path / "child"
    os.mkfifo(note)
    script = "import os, time\\nos.write(1, str(os.getpid()).encode())\\ntime.sleep(600)"
    code = (
        "import subprocess, os\n"
        "from fingerprint_engine.preprocessing.loading import wsq_process\n"
        "real = subprocess.run\n"
        f"out = os.open({str(note)!r}, os.O_WRONLY)\n"
        "def run(command, **options):\n"
        "    return real(command, **{**options, 'stdout': out})\n"
        "wsq_process.subprocess.run = run\n"
        f'wsq_process.run("{script}", b"", pixels=1, action="decoding")\n'
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    with note.open("rb") as said:
        child = int(os.read(said.fileno(), 32))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert _ends(child)


def _ends(number):
    """Whether a process ends; it is asked again and again, and only a process that never does is waited for long."""
    for _ in range(600):
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.05)
    os.kill(number, signal.SIGKILL)
    return False
