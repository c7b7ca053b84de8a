"""What may import what, and what importing the package costs."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
from tests.conftest import PACKAGE, ROOT

import fingerprint_engine as fe

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
CONTRACTS = {
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
INDEX_FLOW = "The index: from columns to the gallery"
HEAVY = {"numba", "llvmlite", "faiss", "matplotlib", "cv2", "scipy", "skimage", "numpy", "PIL"}


def _lint(root):
    """Names of the kept and of the broken contracts, and the report, for the package and the contracts in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = re.findall(r"^(.+) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE)
    kept, broken = ({name for name, verdict in verdicts if verdict == wanted} for wanted in ("KEPT", "BROKEN"))
    assert bool(broken) == (done.returncode != 0), done.stdout + done.stderr
    return kept, broken, done.stdout


def _plant(folder, name, line):
    """A copy of the package with one file more, or one line more in a file."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    copy = folder / "src" / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    (copy / name).parent.mkdir(exist_ok=True)
    with (copy / name).open("a") as file:
        file.write(f"\n{line}\n")


def test_the_package_keeps_its_import_contracts():
    kept, broken, report = _lint(ROOT)
    assert broken == set(), report
    assert kept == CONTRACTS


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("matching/planted.py", "import fingerprint_engine.index"),
        ("geometry.py", "import fingerprint_engine.pipeline"),
        ("evaluation/planted.py", "import fingerprint_engine.template"),
        ("dungeon/__init__.py", ""),
    ],
)
def test_a_planted_import_against_the_flow_is_noticed(tmp_path, name, line):
    _plant(tmp_path, name, line)
    assert _lint(tmp_path)[1] == {"Data flows one way"}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("index/columns/planted.py", "import fingerprint_engine.index.storage.segment"),
        ("index/storage/planted.py", "import fingerprint_engine.index.search.search"),
        ("index/duplicates/planted.py", "import fingerprint_engine.index.enrolled_prints"),
        ("index/search/planted.py", "import fingerprint_engine.index.gallery"),
        ("index/dungeon.py", ""),
    ],
)
def test_a_planted_import_against_the_flow_inside_the_index_is_noticed(tmp_path, name, line):
    _plant(tmp_path, name, line)
    assert _lint(tmp_path)[1] == {INDEX_FLOW}


@pytest.mark.parametrize("imported", ["fingerprint_engine.index.storage.manifest", "mmap", "os", "pathlib"])
def test_a_search_that_knows_files_is_noticed(tmp_path, imported):
    _plant(tmp_path, "index/search/planted.py", f"import {imported}")
    assert _lint(tmp_path)[1] == {"Searches know no files"}


EXCHANGE_FLOW = "Exchange: from payloads and coordinates to documents"
RECORDS_FLOW = "ANSI/NIST: encodings and meanings beside each other, over one model"
NO_ENCODING = "ANSI/NIST: records, features and cards know no encoding"


@pytest.mark.parametrize(
    ("name", "line", "broken"),
    [
        ("image_codecs/planted.py", "image_records", {EXCHANGE_FLOW}),
        ("xyt.py", "ansi_nist", {EXCHANGE_FLOW}),
        ("ansi_nist/tables/planted.py", "ansi_nist.model", {RECORDS_FLOW}),
        ("ansi_nist/checks/planted.py", "ansi_nist.cards", {RECORDS_FLOW}),
        ("ansi_nist/traditional/planted.py", "ansi_nist.features", {RECORDS_FLOW}),
        ("ansi_nist/model/planted.py", "ansi_nist.traditional", {RECORDS_FLOW, NO_ENCODING}),
        ("ansi_nist/cards/planted.py", "ansi_nist.traditional", {NO_ENCODING}),
    ],
)
def test_a_planted_import_against_the_flow_inside_exchange_is_noticed(tmp_path, name, line, broken):
    _plant(tmp_path, f"exchange/{name}", f"import fingerprint_engine.exchange.{line}")
    assert _lint(tmp_path)[1] == broken


def test_the_other_contracts_notice_planted_violations(tmp_path):
    _plant(tmp_path, "template/planted.py", "import fingerprint_engine.preprocessing")
    _plant(tmp_path, "minutiae/planted.py", "import fingerprint_engine.preprocessing.loading.load")
    _plant(tmp_path, "matching/planted.py", "import numba")
    _plant(tmp_path, "visualization/planted.py", "import matplotlib")
    _plant(tmp_path, "index/search/planted.py", "import faiss, pathlib")
    _plant(tmp_path, "reports/planted.py", "import jinja2")
    _plant(tmp_path, "cli/planted.py", "import distributed, joserfc, onnxruntime, sqlalchemy")
    _plant(tmp_path, "records/planted.py", "import cv2")
    _plant(tmp_path, "tenprint/segmentation/planted.py", "import pathlib, fingerprint_engine.tenprint.card")
    _plant(tmp_path, "exchange/xyt.py", "import fingerprint_engine.matching")
    flows = {"Data flows one way", INDEX_FLOW, EXCHANGE_FLOW, RECORDS_FLOW, NO_ENCODING}
    assert _lint(tmp_path)[1] == CONTRACTS - flows


def _loaded_by(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in json.loads(done.stdout)}


def test_importing_the_package_loads_nothing_heavy():
    assert _loaded_by("import fingerprint_engine") & HEAVY == set()
    assert {"numpy", "PIL"} <= _loaded_by(
        "import fingerprint_engine\nfingerprint_engine.load_image"
    )  # the check can fail


def test_errors_and_fingers_need_nothing_heavy():
    assert _loaded_by("from fingerprint_engine import Finger, ImageError") & HEAVY == set()


@pytest.mark.parametrize(
    "room", ["pipeline", "preprocessing", "matching", "index", "evaluation", "synthesis", "intake", "reports", "cli"]
)
def test_no_room_loads_pictures_or_a_search_library_for_nothing(room):
    assert _loaded_by(f"import fingerprint_engine.{room}") & {"matplotlib", "jinja2", "faiss"} == set()


def test_public_names_are_the_same_in_all_three_lists():
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    typed = {
        alias.name: node.module.removeprefix("fingerprint_engine.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(fe._HOME) == sorted(fe.__all__)
    assert typed == fe._HOME


@pytest.mark.parametrize("name", fe.__all__)
def test_every_public_name_loads_and_is_listed(name):
    value = getattr(fe, name)
    assert name in dir(fe)
    assert name == "__version__" or value.__name__ == name
    assert name == "__version__" or value.__doc__


def test_other_names_do_not():
    with pytest.raises(AttributeError, match="module 'fingerprint_engine' has no attribute 'nonsense'"):
        fe.nonsense  # noqa: B018
