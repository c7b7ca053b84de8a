"""Galleries with keys under an editor of bytes: a part of what `python -m benchmarks.search.protection` tries."""

import os
import random
from collections import Counter
from pathlib import Path

import pytest
from benchmarks.search.protection import Attack, kill_rotations

from fingerprint_engine import KeyRing


@pytest.fixture(scope="module", params=[True, False], ids=["encrypted", "authenticated"])
def attack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Attack:
    return Attack(tmp_path_factory.mktemp("attacked"), KeyRing.generate(encrypt=request.param), random.Random(5))


@pytest.mark.parametrize("how", ["flip", "move"])
def test_no_alteration_goes_unnoticed_and_none_changes_what_is_read(attack: Attack, how: str) -> None:
    found = Counter(attack.tried(getattr(attack, how)) for _ in range(40))
    assert [verdict for verdict in found if verdict.startswith("FAULT")] == []
    assert found["refused when it was opened"] > 0


def test_an_alteration_that_is_read_would_be_seen(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    other = dict(attack.held)
    other.popitem()
    monkeypatch.setattr(attack, "held", other)
    found = {attack.tried(lambda path: path.read_bytes() + b"\0" if path.name == "lock" else b"") for _ in range(20)}
    assert any(verdict.startswith("FAULT") for verdict in found)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kills_while_keys_change_leave_old_or_new_keys(tmp_path: Path) -> None:
    assert "nothing lost" in kill_rotations(tmp_path / "rotated", 6, random.Random(3))
