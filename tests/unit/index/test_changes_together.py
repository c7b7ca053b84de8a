"""`Gallery.apply`: many changes that count together, with how far the gallery follows a registry."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from tests.unit.index.gallery_files import head_of_log, log_of
from tests.unit.index.random_prints import random_print

from fingerprint_engine.errors import CorruptTemplate, GalleryError, IncompatibleTemplates, InputError
from fingerprint_engine.index import Gallery, PrintDetails, check_gallery, repair_gallery
from fingerprint_engine.index.storage.log.follows import Follows

PRINTS = [random_print(seed, minutiae=6) for seed in range(6)]
DETAILS = PrintDetails("P-1", "remand", "north", datetime.date(2031, 5, 1))


@pytest.fixture(params=["memory", "disk"])
def gallery(request: pytest.FixtureRequest, tmp_path: Path) -> Gallery:
    gallery = Gallery() if request.param == "memory" else Gallery.open(tmp_path / "g")
    gallery.enrol_many([("a", PRINTS[0]), ("b", PRINTS[1]), ("c", PRINTS[2])])
    return gallery


def test_enrolments_replacements_and_removals_at_once(gallery: Gallery) -> None:
    assert gallery.follows is None
    gallery.apply(
        [("b", PRINTS[3], DETAILS), ("new", PRINTS[4].to_bytes()), ("a", None), ("absent", None)],
        follows=("register", 17),
    )
    assert list(gallery) == ["c", "b", "new"]
    assert gallery.get("b") == PRINTS[3]
    assert gallery.details("b") == DETAILS
    assert gallery.details("new") == PrintDetails()
    assert gallery.follows == Follows("register", 17)
    gallery.apply([("c", None)])
    assert gallery.follows == ("register", 17, "", "")
    gallery.apply()
    assert list(gallery) == ["b", "new"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("", PRINTS[5]), InputError),
        (("x", b"no template"), CorruptTemplate),
        (("x", 5), InputError),
        (("x",), InputError),
        (["x", PRINTS[5]], InputError),
        (("x", PRINTS[5], "no details"), InputError),
        (("x", random_print(9, 6, digest=b"12345678")), IncompatibleTemplates),
        (("a", PRINTS[5]), InputError),
    ],
)
def test_one_invalid_change_and_none_is_made(gallery: Gallery, change: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        gallery.apply([("a", None), ("d", PRINTS[4]), change], follows=("register", 1))  # type: ignore[list-item]
    assert list(gallery) == ["a", "b", "c"]
    assert gallery.follows is None


@pytest.mark.parametrize(
    "follows",
    [
        "register",
        ("register",),
        ("", 1),
        ("register", -1),
        ("register", 1.0),
        ("register", True),
        ("r" * 300, 1),
        (5, 1),
        ("register", 1, None),
        ("register", 1, "", "", ""),
    ],
)
def test_what_a_gallery_cannot_follow_is_refused(gallery: Gallery, follows: tuple[str, int]) -> None:
    with pytest.raises(InputError, match="follows"):
        gallery.apply([("a", None)], follows=follows)
    assert "a" in gallery


def test_at_most_so_many_at_once(gallery: Gallery) -> None:
    with pytest.raises(InputError, match="at most 2048"):
        gallery.apply((str(number), None) for number in range(2049))


def test_all_prints_may_give_way_to_others_of_other_parameters(gallery: Gallery) -> None:
    other = random_print(9, 6, digest=b"12345678")
    gallery.apply([("a", other), ("b", None), ("c", None)])
    assert gallery.get("a") == other


def test_prints_and_number_are_durable_together(tmp_path: Path) -> None:
    """At every cut of the log behind what was acknowledged the number is that of the prints that are there."""
    folder = tmp_path / "g"
    with Gallery.open(folder) as gallery:
        head = head_of_log(folder).read_bytes()
        for number in range(1, 4):
            gallery.apply([(f"k{number}", PRINTS[number]), (f"k{number - 1}", None)], follows=("register", number))
        data = log_of(folder).read_bytes()
    head_of_log(folder).write_bytes(head)  # as after a loss of power
    for cut in range(48, len(data), 101):
        log_of(folder).write_bytes(data[:cut])
        with Gallery.open(folder, read_only=True) as found:
            number = found.follows.number if found.follows else 0
            assert list(found) == ([f"k{number}"] if number else [])


def test_what_a_gallery_follows_survives_everything(tmp_path: Path) -> None:
    folder = tmp_path / "g"
    state = ("register", 4, "mark", "rule")
    with Gallery.open(folder) as gallery:
        gallery.set_follows(*state)
        assert gallery.follows == state
    with Gallery.open(folder) as gallery:  # from the log
        assert gallery.follows == state
        gallery.enrol("a", PRINTS[0])
        gallery.keep_measurement("mine", {"value": 1})
        gallery.compact()
        assert gallery.follows == state
    with Gallery.open(folder, read_only=True) as gallery:  # from the manifest
        assert gallery.follows == state
        with pytest.raises(GalleryError, match="read_only"):
            gallery.set_follows("register", 5)
    repair_gallery(folder)
    with Gallery.open(folder) as gallery:
        assert gallery.follows == state
        gallery.set_follows("register", 5)
    repair_gallery(folder)
    with Gallery.open(folder) as gallery:
        assert gallery.follows == ("register", 5, "", "")
    assert check_gallery(folder).is_sound
