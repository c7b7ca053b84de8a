"""What a gallery does, in memory and on disk alike."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.errors import (
    CorruptTemplate,
    DuplicateKey,
    GalleryError,
    IncompatibleTemplates,
    InputError,
    ParameterError,
    UnknownKey,
)
from fingerprint_engine.index import Gallery


@pytest.fixture(params=["memory", "disk"])
def gallery(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gallery]:
    with Gallery() if request.param == "memory" else Gallery.open(tmp_path / "prints.gallery") as opened:
        yield opened


def test_enrolled_prints_are_there(gallery: Gallery) -> None:
    assert len(gallery) == 0
    assert gallery  # a gallery is not "false" for being empty
    gallery.enrol("b", random_print(1))
    gallery.enrol("a", random_print(2))
    assert len(gallery) == 2
    assert list(gallery) == ["b", "a"]
    assert "a" in gallery
    assert "c" not in gallery
    assert gallery.get("b") == random_print(1)


def test_a_removed_print_is_not_found(gallery: Gallery) -> None:
    gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(5))
    probe = pressed_again(3)
    assert gallery.identify(probe).candidates[0].key == "k3"
    gallery.remove("k3")
    assert "k3" not in gallery
    assert "k3" not in [candidate.key for candidate in gallery.identify(probe).candidates]
    assert gallery.identify(probe).receipt.searched == 4
    with pytest.raises(UnknownKey):
        gallery.get("k3")
    gallery.enrol("k3", random_print(3))
    assert list(gallery) == ["k0", "k1", "k2", "k4", "k3"]


def test_a_replaced_print_is_found_and_the_old_one_is_not(gallery: Gallery) -> None:
    gallery.enrol("k", random_print(1))
    gallery.replace("k", random_print(2))
    assert len(gallery) == 1
    assert gallery.get("k") == random_print(2)
    assert gallery.identify(pressed_again(2)).candidates[0].score > 20
    with pytest.raises(UnknownKey):
        gallery.replace("other", random_print(3))


def test_a_lone_print_may_be_replaced_by_one_of_other_parameters(gallery: Gallery) -> None:
    gallery.enrol("k", random_print(1))
    gallery.replace("k", random_print(1, digest=b"12345678"))
    gallery.enrol("l", random_print(2, digest=b"12345678"))
    with pytest.raises(IncompatibleTemplates):
        gallery.replace("k", random_print(1))


def test_keys_are_enrolled_once(gallery: Gallery) -> None:
    gallery.enrol("k", random_print(1))
    with pytest.raises(DuplicateKey):
        gallery.enrol("k", random_print(2))
    assert gallery.get("k") == random_print(1)


def test_different_parameters_are_refused(gallery: Gallery) -> None:
    gallery.enrol("k", random_print(1))
    other = random_print(2, digest=b"12345678")
    with pytest.raises(IncompatibleTemplates):
        gallery.enrol("l", other)
    with pytest.raises(IncompatibleTemplates):
        gallery.identify(other)
    assert list(gallery) == ["k"]
    gallery.remove("k")
    gallery.enrol("l", other)
    assert len(gallery) == 1


@pytest.mark.parametrize("key", ["", "k" * 1025, "é" * 513, "\ud800", b"k", 7, None])
def test_bad_keys_are_refused(gallery: Gallery, key: object) -> None:
    with pytest.raises(InputError, match="key"):
        gallery.enrol(key, random_print(1))  # type: ignore[arg-type]
    assert len(gallery) == 0


@pytest.mark.parametrize("key", ["é" * 512, "P-0001/right-index", "line\nbreak", "\0", "👍"])
def test_keys_may_be_any_text(gallery: Gallery, key: str) -> None:
    gallery.enrol(key, random_print(1))
    assert list(gallery) == [key]


def test_what_is_no_template_is_refused(gallery: Gallery) -> None:
    for wrong in (None, 7, "text"):
        with pytest.raises(InputError, match="Template"):
            gallery.enrol("k", wrong)  # type: ignore[arg-type]
    for wrong in (None, b"bytes", "text", [], [random_print(1), None]):
        with pytest.raises(InputError, match="Template"):
            gallery.identify(wrong)  # type: ignore[arg-type]
    with pytest.raises(CorruptTemplate):
        gallery.enrol("k", b"bytes")
    assert len(gallery) == 0


def test_in_bulk_the_rest_goes_on(gallery: Gallery) -> None:
    gallery.enrol("there", random_print(0))
    pairs = [
        ("a", random_print(1)),
        ("there", random_print(2)),
        ("a", random_print(3)),
        ("", random_print(4)),
        ("different", random_print(5, digest=b"12345678")),
        ("no template", None),
        ("b", random_print(6)),
    ]
    done = gallery.enrol_many(pairs)  # type: ignore[arg-type]
    assert done.enrolled == 2
    assert list(gallery) == ["there", "a", "b"]
    assert gallery.get("a") == random_print(1)
    assert [(key, type(error)) for key, error in done.refused] == [
        ("there", DuplicateKey),
        ("a", DuplicateKey),
        ("", InputError),
        ("different", IncompatibleTemplates),
        ("no template", InputError),
    ]


def test_bulk_enrolment_goes_over_groups(gallery: Gallery) -> None:
    template = random_print(1, minutiae=2)
    keys = [f"{number}" for number in range(600)]
    assert gallery.enrol_many((key, template) for key in [*keys, "7"]).enrolled == 600
    assert list(gallery) == keys


@pytest.mark.parametrize("rate", [0.0, -0.1, 1.1, math.nan, math.inf, "0.1", True, None])
def test_bad_rates_are_refused(gallery: Gallery, rate: float) -> None:
    with pytest.raises(ParameterError, match="max_fpir"):
        gallery.identify(random_print(1), max_fpir=rate)


@pytest.mark.parametrize("count", [0, -1, 1.5, True, None])
def test_bad_numbers_of_candidates_are_refused(gallery: Gallery, count: int) -> None:
    with pytest.raises(ParameterError, match="max_candidates"):
        gallery.identify(random_print(1), max_candidates=count)


def test_a_closed_gallery_says_so(gallery: Gallery) -> None:
    gallery.enrol("k", random_print(1))
    gallery.close()
    gallery.close()
    for use in (
        lambda: gallery.enrol("l", random_print(2)),
        lambda: gallery.remove("k"),
        lambda: gallery.identify(random_print(1)),
        gallery.compact,
    ):
        with pytest.raises(GalleryError, match="closed"):
            use()


def test_errors_do_not_hold_keys(gallery: Gallery) -> None:
    gallery.enrol("secret", random_print(1))
    for use, error in (
        (lambda: gallery.enrol("secret", random_print(2)), DuplicateKey),
        (lambda: gallery.remove("secret person"), UnknownKey),
        (lambda: gallery.enrol("secret" * 300, random_print(2)), InputError),
    ):
        with pytest.raises(error) as caught:
            use()
        assert "secret" not in str(caught.value)


def test_threads_enrol_and_search_at_once(gallery: Gallery) -> None:
    gallery.enrol_many((f"k{seed}", random_print(seed)) for seed in range(20))
    failures: list[BaseException] = []

    def enrol(start: int) -> None:
        try:
            for number in range(start, start + 10):
                gallery.enrol(f"k{number}", random_print(number))
        except BaseException as error:
            failures.append(error)

    def search() -> None:
        try:
            for _ in range(10):
                assert gallery.identify(pressed_again(4)).candidates[0].key == "k4"
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=enrol, args=(start,)) for start in (100, 200)]
    threads += [threading.Thread(target=search) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(gallery) == 40
