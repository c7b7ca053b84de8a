"""A gallery belongs to the process that opened it: forked children write nothing, keep no lock and get typed errors."""

from __future__ import annotations

import functools
import json
import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.index.gallery_files import names_in
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.cluster import ShardedGallery
from fingerprint_engine.errors import GalleryError, GalleryLocked, RecordsError
from fingerprint_engine.index import Gallery, check_gallery
from fingerprint_engine.records import Registry

PRINTS = [random_print(seed, minutiae=6).to_bytes() for seed in range(8)]
USES: dict[str, Callable[[Gallery], Any]] = {
    "enrol": lambda gallery: gallery.enrol("child", PRINTS[1]),
    "enrol_many": lambda gallery: gallery.enrol_many([("child", PRINTS[1])]),
    "replace": lambda gallery: gallery.replace("k0", PRINTS[1]),
    "remove": lambda gallery: gallery.remove("k0"),
    "remove_many": lambda gallery: gallery.remove_many(["k0"]),
    "apply": lambda gallery: gallery.apply([("k0", None)]),
    "set_follows": lambda gallery: gallery.set_follows("register", 1),
    "compact": lambda gallery: gallery.compact(),
    "get": lambda gallery: gallery.get("k0"),
    "details": lambda gallery: gallery.details("k0"),
    "identify": lambda gallery: gallery.identify(random_print(0, 6)),
    "identify_many": lambda gallery: list(gallery.identify_many([random_print(0, 6)])),
    "duplicates": lambda gallery: gallery.duplicates(),
    "snapshot": lambda gallery: gallery.snapshot(),
    "len": len,
    "contains": lambda gallery: "k0" in gallery,
    "iter": list,
    "follows": lambda gallery: gallery.follows,
    "measurements": lambda gallery: gallery.measurements,
    "count_subjects": lambda gallery: gallery.count_subjects(),
}


def in_child(work: Callable[[], object]) -> object:
    """What some work says in a forked child, or the name of the error that it raises."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            try:
                answer = work()
            except BaseException as error:
                answer = f"{type(error).__name__}: {error}"
            os.write(writing, json.dumps(answer).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return json.loads(said) if said else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "g"


@pytest.mark.parametrize("read_only", [False, True])
def test_every_use_in_a_child_is_refused_and_nothing_is_written(folder: Path, read_only: bool) -> None:
    with Gallery.open(folder) as made:
        made.enrol("k0", PRINTS[0])
    with Gallery.open(folder, read_only=read_only) as gallery:
        before = {name: (folder / name).read_bytes() for name in names_in(folder)}

        def try_all() -> list[str]:
            said = []
            for use in USES.values():
                try:
                    said.append(str(use(gallery)))
                except GalleryError as error:
                    said.append(str(error))
            gallery.close()
            return said

        said = in_child(try_all)
        assert said == ["gallery: it belongs to the process that opened it; open it in this one as well"] * len(USES)
        assert {name: (folder / name).read_bytes() for name in names_in(folder)} == before
        assert list(gallery) == ["k0"]
        if not read_only:
            gallery.enrol("k1", PRINTS[1])
            with pytest.raises(GalleryLocked):
                Gallery.open(folder)
    assert check_gallery(folder).is_sound


def test_a_child_can_open_the_gallery_itself(folder: Path) -> None:
    with Gallery.open(folder) as gallery:
        gallery.enrol("k0", random_print(0))

        def search() -> str:
            with Gallery.open(folder, read_only=True) as own:
                return own.identify(pressed_again(0)).candidates[0].key

        assert in_child(search) == "k0"
        assert "GalleryLocked" in str(in_child(lambda: Gallery.open(folder)))


def test_a_gallery_in_memory_goes_with_the_child() -> None:
    gallery = Gallery()
    gallery.enrol("k0", random_print(0))
    assert in_child(lambda: gallery.identify(pressed_again(0)).candidates[0].key) == "k0"


def test_a_gallery_in_memory_that_another_thread_was_changing_is_refused_in_the_child() -> None:
    gallery = Gallery()
    inside, done = threading.Event(), threading.Event()

    def slow() -> None:
        with gallery._lock:
            inside.set()
            done.wait()

    thread = threading.Thread(target=slow)
    thread.start()
    inside.wait()
    try:
        assert "GalleryError" in str(in_child(lambda: len(gallery)))
    finally:
        done.set()
        thread.join()
    assert len(gallery) == 0


@pytest.mark.parametrize("ends", ["closes", "is killed"])
def test_a_child_that_lives_on_does_not_keep_the_lock(folder: Path, ends: str) -> None:
    ready, ready_says = os.pipe()
    go, go_says = os.pipe()
    owner = os.fork()
    if owner == 0:
        try:
            gallery = Gallery.open(folder)
            gallery.enrol("k0", PRINTS[0])
            helper = os.fork()
            if helper == 0:
                os.write(ready_says, b"%d " % os.getpid())
                os.read(go, 1)
                os._exit(0)
            if ends == "closes":
                gallery.close()
            os.write(ready_says, b"owner ")
            signal.pause()
        finally:
            os._exit(1)
    said = b""
    while said.count(b" ") < 2:
        said += os.read(ready, 100)
    try:
        if ends == "is killed":
            os.kill(owner, signal.SIGKILL)
            os.waitpid(owner, 0)
        with Gallery.open(folder) as gallery:  # the helper is still there
            assert list(gallery) == ["k0"]
    finally:
        os.write(go_says, b"x")
        if ends == "closes":
            os.kill(owner, signal.SIGKILL)
            os.waitpid(owner, 0)
        for descriptor in (ready, ready_says, go, go_says):
            os.close(descriptor)


def _told(use: Callable[[Gallery], Any], gallery: Gallery) -> str:
    return str(use(gallery))


@pytest.mark.parametrize("seed", range(4))
def test_nothing_acknowledged_is_lost_among_forks(folder: Path, seed: int) -> None:
    """Children that are forked between changes, use the gallery and die in every way; the owner goes on."""
    rng = random.Random(seed)
    expected: dict[str, int] = {}
    gallery = Gallery.open(folder)
    for number in range(25):
        key, template = f"k{rng.randrange(12)}", rng.randrange(len(PRINTS))
        if key in expected and rng.random() < 0.5:
            gallery.remove(key)
            del expected[key]
        else:
            gallery.apply([(key, PRINTS[template])])
            expected.pop(key, None)
            expected[key] = template
        if rng.random() < 0.3:
            gallery.compact()
        use = rng.choice(list(USES.values()))
        said = in_child(functools.partial(_told, use, gallery))
        assert "GalleryError" in str(said)
        if number % 8 == 7:
            gallery.close()
            gallery = Gallery.open(folder)
    gallery.close()
    with Gallery.open(folder) as again:
        assert {key: PRINTS.index(again.get(key).to_bytes()) for key in again} == expected
    assert check_gallery(folder).is_sound


def test_a_gallery_in_shards_belongs_to_its_process(folder: Path) -> None:
    with Gallery.open(folder) as made:
        made.enrol("k0", random_print(0))
    shards = ShardedGallery([folder])

    def try_all() -> list[str]:
        said = []
        for use in (shards.status, shards.duplicates, lambda: shards.identify(pressed_again(0))):
            try:
                said.append(str(use()))
            except GalleryError as error:
                said.append(str(error))
        return said

    assert in_child(try_all) == ["cluster: it belongs to the process that opened it; open it in this one as well"] * 3
    assert shards.identify(pressed_again(0)).candidates[0].key == "k0"


def test_a_registry_belongs_to_its_process(tmp_path: Path) -> None:
    place = tmp_path / "registry.db"
    with Registry.create(place) as registry, registry.session(actor="A1", purpose="custody") as session:

        def try_all() -> list[str]:
            said = []
            for use in (
                lambda: session.read(lambda connection: 1),
                lambda: session.write(lambda transaction: transaction.note("test")),
                registry.catch_up,
                registry.verify_audit,
            ):
                try:
                    said.append(str(use()))
                except RecordsError as error:
                    said.append(str(error))
            registry.close()
            return said

        said = in_child(try_all)
        assert said == ["registry: it belongs to the process that opened it; open it in this one as well"] * 4
        assert registry.verify_audit().is_whole

        def audit() -> bool:
            with Registry.open(place) as own:
                return own.verify_audit().is_whole

        assert in_child(audit) is True
