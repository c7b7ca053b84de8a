"""The tutorial from the wheel, in a clean environment outside the clone: ``python -m tests.site.wheel_tour [PYTHON]``.

Builds sdist and wheel (the wheel from the sdist), installs the wheel with what the tutorial says into a new
environment, checks that nothing comes from the clone, and runs every block of the page there: what is printed must be
what the page shows. Needs the package index; takes some minutes, most of them for downloads.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from tests.conftest import ROOT
from tests.unit.cli.readme_tour import commands
from tests.unit.cli.test_readme import without_numbers

TUTORIAL = ROOT / "docs" / "tutorial.md"
_BLOCK = re.compile(r"```(console|python)\n(.*?)```(?:\n+```text\n(.*?)```)?", re.DOTALL)
_INSTALL = re.compile(r"pip install '([^'\[]+)(\[[^\]]+\])'")


def tour(folder: Path, python: str = sys.executable) -> float:
    """Build, install for an interpreter, and run; the seconds from the new environment to the end of the tutorial.

    Raises
    ------
    AssertionError
        When something is printed that the page does not show.
    subprocess.CalledProcessError
        When a command fails.
    """
    wheel = build(folder)
    started = time.monotonic()
    programs = install(wheel, folder / "clean", python)
    work = folder / "work"
    work.mkdir()
    run_page(TUTORIAL.read_text(encoding="utf-8"), programs, work)
    return time.monotonic() - started


def build(folder: Path) -> Path:
    """The wheel, made of the sdist that is made of this clone."""
    tools = folder / "tools"
    venv.create(tools, with_pip=True)
    _call(tools / "bin" / "python", "-m", "pip", "install", "--quiet", "build")
    _call(tools / "bin" / "python", "-m", "build", "--outdir", folder / "dist", ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    assert len(list((folder / "dist").glob("*.tar.gz"))) == 1
    return wheel


def install(wheel: Path, environment: Path, python: str) -> Path:
    """A new environment with the wheel and the extras that the tutorial names; the folder of its programs."""
    said = _INSTALL.search(TUTORIAL.read_text(encoding="utf-8"))
    assert said is not None, "the tutorial says how to install"
    _call(python, "-m", "venv", environment)
    programs = environment / "bin"
    _call(programs / "python", "-m", "pip", "install", "--quiet", f"{wheel}{said[2]}")
    where = _call(programs / "python", "-c", "import fingerprint_engine; print(fingerprint_engine.__file__)")
    assert Path(where.strip()).is_relative_to(environment), where
    return programs


def run_page(text: str, programs: Path, folder: Path) -> None:
    """Run the blocks of a page in order with the programs of an environment; Python blocks share one namespace."""
    python: list[str] = []
    for number, (kind, block, printed) in enumerate(_BLOCK.findall(text)):
        if kind == "console":
            shown = "".join(
                f"$ {command}\n{_say(programs / shlex.split(command)[0], *shlex.split(command)[1:], folder=folder)}"
                for command in commands(block)
            )
            assert without_numbers(shown) == without_numbers(block), shown
            continue
        # What came before is run again without its output: a page's blocks are few and quick.
        quiet = "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n"
        earlier = "\n".join(python)
        code = f"{quiet}    exec({earlier!r}, globals())\n{block}"
        found = _call(programs / "python", "-c", code, folder=folder)
        assert without_numbers(found) == without_numbers(printed), (number, found)
        python.append(block)


def _say(*words: object, folder: Path) -> str:
    """What a command prints; its exit code is an answer, but for those of failures."""
    done = subprocess.run(
        list(map(str, words)), cwd=folder, env=_surroundings(folder), capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 10), done.stderr
    return done.stdout


def _call(*words: object, folder: Path | None = None) -> str:
    """What a program prints, run outside the clone and with nothing of this environment's."""
    done = subprocess.run(
        list(map(str, words)), cwd=folder or Path(tempfile.gettempdir()), env=_surroundings(folder),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def _surroundings(folder: Path | None) -> dict[str, str]:
    """The environment without what leads back to the clone; kernels are compiled anew, as on a new machine."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "NUMBA"))}
    return kept if folder is None else {**kept, "NUMBA_CACHE_DIR": str(folder.parent / "kernels")}


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else sys.executable
    with tempfile.TemporaryDirectory() as name:
        sys.stdout.write(f"the tutorial ran from the wheel in {tour(Path(name), chosen):.0f} s with {chosen}\n")
