"""What needs no POSIX works without it: import, extraction, matching, galleries in memory, writing files.

Simulated in a process of its own, in which the modules and calls that other systems lack are taken away.
"""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

WITHOUT_POSIX = """
import importlib, os, pkgutil, sys
import cv2, distributed, faiss, matplotlib.figure, numba, numpy, PIL.Image, scipy.ndimage, scipy.spatial  # may use all

for name in ("fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None
for name in (
    "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "fchmod", "fork", "geteuid", "getloadavg", "getuid",
    "pread", "pwrite", "posix_fadvise", "sched_getaffinity", "sysconf",
):
    if hasattr(os, name):
        delattr(os, name)
import mmap
del mmap.MADV_DONTNEED

import fingerprint_engine as fe

for module in pkgutil.walk_packages(fe.__path__, "fingerprint_engine."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""
WORK = """
from pathlib import Path
folder = Path(sys.argv[1])
samples = Path("data/samples")
prints = dict(fe.extract_many([(name, samples / f"{name}.png") for name in ("9_1", "9_2", "10_1")], workers=2))
assert fe.verify(prints["9_1"], prints["9_2"], max_fmr=1e-4).is_match
gallery = fe.Gallery()
assert gallery.enrol_many([("nine", prints["9_1"]), ("ten", prints["10_1"])]).enrolled == 2
assert gallery.identify(prints["9_2"], workers=2).candidates[0].key == "nine"
assert gallery.duplicates(journal=folder / "journal").groups == ()

from fingerprint_engine import visualization
from fingerprint_engine.cli import main
assert visualization.draw_match(fe.compare(prints["9_1"], prints["9_2"]), prints["9_1"], prints["9_2"]).save(
    folder / "match.png"
).stat().st_size
assert main(["extract", str(samples / "9_1.png"), "--output", str(folder / "templates")]) == 0
assert (folder / "templates" / "9_1.fpt").read_bytes() == prints["9_1"].to_bytes()
print("done")
"""


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_without_posix_everything_but_galleries_on_disk_works(tmp_path):
    done = run(WITHOUT_POSIX + WORK, tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["done"]), done.stderr


TRIED = """
for line in sys.argv[1:]:
    try:
        exec(line)
    except (AttributeError, ModuleNotFoundError):
        print(line)
"""


def test_the_simulation_takes_away_what_it_says():
    missing = ["import fcntl", "import resource", "os.pwrite", "os.O_DIRECTORY", "os.geteuid()"]
    done = run(WITHOUT_POSIX.partition("import fingerprint_engine")[0] + TRIED, *missing, "os.getpid()", "import json")
    assert (done.returncode, done.stdout.splitlines()) == (0, missing), done.stderr
