"""The rules for what is written beside the code, as functions: the project's folder in, findings out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

MAX_COLUMNS = 120
PAGES = ("*.md", "docs/**/*.md", "benchmarks/**/*.md", "training/**/*.md", "data/**/*.md")
RESULTS = "benchmarks/results/"
"""What programs print; nobody wrote it."""
PROGRAMS = ("benchmarks", "training")
"""Packages that are run by ``python -m`` and not installed."""
DRIVERS = "benchmarks.peers.drivers"
"""Run by `benchmarks.peers` in the environments of the peers only."""
CODE = ("src", "tests", "examples", "docs", *PROGRAMS)
_COMMAND = re.compile(r"python\s+-m\s+((?:benchmarks|training)(?:\.\w+)*)")
_SOURCE = re.compile(r"`([\w./-]+\.py)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^ *(```|~~~)")
_HEADING = re.compile(r"^#+ +(.*?)\s*$")


def pages(root: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every page."""
    for path in sorted({path for pattern in PAGES for path in root.glob(pattern)}):
        name = path.relative_to(root).as_posix()
        if not name.startswith(RESULTS):
            yield name, path.read_text(encoding="utf-8")


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines of a page that are not code."""
    is_code = False
    for number, line in enumerate(text.splitlines(), 1):
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code:
            yield number, line


def long_lines(root: Path) -> list[str]:
    """Lines over 120 columns; tables, code and lines that are one link cannot be broken."""
    return [
        f"{name}:{number}: {len(line)} columns"
        for name, text in pages(root)
        for number, line in prose(text)
        if len(line) > MAX_COLUMNS and not line.lstrip().startswith("|") and len(line.split()) > 1
    ]


def absent_commands(root: Path) -> list[str]:
    """Commands of benchmarks and training, on pages and in docstrings, that cannot be run."""
    texts, known = list(pages(root)), runnable(root)
    for folder in CODE:
        texts += [
            (path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
            for path in sorted((root / folder).rglob("*.py"))
        ]
    return [
        f"{name}: python -m {command}"
        for name, text in texts
        for command in sorted(set(_COMMAND.findall(text)))
        if command not in known
    ]


def unnamed_benchmarks(root: Path) -> list[str]:
    """Benchmarks that their README does not list."""
    path = root / "benchmarks" / "README.md"
    named = set(_COMMAND.findall(path.read_text(encoding="utf-8"))) if path.is_file() else set()
    return sorted(name for name in runnable(root) if name.startswith("benchmarks") and name not in named)


def runnable(root: Path) -> set[str]:
    """Modules and packages of the programs that ``python -m`` can run."""
    found = set()
    for program in PROGRAMS:
        for path in (root / program).rglob("*.py"):
            name = ".".join(path.relative_to(root).with_suffix("").parts)
            is_program = 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")
            if is_program and not name.startswith(DRIVERS):
                found.add(name.removesuffix(".__main__"))
    return found


def absent_sources(root: Path) -> list[str]:
    """Python files that a page names and that are not there; the end of a path is enough, as ``search/decision.py``."""
    known = {"/" + path.relative_to(root).as_posix() for folder in CODE for path in (root / folder).rglob("*.py")}
    return [
        f"{name}:{number}: {source}"
        for name, text in pages(root)
        if name != "CHANGELOG.md"  # tells of files as they were
        for number, line in prose(text)
        for source in _SOURCE.findall(line)
        if not any(path.endswith("/" + source) for path in known)
    ]


def broken_links(root: Path) -> list[str]:
    """Links to pages or headings that are not there."""
    found = []
    for name, text in pages(root):
        for number, line in prose(text):
            for target in _LINK.findall(line):
                page, _, heading = target.partition("#")
                path = (root / name).parent / page if page else root / name
                if "://" in target or (path.exists() and (not heading or heading in _anchors(path))):
                    continue
                found.append(f"{name}:{number}: {target}")
    return found


def _anchors(path: Path) -> set[str]:
    headings = (_HEADING.match(line) for _, line in prose(path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", match[1].lower()).replace(" ", "-") for match in headings if match}


RULES = (long_lines, absent_commands, unnamed_benchmarks, absent_sources, broken_links)
