"""All pairs by cells and by sketches: mates are found among those before a print, whatever lies in which block."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.index import Gallery
from fingerprint_engine.index.duplicates import all_pairs, likely_prints
from fingerprint_engine.index.search.parameters import ALL_PAIRS
from fingerprint_engine.index.storage.segments import cells_file
from fingerprint_engine.matching import compare

PRINTS, TWICE = 90, (4, 17, 61)


@pytest.fixture(params=["faiss", "sketch scan"])
def gallery(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gallery]:
    """Prints with lists of cells, three fingers in both; and what all pairs are to go by."""
    monkeypatch.setattr(cells_file, "MIN_INDEXED_PRINTS", 2)
    prints = 2 if request.param == "faiss" else 1000
    stages = dataclasses.replace(ALL_PAIRS.stages, sketched=30, screened=8)
    parameters = dataclasses.replace(ALL_PAIRS, faiss_prints=prints, exact_prints=0, stages=stages)
    monkeypatch.setattr(likely_prints, "ALL_PAIRS", parameters)
    monkeypatch.setattr(likely_prints, "_STAGES", stages)
    with Gallery.open(tmp_path / "prints.gallery") as made:
        made.enrol_many((f"k{seed}", random_print(seed)) for seed in range(PRINTS))
        made.enrol_many((f"again {seed}", pressed_again(seed)) for seed in TWICE)
        made.compact()
        yield made


def test_whoever_is_enrolled_twice_is_found(gallery: Gallery, request: pytest.FixtureRequest) -> None:
    found = gallery.duplicates()
    assert {(pair.key, pair.other_key) for pair in found.pairs} == {(f"again {seed}", f"k{seed}") for seed in TWICE}
    assert all(
        pair.score == compare(gallery[pair.key], gallery[pair.other_key]).score  # type: ignore[index]
        for pair in found.pairs
    )
    assert found.shortlist == request.node.callspec.params["gallery"]
    assert gallery.duplicates(workers=2) == found
    gallery.remove("k17")
    assert {pair.other_key for pair in gallery.duplicates().pairs} == {"k4", "k61"}


def test_only_the_first_rows_of_a_block_are_looked_at(gallery: Gallery) -> None:
    views = gallery.snapshot().views
    places = [(number, view.find("k17")) for number, view in enumerate(views) if view.find("k17") is not None]
    ((number, row),) = places
    limits = np.array([[len(view.columns) for view in views]] * 2)
    limits[1, number] = row
    probes = [pressed_again(17)] * 2
    whole, before = all_pairs.matching_prints(probes, views, limits, 60.0)[1]
    assert (number, row) in {place[:2] for place in whole}
    assert {place[:2] for place in before} == {place[:2] for place in whole if place < (number, row)}
    chosen = likely_prints.likely_prints(probes, views, limits)
    assert all(one.row.size <= 16 for one in chosen)
    assert (chosen[1].row[chosen[1].block == number] < row).all()  # type: ignore[operator]


def test_of_fewer_prints_more_of_the_lists_is_read(gallery: Gallery, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["gallery"] != "faiss":
        pytest.skip("no lists are read")
    views = gallery.snapshot().views
    usable, sizes = [view.alive for view in views], [len(view.columns) for view in views]
    many, few = (likely_prints._sought(pressed_again(17), views, usable, limits) for limits in (sizes, [3, *sizes[1:]]))
    assert few.voting is not None
    assert many.voting is not None
    assert few.voting.visits.cell.size > many.voting.visits.cell.size
    assert few.share > many.share


def test_where_lower_scores_count_support_is_not_asked(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = gallery.duplicates().pairs
    monkeypatch.setattr(all_pairs, "MIN_SUPPORT", 9.0)
    assert gallery.duplicates().pairs == ()
    assert gallery.duplicates(max_fmr=1e-5).pairs == expected
