"""Numbers, words and switches that are none of what is expected: typed errors, never another exception."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.unit.index.random_prints import random_print

import fingerprint_engine as fe
from fingerprint_engine.errors import FingerprintEngineError
from fingerprint_engine.index import SearchParameters
from fingerprint_engine.matching import MatchingParameters

PRINTS = [random_print(seed) for seed in range(3)]
WHITE = np.full((200, 200), 255, np.uint8)
ODD: list[Any] = [
    10**400,
    -(10**400),
    10**5000,
    float("nan"),
    float("inf"),
    -1,
    True,
    "1",
    b"1",
    None,
    1j,
    [],
    object(),
]


def gallery() -> fe.Gallery:
    made = fe.Gallery()
    made.enrol_many([(f"k{n}", one, fe.PrintDetails(category="remand", site="north")) for n, one in enumerate(PRINTS)])
    return made


NUMBERS: dict[str, Callable[[Any], object]] = {
    "verify max_fmr": lambda odd: fe.verify(PRINTS[0], PRINTS[1], max_fmr=odd),
    "identify max_candidates": lambda odd: gallery().identify(PRINTS[0], max_candidates=odd),
    "identify max_fpir": lambda odd: gallery().identify(PRINTS[0], max_fpir=odd),
    "identify deadline_s": lambda odd: gallery().identify(PRINTS[0], deadline_s=odd),
    "identify workers": lambda odd: gallery().identify(PRINTS[0], workers=odd),
    "identify same_finger": lambda odd: gallery().identify(PRINTS[0], same_finger=odd),
    "identify exhaustive": lambda odd: gallery().identify(PRINTS[0], exhaustive=odd),
    "identify parameters": lambda odd: gallery().identify(PRINTS[0], parameters=odd),
    "identify where": lambda odd: gallery().identify(PRINTS[0], where=odd),
    "identify_many workers": lambda odd: list(gallery().identify_many(PRINTS, workers=odd)),
    "enrol_many workers": lambda odd: fe.Gallery().enrol_many([("k", PRINTS[0])], workers=odd),
    "duplicates max_fmr": lambda odd: gallery().duplicates(max_fmr=odd),
    "duplicates workers": lambda odd: gallery().duplicates(workers=odd),
    "measure max_probes": lambda odd: gallery().measure_non_mated(max_probes=odd),
    "recall max_probes": lambda odd: gallery().measure_recall(max_probes=odd),
    "extract_many workers": lambda odd: list(fe.extract_many([], workers=odd)),
    "image ppi": lambda odd: fe.image_from_array(WHITE, odd),
    "search parameters": lambda odd: SearchParameters(min_minutiae=odd),
    "matching parameters": lambda odd: MatchingParameters(**{next(iter(MatchingParameters().as_dict())): odd}),
    "filter categories": lambda odd: fe.SearchFilter(categories=odd),
    "filter a category": lambda odd: fe.SearchFilter(categories=[odd]),
    "filter sites": lambda odd: fe.SearchFilter(sites=odd),
    "filter fingers": lambda odd: fe.SearchFilter(fingers=odd),
    "filter a finger": lambda odd: fe.SearchFilter(fingers=[odd]),
    "filter on": lambda odd: fe.SearchFilter(on=odd),
    "filter include_expired": lambda odd: fe.SearchFilter(include_expired=odd),
    "key": lambda odd: fe.Gallery().enrol(odd, PRINTS[0]),
    "template": lambda odd: fe.Gallery().enrol("k", odd),
    "subject": lambda odd: fe.PrintDetails(subject=odd),
    "expires": lambda odd: fe.PrintDetails(expires=odd),
}


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("odd", ODD, ids=[f"{type(odd).__name__}{n}" for n, odd in enumerate(ODD)])
def test_odd_values_are_refused_by_type(name: str, odd: Any) -> None:
    said = ""
    try:
        NUMBERS[name](odd)
    except FingerprintEngineError as error:
        said = str(error)
    assert len(said) < 400
    assert said == "" or said.isprintable()


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        (name, odd)
        for name in ("verify max_fmr", "identify max_fpir", "identify max_candidates", "identify workers", "image ppi")
        for odd in (float("nan"), True, "1", 1j)
    ],
)
def test_what_is_no_number_is_no_number_anywhere(name: str, odd: Any) -> None:
    with pytest.raises(FingerprintEngineError):
        NUMBERS[name](odd)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"categories": {"remnd"}}, "category: nothing enrolled has 'remnd'; the nearest is 'remand'"),
        ({"categories": {"remand", "visitor"}}, "category: nothing enrolled has 'visitor'$"),
        ({"sites": {"North"}}, "site: nothing enrolled has 'North'; the nearest is 'north'"),
        ({"categories": {"\x1b[2J"}}, r"nothing enrolled has '\\x1b\[2J'"),
    ],
)
def test_a_filter_that_nothing_enrolled_meets_is_said(where: dict[str, Any], said: str) -> None:
    receipt = gallery().identify(PRINTS[0], where=fe.SearchFilter(**where)).receipt
    assert len(receipt.absent) == 1
    assert re.search(said, receipt.absent[0])


def test_a_word_that_only_removed_prints_had_is_had_by_nothing() -> None:
    prints = gallery()
    prints.enrol("k9", random_print(9), category="gone")
    where = fe.SearchFilter(categories={"gone"})
    assert prints.identify(PRINTS[0], where=where).receipt.absent == ()
    prints.remove("k9")
    assert prints.identify(PRINTS[0], where=where).receipt.absent == ("category: nothing enrolled has 'gone'",)


def test_a_finger_that_nothing_enrolled_has_is_said() -> None:
    prints = fe.Gallery()
    left = fe.Template.from_bytes(PRINTS[0].to_bytes())
    prints.enrol("k", left)  # its finger is unknown, so it is searched for any
    where = fe.SearchFilter(fingers={fe.Finger.LEFT_INDEX})
    assert prints.identify(PRINTS[1], where=where).receipt.absent == ()
    prints.remove("k")
    assert "nothing enrolled is left index" in prints.identify(PRINTS[1], where=where).receipt.absent[0]


def test_a_moment_is_no_day() -> None:
    with pytest.raises(FingerprintEngineError, match="on: expected a date, got datetime"):
        fe.SearchFilter(on=datetime.datetime(2030, 1, 1))


@pytest.mark.parametrize("name", ["categories", "sites", "fingers"])
def test_a_filter_s_values_are_checked_as_they_come(name):
    with pytest.raises(FingerprintEngineError, match=f"{name}: expected each to be (str|Finger), got float"):
        fe.SearchFilter(**{name: itertools.repeat(1.0)})
