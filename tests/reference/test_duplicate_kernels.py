"""What a block gives for many probes at once, against one probe after another and against sorting."""

from __future__ import annotations

import numpy as np
import pytest
from tests.reference.point_prints import bits_that_count, finger, impression, template

from fingerprint_engine.index.cells.kernels.levels import COUNTERS, voted_rows
from fingerprint_engine.index.cells.kernels.votes import count_votes
from fingerprint_engine.index.cells.lists import lists_of
from fingerprint_engine.index.cells.weighed_bits import weighed_bits
from fingerprint_engine.index.duplicates import likely_prints
from fingerprint_engine.index.duplicates.kernels import TIED, keep_best, look, vote, words_of
from fingerprint_engine.index.search.kernels import WEIGHTS, scan_sketches
from fingerprint_engine.index.search.parameters import ALL_PAIRS, FAISS
from fingerprint_engine.index.search.shortlist_cells import voting_of
from fingerprint_engine.index.search.shortlists import Glance, nearness_of
from fingerprint_engine.index.search.staged_scan import best_places
from fingerprint_engine.template.sketches import sketches_of

PRINTS, SHARE = 70, 0.2
STAGES = ALL_PAIRS.stages


@pytest.fixture
def sought(rng: np.random.Generator) -> tuple[list[likely_prints._Sought], np.ndarray]:
    """Probes of several sizes, and the sketches of prints, some of them of the same fingers."""
    fingers = [finger(rng, count) for count in rng.integers(3, 45, PRINTS)]
    sketches = np.stack([sketches_of(template(one)) for one in fingers])
    made = []
    for one in fingers[:9]:
        probe = template(impression(one, rng, lost=0.1))
        bits = weighed_bits(probe, STAGES.probe_minutiae)
        near, glance = nearness_of(bits, STAGES)
        voting = voting_of(probe, bits.first(16), near[:16], STAGES.listed)
        made.append(likely_prints._Sought(bits, near, glance, voting, SHARE, FAISS))
    return made, sketches


@pytest.mark.parametrize("places", [PRINTS, 4000])
def test_many_probes_get_what_each_gets_by_itself(
    sought: tuple[list[likely_prints._Sought], np.ndarray], rng: np.random.Generator, places: int
) -> None:
    probes, sketches = sought
    lists, eligible = lists_of(sketches), rng.random(PRINTS) < 0.9
    (looking, asked), count = likely_prints._Asked.of(probes), len(probes)
    assert asked is not None
    limit = rng.integers(1, PRINTS + 1, count)
    limit[[0, 4]] = 0, PRINTS
    room = np.zeros(PRINTS, np.int32), np.zeros((COUNTERS, 2048), np.int32)
    until, rows = np.empty(count + 1, np.int64), np.empty(places, np.int32)
    kept, best, worth = np.zeros(count, np.int64), *np.empty((2, count, TIED * 4), np.int32)
    voters, found, begin, calls = (looking.bits, looking.near, looking.ends, *asked), {}, 0, 0
    while begin < count:
        done = vote(begin, count, *voters, *lists, eligible, limit, room, (until, rows))
        assert done >= 1
        for probe in range(done):
            found[begin + probe] = rows[until[probe] : until[probe + 1]].tolist()
        scores = np.empty(places, np.int32)
        look(begin, done, *looking, sketches, until, rows, scores, best, worth, kept)
        begin, calls = begin + done, calls + 1
    assert (calls > 1) == (places == PRINTS)
    assert not room[0].any()
    assert not room[1].any()
    for number, one in enumerate(probes):
        assert one.voting is not None
        votes, wanted = np.zeros(PRINTS, np.int32), np.empty(PRINTS, np.int32)
        count_votes(*one.bits, one.near, *one.voting.visits, *lists, votes)
        some = voted_rows(votes, eligible[: limit[number]], SHARE, np.zeros((COUNTERS, 2048), np.int32), wanted)
        some = some if limit[number] else 0
        assert found[number] == wanted[:some].tolist()
        scores, weight = np.empty(some, np.int32), np.full(one.near.size, WEIGHTS)
        scan_sketches(*one.bits, one.near, weight, sketches, wanted[:some], *one.glance, scores)
        chosen = best_places(4, scores.astype(np.float32))
        assert best[number, : kept[number]].tolist() == wanted[chosen].tolist()
        assert worth[number, : kept[number]].tolist() == scores[chosen].tolist()
    assert sum(number in best[number, : kept[number]] for number in range(count) if limit[number] > number) >= 3


@pytest.mark.parametrize("wanted", [1, 3, 8])
@pytest.mark.parametrize("highest", [1, 2, 5, 1000])
def test_the_best_and_what_ties_with_them_are_kept(rng: np.random.Generator, wanted: int, highest: int) -> None:
    for count in (0, 1, wanted, wanted + 1, 40):
        rows, scores = np.arange(100, 100 + count, dtype=np.int32), rng.integers(0, highest, count).astype(np.int32)
        best, worth = np.empty((2, TIED * wanted), np.int32)
        kept = keep_best(wanted, rows, scores, best, worth)
        chosen = best_places(wanted, scores.astype(np.float32))
        assert best[:kept].tolist() == rows[chosen].tolist()
        assert worth[:kept].tolist() == scores[chosen].tolist()


def test_words_of_probes_lie_one_after_another(rng: np.random.Generator) -> None:
    parts = [bits_that_count(rng, size) for size in (4, 0, 7)]
    bits = np.concatenate([part.reshape(3, -1) for part in parts], axis=1)
    for number, part in enumerate(parts):
        assert np.array_equal(words_of(bits, np.array([0, 4, 4, 11]), number), part)
    assert Glance._fields == ("near", "floor")
