"""Pages of the repository outside ``docs/`` become pages of the site, and links between all of them hold."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

PAGES = {
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "benchmarks/README.md": "project/benchmarks.md",
    "training/README.md": "project/training.md",
}
"""Where a page of the repository stands in the site."""
STANDS_FOR = {"README.md": "index.md"}
"""Pages of the repository whose place another page of the site takes."""
HOW_TO_BOOST = 3.0
"""Weight of how-tos in the search: who asks wants to do something, and pages on decisions hold all words."""
_LINK = re.compile(r"(\[[^\]]*\])\(([^)\s]+)\)")
_HOME = {site: name for name, site in PAGES.items()}


def on_files(files: Files, *, config: Any) -> Files:
    """Add the pages."""
    root = Path(config.config_file_path).parent
    for name, site in PAGES.items():
        files.append(File.generated(config, site, content=(root / name).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Turn links between places in the repository into links between pages of the site; the search prefers how-tos."""
    here = page.file.src_uri
    if here.startswith("how-to/"):
        page.meta["search"] = {"boost": HOW_TO_BOOST}
    return _LINK.sub(lambda found: f"{found[1]}({_in_site(here, found[2])})", markdown)


def _in_site(here: str, link: str) -> str:
    """What a link of a page, written for the repository, is in the site."""
    target, mark, anchor = link.partition("#")
    if not target or "://" in link or link.startswith("mailto:"):
        return link
    folder = posixpath.dirname(_HOME.get(here, f"docs/{here}"))
    place = posixpath.normpath(posixpath.join(folder, target))
    if place in PAGES or place in STANDS_FOR:
        there = PAGES.get(place) or STANDS_FOR[place]
    elif place.startswith("docs/"):
        there = place.removeprefix("docs/")
    else:
        return link  # a broken link then, which ends the build
    return posixpath.relpath(there, posixpath.dirname(here) or ".") + mark + anchor
