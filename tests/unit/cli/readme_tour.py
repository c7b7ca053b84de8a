"""Runs the commands of the README; ``python -m tests.unit.cli.readme_tour`` writes their output into it."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT  # first, because it chooses a fresh cache for the kernels

from fingerprint_engine.cli import main

README = ROOT / "README.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands(block: str) -> list[str]:
    """The commands of a block: the lines that begin with a prompt."""
    return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


def blocks(text: str) -> list[str]:
    """What stands between the fences of the console blocks."""
    return _BLOCK.findall(text)


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


def rewrite() -> None:
    """Put the present output into the README."""
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, folder_with_samples(Path(folder)):
        README.write_text(_BLOCK.sub(lambda m: f"```console\n{run_block(m[1])}```", text), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
