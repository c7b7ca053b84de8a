"""``registry``: lists of calls, circuits, other agencies, repairs and lists of erasures, as a script uses them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fingerprint_engine import Finger
from fingerprint_engine.cli.commands.registry.actions import ACTIONS
from fingerprint_engine.synthesis import PointPeople

FINGERS = (Finger.RIGHT_INDEX, Finger.LEFT_INDEX)
Run = Callable[..., Any]


class Hands:
    """Template files of new impressions of people."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._people = PointPeople(5)
        self._made = 0

    def files(self, number: int) -> list[Path]:
        made = []
        for template in self._people.prints(number, FINGERS):
            self._made += 1
            path = self._folder / f"{self._made}.fpt"
            path.write_bytes(template.to_bytes())
            made.append(path)
        return made

    def words(self, number: int) -> str:
        return ";".join(map(str, self.files(number)))


@pytest.fixture
def hands(tmp_path: Path) -> Hands:
    (tmp_path / "hands").mkdir()
    return Hands(tmp_path / "hands")


@pytest.fixture
def registry(run: Run, tmp_path: Path) -> str:
    path = str(tmp_path / "people.db")
    assert run("registry", "init", path).code == 0
    return path


@pytest.fixture
def people(run: Run, registry: str, hands: Hands, tmp_path: Path) -> list[str]:
    rows = [[hands.words(n), "remand", f"Nome {n}", f"N-{n}", "north", "A"] for n in range(4)]
    listing = _table(tmp_path, ["prints", "category", "name", "custody_number", "issuer", "unit"], rows)
    done = run("registry", "admit", registry, "--batch", listing, "--json")
    assert [line["outcome"] for line in done.documents] == ["new"] * 4
    return [line["person"] for line in done.documents]


def _table(tmp_path: Path, header: list[str], rows: list[list[str]]) -> Path:
    path = tmp_path / f"{'-'.join(header)}.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_releases_and_transfers_of_a_list(
    run: Run, registry: str, hands: Hands, people: list[str], tmp_path: Path
) -> None:
    rows = [
        [people[0], hands.words(0), "south", "B"],
        [people[1], hands.words(2), "south", ""],
        ["P-NOBODY", "", "", ""],
    ]
    listing = _table(tmp_path, ["person", "prints", "to_site", "to_unit"], rows)
    moved = run("registry", "transfer", registry, "--batch", listing, "--json")
    assert moved.code == 2
    assert [line.get("done") for line in moved.documents] == [True, False, None]
    assert moved.documents[1]["others"] == people[2]
    assert moved.documents[1]["case"]
    assert [line["line"] for line in moved.documents] == [2, 3, 4]
    assert "error" in moved.documents[2]
    listing = _table(tmp_path, ["person", "prints", "reason"], [[people[3], hands.words(3), "end"]])
    told = run("registry", "release", registry, "--batch", listing)
    assert told.code == 0
    assert told.out.endswith("1 of 1 lines done\n")
    found = run("registry", "find", registry, "N-3", "--issuer", "north", "--json").document["persons"]
    assert [one["category"] for one in found] == ["released"]


@pytest.mark.parametrize("action", ["release", "transfer", "check", "watch", "answer", "search", "tag", "admit"])
def test_neither_a_call_nor_a_list_is_a_matter_of_usage(run: Run, registry: str, action: str) -> None:
    found = run("registry", action, registry)
    assert found.code == 64 or found.code == 2
    assert "or --batch" in found.err


def test_watches_answers_and_searches_of_a_list(
    run: Run, registry: str, hands: Hands, people: list[str], tmp_path: Path
) -> None:
    rows = [["elsewhere", hands.words(1), "2090-01-01", "X-1"], ["elsewhere", hands.words(9), "tomorrow", "X-2"]]
    listing = _table(tmp_path, ["agency", "prints", "until", "foreign_reference"], rows)
    watched = run("registry", "watch", registry, "--batch", listing, "--json")
    assert watched.code == 2
    assert watched.documents[0]["candidates"] == people[1]
    assert watched.documents[0]["case"]
    assert "YYYY-MM-DD" in watched.documents[1]["message"]
    watch = watched.documents[0]["watch"]
    assert "2091-02-03" in run("registry", "renew-watch", registry, watch, "--until", "2091-02-03").out
    assert run("registry", "end-watch", registry, watch).code == 0
    assert "has ended" in run("registry", "end-watch", registry, watch).err
    assert len(run("registry", "notices", registry, "elsewhere", "--json").document["notices"]) == 1

    rows = [["elsewhere", hands.words(2), "their-1"], ["elsewhere", hands.words(9), "their-2"]]
    listing = _table(tmp_path, ["agency", "prints", "reference"], rows)
    told = run("registry", "answer", registry, "--batch", listing, "--json")
    assert [(line["their_reference"], line["outcome"]) for line in told.documents] == [
        ("their-1", "hit"),
        ("their-2", "no hit"),
    ]
    reference = told.documents[0]["reference"]
    assert "confirmation" in run("registry", "release-identity", registry, reference).err
    cases = run("registry", "cases", registry, "--json").document["cases"]
    (case,) = [one["id"] for one in cases if one["kind"] == "exchange"]
    assert run("registry", "decide-case", registry, case, "same", "--reason", "seen").code == 0
    assert people[2] in run("registry", "release-identity", registry, reference).out

    assert run("registry", "tag", registry, people[1], "organised crime", "--purpose", "admission").code == 0
    rows = [[hands.words(1), "organised crime"], [hands.words(2), "organised crime"], [hands.words(2), ""]]
    listing = _table(tmp_path, ["prints", "circuit"], rows)
    found = run("registry", "search", registry, "--batch", listing, "--json")
    assert [(line["outcome"], line["hits"]) for line in found.documents] == [
        ("hit", people[1]),
        ("no hit", ""),
        ("hit", people[2]),
    ]
    alone = run("registry", "search", registry, *hands.files(1))
    assert alone.code == 0
    assert "organised crime" in alone.out
    way = run("registry", "biography", registry, people[1])
    (given,) = re.findall(r"T-\w{16}", way.out)
    assert run("registry", "untag", registry, given).code == 0


def test_repairs_that_somebody_noticed_and_corrections(run: Run, registry: str, people: list[str]) -> None:
    (encounter,) = re.findall(r"E-\w{16}", run("registry", "biography", registry, people[0]).out)
    held = run("registry", "access", registry, people[1], "--json").document
    first, second = (one["id"] for one in held["prints"])
    why = ("--reason", "seen")
    for words in (("move", encounter, people[1]), ("swap", first, second), ("split", people[0], encounter)):
        made = run("registry", words[0], registry, *words[1:], *why)
        assert made.code == 0, made.err
        assert "waits for a decision" in made.out
    assert run("registry", "swap", registry, first, first, *why).code == 2
    name = next(one for one in held["person"]["identifiers"] if one["kind"] == "name")
    assert run("registry", "correct", registry, name["id"], "--value", "Nome giusto").code == 0
    assert "none with this identifier" in run("registry", "correct", registry, name["id"], "--withdraw").err
    assert "Nome giusto" in run("registry", "access", registry, people[1]).out


def test_a_list_of_erasures_is_kept_apart_and_replayed(
    run: Run, registry: str, people: list[str], tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    backup.write_bytes(Path(registry).read_bytes())
    assert run("registry", "erase", registry, people[0]).code == 0
    kept = tmp_path / "erasures.json"
    assert "1 erasures" in run("registry", "erasures", registry, "--export", kept).out
    Path(registry).write_bytes(backup.read_bytes())
    assert run("registry", "biography", registry, people[0]).code == 0
    assert run("registry", "erasures", registry, "--replay", kept, "--json").document == {"erased": [people[0]]}
    assert "was erased" in run("registry", "biography", registry, people[0]).err


def test_every_action_says_what_it_does(run: Run) -> None:
    for name, action in ACTIONS.items():
        told = run("registry", name, "--help")
        assert told.code == 0
        words = " ".join(told.out.split())
        assert action.summary[1:].split(";")[0] in words
        assert "None" not in words
