"""What is installed: the name, what it pulls in, and nothing that the code does not import."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib

from tests.architecture import rules
from tests.conftest import PACKAGE, ROOT

from fingerprint_engine.version import DISTRIBUTION, __version__

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = {"faiss-cpu", "numba", "numpy", "opencv-python-headless", "pillow", "scikit-image", "scipy"}
EXTRAS = {
    "agencies": {"joserfc"},
    "dask": {"distributed"},
    "protected": {"cryptography"},
    "docs": {"mkdocs-material", "mkdocstrings"},
    "onnxruntime": {"onnxruntime"},
    "plots": {"matplotlib"},
    "postgres": {"alembic", "psycopg", "sqlalchemy"},
    "records": {"alembic", "sqlalchemy"},
    "reports": {"jinja2", "matplotlib"},
    "tables": {"pandas"},
    "wsq": {"wsq"},
}
LOADED_BY_NAME = {"psycopg", "mkdocs-material", "mkdocstrings"}
"""SQLAlchemy loads the driver that a URL names; the site is built by a program."""
IMPORTED_AS = {
    "cv2": "opencv-python-headless",
    "faiss": "faiss-cpu",
    "llvmlite": "numba",  # which is built on it and brings it
    "PIL": "pillow",
    "skimage": "scikit-image",
    "_wsq": "wsq",
}


def names(requirements: list[str]) -> set[str]:
    """Names of distributions, without versions and markers."""
    return {re.match(r"[\w.-]+", requirement)[0].lower() for requirement in requirements}


def imported() -> set[str]:
    """Distributions whose modules the package imports anywhere, in scripts for child processes too."""
    found = set()
    for _, path in rules.sources(PACKAGE):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {
                    name
                    for name in IMPORTED_AS
                    if node.value == name or re.search(rf"\bimport.*\b{name}\b", node.value)
                }
    return {IMPORTED_AS.get(name, name) for name in found - set(sys.stdlib_module_names) - {"fingerprint_engine"}}


def test_the_distribution_has_a_name_of_its_own():
    assert PROJECT["name"] == DISTRIBUTION
    assert importlib.metadata.version(DISTRIBUTION) == __version__
    assert "fingerprint-engine" in PROJECT["scripts"]


def test_no_text_tells_anybody_to_install_another_project():
    files = [*ROOT.glob("*.*"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md"), *PACKAGE.rglob("*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in files if path.suffix in {".md", ".py", ".toml"}}
    assert [path for path, text in texts.items() if re.search(r"\binstall.{0,20}fingerprint-engine", text)] == []
    assert [path for path, text in texts.items() if re.search(r"fingerprint-engine\[", text)] == []


def test_installing_pulls_in_what_is_listed_here_and_no_more():
    extras = {extra: names(needed) for extra, needed in PROJECT["optional-dependencies"].items() if extra != "dev"}
    assert names(PROJECT["dependencies"]) == NEEDED
    assert extras == EXTRAS
    assert names([PROJECT["optional-dependencies"]["dev"][0]]) == {DISTRIBUTION}


def test_the_package_imports_what_is_pulled_in_and_no_more():
    assert imported() == NEEDED.union(*EXTRAS.values()) - LOADED_BY_NAME
