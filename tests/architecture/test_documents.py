"""What is written beside the code keeps its rules, and each rule notices a planted violation."""

import pytest
from tests.architecture import documents
from tests.conftest import ROOT

LONG = "word " * 25
GONE = "gone"
GOOD = {
    "README.md": f"# Title\n\n| {LONG} |\n\n```\n{LONG}\n```\n[page](docs/a.md#a-heading-of-1)\n",
    "docs/a.md": "## A heading: of 1\n\n[up](../README.md), [here](#a-heading-of-1), `room/fine.py`\n",
    "src/package/room/fine.py": '"""Measured by ``python -m benchmarks.speed``."""\n',
    "benchmarks/README.md": "`python -m benchmarks`, `python -m benchmarks.speed --quick`\n",
    "benchmarks/__main__.py": 'if __name__ == "__main__":\n    pass\n',
    "benchmarks/speed.py": 'if __name__ == "__main__":\n    pass\n',
    "benchmarks/machine.py": '"""Imported only."""\n',
}

# Rule: what breaks it, as files of a project.
PLANTED = {
    documents.long_lines: [{"docs/b.md": LONG}, {"benchmarks/README.md": GOOD["benchmarks/README.md"] + LONG}],
    documents.absent_commands: [
        {"docs/b.md": f"`python -m benchmarks.{GONE}`"},
        {"docs/b.md": "`python -m\nbenchmarks.machine`"},
        {"src/package/other.py": '"""See ``python -m training.train``."""\n'},
    ],
    documents.unnamed_benchmarks: [{"benchmarks/search/recall.py": GOOD["benchmarks/speed.py"]}],
    documents.absent_sources: [{"docs/b.md": "See `room/gone.py`."}, {"docs/b.md": "See `oom/fine.py`."}],
    documents.broken_links: [
        {"docs/b.md": "[x](README.md)"},
        {"docs/b.md": "[x](a.md#another-heading)"},
        {"README.md": "[x](#nowhere)"},
    ],
}
CASES = [(rule, files) for rule, plants in PLANTED.items() for files in plants]


@pytest.mark.parametrize("rule", documents.RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_the_rule(rule):
    assert rule(ROOT) == []


@pytest.mark.parametrize(("rule", "files"), CASES)
def test_the_rule_notices_a_planted_violation(tmp_path, rule, files):
    for name, text in GOOD.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert rule(tmp_path) == []
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert len(rule(tmp_path)) == 1


def test_every_rule_has_a_planted_violation():
    assert set(PLANTED) == set(documents.RULES)
