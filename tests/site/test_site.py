"""The documentation site builds, knows every public name, and notices what is missing."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from tests.conftest import ROOT

pytest.importorskip("mkdocs", reason="the extra 'docs' is absent")

ROOMS = sorted(
    path.stem.replace("gallery", "index").replace("engine", "")
    for path in (ROOT / "docs" / "reference" / "api").glob("*.md")
)
NOT_ROOMS = {"cli", "text", "shared_files"}
"""The command line has a page of commands; how text is shown, and what files are locked by, is for no other program."""


def build(root, out):
    """Build the site of a project; the process, with what it said. ``--quiet`` would hide what ``strict`` counts."""
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(out)]
    surroundings = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env=surroundings)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    done = build(ROOT, out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def names_in(inventory):
    """The names that a site documents, from its inventory of links."""
    body = zlib.decompress(inventory.read_bytes().split(b"\n", 4)[4]).decode()
    return {line.split(" ")[0] for line in body.splitlines()}


def test_every_room_has_a_page():
    rooms = {path.parent.name for path in (ROOT / "src" / "fingerprint_engine").glob("*/__init__.py")}
    assert rooms - NOT_ROOMS == set(ROOMS) - {""}


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_documented(site, room):
    known = names_in(site / "objects.inv")
    module = importlib.import_module(f"fingerprint_engine.{room}".rstrip("."))
    missing = []
    for name in module.__all__:
        value = getattr(module, name)
        home = f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', name)}"
        if name != "__version__" and not known & {f"{module.__name__}.{name}", home} and not hasattr(value, "__path__"):
            missing.append(name)
    assert [name for name in missing if not is_described_module(site, getattr(module, name))] == []


def is_described_module(site, value):
    """Whether a module's own names are on a page."""
    names = getattr(value, "__all__", None) or [name for name in vars(value) if name in ("dumps", "loads")]
    known = names_in(site / "objects.inv")
    return bool(names) and any(f"{value.__name__}.{name}" in known for name in names)


QUESTIONS = {
    "folder to CSV of all scores": "how-to/scores-of-a-folder.html",
    "search a folder": "how-to/search-a-folder.html",
    "choose a threshold": "how-to/choose-a-threshold.html",
    "remove a person": "how-to/remove-a-person.html",
    "serve over HTTP with FastAPI": "how-to/serve-over-http.html",
    "several processes": "how-to/several-processes.html",
    "back up and restore": "how-to/back-up-and-restore.html",
    "upgrade": "how-to/upgrade.html",
    "ppi of my scanner": "how-to/scanner-resolution.html",
    "what to do at low quality": "how-to/low-quality.html",
    "why did these match": "how-to/why-did-these-match.html",
    "Docker": "how-to/docker.html",
    "protect a gallery": "how-to/protect-a-gallery.html",
    "search on several machines": "how-to/cluster.html",
    "search with a mark": "how-to/search-with-a-mark.html",
    "enrol several impressions": "how-to/several-impressions.html",
}


@pytest.mark.skipif(shutil.which("node") is None, reason="the search of the site is JavaScript: needs node")
def test_the_search_finds_the_page_that_answers_a_question_first(site):
    command = ["node", str(Path(__file__).with_name("ask_search.js")), str(site), json.dumps(list(QUESTIONS))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert {question: pages[0] for question, pages in json.loads(done.stdout).items()} == QUESTIONS


def test_every_how_to_is_asked_for():
    pages = {f"how-to/{path.stem}.html" for path in (ROOT / "docs" / "how-to").glob("*.md")}
    assert pages == set(QUESTIONS.values())


def test_examples_show_their_pictures(site):
    page = (site / "examples.html").read_text(encoding="utf-8")
    shown = set(re.findall(r'src="(examples/[^"]+\.png)"', page))
    assert len(shown) >= 4
    assert all((site / picture).read_bytes().startswith(b"\x89PNG") for picture in shown)


def test_nothing_is_loaded_from_elsewhere(site):
    loaded = re.compile(r'<(?:script|img|link rel="(?:stylesheet|icon)")[^>]+(?:src|href)="(https?:[^"]+)"')
    pages = {page.name: page.read_text(encoding="utf-8") for page in site.rglob("*.html")}
    assert [(name, found) for name, text in pages.items() for found in loaded.findall(text)] == []


def test_planted_faults_end_the_build(tmp_path):
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    for name in ("src", "benchmarks", "training", "CHANGELOG.md", "CONTRIBUTING.md"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "examples").mkdir()
    page = tmp_path / "docs" / "index.md"
    planted = "[x](gone.md)\n\n[x](conventions.md#nowhere)\n"
    page.write_text(f"{page.read_text(encoding='utf-8')}\n{planted}", encoding="utf-8")
    done = build(tmp_path, tmp_path / "site")
    assert done.returncode != 0
    assert "gone.md" in done.stderr
    assert "#nowhere" in done.stderr


def test_an_example_that_fails_ends_the_build(tmp_path, monkeypatch):
    script = tmp_path / "wrong.py"
    script.write_text('"""Wrong."""\nassert 1 + 1 == 3\n')
    monkeypatch.syspath_prepend(ROOT / "docs" / "site")
    with pytest.raises(RuntimeError, match=r"wrong\.py failed"):
        importlib.import_module("examples").run(script, tmp_path)
