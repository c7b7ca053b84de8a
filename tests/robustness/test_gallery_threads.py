"""Many threads on one gallery: no exception, and every answer is that of some moment."""

from __future__ import annotations

import contextlib
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.errors import DuplicateKey, GalleryError, UnknownKey
from fingerprint_engine.index import Gallery, Outcome, PrintDetails, SearchFilter, check_gallery
from fingerprint_engine.index.columns.memory_block import MemoryBlock
from fingerprint_engine.index.columns.table import PrintTable
from fingerprint_engine.index.storage import durable_files
from fingerprint_engine.index.storage.log.log_file import LogFile

FIXED = [random_print(seed) for seed in range(4)]
AGAIN = [pressed_again(seed, noise_px=0.5) for seed in range(4)]
OTHERS = [random_print(100 + seed, minutiae=8).to_bytes() for seed in range(20)]
CATEGORIES = ["remand", "visitor", "staff", None]
ROUNDS = 40


def changing(gallery: Gallery, rng: random.Random, name: str) -> None:
    """One change of a thread's own keys, or of a shared one that others change as well."""
    key = f"{name}/{rng.randrange(8)}" if rng.random() < 0.7 else f"shared/{rng.randrange(4)}"
    details = PrintDetails(f"s{rng.randrange(6)}", rng.choice(CATEGORIES), f"site {rng.randrange(40)}")
    template = rng.choice(OTHERS)
    with contextlib.suppress(DuplicateKey, UnknownKey):
        rng.choice(
            [
                lambda: gallery.enrol(key, template, subject=details.subject, category=details.category),
                lambda: gallery.enrol_many([(key, template, details), (f"{key}+", template, details)]),
                lambda: gallery.replace(key, template, details),
                lambda: gallery.remove(key),
                lambda: gallery.remove_many([key, f"{key}+"]),
                lambda: gallery.apply([(key, template, details), (f"{key}+", None)], follows=("register", 1)),
                lambda: gallery.replace("fixed/1", FIXED[1], PrintDetails("fixed/1", "fixed")),
            ]
        )()


def looking(gallery: Gallery, rng: random.Random, name: str) -> None:
    """One look, whose answer must be right at any moment: the fixed prints are always there."""
    place = rng.randrange(4)
    kind = rng.randrange(8)
    if kind == 0:
        found = gallery.identify(AGAIN[place], exhaustive=rng.random() < 0.5, workers=rng.choice([1, 2]))
        assert (found.outcome, found.candidates[0].subject) == (Outcome.HIT, f"fixed/{place}")
        assert found.receipt.searched == found.receipt.eligible
    elif kind == 1:
        found = gallery.identify(AGAIN[:3], same_finger=False)
        assert found.outcome is Outcome.HIT
        assert found.candidates[0].subject.startswith("fixed/")
    elif kind == 2:
        found = gallery.identify(AGAIN[place], where=SearchFilter(categories={"fixed"}))
        assert (found.outcome, found.receipt.eligible) == (Outcome.HIT, 4)
    elif kind == 3:
        answers = list(gallery.identify_many(AGAIN, workers=2))
        assert [answer.candidates[0].subject for answer in answers] == [f"fixed/{n}" for n in range(4)]
    elif kind == 4:
        found_pairs = gallery.duplicates(workers=1)
        assert found_pairs.skipped == 0
    elif kind == 5:
        assert gallery.get(f"fixed/{place}").to_bytes() == FIXED[place].to_bytes()
        assert gallery.details(f"fixed/{place}").subject == f"fixed/{place}"
    elif kind == 6:
        keys = list(gallery)
        assert len(set(keys)) == len(keys)
        assert {f"fixed/{n}" for n in range(4)} <= set(keys)
    else:
        for view in gallery.snapshot().views:
            for row in range(len(view.columns)):
                assert view.details(row).subject
                if view.alive[row]:
                    assert view.find(view.key(row)) == row
                    assert row in view.subject_rows(view.subject(row))


def run_threads(gallery: Gallery, works: list[Callable[[random.Random, str], None]], rounds: int = ROUNDS) -> None:
    failures: list[BaseException] = []

    def run(number: int, work: Callable[[random.Random, str], None]) -> None:
        rng = random.Random(number)
        try:
            for _ in range(rounds):
                work(rng, f"t{number}")
                if failures:
                    return
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    assert {f"fixed/{n}" for n in range(4)} <= set(gallery)


@pytest.mark.parametrize("place", ["memory", "disk"])
def test_every_mix_of_eight_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    for module in ("index.kept_prints", "index.storage.folder"):
        monkeypatch.setattr(f"fingerprint_engine.{module}.BLOCK_PRINTS", 24)  # blocks end, and are sealed, often
    monkeypatch.setattr("fingerprint_engine.index.columns.table._MIN_REMOVED", 6)  # and are rebuilt often
    gallery = Gallery() if place == "memory" else Gallery.open(tmp_path / "g")
    with gallery:
        gallery.enrol_many((f"fixed/{n}", one, PrintDetails(f"fixed/{n}", "fixed")) for n, one in enumerate(FIXED))
        works: list[Callable[[random.Random, str], None]] = [
            lambda rng, name: changing(gallery, rng, name) if rng.random() < 0.97 else gallery.compact() and None
        ] * 4
        works += [lambda rng, name: looking(gallery, rng, name)] * 4
        run_threads(gallery, works)
    if place == "disk":
        assert check_gallery(tmp_path / "g").is_sound


@pytest.mark.parametrize("read_only", [True, False])
def test_a_gallery_closed_beside_searches_gives_answers_or_typed_errors(tmp_path: Path, read_only: bool) -> None:
    with Gallery.open(tmp_path / "g") as made:
        made.enrol_many((f"fixed/{n}", one, PrintDetails(f"fixed/{n}", "fixed")) for n, one in enumerate(FIXED))
        made.compact()
    for _ in range(4):
        gallery = Gallery.open(tmp_path / "g", read_only=read_only)
        said: list[str] = []
        threads = [threading.Thread(target=_look_until_closed, args=(gallery, number, said)) for number in range(4)]
        for thread in threads:
            thread.start()
        while len(said) < 4:
            pass  # every thread is searching
        gallery.close()
        for thread in threads:
            thread.join()
        assert said == ["began"] * 4 + ["gallery: it is closed"] * 4
        with pytest.raises(GalleryError, match="closed"):
            len(gallery)


def _look_until_closed(gallery: Gallery, number: int, said: list[str]) -> None:
    rng = random.Random(number)
    try:
        looking(gallery, rng, "t")
        said.append("began")
        while True:
            looking(gallery, rng, "t")
    except GalleryError as error:
        said.append(str(error))


def test_an_interrupt_at_any_moment_of_a_change_leaves_memory_and_disk_agreeing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is simulated at each call that a change makes, of the disk and of the table."""
    places = [
        (durable_files, "write_all"),
        (durable_files, "sync"),
        (LogFile, "append"),
        (PrintTable, "discard"),
        (PrintTable, "append"),
        (MemoryBlock, "append"),
        (MemoryBlock, "remove"),
    ]
    changes: list[Callable[[Gallery, int], object]] = [
        lambda gallery, n: gallery.enrol(f"n{n}", OTHERS[0]),
        lambda gallery, n: gallery.replace("b", OTHERS[n % 20]),
        lambda gallery, n: gallery.remove("c"),
        lambda gallery, n: gallery.apply([("a", OTHERS[n % 20]), (f"m{n}", OTHERS[1]), ("d", None)]),
        lambda gallery, n: gallery.enrol_many([(f"o{n}", OTHERS[2]), (f"p{n}", OTHERS[3])], workers=1),
    ]
    number = 0
    for owner, name in places:
        for is_after in (False, True):
            for change in changes:
                number += 1
                folder = tmp_path / str(number)
                gallery = Gallery.open(folder)
                gallery.enrol_many((key, OTHERS[5]) for key in "abcd")
                real = getattr(owner, name)

                def interrupted(*arguments: object, real=real, is_after=is_after, **named: object) -> object:  # type: ignore[no-untyped-def]
                    if not is_after:
                        raise KeyboardInterrupt
                    real(*arguments, **named)
                    monkeypatch.undo()
                    raise KeyboardInterrupt

                monkeypatch.setattr(owner, name, interrupted)
                with contextlib.suppress(KeyboardInterrupt):  # not every change calls everything
                    change(gallery, number)
                monkeypatch.undo()
                held = {key: gallery.get(key).to_bytes() for key in gallery}
                with contextlib.suppress(GalleryError):  # "open it again", where nobody knows what is on the disk
                    gallery.enrol("after", OTHERS[7])
                    held["after"] = OTHERS[7]
                order = list(held)
                gallery.close()
                with Gallery.open(folder) as again:
                    assert {key: again.get(key).to_bytes() for key in again} == held
                    assert list(again) == order
                assert check_gallery(folder).is_sound
