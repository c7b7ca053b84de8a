"""All pairs of shards are those of one gallery; a run that was stopped goes on."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.index.random_prints import pressed_again, random_print
from tests.unit.index.test_measuring_and_duplicates import records

from fingerprint_engine.cluster import Shard, ShardedGallery, ThreadExecutor, duplicates, split
from fingerprint_engine.errors import GalleryError, JournalError, ParameterError
from fingerprint_engine.index import Duplicates, Gallery


@pytest.fixture(scope="module")
def expected() -> Duplicates:
    return records().duplicates()


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    folder, inside = tmp_path_factory.mktemp("one"), records()
    with Gallery.open(folder / "g") as gallery:
        gallery.enrol_many((key, inside[key], inside.details(key)) for key in inside)
    return split(folder / "g", folder / "shards", 3)


def test_duplicates_are_those_of_one_gallery(paths: tuple[Path, ...], expected: Duplicates) -> None:
    steps: list[tuple[int, int]] = []
    found = ShardedGallery(paths).duplicates(progress=lambda *done: steps.append(done))
    assert (found.groups, found.pairs, found.problems) == (expected.groups, expected.pairs, expected.problems)
    assert (found.prints, found.skipped) == (expected.prints, expected.skipped)
    assert found.expected_false_pairs == expected.expected_false_pairs
    assert steps[0] == (0, found.prints)
    assert steps[-1] == (found.prints, found.prints)
    with pytest.raises(ParameterError, match="max_fmr"):
        ShardedGallery(paths).duplicates(max_fmr=0.0)


class _Counting(ThreadExecutor):
    """Threads that count the pieces they search for."""

    pieces = 0

    def call(self, function: Callable[..., Any], *given: Any) -> list[Any]:
        self.pieces += len(given[0]) if function is duplicates.natives else 0
        return super().call(function, *given)


def test_a_run_that_was_stopped_goes_on(
    paths: tuple[Path, ...], expected: Duplicates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "PIECE_PRINTS", 2)

    class Stop(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done >= 16:
            raise Stop

    whole, rest = _Counting(), _Counting()
    assert ShardedGallery(paths, executor=whole).duplicates().pairs == expected.pairs
    with pytest.raises(Stop):
        ShardedGallery(paths).duplicates(journal=tmp_path / "journal", progress=stop)
    found = ShardedGallery(paths, executor=rest).duplicates(journal=tmp_path / "journal")
    assert (found.groups, found.pairs, found.problems) == (expected.groups, expected.pairs, expected.problems)
    assert whole.pieces - rest.pieces == 8
    with pytest.raises(JournalError, match="another gallery, state, threshold or release"):
        ShardedGallery(paths[:2]).duplicates(journal=tmp_path / "journal")


class _Lost(Shard):
    """A shard that is lost as soon as it is searched."""

    def snapshot(self, probes: object = ()) -> object:
        raise MemoryError


def test_a_shard_without_prints_matches_nothing(tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "g") as gallery:
        gallery.enrol_many((f"k{seed}", pressed_again(7, press=seed)) for seed in range(2))
    found = ShardedGallery(split(tmp_path / "g", tmp_path / "shards", 5)).duplicates()
    assert [(pair.key, pair.other_key) for pair in found.pairs] == [("k0", "k1")]


@pytest.mark.parametrize("sizes", [(66, 2), (2, 66), (65, 65)])
def test_not_every_pair_counts_as_compared_where_one_shard_was_searched_in_stages(
    tmp_path: Path, sizes: tuple[int, int]
) -> None:
    paths = tuple(tmp_path / f"shard-{number}" for number in range(2))
    for number, (path, size) in enumerate(zip(paths, sizes, strict=True)):
        with Gallery.open(path) as gallery:
            gallery.enrol_many((f"{number}-{seed}", random_print(100 * number + seed)) for seed in range(size))
    found = ShardedGallery(paths).duplicates(journal=tmp_path / "journal")
    assert (found.shortlist, found.recall) == ("sketch scan", None)
    again = ShardedGallery(paths).duplicates(journal=tmp_path / "journal")
    assert (again.shortlist, again.recall) == ("sketch scan", None)


def test_a_lost_shard_ends_the_run_by_name(paths: tuple[Path, ...]) -> None:
    with pytest.raises(GalleryError, match=r"shard shard-0000: MemoryError; with a journal"):
        ShardedGallery(paths, _Lost).duplicates()


@pytest.mark.parametrize("shards", range(1, 9))
def test_of_two_shards_one_looks_for_the_other(shards: int) -> None:
    for one in range(shards):
        assert duplicates.looks_for(one, one)
        for other in range(one):
            assert duplicates.looks_for(one, other) != duplicates.looks_for(other, one)
    work = [sum(duplicates.looks_for(one, other) for one in range(shards)) for other in range(shards)]
    assert max(work) - min(work) <= 1


def test_of_several_ways_to_choose_prints_the_one_that_claims_least_is_named() -> None:
    rising = ["", "exact", "sketch scan", "faiss"]
    for names in itertools.permutations(rising):
        assert functools.reduce(duplicates.less_exact, names) == "faiss"
    assert duplicates.less_exact("", "exact") == duplicates.less_exact("exact", "") == "exact"
    assert duplicates.less_exact("sketch scan", "exact") == "sketch scan"
