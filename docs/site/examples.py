"""The gallery of examples: each script of ``examples/`` is run, and its page shows the code and the picture it made."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples"
PAGE = "examples.md"
MARK = "*In the repository this page ends here; the site goes on.*"
"""What the examples take the place of."""
_made: list[str] = []
"""The parts of the page, of the build that runs."""


def scripts() -> list[Path]:
    """The scripts, in order of their names."""
    return sorted(FOLDER.glob("*.py"))


def title_of(script: Path) -> tuple[str, str]:
    """First line and the rest of a script's docstring."""
    title, _, rest = (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or "").partition("\n")
    return title.rstrip("."), rest.strip()


def run(script: Path, folder: Path) -> str:
    """Run a script in a folder in which ``data/samples`` is that of the project; what it printed.

    Raises
    ------
    RuntimeError
        It failed; the message holds what it said.
    """
    if not (folder / "data").exists():
        (folder / "data").symlink_to(ROOT / "data")
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    if done.returncode:
        raise RuntimeError(f"{script.name} failed:\n{done.stderr}")
    return done.stdout


def on_files(files: Files, *, config: Any) -> Files:
    """Run the scripts, and add the pictures that they made."""
    parts = []
    for script in scripts():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            printed = run(script, folder)
            title, text = title_of(script)
            parts.append(f"## {title}\n\n{text}\n")
            for picture in sorted(folder.glob("*.png")):
                place = f"examples/{script.stem}-{picture.name}"
                files.append(File.generated(config, place, content=picture.read_bytes()))
                parts.append(f"![{title}]({place})\n")
        code = script.read_text(encoding="utf-8").rstrip()
        parts.append(f'```python title="examples/{script.name}"\n{code}\n```\n')
        if printed:
            parts.append(f"It prints:\n\n```text\n{printed.rstrip()}\n```\n")
    _made[:] = parts
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Fill the page."""
    return markdown.replace(MARK, "\n".join(_made)) if page.file.src_uri == PAGE else markdown
