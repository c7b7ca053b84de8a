"""The benchmark of attacks sees every way in which a door can fail, and goes on behind it."""

from collections import defaultdict

import pytest
from benchmarks.attacks import __main__ as command
from benchmarks.attacks import campaign
from benchmarks.attacks.verdicts import Verdict

PLANTED = "tests.unit.attacks.planted_kind"


@pytest.fixture(scope="module")
def findings():
    return list(campaign.run(PLANTED, 1, [0, 1]))


def test_every_way_to_fail_is_told_apart(findings):
    verdicts = defaultdict(set)
    for finding in findings:
        verdicts[finding.door].add(finding.verdict)
    assert verdicts == {
        "accept": {Verdict.ACCEPTED},
        "refuse": {Verdict.REFUSED},
        "lie": {Verdict.WRONG},
        "untyped": {Verdict.UNTYPED},
        "grow": {Verdict.MEMORY},
        "spin": {Verdict.HANG},
        "hang": {Verdict.HANG},
    }


def test_a_process_that_ended_is_replaced(findings):
    assert {finding.number for finding in findings} == {0, 1}


def test_faults_are_counted_and_shown(findings, capsys):
    assert command.show(findings) == sum(finding.verdict.is_bad for finding in findings) == 10
    said = capsys.readouterr().out
    assert "UNTYPED x 2, untyped, first input 0: KeyError" in said


def test_the_end_of_a_process_is_a_finding(monkeypatch):
    from tests.unit.attacks import planted_kind

    monkeypatch.setenv("PYTHONHASHSEED", "0")
    (found,) = [f for f in campaign.run(f"{planted_kind.__name__}_that_crashes", 1, [0]) if f.verdict.is_bad]
    assert (found.door, found.verdict) == ("crash", Verdict.CRASH)
    assert "Aborted" in found.detail


def test_a_kind_that_does_not_begin_is_an_error():
    with pytest.raises(RuntimeError, match="did not begin"):
        list(campaign.run("no.such.module", 1, [0]))
