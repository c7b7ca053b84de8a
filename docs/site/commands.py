"""Fills the page of all commands from their own help, so that page and program cannot differ."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import Any

from mkdocs.structure.pages import Page

from fingerprint_engine.cli.exit_codes import epilog
from fingerprint_engine.cli.parser import CommandParser, build_parser

PAGE = "reference/commands.md"
MARK = "*In the repository this page ends here; the site goes on.*"
"""What their help takes the place of."""
COLUMNS = "100"


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Fill the page."""
    return markdown.replace(MARK, sections()) if page.file.src_uri == PAGE else markdown


def sections() -> str:
    """A heading and the help of each command."""
    before, os.environ["COLUMNS"] = os.environ.get("COLUMNS"), COLUMNS
    try:
        program = build_parser()
        parts = [_section(*found) for found in _walk(program, program.prog, 2)]
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before
    return "\n".join([*parts, f"## Exit codes\n\n```text\n{epilog()}\n```\n"])


def _section(parser: argparse.ArgumentParser, name: str, level: int) -> str:
    """A command's heading and its help, without the exit codes that all share."""
    parser.epilog = None
    return f"{'#' * min(level, 4)} `{name}`\n\n```text\n{parser.format_help().rstrip()}\n```\n"


def _walk(parser: argparse.ArgumentParser, name: str, level: int) -> Iterator[tuple[argparse.ArgumentParser, str, int]]:
    """Every parser of the tree, with the words that lead to it."""
    if isinstance(parser, CommandParser):
        parser.declare()
    yield parser, name, level
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, child in action.choices.items():
                yield from _walk(child, f"{name} {word}", level + 1)
