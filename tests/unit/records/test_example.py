"""The script of a day in custody does what it says."""

import runpy

from tests.conftest import ROOT


def test_the_example_of_a_day_in_custody(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(ROOT / "examples" / "08_a_day_in_custody.py"))
    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in told] == [
        "admission",
        "visiting room",
        "roll-call",
        "release",
        "case",
        "retention",
        "audit",
    ]
    assert told[0] == "admission: known, earlier names Nadie Inventado 2"
    assert told[2] == "roll-call: 3 present, 1 missing, 2 present under another card"
    assert told[-1].endswith("whole")
