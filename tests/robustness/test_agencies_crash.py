"""Two agencies, killed while they exchange: nothing is lost, answered twice, or told of the wrong person.

`benchmarks.agencies.two_agencies` does it with a thousand people and a hundred kills.
"""

import os

import pytest

pytest.importorskip("joserfc")

from benchmarks.agencies.two_agencies import exchange, run_killed

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked, so that they start at once")


def test_kill_9_in_the_middle_of_an_exchange(tmp_path):
    exchange(tmp_path / "warm", tmp_path / "warm.db", 10, 5)
    lines = run_killed(tmp_path / "killed", tmp_path / "quito.db", 30, 5, 5)
    assert "every question answered once" in lines[2]
