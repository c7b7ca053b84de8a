"""`benchmarks.search.duplicates` over a gallery on disk: a run that was killed goes on, and its times are added up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from benchmarks import added_times
from benchmarks.added_times import AddedTimes
from benchmarks.code_version import source_digest
from benchmarks.search import duplicates, point_population
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.index import Gallery
from fingerprint_engine.index.duplicates import all_pairs
from fingerprint_engine.template import Template

PRINTS, PIECE, PART = 60, 8, 20
TWICE = 3

Run = Callable[[], dict[str, float]]


class Killed(BaseException):
    """In the place of a signal."""


@pytest.fixture
def enrolled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the prints that were asked of the population."""
    asked: list[int] = []

    def scattered(begin: int, end: int) -> Iterator[bytes]:
        for number in range(begin, end):
            asked.append(number)
            yield random_print(number).to_bytes()

    def planted(data: Path, fingers: int) -> list[duplicates.Twice]:
        seeds = range(1000, 1000 + fingers)
        return [duplicates.Twice(f"f-{n}", "made, fair", (random_print(n), pressed_again(n))) for n in seeds]

    monkeypatch.setattr(all_pairs, "PIECE_PRINTS", PIECE)
    monkeypatch.setattr(duplicates, "PART_PRINTS", PART)
    monkeypatch.setattr(duplicates, "scattered_prints", scattered)
    monkeypatch.setattr(duplicates, "fingers_twice", planted)
    return asked


@pytest.fixture
def run(enrolled: list[int], tmp_path: Path) -> Run:
    def command() -> dict[str, float]:
        options = {"folder": "a.gallery", "journal": "journal", "output": "results"}
        paths = [part for name, path in options.items() for part in (f"--{name}", str(tmp_path / path))]
        duplicates.main(["--prints", str(PRINTS), "--fingers", str(TWICE), *paths])
        found: dict[str, float] = json.loads((tmp_path / "results" / "duplicates.json").read_text())
        return found

    return command


def test_a_killed_run_goes_on_and_its_times_are_added_up(
    run: Run, enrolled: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    matching, pieces = all_pairs.matching_prints, []
    clock = iter(range(10_000))  # each look at the clock is a second later
    monkeypatch.setattr(added_times.time, "perf_counter", lambda: float(next(clock)))

    def killed(*arguments: object) -> object:
        pieces.append(1)
        if len(pieces) == 4:
            raise Killed
        return matching(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(all_pairs, "matching_prints", killed)
    monkeypatch.setattr(duplicates.Gallery, "duplicates", _on_one_thread)
    with pytest.raises(Killed):
        run()
    assert enrolled == list(range(PRINTS - 2 * TWICE))
    before = json.loads((tmp_path / "journal.times.json").read_text())
    done = len((tmp_path / "journal").read_text().splitlines()) - 1
    assert before["processes"] == 1
    assert 0 < done < PRINTS // PIECE

    enrolled.clear()
    pieces[:] = [1] * 4
    figures = run()
    assert enrolled == []
    assert len(pieces) - 4 == -(-PRINTS // PIECE) - done
    assert figures["processes"] == 2
    assert figures["wall s"] > before["wall s"] + len(pieces) - 4
    assert figures["prints"] == PRINTS
    assert figures["planted pairs that the matcher finds"] == figures["of these found"] == TWICE
    assert figures["found, of 3 of made, fair"] == TWICE
    assert figures["non-mated pairs that match"] == 0
    assert f"{PRINTS} of {PRINTS} prints compared with all before them" in capsys.readouterr().out


def _on_one_thread(gallery: Gallery, **options: object) -> object:
    return all_pairs.find_duplicates(
        gallery.snapshot(),
        options["max_fmr"],
        options["journal"],
        1,
        options["progress"],  # type: ignore[arg-type]
    )


def test_enrolment_goes_on_where_it_was(
    run: Run, enrolled: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = duplicates.tell

    def killed(line: str) -> None:
        if line.startswith(f"{2 * PART} of"):
            raise Killed
        told(line)

    monkeypatch.setattr(duplicates, "tell", killed)
    with pytest.raises(Killed):
        run()
    monkeypatch.setattr(duplicates, "tell", told)
    assert enrolled == list(range(2 * PART))
    assert run()["prints"] == PRINTS
    assert enrolled == list(range(PRINTS - 2 * TWICE))
    with Gallery.open(tmp_path / "a.gallery", read_only=True) as gallery:
        assert len(gallery) == PRINTS


def test_another_gallery_is_refused(run: Run, tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "a.gallery") as gallery:
        gallery.enrol("somebody", random_print(1))
    with pytest.raises(SystemExit, match="not those of this benchmark"):
        run()


@pytest.mark.parametrize("fingers", [TWICE - 1, TWICE + 1])
def test_as_many_prints_with_other_planted_ones_are_refused(run: Run, fingers: int, tmp_path: Path) -> None:
    run()
    with pytest.raises(SystemExit, match="not those of this benchmark"):
        duplicates.main(["--prints", str(PRINTS), "--fingers", str(fingers), "--folder", str(tmp_path / "a.gallery")])


def test_a_journal_that_cannot_be_is_said_before_anything_is_made(enrolled: list[int], tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="expected a folder"):
        duplicates.main(["--prints", str(PRINTS), "--journal", str(tmp_path / "absent" / "journal")])
    assert enrolled == []


def test_a_run_that_is_killed_before_its_first_piece_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(journal: all_pairs.DuplicateJournal) -> None:
        journal.__exit__(None, None, None)
        raise Killed

    enter = all_pairs.DuplicateJournal.__enter__
    monkeypatch.setattr(all_pairs.DuplicateJournal, "__enter__", killed)
    with pytest.raises(Killed):
        run()
    monkeypatch.setattr(all_pairs.DuplicateJournal, "__enter__", enter)
    assert run()["processes"] == 2


def test_a_journal_whose_times_are_lost_is_refused(run: Run, tmp_path: Path) -> None:
    run()
    (tmp_path / "journal.times.json").unlink()
    with pytest.raises(SystemExit, match="nobody knows how long"):
        run()
    (tmp_path / "journal").unlink()
    assert run()["processes"] == 1


def test_times_of_a_journal_that_is_gone_do_not_count(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.write_text("head\n")
    kept = {"wall s": 100.0, "processor s": 50.0, "processes": 3, "code": source_digest()}
    (tmp_path / "journal.times.json").write_text(json.dumps(kept))
    times = AddedTimes(journal)
    assert times.processes == 4
    assert times.seconds()["wall s"] >= 100.0
    assert times.seconds()["processor s"] >= 50.0
    journal.unlink()
    assert AddedTimes(journal).processes == 1
    assert AddedTimes(journal).seconds()["wall s"] < 50.0
    journal.write_text("head\n")
    (tmp_path / "journal.times.json").write_text(json.dumps({**kept, "code": "other"}))
    with pytest.raises(SystemExit, match="code other began it"):
        AddedTimes(journal)


def test_scattered_prints_share_no_minutiae_beyond_the_base_of_joined_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point_population, "RESULTS", tmp_path)
    monkeypatch.setattr(point_population, "PART_PRINTS", 6)
    monkeypatch.setattr(point_population, "SCATTERED", 12)
    point_population._scattered.cache_clear()
    try:
        joined = [
            part.data[a:b].tobytes()
            for part in point_population.point_population(30)
            for a, b in pairwise(part.offset.tolist())
        ]
    finally:
        point_population._scattered.cache_clear()
    scattered = list(point_population.scattered_prints(0, 30))
    assert scattered[:12] == joined[:12]
    assert _repeated(joined) > 100
    assert _repeated(scattered) < 5
    assert list(point_population.scattered_prints(4, 21)) == scattered[4:21]


def _repeated(prints: list[bytes]) -> int:
    """How many minutiae have a neighbourhood that an earlier one has too."""
    words = np.concatenate([Template.from_bytes(native).cylinders for native in prints])
    return len(words) - len(np.unique(words, axis=0))
