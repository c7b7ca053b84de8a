"""Plug-ins are listed without being loaded, and can be switched off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT

from fingerprint_engine.cli.environment import environment_of
from fingerprint_engine.plugins import VARIABLE, allowed_names, installed_plugins

CODEC = """
import os
if os.environ.get("TOY_ABORTS"):
    os.abort()
import numpy as np
from fingerprint_engine.preprocessing.loading.codec_port import DecodedImage
class Codec:
    def sniff(self, header): return header.startswith(b"TOY")
    def decode(self, data, budget): return DecodedImage(np.full((300, 300), 255, np.uint8), (500.0, 500.0))
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A folder of modules with a codec of somebody else's, and a file for it."""
    (tmp_path / "toy.py").write_text(CODEC)
    info = tmp_path / "toy-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.5\n")
    (info / "entry_points.txt").write_text("[fingerprint_engine.image_codecs]\na-toy = toy:Codec\n")
    (tmp_path / "print.toy").write_bytes(b"TOY")
    return tmp_path


def say(toy: Path, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    surroundings = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{toy}"} | environment
    command = [sys.executable, "-m", "fingerprint_engine", *map(str, words)]
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)


def test_a_plug_in_is_listed_without_being_loaded(toy: Path) -> None:
    listed = say(toy, "--version", TOY_ABORTS="1")
    assert listed.returncode == 0
    assert "plug-in a-toy: toy:Codec of toy 1.5\n" in listed.stdout
    for off in (say(toy, "--plugins", "none", "--version"), say(toy, "--version", **{VARIABLE: "other"})):
        assert "plug-in a-toy: toy:Codec of toy 1.5, switched off\n" in off.stdout


def test_a_plug_in_that_is_switched_off_is_not_loaded(toy: Path) -> None:
    picture = toy / "print.toy"
    assert "no contrast" in say(toy, "inspect", picture).stderr  # decoded, and it is white
    assert "no contrast" in say(toy, "inspect", picture, "--plugins", "other,a-toy").stderr
    for off in (
        say(toy, "inspect", picture, "--plugins", "none", TOY_ABORTS="1"),
        say(toy, "inspect", picture, "--plugins=other", TOY_ABORTS="1"),
        say(toy, "inspect", picture, TOY_ABORTS="1", **{VARIABLE: ""}),
    ):
        assert off.returncode == 2
        assert "file of another kind" in off.stderr


def test_the_working_folder_offers_no_plug_in(toy: Path) -> None:
    """`python -m` puts it first on the module path, where whoever may write there would decide what is executed."""
    command = [sys.executable, "-m", "fingerprint_engine"]
    surroundings = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TOY_ABORTS": "1"}
    for words in (["--version"], ["inspect", "print.toy"]):
        said = subprocess.run(
            [*command, *words], cwd=toy, env=surroundings, capture_output=True, text=True, check=False
        )
        assert "toy.Codec" not in said.stdout
        assert said.returncode in (0, 2)


def test_a_module_in_the_working_folder_takes_no_plug_in_s_place(toy: Path, tmp_path_factory) -> None:
    """The package is installed elsewhere; a file of the same name lies where the command is run."""
    folder = tmp_path_factory.mktemp("incoming")
    (folder / "toy.py").write_text("import os\nos.abort()\n")
    (folder / "print.toy").write_bytes(b"TOY")
    surroundings = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{toy}"}
    for words, expected in (
        (["-m", "fingerprint_engine", "inspect", "print.toy"], "no contrast"),  # decoded by the one that is installed
        (
            ["-c", "import fingerprint_engine as fe; fe.load_image('print.toy', ppi=500)"],
            "image codec 'a-toy' (toy:Codec): its module lies in the working folder",
        ),
    ):
        command = [sys.executable, *words]
        said = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)
        assert expected in said.stderr


def test_what_a_command_allows_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with environment_of(["inspect", "--plugins", "a, b"]):
        assert allowed_names() == {"a", "b"}
        with environment_of(["--plugins=a", "--plugins=none", "inspect"]):
            assert allowed_names() == frozenset()
        assert allowed_names() == {"a", "b"}
    assert allowed_names() is None


def test_own_codecs_are_always_there() -> None:
    own = [plugin for plugin in installed_plugins(allowed=()) if plugin.is_own]
    assert [plugin.name for plugin in own] == ["wsq"]
    assert own[0].is_allowed
