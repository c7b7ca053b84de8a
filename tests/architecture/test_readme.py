"""The README's quick start runs as it stands."""

import re

import pytest
from tests.conftest import ROOT

FENCE = re.compile(r"^```python[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def quick_start(text):
    """The fenced Python blocks between the heading that says quick start and the next heading of its level."""
    found = re.search(
        r"^(#+)[^\n]*quick[ -]start[^\n]*\n(.*?)(?=^\1 |\Z)", text, re.MULTILINE | re.DOTALL | re.IGNORECASE
    )
    return FENCE.findall(found.group(2)) if found else []


def run(blocks, folder, monkeypatch):
    """Execute the blocks one after the other in one namespace, in a folder where the samples are at hand."""
    (folder / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(folder)
    namespace = {"__name__": "quick_start"}
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"README.md, quick start, block {number}", "exec"), namespace)
    return namespace


def test_the_quick_start_runs(samples_folder, tmp_path, monkeypatch, capsys):
    blocks = quick_start((ROOT / "README.md").read_text(encoding="utf-8"))
    assert blocks, "README.md has no Python block under a heading that says quick start"
    assert "fingerprint_engine" in "".join(blocks)
    assert run(blocks, tmp_path, monkeypatch)["answer"].is_match
    assert "hit finger 9 after searching 1" in capsys.readouterr().out


def test_a_broken_quick_start_would_be_noticed(tmp_path, monkeypatch):
    block = "```python\n{}\n```\n".format
    text = "# T\n## Quick start\n```sh\nfalse\n```\n" + block("x = 1") + "### more\n" + block("x += 1")
    text += "## Next\n" + block("1 / 0")
    blocks = quick_start(text)
    assert blocks == ["x = 1\n", "x += 1\n"]
    assert run(blocks, tmp_path, monkeypatch)["x"] == 2
    (tmp_path / "data").unlink()
    with pytest.raises(NameError):
        run(["import fingerprint_engine as fe\nfe.load_image(absent)\n"], tmp_path, monkeypatch)
