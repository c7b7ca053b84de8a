"""A file of another agency's format as a tree, coloured on a terminal."""

from __future__ import annotations

from pathlib import Path

from fingerprint_engine.cli.console import Coloured, Console
from fingerprint_engine.exchange import Document, Outline, outline

_BOLD, _NAME, _WARNING = "1", "36", "33"
"""Bold, cyan names and yellow warnings: colours of the terminal's own palette."""


def show_outline(path: Path, document: Document, console: Console) -> None:
    """Print the tree of a document and the faults that were tolerated."""
    tree = outline(document)
    console.document(
        {
            "file": str(path),
            "kind": str(document.format),
            "warnings": list(document.warnings),
            "content": [part.as_dict() for part in tree.parts],
        }
    )
    console.text(str(path))
    console.text("  ", Coloured(tree.name, _BOLD))
    _show(tree.parts, "  ", console)
    for warning in document.warnings:
        console.text("  ", Coloured(f"warning: {warning}", _WARNING))


def _show(parts: tuple[Outline, ...], indent: str, console: Console) -> None:
    width = max((len(part.name) for part in parts if part.value), default=0)
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        padding = " " * (width - len(part.name))
        value = f"{padding}  {part.value}" if part.value else ""
        colour = _WARNING if part.is_warning else _NAME
        console.text(f"{indent}{'└─' if last else '├─'} ", Coloured(part.name, colour), value)
        _show(part.parts, indent + ("   " if last else "│  "), console)
