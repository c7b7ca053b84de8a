"""A gallery in shards answers as one gallery does; lost shards are named."""

from __future__ import annotations

import dataclasses
import errno
import math
import pickle
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.cli import main
from fingerprint_engine.cluster import Shard, ShardedGallery, ThreadExecutor, foreseen, load_shard, shard
from fingerprint_engine.cluster.sharded_search import ShardedSearch
from fingerprint_engine.cluster.splitting import join, split
from fingerprint_engine.errors import CorruptGallery, GalleryError, IncompatibleTemplates, InputError, ParameterError
from fingerprint_engine.index import (
    Gallery,
    Identification,
    Outcome,
    SearchFilter,
    SearchParameters,
    StageParameters,
    wrapped_keys,
)
from fingerprint_engine.index.cells.visits import Visits
from fingerprint_engine.index.cells.weighed_bits import WeighedBits
from fingerprint_engine.index.columns.mapped_pages import is_mapped
from fingerprint_engine.index.search import parameters, shortlist_cells
from fingerprint_engine.index.search.decision import NON_MATED
from fingerprint_engine.index.search.search import Snapshot
from fingerprint_engine.index.search.shortlists import evidence_of, widened
from fingerprint_engine.index.storage import memory_check
from fingerprint_engine.index.storage.segments import cells_file
from fingerprint_engine.keys import KeyRing, lend
from fingerprint_engine.keys.errors import UnsafeKeys, WrongKey
from fingerprint_engine.template import Template
from fingerprint_engine.version import __version__

SUBJECTS = 30
FEW = StageParameters(sketched=20, screened_from=1, screened=12, screened_growth=0.0, compared=6, compared_growth=0.0)
PLACED = dataclasses.replace(FEW, screened=30, placed_from=1, placed=40, placed_growth=0.0, placed_passes=40)
WAYS = {
    "small": SearchParameters(exact_prints=500),
    "exact": SearchParameters(shortlist="exact"),
    "scan": SearchParameters(shortlist="scan", stages=FEW),
    "faiss": SearchParameters(shortlist="faiss", stages=FEW),
    "scan, placed": SearchParameters(shortlist="scan", stages=PLACED),
    "faiss, placed": SearchParameters(shortlist="faiss", stages=PLACED),
}


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with (
        pytest.MonkeyPatch.context() as patch,
        Gallery.open(tmp_path_factory.mktemp("one") / "prints.gallery") as gallery,
    ):
        patch.setattr(cells_file, "MIN_INDEXED_PRINTS", 2)
        for seed in range(SUBJECTS):
            for finger in range(2):
                gallery.enrol(
                    f"p{seed}/{finger}",
                    random_print(100 * seed + finger),
                    subject=f"s{seed}",
                    site="a" if seed % 3 else "b",
                )
        gallery.enrol("poor", random_print(7, minutiae=1))
        gallery.compact()
        yield gallery


@pytest.fixture(scope="module")
def paths(one: Gallery, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    folder = tmp_path_factory.mktemp("shards") / "three"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells_file, "MIN_INDEXED_PRINTS", 2)
        return split(one._folder.folder, folder, 3)  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def sharded(paths: tuple[Path, ...]) -> ShardedGallery:
    return ShardedGallery(paths)


def _same(found: Identification, expected: Identification) -> None:
    assert found.candidates == expected.candidates
    assert found.outcome is expected.outcome
    names = set(found.receipt.__slots__) | {
        "enrolled", "filtered", "absent", "eligible", "searched", "excluded", "shortlist", "shortlist_size", "visited",
        "recall", "hit_score", "possible_score", "threshold_source", "extractor", "parameters_digest",
    }  # fmt: skip
    for name in names - {"segments", "segments_answered"}:
        assert getattr(found.receipt, name) == getattr(expected.receipt, name), name


def _foresee(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Let shards foresee what they do, too little of each stage, or other stages than are asked."""
    if how == "too little":
        monkeypatch.setattr(foreseen, "SPARE_DEVIATIONS", -0.7)
    if how == "nothing":
        monkeypatch.setattr(ShardedSearch, "_parts", lambda _, shard: 1e-3 + 0.0 * shard)


@pytest.mark.parametrize("how", ["enough", "too little", "nothing"])
@pytest.mark.parametrize("way", WAYS)
def test_answers_are_those_of_one_gallery(
    one: Gallery, sharded: ShardedGallery, way: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _foresee(monkeypatch, how)
    for seed in (0, 401, 1700):
        options = {"parameters": WAYS[way], "max_candidates": 8}
        _same(sharded.identify(pressed_again(seed), **options), one.identify(pressed_again(seed), **options))
    together = [pressed_again(500), pressed_again(501)]
    _same(sharded.identify(together, parameters=WAYS[way]), one.identify(together, parameters=WAYS[way]))
    where = SearchFilter(sites={"b", "c"})
    found, expected = (
        gallery.identify(pressed_again(300), parameters=WAYS[way], where=where) for gallery in (sharded, one)
    )
    _same(found, expected)
    assert found.receipt.absent
    assert (
        found.receipt.shortlist
        == {"small": "exact", "exact": "exact", "scan": "sketch scan", "faiss": "faiss"}[way.partition(",")[0]]
    )


@pytest.mark.parametrize("how", ["enough", "too little", "nothing"])
@pytest.mark.parametrize("shortlist", ["scan", "faiss"])
def test_of_several_probes_each_is_looked_for_by_what_it_tells(
    one: Gallery, sharded: ShardedGallery, shortlist: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _foresee(monkeypatch, how)
    good, poor = pressed_again(500), pressed_again(501, minutiae=12)
    usual = math.sqrt(evidence_of(good, 32) * evidence_of(poor, 32))
    stages = dataclasses.replace(PLACED, usual_evidence=usual, least_effort=0.6)
    assert not widened(stages, good).sizes(60).has_placing
    assert widened(stages, poor).sizes(60).has_placing
    options = {"parameters": SearchParameters(shortlist=shortlist, stages=stages), "max_candidates": 8}
    for probes in ([good, poor], [poor, good], [good], [poor]):
        _same(sharded.identify(probes, **options), one.identify(probes, **options))


def test_all_shards_read_as_much_of_their_lists_as_one_gallery_would(
    one: Gallery, sharded: ShardedGallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(parameters, "LISTED_PRINTS", 8)
    made = shortlist_cells.visits_of

    def watched(bits: WeighedBits, near: np.ndarray, quality: np.ndarray, listed: int) -> Visits:
        asked.append(listed)
        return made(bits, near, quality, listed)

    monkeypatch.setattr(shortlist_cells, "visits_of", watched)
    alike = {"least_effort": 1.0, "most_effort": 1.0}
    stages = dataclasses.replace(FEW, listed=800, listed_growth=-1.0, **alike)
    few = SearchParameters(shortlist="faiss", stages=stages)
    expected = one.identify(pressed_again(401), parameters=few)
    alone = list(asked)
    _same(sharded.identify(pressed_again(401), parameters=few), expected)
    filtered = one.identify(pressed_again(401), parameters=few, where=SearchFilter(sites={"a"}))
    assert filtered.receipt.eligible < expected.receipt.eligible
    assert alone == [round(800 * 8 / len(one))]
    assert set(asked) == set(alone)
    assert len(asked) >= 5


def test_no_print_is_lost_by_splitting_and_joining(one: Gallery, paths: tuple[Path, ...], tmp_path: Path) -> None:
    assert join(paths, tmp_path / "again") == len(one)
    with Gallery.open(tmp_path / "again", read_only=True) as again:
        assert sorted(again) == sorted(one)
        assert all(again.details(key) == one.details(key) and again[key] == one[key] for key in one)
    for path in paths:
        with Gallery.open(path, read_only=True) as shard:
            subjects = {shard.details(key).subject for key in shard if shard.details(key).subject}
            assert sum(shard.details(key).subject in subjects for key in shard) == 2 * len(subjects)
    with pytest.raises(GalleryError, match="not there yet"):
        split(paths[0], paths[0].parent, 2)
    with pytest.raises(InputError, match="each path once"):
        join([paths[0], paths[0]], tmp_path / "twice")
    with pytest.raises(ParameterError, match="shards: expected a whole number from 1"):
        split(paths[0], tmp_path / "none", 0)


def test_what_fails_leaves_no_part_of_a_gallery(
    paths: tuple[Path, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(paths[0], tmp_path / "copy")
    with pytest.raises(GalleryError, match="prints cannot be joined"):
        join([*paths, tmp_path / "copy"], tmp_path / "joined")
    with pytest.raises(GalleryError, match="absent"):
        join([*paths, tmp_path / "absent"], tmp_path / "joined")
    with pytest.raises(GalleryError, match="there is none"):
        split(tmp_path / "absent", tmp_path / "shards", 2)
    compacted: list[Gallery] = []

    def full(gallery: Gallery) -> None:
        compacted.append(gallery)
        if len(compacted) == 2:
            raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Gallery, "compact", full)
    with pytest.raises(OSError, match="no space left"):
        split(paths[0], tmp_path / "shards", 2)
    assert len(compacted) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


@pytest.mark.parametrize("odd", ["shard-0000", Path("shard-0000"), 5, None, [5], [b"shard"]], ids=repr)
def test_shards_are_several_paths(odd: Any, tmp_path: Path) -> None:
    for act in (ShardedGallery, lambda shards: join(shards, tmp_path / "joined")):
        with pytest.raises(InputError, match=r"shards: expected (several paths|the name of a file)"):
            act(odd)


def test_shards_that_do_not_go_together_are_refused(paths: tuple[Path, ...], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="each path once"):
        ShardedGallery([paths[0], paths[0]])
    with pytest.raises(InputError, match="paths of shards"):
        ShardedGallery([])
    (tmp_path / "link").symlink_to(paths[0])
    with pytest.raises(GalleryError, match="it is the same shard as"):
        ShardedGallery([paths[0], tmp_path / "link"])
    with pytest.raises(GalleryError, match=r"absent.*cannot open the shard"):
        ShardedGallery([*paths, tmp_path / "absent"])
    with Gallery.open(tmp_path / "other") as gallery:
        gallery.enrol("k", random_print(1, digest=b"12345678"))
    with pytest.raises(IncompatibleTemplates, match="same parameters"):
        ShardedGallery([*paths, tmp_path / "other"])


def test_a_probe_of_other_parameters_is_refused(sharded: ShardedGallery) -> None:
    with pytest.raises(IncompatibleTemplates):
        sharded.identify(random_print(1, digest=b"12345678"))


class _Measured(Shard):
    """A shard, on the second of which higher non-mated scores were measured."""

    def snapshot(self, probes: Sequence[Template] = ()) -> Snapshot:
        shift = 3.0 if self.path.endswith("shard-0001") else 0.0
        measured = {NON_MATED: {"shift": shift, "source": f"shifted by {shift:g}"}}
        return super().snapshot(probes)._replace(measurements=measured)


def test_a_worker_with_another_release_is_refused(paths: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "__version__", "0.0.1")
    with pytest.raises(GalleryError, match=f"expected release {__version__} to open it, found 0.0.1"):
        ShardedGallery(paths)


def test_of_different_calibrations_the_strictest_counts(paths: tuple[Path, ...], sharded: ShardedGallery) -> None:
    found = ShardedGallery(paths, _Measured).identify(pressed_again(0))
    assert found.receipt.hit_score == pytest.approx(sharded.identify(pressed_again(0)).receipt.hit_score + 3.0)
    assert found.receipt.threshold_source == "shifted by 3"


class _Failing(Shard):
    """A shard that answers when it is opened, and then fails or hangs."""

    hangs: threading.Event | None = None

    def snapshot(self, probes: object = ()) -> object:
        if self.path.endswith("shard-0001"):
            if self.hangs is None:
                raise MemoryError
            self.hangs.wait(20.0)
        return super().snapshot(probes)  # type: ignore[arg-type]


def test_a_lost_shard_makes_the_answer_incomplete_and_is_named(paths: tuple[Path, ...]) -> None:
    sharded = ShardedGallery(paths, _Failing)
    nobody = sharded.identify(random_print(99_999))
    assert nobody.outcome is Outcome.INCOMPLETE
    (lost,) = [exclusion for exclusion in nobody.receipt.excluded if "shard" in exclusion.reason]
    with Gallery.open(paths[1], read_only=True) as shard:
        assert lost.count == len(shard)
    assert lost.reason == "shard shard-0001: MemoryError"
    assert nobody.receipt.searched + sum(one.count for one in nobody.receipt.excluded) == nobody.receipt.eligible
    assert nobody.receipt.segments_answered == nobody.receipt.segments - 1


def test_a_shard_that_never_answers_is_given_up_at_the_deadline(
    paths: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = threading.Event()
    monkeypatch.setattr(_Failing, "hangs", hangs)
    executor = ThreadExecutor(workers=4)
    sharded = ShardedGallery(paths, _Failing, executor)
    found = sharded.identify(random_print(99_999), deadline_s=0.5)
    hangs.set()
    assert found.outcome is Outcome.INCOMPLETE
    assert any("shard-0001: no answer in time" in exclusion.reason for exclusion in found.receipt.excluded)
    executor.close()


class _Counting(ThreadExecutor):
    """Threads that write down what they are asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def call(self, function: Callable[..., Any], *given: Any) -> list[Any]:
        self.asked.append(function.__name__)
        return super().call(function, *given)


@pytest.mark.parametrize("way", WAYS)
def test_mostly_one_round_is_asked(paths: tuple[Path, ...], way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    executor = _Counting()
    sharded = ShardedGallery(paths, executor=executor)
    executor.asked.clear()
    stages = dataclasses.replace(WAYS[way].stages, least_effort=1.0, most_effort=1.0)
    usual = dataclasses.replace(WAYS[way], stages=stages)
    sharded.identify(pressed_again(0), parameters=usual)
    assert executor.asked == ["foreseen"]
    executor.asked.clear()
    _foresee(monkeypatch, "nothing")
    sharded.identify(pressed_again(0), parameters=usual)
    further = {"scan": ["listed", "screened", "compared"], "faiss": ["voted", "listed", "screened", "compared"]}
    assert executor.asked == ["foreseen", *further.get(way.partition(",")[0], [])]
    executor.close()


class _Tiring(Shard):
    """A shard that fails from some snapshot on."""

    left = 0

    def snapshot(self, probes: object = ()) -> object:
        if _Tiring.left <= 0:
            raise MemoryError
        _Tiring.left -= 1
        return super().snapshot(probes)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["exact", "scan", "faiss"])
@pytest.mark.parametrize("answers", range(6))
def test_whenever_all_shards_are_lost_the_answer_is_incomplete(
    paths: tuple[Path, ...], way: str, answers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _foresee(monkeypatch, "nothing")
    sharded = ShardedGallery(paths, _Tiring)
    monkeypatch.setattr(_Tiring, "left", 3 * answers)
    found = sharded.identify([random_print(99_996), random_print(99_997)], parameters=WAYS[way])
    lost = {exclusion.reason: exclusion.count for exclusion in found.receipt.excluded if "shard" in exclusion.reason}
    rounds = {"exact": 2, "scan": 5, "faiss": 6}[way]
    assert len(lost) == (3 if answers < rounds else 0)
    if answers < rounds:
        assert found.outcome is Outcome.INCOMPLETE
        assert found.receipt.searched == 0
        assert sum(lost.values()) == found.receipt.eligible == len(sharded)


def test_a_deadline_that_has_passed_and_a_filter_that_leaves_nothing(sharded: ShardedGallery) -> None:
    late = sharded.identify(pressed_again(0), deadline_s=0.0)
    assert late.outcome is Outcome.INCOMPLETE
    assert late.receipt.searched == 0
    for way in WAYS.values():
        none = sharded.identify(pressed_again(0), parameters=way, where=SearchFilter(sites={"nowhere"}))
        assert (none.receipt.searched, none.receipt.eligible, none.candidates) == (0, 0, ())
        few = sharded.identify(random_print(5, minutiae=3), parameters=way)
        assert few.outcome is Outcome.REJECTED_FOR_QUALITY


def test_status_says_who_answers(sharded: ShardedGallery, paths: tuple[Path, ...]) -> None:
    status = sharded.status()
    assert [(one["shard"], one["answers"]) for one in status] == [(str(path), True) for path in paths]
    assert sum(one["prints"] for one in status) == len(sharded) == 2 * SUBJECTS + 1


def test_a_shard_travels_as_its_path(paths: tuple[Path, ...]) -> None:
    function, arguments = Shard(paths[0]).__reduce__()
    assert (function, arguments) == (load_shard, (str(paths[0]),))
    assert load_shard(*arguments).about() == Shard(paths[0]).about()


@pytest.mark.parametrize("is_protected", [False, True])
def test_shards_with_their_index_in_memory_answer_alike_wherever_they_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_protected: bool
) -> None:
    asked: list[bool] = []

    def opened(*given: Any, **options: Any) -> Gallery:
        asked.append(options["in_memory"])
        return Gallery.open(*given, **options)

    keys = KeyRing.generate() if is_protected else None
    with Gallery.open(tmp_path / "g", keys=keys) as gallery:
        gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(6))
    paths = split(tmp_path / "g", tmp_path / "shards", 2, keys=keys)
    found = []
    monkeypatch.setattr(shard, "Gallery", SimpleNamespace(open=opened))
    for in_memory in (False, True):
        sharded = ShardedGallery(paths, keys=keys, in_memory=in_memory)
        found.append(sharded.identify(pressed_again(3)).as_dict())
        one = sharded._shards[0].result()
        load, arguments = one.__reduce__()
        assert load(*arguments).about() == one.about()
    assert found[0] == found[1]
    assert asked == [False] * 3 + [True] * 3
    with pytest.raises(InputError, match="in_memory: expected load_shard with it"):
        ShardedGallery(paths, Shard, in_memory=True)


@pytest.mark.parametrize("is_protected", [False, True])
def test_shards_are_read_into_memory_where_they_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_protected: bool
) -> None:
    keys = KeyRing.generate() if is_protected else None
    with Gallery.open(tmp_path / "g", keys=keys) as gallery:
        gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(6))
    paths = split(tmp_path / "g", tmp_path / "shards", 2, keys=keys)
    for there in (1 << 40, 0):
        monkeypatch.setattr(memory_check, "available_bytes", lambda there=there: there)
        sharded = ShardedGallery(paths, keys=keys, in_memory=None)
        assert sharded.identify(pressed_again(3)).candidates[0].key == "k3"
        views = [view for one in sharded._shards for view in one.result().snapshot().views if len(view.columns)]
        assert any(is_mapped(view.columns.sketches) for view in views) == (keys is None and not there)
    if keys is None:  # what is sealed is in memory anyway
        with pytest.raises(GalleryError, match="of memory are available"):
            ShardedGallery(paths, in_memory=True)
        shards = [str(path) for path in paths]
        assert main(["cluster", "dedupe", *shards]) == 0
        assert main(["cluster", "dedupe", *shards, "--in-memory"]) == 4
        assert "of memory are available" in capsys.readouterr().err
        for path in paths[0].glob("*.prints"):
            path.write_bytes(b"")
        with pytest.raises(CorruptGallery):
            ShardedGallery(paths, in_memory=None)


def test_shards_of_a_protected_gallery_need_its_keys(tmp_path: Path) -> None:
    keys = KeyRing.generate()
    with Gallery.open(tmp_path / "g", keys=keys) as gallery:
        gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(6))
        expected = gallery.identify(pressed_again(2))
    shards = split(tmp_path / "g", tmp_path / "shards", 2, keys=keys)
    with pytest.raises(GalleryError, match="cannot open the shard"):
        ShardedGallery(shards)
    found = ShardedGallery(shards, keys=keys).identify(pressed_again(2))
    assert (found.candidates, found.receipt.key_ids) == (expected.candidates, (keys.key_id,))
    with pytest.raises(WrongKey, match=keys.key_id):
        ShardedGallery(shards, keys=KeyRing.generate())
    with pytest.raises(WrongKey, match="expected a shard that has keys"):
        ShardedGallery([*shards, shutil.copytree(shards[0], tmp_path / "twice")], keys=keys)
    assert join(shards, tmp_path / "again", keys=keys) == 6


def test_lent_keys_open_what_they_were_lent_for_and_nothing_else(tmp_path: Path) -> None:
    keys = KeyRing.generate()
    for name in ("one", "other"):
        with Gallery.open(tmp_path / name, keys=keys) as gallery:
            gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(4))
            gallery.compact()
    lent = pickle.loads(pickle.dumps(lend(keys, wrapped_keys(tmp_path / "one")[1])))
    assert keys.key_id not in repr(lent)
    with Gallery.open(tmp_path / "one", read_only=True, keys=lent) as gallery:
        assert gallery.identify(pressed_again(2)).candidates
    with pytest.raises(WrongKey, match="not lent"):
        Gallery.open(tmp_path / "other", read_only=True, keys=lent)
    with pytest.raises(UnsafeKeys, match="read only"), Gallery.open(tmp_path / "one", keys=lent) as gallery:
        gallery.compact(reencrypt=True)
    with Gallery.open(tmp_path / "one", keys=keys) as gallery:
        gallery.change_keys(keys.rotated())
    with pytest.raises(WrongKey, match="changed"):
        Gallery.open(tmp_path / "one", read_only=True, keys=lent)


class _Open(ThreadExecutor):
    """An executor on a network that anybody reads."""

    is_private = False


def test_keys_are_lent_through_encrypted_channels_only(tmp_path: Path) -> None:
    keys = KeyRing.generate()
    with Gallery.open(tmp_path / "g", keys=keys) as gallery:
        gallery.enrol("k", random_print(1))
    with pytest.raises(UnsafeKeys, match="expected TLS"):
        ShardedGallery([tmp_path / "g"], executor=_Open(), keys=keys)
