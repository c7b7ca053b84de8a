"""Shards on the workers of a Dask cluster: the same answers, also when a worker is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.cluster import ShardedGallery, load_shard
from fingerprint_engine.cluster.splitting import split
from fingerprint_engine.errors import GalleryError, IncompatibleTemplates
from fingerprint_engine.index import Gallery, Outcome, SearchParameters, StageParameters

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")  # those of Dask's own, which depend on its release

SCAN = SearchParameters(shortlist="scan", stages=StageParameters(screened=12, compared=6))


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with Gallery.open(tmp_path_factory.mktemp("one") / "prints.gallery") as gallery:
        gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(24))
        yield gallery


@pytest.fixture(scope="module")
def paths(one: Gallery, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return split(one._folder.folder, tmp_path_factory.mktemp("shards") / "four", 4)  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def client() -> Iterator[object]:
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as made,
    ):
        yield made


def test_answers_are_those_of_one_gallery_and_stay_so_when_a_worker_is_killed(
    one: Gallery, paths: tuple[Path, ...], client: distributed.Client
) -> None:
    from fingerprint_engine.cluster.dask_executor import DaskExecutor

    sharded = ShardedGallery(paths, load_shard, DaskExecutor(client))
    expected = one.identify(pressed_again(5), parameters=SCAN)
    found = sharded.identify(pressed_again(5), parameters=SCAN)
    assert (found.outcome, found.candidates) == (expected.outcome, expected.candidates)
    with pytest.raises(IncompatibleTemplates):
        sharded.identify(random_print(1, digest=b"12345678"))
    os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
    again = sharded.identify(pressed_again(5), parameters=SCAN, deadline_s=60.0)
    assert again.outcome is Outcome.INCOMPLETE or again.candidates == expected.candidates
    later = sharded.identify(pressed_again(5), parameters=SCAN)
    assert (later.outcome, later.candidates) == (expected.outcome, expected.candidates)
    assert all(shard["answers"] for shard in sharded.status(60.0))


def test_a_shard_that_workers_cannot_open_is_named(paths: tuple[Path, ...], client: distributed.Client) -> None:
    from fingerprint_engine.cluster.dask_executor import DaskExecutor

    with pytest.raises(GalleryError, match=r"absent.*cannot open the shard"):
        ShardedGallery([*paths, paths[0].with_name("absent")], load_shard, DaskExecutor(client))


def test_a_scheduler_that_does_not_answer_is_said() -> None:
    from fingerprint_engine.cluster.dask_executor import connected

    with pytest.raises(GalleryError, match="scheduler: expected an answer"), connected("tcp://127.0.0.1:9", None, 0.5):
        pass
