"""Runs what pages show; ``python -m tests.unit.cli.readme_tour [PAGE …]`` writes the present output into them.

Of a page, blocks of ``console`` run as commands and blocks of ``python`` in one namespace, in their order. A block of
``text`` that follows one of ``python`` is what that printed. What a page needs and does not show stands in a comment
that begins with ``<!-- run``.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.conftest import ROOT  # first, because it chooses a fresh cache for the kernels

from fingerprint_engine.cli import main

README = ROOT / "README.md"
EXPLANATIONS = (
    "docs/records.md",
    "docs/security.md",
    "docs/algorithm/evaluation.md",
    "docs/algorithm/extractors.md",
    "docs/algorithm/tenprint.md",
)
PAGES = ("README.md", "docs/command-line.md", "docs/tutorial.md", "docs/how-to/*.md", *EXPLANATIONS)
_CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
_BLOCK = re.compile(
    r"```console\n(?P<console>.*?)```"
    r"|```python\n(?P<python>.*?)```(?:\n+```text\n(?P<printed>.*?)```)?"
    r"|<!-- run\n(?P<hidden>.*?)-->",
    re.DOTALL,
)


def pages() -> list[Path]:
    """The pages whose blocks are run."""
    return sorted(path for pattern in PAGES for path in ROOT.glob(pattern))


def commands(block: str) -> list[str]:
    """The commands of a block: the lines that begin with a prompt."""
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def blocks(text: str) -> list[str]:
    """What stands between the fences of the console blocks."""
    return _CONSOLE.findall(text)


def words_of(command: str) -> list[str]:
    """The words after the program's name, with file names expanded as a shell does."""
    program, *words = shlex.split(command)
    if program != "fingerprint-engine":
        raise ValueError(f"expected a command of this package, got {program}")
    return [found for word in words for found in (sorted(str(path) for path in Path().glob(word)) or [word])]


def run_block(block: str) -> str:
    """The block with the output of its commands as it is now."""
    out = io.StringIO()
    for command in commands(block):
        out.write(f"$ {command}\n")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            main(words_of(command))
    return out.getvalue()


def run_page(text: str, name: str) -> str:
    """A page with the output of its blocks as it is now."""
    names: dict[str, Any] = {"__name__": "page"}

    def execute(code: str) -> str:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, name, "exec"), names)
        return out.getvalue()

    def run(found: re.Match[str]) -> str:
        if found["console"] is not None:
            return f"```console\n{run_block(found['console'])}```"
        if found["hidden"] is not None:
            execute(found["hidden"])
            return found[0]
        printed = execute(found["python"])
        if found["printed"] is None:
            return found[0]
        return f"```python\n{found['python']}```\n\n```text\n{printed}```"

    return _BLOCK.sub(run, text)


@contextlib.contextmanager
def folder_with_samples(folder: Path) -> Iterator[None]:
    """Work in a folder in which ``data/samples`` is that of the project."""
    (folder / "data").mkdir()
    (folder / "data" / "samples").symlink_to(ROOT / "data" / "samples")
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def rewrite(page: Path) -> None:
    """Put the present output into a page."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, folder_with_samples(Path(folder)):
        page.write_text(run_page(text, page.name), encoding="utf-8")


if __name__ == "__main__":
    for one in [Path(name).resolve() for name in sys.argv[1:]] or pages():
        rewrite(one)
