"""Kernels keep their rules, and each rule notices a planted violation."""

import pytest
from tests.architecture import kernel_rules
from tests.conftest import PACKAGE, ROOT

REFERENCES = ROOT / "tests" / "reference"


def test_no_kernel_freezes_a_constant_of_another_file() -> None:
    assert kernel_rules.frozen_constants(PACKAGE) == []


def test_a_planted_frozen_constant_is_noticed(tmp_path) -> None:
    (tmp_path / "a.py").write_text(
        "from room.kernels.layout import WIDTH, Layout\nDEPTH = 2\n"
        "@kernel\ndef go(x):\n    return x * WIDTH + DEPTH + Layout(x)\n"
        "def free(x):\n    return x * WIDTH\n"
    )
    assert kernel_rules.frozen_constants(tmp_path) == ["a.py: go: WIDTH"]


@pytest.mark.parametrize("folder", [PACKAGE, ROOT / "benchmarks", ROOT / "training"], ids=lambda folder: folder.name)
def test_places_are_named(folder) -> None:
    assert kernel_rules.numbered_places(folder) == []


@pytest.mark.parametrize(
    "line",
    ["x = evidence[13]", "terms[0] = 1.0", "view.terms[:, 4]", "x = scratch.motion[6]", "x = answer.pixels[4]",
     "x = answer.blocks[1:][0]; y = answer.blocks[3]"],
)  # fmt: skip
def test_a_planted_number_is_noticed(tmp_path, line) -> None:
    (tmp_path / "a.py").write_text("evidence[MATCHED] = terms[k]\npixels[:, 0] = image.blocks[row, col]\n")
    assert kernel_rules.numbered_places(tmp_path) == []
    (tmp_path / "b.py").write_text(f"{line}\n")
    assert len(kernel_rules.numbered_places(tmp_path)) == 1


def test_every_kernel_has_a_twin() -> None:
    assert kernel_rules.twinless_kernels(PACKAGE, REFERENCES) == []


def test_a_planted_kernel_without_a_twin_is_noticed(tmp_path) -> None:
    package, references = tmp_path / "package", tmp_path / "reference"
    for folder in (package, references):
        folder.mkdir()
    (package / "kernels.py").write_text("@kernel\ndef seen(x): pass\n\n@inline_kernel\ndef unseen(x): pass\n")
    (references / "test_a.py").write_text("from package.kernels import seen\n# unseen\n")
    assert kernel_rules.twinless_kernels(package, references) == ["kernels.py: unseen"]
