"""A shard that foresees placing, in a search that places none, must not let worth decide among ties."""

from __future__ import annotations

from pathlib import Path

from tests.unit.index.random_prints import pressed_again, random_print

from fingerprint_engine.cluster import ShardedGallery
from fingerprint_engine.index import Gallery, SearchFilter, SearchParameters, StageParameters

STAGES = StageParameters(
    glance_minutiae=1, glance_passes=1,  # so that many prints tie
    placed_from=40, placed=20, placed_growth=0.0, screened_from=1, screened=3, screened_growth=0.0,
    compared=3, compared_growth=0.0,
)  # fmt: skip


def test_ties_are_those_of_one_gallery_where_a_shard_foresees_placing(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path, seeds in ((tmp_path / "one", range(60)), (paths[0], range(30)), (paths[1], range(30, 60))):
        with Gallery.open(path) as gallery:
            for seed in seeds:  # of 32 prints that the filter leaves 30 lie in one shard, which takes them for 60
                site = "a" if seed < 32 else "b"
                gallery.enrol(f"p{seed:02d}", random_print(seed), subject=f"s{seed}", site=site)
            gallery.compact()
    sharded = ShardedGallery(paths)
    with Gallery.open(tmp_path / "one", read_only=True) as one:
        for seed in range(60):
            options = {
                "parameters": SearchParameters(shortlist="scan", exact_prints=0, stages=STAGES),
                "where": SearchFilter(sites={"a"}),
                "max_fpir": 0.99,
            }
            found, expected = (g.identify(pressed_again(seed), **options) for g in (sharded, one))
            assert found.receipt.shortlist_size == expected.receipt.shortlist_size, seed
            assert found.candidates == expected.candidates, seed
