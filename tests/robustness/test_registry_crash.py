"""A few kills of a writer; `benchmarks.records.crash` does it 200 times, on either database."""

from benchmarks.records.crash import run_kills


def test_nothing_acknowledged_is_lost_and_galleries_agree_after_kills(tmp_path):
    kills = list(run_kills(tmp_path / "registry.db", tmp_path / "galleries", kills=4, seed=3, longest_s=0.8))
    assert [kill.found for kill in kills] == ["as acknowledged"] * 4
